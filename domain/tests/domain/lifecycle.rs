//! From start to end: events, time, endings, and histories that must not be replayed.

use std::sync::Arc;

use learnr_domain::session::{EndReason, Progress, Settings, Status};
use learnr_domain::{
    AreaIx, Command, Decision, Event, Fact, ItemIx, Millis, OptionOrder, Position, ReplayError,
    Session,
};

use crate::fixture::{
    BEGINNING, Player, answer, bank, built, certification, diagnostic, items, practice, request,
};

fn timed(time_limit_ms: i64) -> Settings {
    Settings {
        time_limit_ms: Some(time_limit_ms),
        ..practice(10)
    }
}

fn elapsed(event: &Event) -> Option<i64> {
    match &event.fact {
        Fact::Answered(answered) => Some(answered.elapsed_ms),
        _ => None,
    }
}

#[test]
fn the_last_answer_ends_the_session_in_two_events() {
    let mut player = Player::start(&bank(40, &[0.6, 0.4], 1), practice(5), 2);
    for turn in 0..4 {
        player.play(turn % 2 == 0);
    }
    let last = player.answer(true).expect("the fifth question is open");
    player.now = player.now.plus(10_000);
    let decision = player.send(&last).expect("an answer");
    let Decision::Events(events) = decision else {
        panic!("not a repeat")
    };
    let [answered, completed] = &events[..] else {
        panic!("two events, got {events:?}")
    };
    assert!(matches!(&answered.fact, Fact::Answered(answered) if answered.next.is_none()));
    let Fact::Completed(completed) = &completed.fact else {
        panic!("an end, got {completed:?}")
    };
    assert_eq!(
        (completed.reason, completed.answered, completed.correct),
        (EndReason::Length, 5, 3)
    );
    assert_eq!(completed.elapsed_ms, 50_000);
    assert_eq!(player.session.status(), Status::Ended(EndReason::Length));
    assert!(player.session.open_question().is_none());
    assert_eq!(
        player.send(&last),
        Ok(Decision::Repeat { seq: answered.seq })
    );
}

#[test]
fn pauses_count_neither_for_the_question_nor_for_the_deadline() {
    let mut player = Player::start(&bank(40, &[0.6, 0.4], 1), timed(600_000), 2);
    assert_eq!(
        player.session.next_deadline(),
        Some(BEGINNING.plus(600_000))
    );
    player.now = player.now.plus(3_000);
    player
        .send(&Command::Pause {
            request_id: request("p"),
        })
        .expect("a pause");
    assert_eq!(player.session.next_deadline(), None);
    player.now = player.now.plus(3_600_000);
    player
        .send(&Command::Resume {
            request_id: request("r"),
        })
        .expect("it goes on");
    assert_eq!(
        player.session.next_deadline(),
        Some(BEGINNING.plus(600_000 + 3_600_000))
    );
    player.play(true);
    assert_eq!(player.events.last().and_then(elapsed), Some(13_000));
    player.play(true);
    assert_eq!(player.events.last().and_then(elapsed), Some(10_000));
    let expected = Progress {
        answered: 2,
        correct: 2,
        length: 10,
        elapsed_ms: 23_000,
        paused: false,
    };
    assert_eq!(player.session.progress(), expected);
}

#[test]
fn credit_and_multiplier_move_the_deadline() {
    let settings = Settings {
        time_multiplier: 1.5,
        ..timed(600_000)
    };
    let mut player = Player::start(&bank(40, &[0.6, 0.4], 1), settings, 2);
    player
        .send(&Command::CreditTime { by_ms: 4_000 })
        .expect("credit");
    assert_eq!(
        player.session.next_deadline(),
        Some(BEGINNING.plus(904_000))
    );
    player.now = BEGINNING.plus(904_000);
    player
        .send(&Command::DeadlinePassed)
        .expect("the time is up");
    assert_eq!(player.session.status(), Status::Ended(EndReason::Time));
    assert_eq!(player.session.next_deadline(), None);
}

#[test]
fn finishing_after_the_deadline_counts_as_time() {
    for (wait, expected) in [(1_000, EndReason::Finished), (700_000, EndReason::Time)] {
        let mut player = Player::start(&bank(40, &[0.6, 0.4], 1), timed(600_000), 2);
        player.now = player.now.plus(wait);
        player
            .send(&Command::Finish {
                request_id: request("f"),
            })
            .expect("the end");
        assert_eq!(player.session.status(), Status::Ended(expected));
    }
}

#[test]
fn a_lagging_clock_counts_as_the_time_of_the_last_event() {
    let mut player = Player::start(&bank(40, &[0.6, 0.4], 1), practice(10), 2);
    player.play(true);
    let (command, last) = (player.answer(true).expect("open"), player.now);
    player.now = Millis(0);
    player.send(&command).expect("an answer");
    let event = player.events.last().expect("an event");
    assert_eq!((event.at, elapsed(event)), (last, Some(0)));
}

#[test]
fn a_precise_diagnostic_ends_early_but_not_before_ten() {
    let steep = |k: usize| {
        let mut spec = items(1, 1, k as u64).remove(0);
        spec.id = crate::fixture::item_id(k);
        let b = (k % 21) as f64 / 10.0 - 1.0;
        let parameters = learnr_domain::ItemParameters::three_pl(4.0, b, 0.0);
        spec.difficulty = learnr_domain::bank::Difficulty::Parameters(parameters);
        spec
    };
    let bank = built(certification(&[1.0]), (0..200).map(steep).collect());
    let mut player = Player::start(&bank, diagnostic(60), 3);
    while player.play(player.events.len().is_multiple_of(2)) {}
    assert_eq!(player.session.status(), Status::Ended(EndReason::Precise));
    assert_eq!(player.session.progress().answered, 10);
    assert!(player.session.composite().standard_deviation <= 0.30);
}

#[test]
fn a_bank_that_runs_dry_ends_the_session() {
    for settings in [practice(50), diagnostic(50)] {
        let mut player = Player::start(&bank(7, &[0.6, 0.4], 1), settings, 2);
        while player.play(false) {}
        assert_eq!(player.session.status(), Status::Ended(EndReason::NoItems));
        assert_eq!(player.session.progress().answered, 7);
    }
}

#[test]
fn the_summary_sets_before_against_after() {
    let mut player = Player::start(&bank(60, &[0.6, 0.4], 1), practice(12), 2);
    let before = player.session.competency();
    while player.play(true) {}
    let summary = player.session.summary();
    assert_eq!((summary.answered, summary.correct), (12, 12));
    assert_eq!(summary.end, Some(EndReason::Length));
    assert_eq!(
        summary.areas.iter().map(|area| area.answered).sum::<u16>(),
        12
    );
    for (area, before) in summary.areas.iter().zip(before) {
        assert_eq!(area.before.score.to_bits(), before.score.to_bits());
        assert!(area.after.score > area.before.score + 0.05);
        assert!(area.after.low < area.after.score && area.after.score < area.after.high);
        assert!(area.after.high - area.after.low < area.before.high - area.before.low);
    }
}

#[test]
fn only_scores_that_moved_a_percent_are_told() {
    let mut player = Player::start(&bank(200, &[0.6, 0.4], 1), practice(30), 2);
    let percent = |score: f64| (score * 100.0).round() as i64;
    let told = |player: &Player| -> Vec<i64> {
        player
            .session
            .competency()
            .iter()
            .map(|area| percent(area.score))
            .collect()
    };
    let mut known = told(&player);
    while player.play(!player.events.len().is_multiple_of(3)) {
        let answered = player
            .events
            .iter()
            .rev()
            .find_map(|event| match &event.fact {
                Fact::Answered(answered) => Some(answered),
                _ => None,
            });
        for score in &answered.expect("an answer").scores {
            assert_ne!(known[score.area.at()], percent(score.score));
            known[score.area.at()] = percent(score.score);
        }
        assert_eq!(known, told(&player));
    }
}

/// A history, spoilt, must be refused with this error and leave what was applied before it.
#[test]
fn a_damaged_history_is_not_replayed() {
    type Spoil = fn(&mut Vec<Event>);
    let what = |seq, what| ReplayError::Contradiction { seq, what };
    let cases: [(Spoil, ReplayError); 13] = [
        (|events| events.clear(), ReplayError::Empty),
        (|events| events.swap(0, 1), ReplayError::Started { seq: 2 }),
        (|events| events.truncate(0), ReplayError::Empty),
        (
            |events| drop(events.remove(2)),
            ReplayError::Seq {
                expected: 3,
                found: 4,
            },
        ),
        (
            |events| events[2].seq = 2,
            ReplayError::Seq {
                expected: 3,
                found: 2,
            },
        ),
        (
            |events| events[2].at = Millis(0),
            ReplayError::TimeWentBack { seq: 3 },
        ),
        (
            |events| events[1].fact = events[0].fact.clone(),
            ReplayError::Started { seq: 2 },
        ),
        (
            |events| events[1].fact = Fact::Resumed,
            what(2, "the session was not paused"),
        ),
        (
            |events| events[1].fact = Fact::TimeCredited { by_ms: -1 },
            what(2, "the time credited is out of range"),
        ),
        (
            |events| started(events).engine_version = 9,
            ReplayError::EngineVersion { found: 9 },
        ),
        (
            |events| started(events).first.item = ItemIx(999),
            ReplayError::NotInBank { seq: 1 },
        ),
        (
            |events| started(events).first.order = OptionOrder::authored(2),
            what(1, "the options served are not the item's"),
        ),
        (
            |events| started(events).rho = f64::NAN,
            what(1, "a setting is out of range"),
        ),
    ];
    for (spoil, expected) in cases {
        check_damage(spoil, &expected);
    }
}

#[test]
fn a_damaged_answer_is_not_replayed() {
    type Spoil = fn(&mut Vec<Event>);
    let what = |what| ReplayError::Contradiction { seq: 2, what };
    let cases: [(Spoil, ReplayError); 6] = [
        (
            |events| answered(events).position = Position(2),
            what("another question was open"),
        ),
        (
            |events| answered(events).correct ^= true,
            what("the answer was judged by another key"),
        ),
        (
            |events| answered(events).area = AreaIx(9),
            what("the answer was judged by another key"),
        ),
        (
            |events| {
                let item = answered(events).item;
                answered(events)
                    .next
                    .as_mut()
                    .expect("a next question")
                    .item = item;
            },
            what("the next question was served before"),
        ),
        (
            |events| {
                answered(events)
                    .next
                    .as_mut()
                    .expect("a next question")
                    .position = Position(3)
            },
            what("a position was left out"),
        ),
        (
            |events| {
                answered(events)
                    .next
                    .as_mut()
                    .expect("a next question")
                    .item = ItemIx(999)
            },
            ReplayError::NotInBank { seq: 2 },
        ),
    ];
    for (spoil, expected) in cases {
        check_damage(spoil, &expected);
    }
}

fn check_damage(spoil: fn(&mut Vec<Event>), expected: &ReplayError) {
    let bank = bank(40, &[0.6, 0.4], 1);
    let mut player = Player::start(&bank, practice(10), 2);
    for _ in 0..4 {
        player.play(true);
    }
    let mut events = player.events;
    spoil(&mut events);
    let replayed = Session::replay(Arc::clone(&bank), &events).map(|_| ());
    assert_eq!(replayed.as_ref(), Err(expected));
}

fn started(events: &mut [Event]) -> &mut learnr_domain::session::Started {
    match &mut events[0].fact {
        Fact::Started(started) => started,
        other => panic!("not a start: {other:?}"),
    }
}

fn answered(events: &mut [Event]) -> &mut learnr_domain::session::Answered {
    match &mut events[1].fact {
        Fact::Answered(answered) => answered,
        other => panic!("not an answer: {other:?}"),
    }
}

#[test]
fn nothing_follows_the_end() {
    let mut player = Player::start(&bank(40, &[0.6, 0.4], 1), practice(5), 2);
    while player.play(true) {}
    let seq = player.session.seq() + 1;
    let event = Event {
        seq,
        at: player.now,
        request_id: None,
        fact: Fact::Paused,
    };
    let before = player.session.fingerprint();
    let what = "the session had ended";
    assert_eq!(
        player.session.apply(&event),
        Err(ReplayError::Contradiction { seq, what })
    );
    assert_eq!(player.session.fingerprint(), before);
    assert_eq!(
        player.send(&answer(Position(5), &[1])),
        Ok(Decision::Repeat { seq: 6 })
    );
}
