//! Sitting an exam: recording, changing, flags, moving, time, submission.

use learnr_domain::learner::Standing;
use learnr_domain::session::{
    CHANGES_PER_QUESTION_MAX, EndReason, ExamResult, Kind, RHO_DEFAULT, Settings, Status, review,
};
use learnr_domain::{
    Command, Decision, Fact, LearnerState, OptionIx, OptionSet, Position, Refusal,
};

use super::{WEIGHTS, answer, flag, go_to, sat, settings, unflag};
use crate::fixture::{BEGINNING, Player, bank, option_id, practice, request};

fn only(option: u8) -> OptionSet {
    let mut set = OptionSet::default();
    set.insert(OptionIx(option));
    set
}

#[test]
fn an_answer_is_recorded_and_nothing_is_judged_before_the_exam_is_submitted() {
    let mut exam = sat(1);
    let (before, fresh) = (exam.session.competency(), exam.session.summary());
    for position in 1..=10 {
        let option = usize::from(position % 3 != 0);
        let facts = exam.ask(&answer(&format!("a{position}"), position, option));
        let [Fact::Recorded(recorded)] = &facts.expect("recorded")[..] else {
            panic!("an answer is recorded")
        };
        assert_eq!(
            recorded.next.map(|next| next.position.0),
            (position < 10).then_some(position + 1)
        );
        let progress = exam.session.progress();
        assert_eq!((progress.answered, progress.correct), (position, 0));
        assert_eq!(exam.session.competency(), before);
        assert_eq!(exam.session.summary().areas, fresh.areas);
        assert_eq!(exam.session.summary().exam, None);
        assert_eq!(
            exam.session.status(),
            Status::Active,
            "the last answer does not end it"
        );
        assert_eq!(review(&exam.events), None);
    }
    assert_eq!(exam.here(), 10, "there is none after the last");
    exam.submit();
    let summary = exam.session.summary();
    assert_eq!((summary.answered, summary.correct), (10, 7));
    assert_eq!(summary.end, Some(EndReason::Finished));
    let result = ExamResult {
        questions: 10,
        correct: 7,
        needed: 7,
    };
    assert_eq!(summary.exam, Some(result));
    assert!(result.passed());
    assert_ne!(exam.session.competency(), before);
    let answers: u32 = exam
        .session
        .competency()
        .iter()
        .map(|area| area.answers)
        .sum();
    assert_eq!(answers, 10);
}

#[test]
fn an_answer_may_be_changed_until_submission_and_the_last_one_counts() {
    let mut exam = sat(2);
    exam.ask(&answer("a", 1, 0)).expect("recorded");
    exam.ask(&go_to(1)).expect("going back");
    exam.ask(&answer("b", 1, 1)).expect("another answer");
    exam.ask(&answer("c", 2, 1)).expect("recorded");
    exam.ask(&answer("d", 2, 3))
        .expect("another answer, of another question than the one open");
    assert_eq!(exam.place(1).chosen, only(1));
    assert_eq!(exam.session.recorded(Position(2)), only(3));
    assert_eq!(exam.session.progress().answered, 2);
    exam.submit();
    let summary = exam.session.summary();
    assert_eq!((summary.answered, summary.correct), (2, 1));
    let after = exam.ask(&answer("e", 1, 1)).expect_err("it is over");
    assert_eq!(after, Refusal::Ended);
}

#[test]
fn the_same_request_again_changes_nothing_and_is_told_its_own_event() {
    let mut exam = sat(3);
    exam.ask(&answer("a", 1, 0)).expect("recorded");
    exam.ask(&answer("b", 1, 1)).expect("changed");
    exam.ask(&flag("f", 4)).expect("flagged");
    let seq = exam.session.seq();
    for (command, expected) in [
        (answer("a", 1, 0), 2),
        (answer("a", 1, 3), 2),
        (flag("f", 4), 4),
    ] {
        let tick = exam.tick();
        let repeat = exam.session.handle(&command, tick);
        assert_eq!(repeat, Ok(Decision::Repeat { seq: expected }));
    }
    for reused in [
        answer("a", 2, 0),
        flag("f", 5),
        unflag("f", 4),
        flag("a", 1),
    ] {
        assert_eq!(exam.ask(&reused), Err(Refusal::RequestIdReused));
    }
    assert_eq!(exam.session.seq(), seq);
    assert_eq!(exam.place(1).chosen, only(1));
}

#[test]
fn flags_and_the_open_question_are_kept() {
    let mut exam = sat(4);
    exam.ask(&flag("f1", 7)).expect("flagged");
    exam.ask(&flag("f2", 7)).expect("flagged is flagged");
    exam.ask(&flag("f3", 2)).expect("flagged");
    exam.ask(&unflag("u1", 2)).expect("not any more");
    exam.ask(&go_to(7)).expect("moved");
    assert_eq!(exam.here(), 7);
    let flagged = |exam: &Player| -> Vec<u16> {
        let places = exam.session.places().expect("an exam");
        places
            .iter()
            .filter(|place| place.flagged)
            .map(|place| place.position.0)
            .collect()
    };
    assert_eq!(flagged(&exam), [7]);
    exam.ask(&answer("a", 7, 1)).expect("recorded");
    assert_eq!(exam.here(), 8, "the next one is opened");
    assert_eq!(flagged(&exam), [7], "an answer leaves the flag");
}

#[test]
fn what_an_exam_does_not_have_is_refused_by_name() {
    let mut exam = sat(5);
    for position in [0, 11, u16::MAX] {
        let refused = Err(Refusal::NotServed {
            position: Position(position),
        });
        assert_eq!(exam.ask(&go_to(position)), refused);
        assert_eq!(exam.ask(&flag("f", position)), refused);
        assert_eq!(exam.ask(&unflag("u", position)), refused);
        assert_eq!(exam.ask(&answer("a", position, 1)), refused);
    }
    let request_id = request("p");
    assert_eq!(
        exam.ask(&Command::Pause { request_id }),
        Err(Refusal::NoPause)
    );
    let request_id = request("r");
    assert_eq!(
        exam.ask(&Command::Resume { request_id }),
        Err(Refusal::NotPaused)
    );
    assert_eq!(exam.ask(&answer("a", 1, 9)), Err(Refusal::UnknownOption));
    let two = Command::Answer {
        request_id: request("a"),
        position: Position(1),
        options: vec![option_id(0), option_id(1)],
        confidence: None,
    };
    assert_eq!(exam.ask(&two), Err(Refusal::TooManyOptions));
    let none = Command::Answer {
        request_id: request("a"),
        position: Position(1),
        options: Vec::new(),
        confidence: None,
    };
    assert_eq!(exam.ask(&none), Err(Refusal::NoOption));
    assert_eq!(exam.session.seq(), 1, "nothing of it left a trace");
    let bank = bank(60, &WEIGHTS, 3);
    let mut other = Player::start(&bank, practice(10), 1);
    for command in [go_to(1), flag("f", 1), unflag("u", 1)] {
        assert_eq!(other.ask(&command), Err(Refusal::ExamOnly));
    }
    assert_eq!(other.session.places(), None);
}

#[test]
fn when_the_time_is_up_the_exam_is_submitted_as_it_stands() {
    for (multiplier, allowed_ms) in [(1.0, 3_600_000), (1.5, 5_400_000)] {
        let bank = bank(60, &WEIGHTS, 3);
        let settings = Settings {
            time_multiplier: multiplier,
            ..settings(10)
        };
        let mut exam = Player::start(&bank, settings, 1);
        let deadline = BEGINNING.plus(allowed_ms);
        assert_eq!(exam.session.next_deadline(), Some(deadline));
        exam.ask(&answer("a", 1, 1)).expect("recorded");
        assert_eq!(exam.send(&Command::DeadlinePassed), Err(Refusal::NotDue));
        exam.now = deadline;
        for late in [answer("b", 2, 1), flag("f", 2), go_to(2)] {
            assert_eq!(exam.send(&late), Err(Refusal::TooLate { by_ms: 0 }));
        }
        exam.send(&Command::DeadlinePassed).expect("the time is up");
        assert_eq!(exam.session.status(), Status::Ended(EndReason::Time));
        let summary = exam.session.summary();
        assert_eq!((summary.answered, summary.correct), (1, 1));
        let result = summary.exam.expect("a result");
        assert_eq!((result.questions, result.passed()), (10, false));
    }
}

#[test]
fn an_unanswered_question_is_wrong_for_the_score_seen_and_no_evidence() {
    let mut exam = sat(6);
    for position in 1..=4 {
        exam.ask(&answer(&format!("a{position}"), position, 1))
            .expect("recorded");
    }
    assert_eq!(
        LearnerState::after(None, &exam.session).seen,
        [],
        "nothing before it is submitted"
    );
    exam.submit();
    let learner = LearnerState::after(None, &exam.session);
    let answers: u32 = learner.areas.iter().map(|area| area.answers).sum();
    assert_eq!(answers, 4);
    assert_eq!(learner.seen.len(), 10);
    assert_eq!(learner.seen.iter().filter(|seen| seen.correct).count(), 4);
    let bank = exam.session.bank();
    let missed = Player::resume(
        bank,
        Settings::new(Kind::Review, 6),
        Some(learner),
        exam.now,
        1,
    );
    let first = missed
        .expect("there is something to review")
        .open()
        .expect("a question");
    assert!(
        exam.form()[4..].contains(&first),
        "what was not answered was missed"
    );
}

#[test]
fn a_question_left_unanswered_says_nothing_of_its_concept() {
    let bank = crate::fixture::bank_with_concepts((60, 3, 6), &[]);
    let stand = |learner: &LearnerState, player: &Player| {
        Standing::new(&bank, Some(learner), RHO_DEFAULT, player.now).expect("a sound state")
    };
    let mut practice = Player::start(&bank, Settings::new(Kind::Practice, 40), 4);
    while practice.play(true) {}
    let known = LearnerState::after(None, &practice.session);
    let before = stand(&known, &practice);
    let exam = Settings {
        time_limit_ms: Some(3_600_000),
        ..Settings::new(Kind::Exam, 60)
    };
    for learner in [None, Some(known)] {
        let now = practice.now;
        let mut exam =
            Player::resume(&bank, exam.clone(), learner.clone(), now, 5).expect("begins");
        exam.submit();
        let after = LearnerState::after(learner.as_ref(), &exam.session);
        assert_eq!(after.seen.len(), 60);
        let standing = stand(&after, &exam);
        for (k, concept) in standing.concepts.iter().enumerate() {
            let answers = learner.as_ref().map_or((0, 0), |_| {
                let before = before.concepts[k];
                (before.answers, before.credits)
            });
            assert_eq!((concept.answers, concept.credits), answers, "{concept:?}");
        }
    }
}

#[test]
fn submitting_says_of_ability_what_the_same_answers_say_in_a_diagnostic() {
    let mut exam = sat(7);
    let form = exam.form();
    for position in (1..=10).rev() {
        let option = usize::from(position % 2 == 0);
        exam.ask(&answer(&format!("a{position}"), position, option))
            .expect("recorded");
    }
    exam.submit();
    let bank = exam.session.bank();
    let start = learnr_domain::session::Start::new(settings(10), None, "v1".into());
    let grid = bank.factor_grid(start.rho);
    let mut posterior = learnr_domain::learner::Posterior::new(grid, &[]);
    for (k, ix) in form.iter().enumerate() {
        let curve = bank.curve(*ix).expect("an active item");
        posterior.observe(bank.item(*ix).area, curve, (k + 1) % 2 == 0, 0.0);
    }
    for known in exam.session.competency() {
        let moments = learnr_domain::irt::moments(&posterior.ability(known.area));
        assert_eq!(known.theta.to_bits(), moments.mean.to_bits());
    }
}

#[test]
fn changes_have_a_limit_that_never_stands_in_the_way_of_a_first_answer() {
    let mut exam = sat(8);
    let limit = 10 * CHANGES_PER_QUESTION_MAX;
    for turn in 0..limit {
        exam.ask(&go_to(u16::try_from(turn % 10 + 1).expect("small")))
            .expect("moved");
    }
    let refused = Err(Refusal::TooManyChanges { limit });
    assert_eq!(exam.ask(&go_to(1)), refused);
    assert_eq!(exam.ask(&flag("f", 1)), refused);
    exam.ask(&answer("a", 1, 0)).expect("a first answer");
    assert_eq!(exam.ask(&answer("b", 1, 1)), refused);
    for position in 2..=10 {
        exam.ask(&answer(&format!("a{position}"), position, 1))
            .expect("a first answer");
    }
    exam.submit();
    assert_eq!(exam.session.summary().correct, 9);
}

#[test]
fn the_time_of_an_answer_is_all_the_time_its_question_was_open() {
    let mut exam = sat(9);
    let elapsed = |facts: &[Fact]| match facts {
        [Fact::Recorded(recorded)] => recorded.elapsed_ms,
        other => panic!("an answer is recorded, got {other:?}"),
    };
    exam.now = exam.now.plus(29_000);
    let facts = exam.ask(&answer("a", 1, 0)).expect("recorded");
    assert_eq!(elapsed(&facts), 30_000);
    exam.ask(&go_to(1)).expect("back");
    exam.now = exam.now.plus(4_000);
    let facts = exam.ask(&answer("b", 1, 1)).expect("recorded");
    assert_eq!(elapsed(&facts), 35_000);
    let facts = exam.ask(&answer("c", 9, 1)).expect("recorded");
    assert_eq!(elapsed(&facts), 0, "it was never open");
}

#[test]
fn an_answer_that_took_longer_than_its_share_of_the_exam_is_a_slow_one() {
    // The certification gives 90 seconds for a question; a slow right answer is remembered less well.
    let mut exam = sat(11);
    exam.ask(&answer("a", 1, 1)).expect("recorded");
    exam.now = exam.now.plus(100_000);
    exam.ask(&answer("b", 2, 1)).expect("recorded");
    exam.submit();
    let form = exam.form();
    let learner = LearnerState::after(None, &exam.session);
    let stability = |place: usize| {
        let id = &exam.session.bank().item(form[place]).id;
        let seen = learner.seen.iter().find(|seen| &seen.item == id);
        seen.expect("it was seen").memory.stability_days
    };
    assert!(stability(0) > stability(1), "slow");
    assert!(stability(1) > stability(2), "without an answer");
}

#[test]
fn the_review_of_an_exam_has_every_question_with_its_last_answer() {
    let mut exam = sat(10);
    exam.ask(&answer("a", 1, 0)).expect("recorded");
    exam.ask(&answer("b", 1, 1)).expect("recorded");
    exam.ask(&answer("c", 3, 2)).expect("recorded");
    exam.ask(&flag("f", 3)).expect("flagged");
    exam.submit();
    let reviewed = review(&exam.events).expect("it has ended");
    let form = exam.form();
    assert!(reviewed.iter().map(|one| one.served.item).eq(form));
    assert_eq!((reviewed[0].chosen, reviewed[0].correct), (only(1), true));
    assert_eq!((reviewed[2].chosen, reviewed[2].correct), (only(2), false));
    assert!(reviewed[2].flagged && !reviewed[0].flagged);
    assert!(reviewed[1].chosen.is_empty() && !reviewed[1].correct);
    assert_eq!(review(&[]), None);
}

#[test]
fn the_review_of_a_practice_session_has_what_was_answered_and_keeps_the_last_key() {
    let bank = bank(60, &WEIGHTS, 3);
    let mut player = Player::start(&bank, practice(10), 1);
    for turn in 0..4 {
        player.play(turn % 2 == 0);
    }
    assert_eq!(review(&player.events), None);
    player.submit();
    let reviewed = review(&player.events).expect("it has ended");
    let served = player.served();
    assert_eq!(served.len(), 5);
    assert!(reviewed.iter().map(|one| &one.served.item).eq(&served[..4]));
    assert!(
        reviewed
            .iter()
            .map(|one| one.correct)
            .eq([true, false, true, false])
    );
}

#[test]
fn the_pass_mark_is_met_by_a_whole_number_of_right_answers() {
    // 0.55 * 20 is a hair over 11 in doubles.
    let mut spec = crate::fixture::certification(&[1.0]);
    spec.pass_mark = 0.55;
    let bank = crate::fixture::built(spec, crate::fixture::items(10, 1, 1));
    for (questions, needed) in [(20, 11), (1, 1), (30, 17), (500, 275)] {
        let result = ExamResult::new(&bank, questions, needed - 1);
        assert_eq!(result.needed, needed);
        assert!(!result.passed());
        assert!(ExamResult::new(&bank, questions, needed).passed());
    }
}
