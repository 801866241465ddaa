//! An exam from its first question to its review.

use std::time::Duration;

use learnr_protocol::{
    ClientMessage, CloseCode, Encoding, EndReason, ExamGrid, ServerMessage, SessionKind,
    SessionStatus,
};

use super::{bank, exam, key, seated};
use crate::harness::{
    Client, Server, answer, answer_with, demonstration, finish, flag, go_to, unflag,
};

fn grid(answered: &[u16], flagged: &[u16]) -> Option<ExamGrid> {
    Some(ExamGrid {
        answered: answered.to_vec(),
        flagged: flagged.to_vec(),
    })
}

fn seen(client: &Client) -> Option<ExamGrid> {
    client.state.as_ref().and_then(|state| state.exam.clone())
}

#[actix_rt::test]
async fn an_exam_runs_from_the_first_question_to_its_review_in_both_encodings() {
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let bank = bank(&server).await;
    for encoding in Encoding::ALL {
        let mut client = server
            .client(&demonstration(SessionKind::Exam), encoding)
            .await;
        let settings = &client.welcome.session.settings;
        assert_eq!(
            (settings.length, settings.time_limit_ms),
            (30, Some(45 * 60_000))
        );
        assert_eq!(seen(&client), grid(&[], &[]));
        let mut question = client.question();
        assert!(question.deadline_ms.is_some());
        for position in 1..=30_u16 {
            assert_eq!(question.position, position);
            let right = key(&bank, &question.item_id);
            let right: Vec<&str> = right.iter().map(String::as_str).collect();
            let id = format!("a{position}");
            client.say(&answer_with(&id, position, &right)).await;
            let recorded = client.recorded().await;
            assert_eq!((recorded.request_id, recorded.position), (id, position));
            assert_eq!(recorded.choice, right);
            assert_eq!(
                (recorded.progress.answered, recorded.progress.correct),
                (position, 0)
            );
            match recorded.next {
                Some(next) => question = next,
                None => assert_eq!(position, 30),
            }
        }
        client.say(&finish("submit")).await;
        let summary = client.completed().await;
        assert_eq!((summary.answered, summary.correct), (30, 30));
        assert_eq!(summary.reason, EndReason::Finished);
        let result = summary.exam.clone().expect("an exam has a result");
        assert_eq!(
            (result.questions, result.needed, result.passed),
            (30, 20, true)
        );
        let stored = client.rest.summary(&client.token, &client.session).await;
        assert_eq!(stored.expect("a stored summary").summary, summary);
        let review = client.rest.review(&client.token, &client.session).await;
        let review = review.expect("a review");
        assert_eq!(review.session.kind, SessionKind::Exam);
        assert_eq!(review.session.status, SessionStatus::Completed);
        assert_eq!(review.questions.len(), 30);
        assert!(
            review
                .questions
                .iter()
                .all(|one| one.correct && one.correct_choice == one.question.choice)
        );
        let told = |one: &learnr_protocol::rest::ReviewedQuestion| {
            let explained = one.explanations.iter().map(|text| &text.option_id);
            explained.eq(one.question.options.iter().map(|option| &option.id))
        };
        assert!(review.questions.iter().all(told));
    }
    server.stop().await;
}

#[actix_rt::test]
async fn an_answer_is_changed_and_flags_and_moves_are_told_to_every_device() {
    let server = Server::start().await;
    let mut one = seated(&server, 6).await;
    let mut other = one.again().await;
    let first = one.question();
    let (a, b) = (&first.options[0].id, &first.options[1].id);
    one.say(&answer("a", &first)).await;
    for client in [&mut one, &mut other] {
        let recorded = client.recorded().await;
        assert_eq!(recorded.request_id, "a");
        assert!(recorded.choice.iter().eq([a]));
        assert_eq!(recorded.next.expect("the second question").position, 2);
    }
    one.say(&flag("f", 4)).await;
    for client in [&mut one, &mut other] {
        let changed = client.changed().await;
        let flag = changed.flag.expect("a flag is told");
        assert_eq!((flag.position, flag.flagged), (4, true));
        assert_eq!((changed.progress.answered, changed.question), (1, None));
    }
    other.say(&go_to(1)).await;
    for client in [&mut one, &mut other] {
        let question = client.changed().await.question.expect("a move is told");
        assert_eq!(question.position, 1);
        assert!(
            question.choice.iter().eq([a]),
            "with what is recorded for it"
        );
    }
    other.say(&answer_with("b", 1, &[b])).await;
    for client in [&mut one, &mut other] {
        let recorded = client.recorded().await;
        assert_eq!(recorded.request_id, "b");
        assert!(recorded.choice.iter().eq([b]));
        assert_eq!(recorded.progress.answered, 1);
    }
    one.say(&unflag("u", 4)).await;
    let changed = one.changed().await;
    assert_eq!(changed.request_id.as_deref(), Some("u"));
    assert_eq!(changed.flag.map(|flag| flag.flagged), Some(false));
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_comes_back_is_told_what_it_missed_of_an_exam() {
    let server = Server::start().await;
    let mut client = seated(&server, 6).await;
    let first = client.question();
    let mut told = Vec::new();
    for message in [answer("a", &first), flag("f", 5), go_to(5), go_to(1)] {
        client.say(&message).await;
        told.push(client.next().await);
    }
    let mut back = client.resume_from(1).await;
    assert!(back.welcome.recovered);
    for message in told {
        assert_eq!(back.next().await, message);
    }
    let fresh = client.again().await;
    assert_eq!(seen(&fresh), grid(&[1], &[5]));
    let question = fresh.question();
    assert_eq!(question.position, 1);
    assert_eq!(question.choice, [first.options[0].id.clone()]);
    assert_eq!(question.options, first.options);
    server.stop().await;
}

#[actix_rt::test]
async fn an_exam_survives_a_restart_and_a_takeover_as_it_was_left() {
    let server = Server::start().await;
    let mut client = seated(&server, 6).await;
    let first = client.question();
    let second = {
        client.say(&answer("a", &first)).await;
        client.recorded().await.next.expect("a second question")
    };
    client.say(&flag("f", 3)).await;
    client.changed().await;
    let (token, session) = (client.token.clone(), client.session.clone());
    let server = server.restart().await;
    let mut back = server.join(&token, &session).await;
    assert_eq!(back.question(), second);
    assert_eq!(seen(&back), grid(&[1], &[3]));
    // The same request once more gets the same reply, from the store.
    back.say(&answer("a", &first)).await;
    let again = back.recorded().await;
    assert_eq!((again.offset, again.next), (2, Some(second.clone())));
    server.claim_away(&session).await;
    back.say(&answer("lost", &second)).await;
    assert_eq!(back.closed().await, CloseCode::Moved.number());
    let mut back = server.join(&token, &session).await;
    assert_eq!(seen(&back), grid(&[1], &[3]));
    back.say(&answer("lost", &second)).await;
    let recorded = loop {
        match back.next().await {
            // The time the takeover took is given back.
            ServerMessage::SessionChanged(changed) => assert!(changed.request_id.is_none()),
            ServerMessage::Recorded(recorded) => break recorded,
            other => panic!("the answer is stored, got {other:?}"),
        }
    };
    assert_eq!((recorded.position, recorded.progress.answered), (2, 2));
    server.stop().await;
}

#[actix_rt::test]
async fn when_the_time_is_up_the_exam_is_submitted_as_it_stands() {
    let server = Server::manual().await;
    let mut client = seated(&server, 6).await;
    let deadline = client.question().deadline_ms.expect("an exam has its time");
    let bank = bank(&server).await;
    let first = client.question();
    let right = key(&bank, &first.item_id);
    let right: Vec<&str> = right.iter().map(String::as_str).collect();
    client.say(&answer_with("a", 1, &right)).await;
    let next = client.recorded().await.next.expect("a next question");
    assert_eq!(next.deadline_ms, Some(deadline));
    server.advance(Duration::from_secs(45 * 60));
    let summary = client.completed().await;
    assert_eq!(summary.reason, EndReason::Time);
    assert_eq!((summary.answered, summary.correct), (1, 1));
    let result = summary.exam.expect("a result");
    assert_eq!((result.questions, result.passed), (6, false));
    assert!((result.score - 16.7).abs() < 1e-9);
    let review = client.rest.review(&client.token, &client.session).await;
    let review = review.expect("a review");
    assert!(
        review
            .questions
            .iter()
            .skip(1)
            .all(|one| !one.correct && one.question.choice.is_empty())
    );
    server.stop().await;
}

#[actix_rt::test]
async fn an_open_exam_is_resumed_and_the_next_one_asks_other_questions() {
    let server = Server::start().await;
    let mut client = seated(&server, 20).await;
    let again = server.rest.create_session(&client.token, &exam(20)).await;
    let again = again.expect("the same exam");
    assert!(again.resumed);
    assert_eq!(again.session_id, client.session);
    client
        .say(&ClientMessage::Finish {
            request_id: "f".to_owned(),
        })
        .await;
    client.completed().await;
    let items = async |session: &str| -> Vec<String> {
        let review = client.rest.review(&client.token, session).await;
        let questions = review.expect("a review").questions;
        questions
            .into_iter()
            .map(|one| one.question.item_id)
            .collect()
    };
    let next = server.rest.create_session(&client.token, &exam(20)).await;
    let next = next.expect("another exam");
    assert!(!next.resumed);
    let mut second = server.join(&client.token, &next.session_id).await;
    second.say(&finish("f")).await;
    second.completed().await;
    let (first, second) = (items(&client.session).await, items(&next.session_id).await);
    assert!(
        second.iter().all(|item| !first.contains(item)),
        "a question came twice"
    );
    server.stop().await;
}
