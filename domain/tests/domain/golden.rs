//! Sessions whose final state is committed: the same on every machine, and until the rules of choice change.
//! That older events fold to their states is held by tests/golden; what this release chooses, here.

use std::sync::Arc;

use learnr_domain::session::{ENGINE_VERSION, Kind, Settings};
use learnr_domain::tick::DAY_MS;
use learnr_domain::{Command, Fact, LearnerState, Position, Session};

use crate::fixture::{Player, answer, bank, diagnostic, practice, request};

fn hex(bytes: [u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn sessions_of_this_release_end_in_their_committed_state() {
    assert_eq!(
        ENGINE_VERSION, 1,
        "a new version needs new states, and keeps the old engine"
    );
    let bank = bank(240, &[0.4, 0.3, 0.2, 0.1], 17);
    let mut learner: Option<LearnerState> = None;
    let mut now = crate::fixture::BEGINNING;
    let review = Settings::new(Kind::Review, 5);
    let (mut states, mut before_reviews) = (Vec::new(), Vec::new());
    for (seed, settings) in [practice(25), diagnostic(25), review]
        .into_iter()
        .enumerate()
    {
        let started = Player::resume(&bank, settings, learner.clone(), now, seed as u64);
        let mut player = started.expect("a session starts");
        while player.play(!player.events.len().is_multiple_of(3)) {}
        states.push(hex(player.session.fingerprint()));
        before_reviews.push(hex(without_memories(&player).fingerprint()));
        learner = Some(LearnerState::after(learner.as_ref(), &player.session));
        now = player.now.plus(2 * DAY_MS);
    }
    assert_eq!(states, GOLDEN);
    assert_eq!(before_reviews, GOLDEN_BEFORE_REVIEWS);
}

/// The same session as an engine without a review schedule would have begun it.
fn without_memories(player: &Player) -> Session {
    let mut events = player.events.clone();
    if let Fact::Started(started) = &mut events[0].fact {
        for seen in &mut started.seen {
            (seen.stability_days, seen.credit) = (None, seen.correct);
        }
    }
    Session::replay(Arc::clone(player.session.bank()), &events).expect("a history")
}

#[test]
fn an_exam_of_this_engine_version_ends_in_its_committed_state() {
    let bank = bank(240, &[0.4, 0.3, 0.2, 0.1], 17);
    let settings = Settings {
        time_limit_ms: Some(3_600_000),
        ..Settings::new(Kind::Exam, 20)
    };
    let mut exam = Player::start(&bank, settings, 5);
    let commands = [
        answer(Position(1), &[1]),
        Command::Flag {
            request_id: request("flag"),
            position: Position(4),
        },
        Command::GoTo {
            position: Position(20),
        },
        answer(Position(20), &[0]),
        Command::Unflag {
            request_id: request("unflag"),
            position: Position(4),
        },
        answer(Position(7), &[1]),
    ];
    for command in commands {
        exam.now = exam.now.plus(10_000);
        exam.send(&command).expect("it happens");
    }
    let open = hex(exam.session.fingerprint());
    let request_id = request("submit");
    exam.send(&Command::Finish { request_id }).expect("it ends");
    assert_eq!([open, hex(exam.session.fingerprint())], GOLDEN_EXAM);
}

/// Fingerprints of an exam before and after it is submitted.
const GOLDEN_EXAM: [&str; 2] = [
    "9ef1f1c877cbcbf0a0e46216ccad5b60a9b9585cd2ae27b80069cfdeb7215ffb",
    "79ae2514d1fa1d84e01b49a13501624159de7316447a3a3db6d8b11d5800b3ef",
];

/// Fingerprints of a practice session, a diagnostic and a review by one learner, two days apart.
const GOLDEN: [&str; 3] = [
    "c7245c30dbc7aa54b948d4376e5b0b3f57cca9eebdec3313d31bc0ea35d8e9bc",
    "6505934d4d4cdf6d669662ca6635172efb87e2da336c7a7f2aa5d651f5625041",
    "fe900283e15e65c5c79d9b4a02f84775d0700cd661e04c8f0fc6a6b994064cdf",
];

/// Those of the same sessions where no memory is known of what was seen before: as they were when there was no
/// review schedule, so that stored sessions keep theirs.
const GOLDEN_BEFORE_REVIEWS: [&str; 3] = [
    "c7245c30dbc7aa54b948d4376e5b0b3f57cca9eebdec3313d31bc0ea35d8e9bc",
    "3fdda856e4e1cf963d3f2fd55693b30028349a2f024d7e903fa83876b798d6ec",
    "99ce210ead92c6661cba3300ebe72f75a6f274bf42709fdb6e5ee9a59e8fdcae",
];
