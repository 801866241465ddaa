//! Learners who come back: what is kept, what counts as evidence, what is served again.

use learnr_domain::learner::{DRIFT_VARIANCE_MAX, LearnerState};
use learnr_domain::session::{EndReason, Kind, Reason, Settings, Status};
use learnr_domain::tick::DAY_MS;
use learnr_domain::{Command, Fact, Refusal};

use crate::fixture::{
    BEGINNING, Player, area_id, bank, built, certification, diagnostic, items, practice, request,
};

fn review(length: u16) -> Settings {
    Settings::new(Kind::Review, length)
}

fn abilities(player: &Player) -> Vec<(u64, u32)> {
    let all = player.session.competency();
    all.iter()
        .map(|area| (area.theta.to_bits(), area.answers))
        .collect()
}

#[test]
fn a_learner_who_returns_at_once_is_known_as_they_were() {
    let bank = bank(90, &[0.5, 0.3, 0.2], 1);
    for settings in [practice(20), diagnostic(20)] {
        let mut first = Player::start(&bank, settings, 2);
        while first.play(!first.events.len().is_multiple_of(3)) {}
        let state = LearnerState::after(None, &first.session);
        assert_eq!((state.seen.len(), state.updated_at), (20, first.now));
        let second = Player::resume(&bank, practice(10), Some(state), first.now, 3);
        assert_eq!(
            abilities(&second.expect("a session starts")),
            abilities(&first)
        );
    }
}

#[test]
fn folding_on_equals_what_the_second_session_believes() {
    let bank = bank(90, &[0.5, 0.3, 0.2], 1);
    let mut first = Player::start(&bank, practice(20), 2);
    while first.play(!first.events.len().is_multiple_of(3)) {}
    let state = LearnerState::after(None, &first.session);
    let later = first.now.plus(5 * DAY_MS);
    let mut second = Player::resume(&bank, practice(20), Some(state.clone()), later, 3)
        .expect("a session starts");
    while second.play(second.events.len().is_multiple_of(2)) {}
    let folded = LearnerState::after(Some(&state), &second.session);
    let third = Player::resume(&bank, practice(10), Some(folded.clone()), second.now, 4);
    assert_eq!(
        abilities(&third.expect("a session starts")),
        abilities(&second)
    );
    assert!(folded.seen.is_sorted_by(|x, y| x.item < y.item));
    assert_eq!(folded.seen.iter().map(|seen| seen.times).sum::<u32>(), 40);
}

#[test]
fn absence_makes_what_is_known_less_certain_up_to_a_bound() {
    let bank = bank(90, &[0.5, 0.3, 0.2], 1);
    let mut first = Player::start(&bank, diagnostic(20), 2);
    while first.play(true) {}
    let state = LearnerState::after(None, &first.session);
    let error = |days: i64| {
        let now = first.now.plus(days * DAY_MS);
        let player = Player::resume(&bank, practice(10), Some(state.clone()), now, 3);
        player.expect("a session starts").session.competency()[0].standard_error
    };
    assert!(error(10) > error(0) && error(40) > error(10));
    let bound = (DRIFT_VARIANCE_MAX * 100.0) as i64;
    assert_eq!(error(bound).to_bits(), error(bound + 500).to_bits());
    assert!(error(5_000) < 1.0, "something is still known");
}

#[test]
fn a_second_look_within_thirty_days_moves_nothing() {
    let bank = bank(12, &[0.5, 0.5], 1);
    let mut first = Player::start(&bank, practice(12), 2);
    while first.play(false) {}
    let state = LearnerState::after(None, &first.session);
    for (days, counts) in [(3, false), (31, true)] {
        let now = first.now.plus(days * DAY_MS);
        let mut again = Player::resume(&bank, practice(8), Some(state.clone()), now, 3)
            .expect("a session starts");
        let before = abilities(&again);
        while again.play(true) {
            let served = again.session.open_question();
            assert!(
                served.is_none_or(|served| served.evidence == counts),
                "day {days}"
            );
        }
        assert_eq!(abilities(&again) != before, counts, "day {days}");
        let folded = LearnerState::after(Some(&state), &again.session);
        let answers =
            |state: &LearnerState| state.areas.iter().map(|area| area.answers).sum::<u32>();
        assert_eq!(
            answers(&folded) - answers(&state),
            if counts { 8 } else { 0 },
            "day {days}"
        );
        assert_eq!(
            folded.seen.iter().filter(|seen| seen.correct).count(),
            8,
            "day {days}"
        );
    }
}

#[test]
fn a_dry_bank_falls_back_to_the_least_recently_seen_and_says_so() {
    let bank = bank(30, &[0.5, 0.5], 1);
    let mut first = Player::start(&bank, practice(24), 2);
    while first.play(true) {}
    let state = LearnerState::after(None, &first.session);
    for settings in [practice(20), diagnostic(20)] {
        let now = first.now.plus(DAY_MS);
        let mut again =
            Player::resume(&bank, settings, Some(state.clone()), now, 3).expect("starts");
        let mut reasons = Vec::new();
        let mut ages = vec![Vec::new(); 2];
        while let Some(served) = again.session.open_question().copied() {
            reasons.push(served.reason);
            let item = bank.item(served.item);
            if served.reason == Reason::LeastRecentlySeen {
                let seen = state
                    .seen
                    .iter()
                    .find(|seen| seen.item == item.id)
                    .expect("seen before");
                // A minute is the grain of the history.
                ages[item.area.at()].push(seen.at.0 / 60_000);
                assert!(!served.evidence);
            }
            again.play(true);
        }
        assert_eq!(reasons.len(), 20);
        assert!(
            reasons[..6]
                .iter()
                .all(|why| *why != Reason::LeastRecentlySeen),
            "{reasons:?}"
        );
        assert!(
            reasons[6..]
                .iter()
                .all(|why| *why == Reason::LeastRecentlySeen),
            "{reasons:?}"
        );
        assert!(
            ages.iter().all(|ages| ages.is_sorted()),
            "oldest first within an area"
        );
    }
}

#[test]
fn a_review_serves_what_was_missed_oldest_first() {
    let bank = bank(40, &[0.5, 0.5], 1);
    let mut first = Player::start(&bank, practice(20), 2);
    while first.play(!first.events.len().is_multiple_of(3)) {}
    let state = LearnerState::after(None, &first.session);
    let missed = |event: &learnr_domain::Event| match &event.fact {
        Fact::Answered(answered) if !answered.correct => Some(answered.item),
        _ => None,
    };
    let missed: Vec<_> = first.events.iter().filter_map(missed).collect();
    // A minute is the grain of the history, and answers lie ten seconds apart.
    let grain = |ix: &learnr_domain::ItemIx| {
        let seen = state
            .seen
            .iter()
            .find(|seen| seen.item == bank.item(*ix).id);
        seen.expect("seen before").at.0 / 60_000
    };
    let later = first.now.plus(DAY_MS);
    let mut again =
        Player::resume(&bank, review(20), Some(state.clone()), later, 3).expect("starts");
    assert_eq!(
        again.session.open_question().map(|served| served.reason),
        Some(Reason::Missed)
    );
    while again.play(true) {}
    let mut served = again.served();
    assert!(served.iter().map(grain).is_sorted());
    served.sort_unstable();
    let mut expected = missed;
    expected.sort_unstable();
    assert_eq!(served, expected);
    assert_eq!(again.session.status(), Status::Ended(EndReason::NoItems));
    let folded = LearnerState::after(Some(&state), &again.session);
    let refused = Player::resume(&bank, review(20), Some(folded), again.now, 4).map(|_| ());
    assert_eq!(refused, Err(Refusal::NoItems { kind: Kind::Review }));
}

#[test]
fn sessions_that_overlap_both_count_and_an_item_once() {
    let bank = bank(12, &[1.0], 1);
    let mut one = Player::start(&bank, diagnostic(8), 2);
    let mut other = Player::start(&bank, practice(8), 3);
    while one.play(true) | other.play(true) {}
    let first = LearnerState::after(None, &one.session);
    let both = LearnerState::after(Some(&first), &other.session);
    let in_one = one.served();
    let fresh = other
        .served()
        .iter()
        .filter(|item| !in_one.contains(item))
        .count() as u32;
    assert!(fresh < 8, "the two share items");
    assert_eq!(both.areas[0].answers, 8 + fresh);
    assert_eq!(both.seen.iter().map(|seen| seen.times).sum::<u32>(), 16);
}

#[test]
fn what_the_bank_no_longer_has_is_left_out() {
    let old = bank(60, &[0.5, 0.3, 0.2], 1);
    let mut first = Player::start(&old, practice(20), 2);
    while first.play(false) {}
    let state = LearnerState::after(None, &first.session);
    let kept: Vec<_> = items(60, 3, 1)
        .into_iter()
        .filter(|item| item.area != area_id(2))
        .collect();
    let new = built(certification(&[0.5, 0.5]), kept);
    let mut again =
        Player::resume(&new, review(40), Some(state.clone()), first.now, 3).expect("starts");
    while again.play(true) {}
    assert!(
        again
            .session
            .competency()
            .iter()
            .all(|area| area.answers > 0)
    );
    let folded = LearnerState::after(Some(&state), &again.session);
    assert_eq!(
        folded.areas.len(),
        3,
        "another bank may have the area again"
    );
}

#[test]
fn a_session_let_go_keeps_its_answers() {
    let bank = bank(60, &[0.5, 0.5], 1);
    let mut player = Player::start(&bank, practice(20), 2);
    for _ in 0..3 {
        player.play(true);
    }
    player
        .send(&Command::Pause {
            request_id: request("p"),
        })
        .expect("a pause");
    assert_eq!(LearnerState::after(None, &player.session).seen.len(), 3);
}

#[test]
fn a_damaged_learner_state_is_refused() {
    let bank = bank(60, &[0.5, 0.5], 1);
    let mut player = Player::start(&bank, practice(5), 2);
    while player.play(true) {}
    let state = LearnerState::after(None, &player.session);
    for damage in [f64::NAN, -1.0, f64::INFINITY] {
        let mut state = state.clone();
        state.areas[0].likelihood[3] = damage;
        let refused = Player::resume(&bank, practice(5), Some(state), BEGINNING, 1).map(|_| ());
        let text = "learner state: likelihood of area area-0 is damaged".to_owned();
        assert_eq!(refused, Err(Refusal::InvalidSetting(text)));
    }
}
