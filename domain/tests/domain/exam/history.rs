//! The history of an exam: replay equals live, and what no exam could have done is refused.

use std::sync::Arc;

use learnr_domain::session::{Completed, EndReason};
use learnr_domain::{Command, Event, Fact, ItemIx, OptionSet, Position, ReplayError, Session};
use proptest::prelude::*;

use super::{WEIGHTS, answer, flag, go_to, sat, settings, unflag};
use crate::fixture::{Player, bank, practice, request};

/// What a learner may do next, at positions in and out of the exam.
#[derive(Clone, Debug)]
enum Move {
    Answer(u8, u16, usize),
    Flag(u8, u16),
    Unflag(u8, u16),
    GoTo(u16),
    Pause(u8),
    Credit,
    Wait(i64),
    Submit(u8),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let (name, position) = (0..60_u8, 0..13_u16);
    let one = prop_oneof![
        8 => (name.clone(), position.clone(), 0..5_usize).prop_map(|(n, p, o)| Move::Answer(n, p, o)),
        3 => (name.clone(), position.clone()).prop_map(|(n, p)| Move::Flag(n, p)),
        2 => (name.clone(), position.clone()).prop_map(|(n, p)| Move::Unflag(n, p)),
        4 => position.prop_map(Move::GoTo),
        1 => name.clone().prop_map(Move::Pause),
        1 => Just(Move::Credit),
        1 => (0..400_000_i64).prop_map(Move::Wait),
        1 => name.prop_map(Move::Submit),
    ];
    prop::collection::vec(one, 1..80)
}

fn command(one: &Move) -> Command {
    let id = |n: u8| request(format!("r{n}"));
    match *one {
        Move::Answer(n, position, option) => answer(&format!("r{n}"), position, option),
        Move::Flag(n, position) => flag(&format!("r{n}"), position),
        Move::Unflag(n, position) => unflag(&format!("r{n}"), position),
        Move::GoTo(position) => go_to(position),
        Move::Pause(n) => Command::Pause { request_id: id(n) },
        Move::Credit => Command::CreditTime { by_ms: 700 },
        Move::Wait(_) => Command::DeadlinePassed,
        Move::Submit(n) => Command::Finish { request_id: id(n) },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn replay_equals_live_whatever_is_sent(moves in moves(), seed in any::<u64>()) {
        let bank = bank(60, &WEIGHTS, 3);
        let mut exam = Player::start(&bank, settings(10), seed);
        let mut chosen = vec![OptionSet::default(); 10];
        for one in &moves {
            if let Move::Wait(ms) = one {
                exam.now = exam.now.plus(*ms);
            }
            let before = exam.session.fingerprint();
            match exam.ask(&command(one)) {
                Ok(facts) => {
                    prop_assert!(facts.len() <= 1);
                    if let Some(Fact::Recorded(recorded)) = facts.first() {
                        chosen[usize::from(recorded.position.0) - 1] = recorded.chosen;
                    }
                }
                Err(_) => prop_assert_eq!(exam.session.fingerprint(), before),
            }
            let ended = exam.session.summary().end.is_some();
            prop_assert!(ended || exam.session.summary().correct == 0);
            let replayed = Session::replay(Arc::clone(&bank), &exam.events).expect("its own history");
            prop_assert_eq!(replayed.fingerprint(), exam.session.fingerprint());
        }
        let places = exam.session.places().expect("an exam");
        prop_assert!(places.iter().map(|place| place.chosen).eq(chosen.iter().copied()));
        let form = exam.form();
        let right = form.iter().zip(&chosen).filter(|(ix, set)| bank.item(**ix).key == **set);
        if let Some(Fact::Completed(completed)) = exam.events.last().map(|event| &event.fact) {
            prop_assert_eq!(usize::from(completed.correct), right.count());
        }
    }
}

/// A submitted exam with one of everything.
fn whole() -> Player {
    let mut exam = sat(1);
    for command in [answer("a", 1, 1), flag("f", 2), go_to(5), answer("b", 5, 0)] {
        exam.ask(&command).expect("it happens");
    }
    exam.submit();
    exam
}

/// Replays the history with one event changed, which must contradict what is before it.
fn contradicts(seq: usize, change: impl FnOnce(&mut Fact)) {
    let exam = whole();
    let mut events: Vec<Event> = exam.events.clone();
    change(&mut events[seq - 1].fact);
    let replayed = Session::replay(Arc::clone(exam.session.bank()), &events);
    let error = replayed.map(|_| ()).expect_err("it contradicts");
    assert!(
        matches!(error, ReplayError::Contradiction { seq: at, .. } if at as usize == seq),
        "{error}"
    );
}

#[test]
fn a_history_that_no_exam_could_have_is_refused_at_its_first_contradiction() {
    let started = |change: fn(&mut learnr_domain::session::Started)| {
        contradicts(1, |fact| {
            if let Fact::Started(started) = fact {
                change(started);
            }
        });
    };
    started(|started| started.form.truncate(9));
    started(|started| started.form.clear());
    started(|started| started.form[3].item = started.form[4].item);
    started(|started| started.form[3].position = Position(9));
    started(|started| started.first = started.form[1]);
    let recorded = |change: fn(&mut learnr_domain::session::Recorded)| {
        contradicts(2, |fact| {
            if let Fact::Recorded(recorded) = fact {
                change(recorded);
            }
        });
    };
    recorded(|recorded| recorded.position = Position(11));
    recorded(|recorded| recorded.position = Position(0));
    recorded(|recorded| recorded.item = ItemIx(u32::MAX));
    recorded(|recorded| recorded.chosen = OptionSet::default());
    recorded(|recorded| recorded.chosen = OptionSet(1 << 7));
    recorded(|recorded| recorded.correct = false);
    recorded(|recorded| recorded.area.0 ^= 1);
    recorded(|recorded| {
        if let Some(next) = &mut recorded.next {
            next.position = Position(3);
        }
    });
    contradicts(3, |fact| {
        *fact = Fact::Flagged {
            position: Position(11),
            flagged: true,
        };
    });
    contradicts(4, |fact| {
        if let Fact::Moved(to) = fact {
            to.evidence = false;
        }
    });
    contradicts(4, |fact| *fact = Fact::Paused);
    contradicts(6, |fact| {
        *fact = Fact::Completed(Completed {
            reason: EndReason::Finished,
            answered: 2,
            correct: 2,
            elapsed_ms: 0,
        });
    });
}

#[test]
fn events_of_an_exam_have_no_place_in_another_kind_of_session() {
    let exam = whole();
    let bank = Arc::clone(exam.session.bank());
    let player = Player::start(&bank, practice(10), 1);
    for event in &exam.events[1..5] {
        let mut session = player.session.clone();
        let event = Event {
            seq: 2,
            ..event.clone()
        };
        let error = session.apply(&event).expect_err("it is no exam");
        assert!(
            matches!(error, ReplayError::Contradiction { .. }),
            "{error}"
        );
        assert_eq!(session.fingerprint(), player.session.fingerprint());
    }
    let mut practised = Player::start(&bank, practice(10), 1);
    practised.play(true);
    let mut session = sat(1).session;
    let error = session
        .apply(&practised.events[1])
        .expect_err("an exam judges nothing");
    assert!(
        matches!(error, ReplayError::Contradiction { .. }),
        "{error}"
    );
}

#[test]
fn a_live_exam_stays_small() {
    let mut exam = sat(1);
    for position in 1..=10 {
        exam.ask(&answer(&format!("a{position}"), position, 1))
            .expect("recorded");
    }
    let bytes = size_of_val(&exam.session) + exam.session.heap_bytes();
    assert!(bytes <= 4 * 1024, "{bytes} bytes");
    let bank = bank(1_200, &WEIGHTS, 4);
    let mut long = Player::start(&bank, settings(500), 1);
    for position in 1..=500 {
        long.ask(&answer(&format!("a{position}"), position, 1))
            .expect("recorded");
    }
    long.submit();
    let bytes = size_of_val(&long.session) + long.session.heap_bytes();
    assert!(bytes <= 64 * 1024, "{bytes} bytes");
}
