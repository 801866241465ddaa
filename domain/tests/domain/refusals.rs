//! Every refusal, and that it leaves the session as it was.

use std::sync::Arc;

use learnr_domain::session::{CREDIT_MS_MAX, Kind, PAUSES_MAX, Settings, Start};
use learnr_domain::{
    AreaIx, Command, Decision, Fact, LearnerState, Position, Refusal, Session, Tick,
};

use crate::fixture::{
    BEGINNING, Player, answer, bank, built, certification, items, option_id, practice, request,
};
use learnr_domain::bank::Select;

/// A session with two questions answered, the third open, and ten minutes to go.
fn player() -> Player {
    let settings = Settings {
        time_limit_ms: Some(600_000),
        ..practice(10)
    };
    let mut player = Player::start(&bank(40, &[0.6, 0.4], 1), settings, 5);
    player.play(true);
    player.play(false);
    player
}

fn check(player: &mut Player, command: &Command, expected: &Refusal) {
    let before = player.session.fingerprint();
    assert_eq!(player.send(command), Err(expected.clone()), "{command:?}");
    assert_eq!(player.session.fingerprint(), before);
}

fn pause(id: &str) -> Command {
    Command::Pause {
        request_id: request(id),
    }
}

fn resume(id: &str) -> Command {
    Command::Resume {
        request_id: request(id),
    }
}

fn finish(id: &str) -> Command {
    Command::Finish {
        request_id: request(id),
    }
}

fn fresh(command: Command, id: &str) -> Command {
    match command {
        Command::Answer {
            position,
            options,
            confidence,
            ..
        } => Command::Answer {
            request_id: request(id),
            position,
            options,
            confidence,
        },
        other => other,
    }
}

#[test]
fn an_answer_must_be_to_the_open_question() {
    let mut player = player();
    let cases = [
        (
            1,
            Refusal::AlreadyAnswered {
                position: Position(1),
            },
        ),
        (
            2,
            Refusal::AlreadyAnswered {
                position: Position(2),
            },
        ),
        (
            4,
            Refusal::NotServed {
                position: Position(4),
            },
        ),
        (
            0,
            Refusal::NotServed {
                position: Position(0),
            },
        ),
        (
            u16::MAX,
            Refusal::NotServed {
                position: Position(u16::MAX),
            },
        ),
    ];
    for (position, expected) in cases {
        let command = fresh(answer(Position(position), &[0]), "other");
        check(&mut player, &command, &expected);
    }
}

#[test]
fn an_answer_must_name_options_of_the_question() {
    let mut player = player();
    let cases: [(&[usize], Refusal); 5] = [
        (&[], Refusal::NoOption),
        (&[7], Refusal::UnknownOption),
        (&[0, 1], Refusal::TooManyOptions),
        (&[1, 1], Refusal::TooManyOptions),
        (&[0, 1, 2, 3, 0], Refusal::TooManyOptions),
    ];
    for (options, expected) in cases {
        check(&mut player, &answer(Position(3), options), &expected);
    }
}

#[test]
fn where_several_options_may_be_named_only_the_exact_key_is_right() {
    let mut specs = items(20, 1, 1);
    for spec in &mut specs {
        spec.select = Select::Many;
        spec.options[3].correct = true;
    }
    let bank = built(certification(&[1.0]), specs);
    let cases: [(&[usize], bool); 4] = [
        (&[3, 1], true),
        (&[1], false),
        (&[1, 2, 3], false),
        (&[0, 2], false),
    ];
    let mut player = Player::start(&bank, practice(10), 5);
    for (options, expected) in cases {
        let position = player
            .session
            .open_question()
            .expect("a question is open")
            .position;
        player.send(&answer(position, options)).expect("an answer");
        let last = player.events.last().expect("an event");
        assert!(matches!(&last.fact, Fact::Answered(answered) if answered.correct == expected));
    }
    let position = player
        .session
        .open_question()
        .expect("a question is open")
        .position;
    check(
        &mut player,
        &answer(position, &[1, 1]),
        &Refusal::TooManyOptions,
    );
}

#[test]
fn confidence_is_a_percentage() {
    let mut player = player();
    let command = Command::Answer {
        request_id: request("sure"),
        position: Position(3),
        options: vec![option_id(0)],
        confidence: Some(101),
    };
    let text = "confidence must be at most 100 %, got 101".to_owned();
    check(&mut player, &command, &Refusal::InvalidSetting(text));
}

#[test]
fn a_paused_session_takes_no_answers() {
    let mut player = player();
    check(&mut player, &resume("r0"), &Refusal::NotPaused);
    player.send(&pause("p1")).expect("a pause");
    check(&mut player, &answer(Position(3), &[0]), &Refusal::Paused);
    check(&mut player, &pause("p2"), &Refusal::Paused);
    check(&mut player, &Command::DeadlinePassed, &Refusal::NotDue);
    // The pause is looked at before the position and the options.
    check(&mut player, &answer(Position(9), &[]), &Refusal::Paused);
    player.send(&resume("r1")).expect("it goes on");
    player.send(&answer(Position(3), &[0])).expect("an answer");
}

#[test]
fn an_ended_session_takes_nothing_but_repeats() {
    let mut player = player();
    player.send(&finish("f1")).expect("the end");
    let seq = player.session.seq();
    for command in [
        answer(Position(3), &[0]),
        pause("p1"),
        resume("r1"),
        finish("f2"),
        Command::CreditTime { by_ms: 5 },
        Command::DeadlinePassed,
    ] {
        check(&mut player, &command, &Refusal::Ended);
    }
    assert_eq!(player.send(&finish("f1")), Ok(Decision::Repeat { seq }));
    assert_eq!(
        player.send(&answer(Position(1), &[1])),
        Ok(Decision::Repeat { seq: 2 })
    );
}

#[test]
fn after_the_deadline_answers_are_too_late() {
    let mut player = player();
    player.now = BEGINNING.plus(600_000 - 1);
    check(&mut player, &Command::DeadlinePassed, &Refusal::NotDue);
    player.now = BEGINNING.plus(600_250);
    check(
        &mut player,
        &answer(Position(3), &[0]),
        &Refusal::TooLate { by_ms: 250 },
    );
    check(&mut player, &pause("p1"), &Refusal::TooLate { by_ms: 250 });
}

#[test]
fn a_session_without_a_limit_has_no_deadline() {
    let mut player = Player::start(&bank(20, &[1.0], 1), practice(5), 1);
    assert_eq!(player.session.next_deadline(), None);
    player.now = player.now.plus(i64::MAX / 4);
    check(&mut player, &Command::DeadlinePassed, &Refusal::NotDue);
}

#[test]
fn a_request_id_is_for_one_request() {
    let mut player = player();
    check(
        &mut player,
        &fresh(answer(Position(3), &[0]), "answer-1"),
        &Refusal::RequestIdReused,
    );
    check(&mut player, &pause("answer-1"), &Refusal::RequestIdReused);
    check(&mut player, &finish("answer-2"), &Refusal::RequestIdReused);
    player.send(&pause("p1")).expect("a pause");
    check(&mut player, &resume("p1"), &Refusal::RequestIdReused);
    // The same request, whatever it names this time, is the request already handled.
    assert_eq!(
        player.send(&answer(Position(2), &[3])),
        Ok(Decision::Repeat { seq: 3 })
    );
    assert_eq!(player.send(&pause("p1")), Ok(Decision::Repeat { seq: 4 }));
}

#[test]
fn pauses_and_credits_are_bounded() {
    let mut player = player();
    for by_ms in [0, -5, CREDIT_MS_MAX + 1] {
        let text = format!("time credited must be 1 to {CREDIT_MS_MAX} ms, got {by_ms}");
        check(
            &mut player,
            &Command::CreditTime { by_ms },
            &Refusal::InvalidSetting(text),
        );
    }
    for k in 0..PAUSES_MAX {
        player.send(&pause(&format!("p{k}"))).expect("a pause");
        player.send(&resume(&format!("r{k}"))).expect("it goes on");
    }
    check(
        &mut player,
        &pause("one-more"),
        &Refusal::TooManyPauses { limit: PAUSES_MAX },
    );
}

#[test]
fn settings_out_of_range_start_nothing() {
    let bank = bank(40, &[0.6, 0.4], 1);
    let focused = |areas: Vec<AreaIx>| Settings {
        areas,
        ..Settings::new(Kind::Focused, 10)
    };
    let cases = [
        (practice(4), "length must be 5 to 200, got 4"),
        (practice(201), "length must be 5 to 200, got 201"),
        (
            Settings {
                target_success: 0.9,
                ..practice(10)
            },
            "target success must be 0.6 to 0.85, got 0.9",
        ),
        (
            Settings {
                target_success: f64::NAN,
                ..practice(10)
            },
            "target success must be 0.6 to 0.85, got NaN",
        ),
        (
            Settings {
                time_multiplier: 0.5,
                ..practice(10)
            },
            "time multiplier must be 1 to 4, got 0.5",
        ),
        (
            Settings {
                time_limit_ms: Some(0),
                ..practice(10)
            },
            "time limit must be 1 to 86400000 ms, got 0",
        ),
        (
            focused(vec![]),
            "a focused session must name areas or concepts, got none",
        ),
        (
            focused(vec![AreaIx(2)]),
            "area index must be under 2, got 2",
        ),
        (
            focused(vec![AreaIx(1), AreaIx(1)]),
            "areas must be distinct, got 1 twice",
        ),
        (
            Settings {
                areas: vec![AreaIx(0)],
                ..practice(10)
            },
            "areas and concepts must be empty unless the session is focused, got 1",
        ),
    ];
    for (settings, text) in cases {
        let refused = Player::resume(&bank, settings, None, BEGINNING, 1).map(|_| ());
        assert_eq!(refused, Err(Refusal::InvalidSetting(text.into())));
    }
}

#[test]
fn parameters_out_of_range_start_nothing() {
    let bank = bank(40, &[0.6, 0.4], 1);
    for (rho, q, text) in [
        (0.95, 0.05, "rho must be 0 to 0.9, got 0.95"),
        (f64::NAN, 0.05, "rho must be 0 to 0.9, got NaN"),
        (0.5, -0.1, "q must be 0 to 1, got -0.1"),
    ] {
        let start = Start {
            rho,
            q,
            ..Start::new(practice(10), None, Arc::from("v1"))
        };
        let refused = Player::begin(&bank, start, BEGINNING, 1).map(|_| ());
        assert_eq!(refused, Err(Refusal::InvalidSetting(text.into())));
    }
}

#[test]
fn a_review_with_nothing_missed_says_so() {
    let bank = bank(40, &[0.6, 0.4], 1);
    for learner in [None, Some(LearnerState::default())] {
        let settings = Settings::new(Kind::Review, 10);
        let start = Start::new(settings, learner, Arc::from("v1"));
        let refused = Session::start(
            Arc::clone(&bank),
            start,
            Tick {
                now: BEGINNING,
                seed: 1,
            },
        );
        assert_eq!(refused, Err(Refusal::NoItems { kind: Kind::Review }));
    }
    let text = Refusal::NoItems { kind: Kind::Review }.to_string();
    assert_eq!(text, "no missed question to review");
}
