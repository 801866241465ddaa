//! What answers leave in the learner's memory, and what a repeat counts for.

use std::sync::Arc;

use learnr_domain::learner::LearnerState;
use learnr_domain::review::{Rating, Scheduler};
use learnr_domain::tick::DAY_MS;
use learnr_domain::{Bank, Fact, Refusal, ReplayError, Session};

use crate::fixture::{BEGINNING, Player, bank, practice};

/// A learner who met every item of a small bank once, all answered this way, each after `elapsed_ms`.
fn met_all(bank: &Arc<Bank>, right: bool, elapsed_ms: i64) -> (LearnerState, Player) {
    let mut first = Player::start(bank, practice(12), 2);
    while let Some(command) = first.answer(right) {
        first.now = first.now.plus(elapsed_ms);
        first.send(&command).expect("an answer");
    }
    (LearnerState::after(None, &first.session), first)
}

fn again(bank: &Arc<Bank>, state: &LearnerState, after: &Player, days: i64) -> Player {
    let now = after.now.plus(days * DAY_MS);
    Player::resume(bank, practice(12), Some(state.clone()), now, 3).expect("a session starts")
}

#[test]
fn the_first_answer_leaves_the_memory_of_its_rating() {
    let bank = bank(12, &[0.5, 0.5], 1);
    // The exam gives a minute and a half for a question.
    for (right, elapsed_ms, rating) in [
        (false, 10_000, Rating::Again),
        (false, 100_000, Rating::Again),
        (true, 90_000, Rating::Good),
        (true, 90_001, Rating::Hard),
    ] {
        let (state, _) = met_all(&bank, right, elapsed_ms);
        let expected = Scheduler::default().first(rating);
        assert_eq!(state.seen.len(), 12);
        assert!(
            state.seen.iter().all(|seen| seen.memory == expected),
            "{rating:?}"
        );
    }
}

#[test]
fn a_repeat_trains_memory_by_the_whole_days_between() {
    let bank = bank(12, &[0.5, 0.5], 1);
    let scheduler = Scheduler::default();
    for days in [0, 1, 8, 40] {
        let (state, first) = met_all(&bank, true, 10_000);
        let mut second = again(&bank, &state, &first, days);
        while second.play(true) {}
        let folded = LearnerState::after(Some(&state), &second.session);
        for (before, after) in state.seen.iter().zip(&folded.seen) {
            let whole = after.at.since(before.at) / DAY_MS;
            let expected = scheduler.after(&before.memory, Rating::Good, whole as u32);
            assert_eq!(after.memory, expected, "day {days}");
            assert_eq!(after.times, 2);
        }
    }
}

#[test]
fn what_was_forgotten_is_evidence_before_thirty_days_are_over() {
    let bank = bank(12, &[0.5, 0.5], 1);
    // Half of what is missed is forgotten in 19 days, of what is known in more than two hundred.
    for (right, days, evidence) in [
        (false, 18, false),
        (false, 21, true),
        (true, 21, false),
        (true, 31, true),
    ] {
        let (state, first) = met_all(&bank, right, 10_000);
        let mut second = again(&bank, &state, &first, days);
        let before = second.session.competency();
        while let Some(served) = second.session.open_question() {
            assert_eq!(served.evidence, evidence, "right: {right}, day {days}");
            second.play(true);
        }
        assert_eq!(second.session.competency() != before, evidence);
        let folded = LearnerState::after(Some(&state), &second.session);
        let third = again(&bank, &folded, &second, 0);
        assert_eq!(
            third.session.competency(),
            second.session.competency(),
            "the fold agrees"
        );
    }
}

#[test]
fn recognising_a_question_is_no_credit() {
    let bank = bank(12, &[0.5, 0.5], 1);
    for (first_right, days, then_right, credit) in [
        (true, 2, true, true),
        (true, 2, false, false),
        (false, 2, true, false),
        (false, 2, false, false),
        (false, 31, true, true),
        (true, 31, false, false),
    ] {
        let (state, first) = met_all(&bank, first_right, 10_000);
        assert!(state.seen.iter().all(|seen| seen.credit == first_right));
        let mut second = again(&bank, &state, &first, days);
        while second.play(then_right) {}
        let folded = LearnerState::after(Some(&state), &second.session);
        assert!(
            folded
                .seen
                .iter()
                .all(|seen| seen.credit == credit && seen.correct == then_right),
            "{first_right} then {then_right} after {days} days"
        );
    }
}

#[test]
fn a_damaged_memory_is_refused() {
    let bank = bank(12, &[0.5, 0.5], 1);
    let (state, first) = met_all(&bank, true, 10_000);
    for damage in [f32::NAN, -1.0, 0.0, f32::INFINITY] {
        let mut state = state.clone();
        state.seen[3].memory.stability_days = damage;
        let refused = Player::resume(&bank, practice(5), Some(state), BEGINNING, 1).map(|_| ());
        let text = "learner state: memory of item item-000003 is damaged".to_owned();
        assert_eq!(refused, Err(Refusal::InvalidSetting(text)));
    }
    let event = again(&bank, &state, &first, 1).events[0].clone();
    for damage in [f32::NAN, -1.0, 0.0, f32::INFINITY] {
        let mut damaged = event.clone();
        if let Fact::Started(started) = &mut damaged.fact {
            started.seen[0].stability_days = Some(damage);
        }
        let refused = Session::replay(Arc::clone(&bank), [&damaged]).map(|_| ());
        let what = "a memory is damaged";
        assert_eq!(refused, Err(ReplayError::Contradiction { seq: 1, what }));
    }
}
