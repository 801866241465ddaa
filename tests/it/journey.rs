//! A session from start to summary, over real sockets, in both encodings.

use std::time::Duration;

use learnr_protocol::{Encoding, EndReason, ErrorCode, ServerMessage, SessionKind, SessionStatus};

use crate::harness::{Server, ServerOptions, answer, demonstration, finish, pause, resume};

#[actix_rt::test]
async fn a_session_runs_from_the_first_question_to_its_summary_in_both_encodings() {
    let server = Server::start().await;
    for encoding in Encoding::ALL {
        let mut create = demonstration(SessionKind::Practice);
        create.length = Some(6);
        let mut client = server.client(&create, encoding).await;
        let mut question = client.question();
        for position in 1..=6_u16 {
            assert_eq!(question.position, position);
            let answered = client.answer(&question).await;
            assert_eq!(answered.offset, u32::from(position) + 1);
            assert_eq!(answered.prev, u32::from(position));
            assert_eq!(answered.explanations.len(), question.options.len());
            assert_eq!(answered.progress.answered, position);
            assert!(
                answered
                    .competency
                    .iter()
                    .all(|s| s.low <= s.score && s.score <= s.high)
            );
            match answered.next {
                Some(next) => question = next,
                None => assert_eq!(position, 6),
            }
        }
        let ServerMessage::Completed(completed) = client.next().await else {
            panic!("the last answer is followed by the end");
        };
        assert_eq!(completed.summary.reason, EndReason::Length);
        assert_eq!(completed.summary.answered, 6);
        let stored = client.rest.summary(&client.token, &client.session).await;
        assert_eq!(stored.expect("a stored summary").summary, completed.summary);
        client.say(&answer("late", &question)).await;
        client.refused(ErrorCode::Ended).await;
    }
    server.stop().await;
}

#[actix_rt::test]
async fn the_key_is_not_on_the_wire_before_the_answer_is_stored() {
    let server = Server::start().await;
    let client = server.practice().await;
    let question = serde_json::to_value(client.question()).expect("a question is JSON");
    let fields: Vec<&str> = question
        .as_object()
        .expect("a question is a map")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        fields,
        [
            "area", "item_id", "options", "position", "reason", "select", "stem"
        ]
    );
    for option in question["options"].as_array().expect("a list") {
        assert_eq!(option.as_object().expect("a map").len(), 2, "{option}");
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_comes_back_is_told_exactly_what_it_missed() {
    let server = Server::start().await;
    let mut first = server.practice().await;
    let mut question = first.question();
    for _ in 0..3 {
        question = first.answer(&question).await.next.expect("a next question");
    }
    let mut second = first.resume_from(2).await;
    assert!(second.welcome.recovered);
    assert_eq!(second.welcome.offset, 4);
    assert_eq!(second.answered().await.offset, 3);
    assert_eq!(second.answered().await.offset, 4);

    let ahead = first.resume_from(99).await;
    assert!(
        !ahead.welcome.recovered,
        "an offset above what is stored gets the whole state"
    );
    let mut caught_up = first.resume_from(4).await;
    assert!(caught_up.welcome.recovered);
    let live = first.answer(&question).await;
    assert_eq!(
        caught_up.answered().await,
        live,
        "every socket is told the same"
    );
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_survives_a_restart_with_the_same_question_in_the_same_order() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    let open = client
        .answer(&question)
        .await
        .next
        .expect("a next question");
    let (token, session) = (client.token.clone(), client.session.clone());
    let server = server.restart().await;
    let ticket = server
        .rest
        .ticket(&token, &session)
        .await
        .expect("a ticket");
    let back = crate::harness::Client::join(&server.rest, &token, &ticket, Encoding::Json).await;
    assert_eq!(back.question(), open);
    assert_eq!(
        back.state.as_ref().map(|state| state.progress.answered),
        Some(1)
    );
    server.stop().await;
}

#[actix_rt::test]
async fn a_pause_stops_the_clock_of_a_timed_session_and_its_end_comes_by_itself() {
    let server = Server::with(ServerOptions {
        manual_clock: true,
        ..ServerOptions::default()
    })
    .await;
    let mut create = demonstration(SessionKind::Practice);
    create.time_limit_minutes = Some(10);
    let mut client = server.client(&create, Encoding::MsgPack).await;
    let deadline = client.question().deadline_ms.expect("a timed question");
    client.say(&pause("p1")).await;
    let ServerMessage::SessionChanged(paused) = client.next().await else {
        panic!("a pause is told");
    };
    assert_eq!(paused.status, SessionStatus::Paused);
    client.say(&answer("a1", &client.question())).await;
    client.refused(ErrorCode::Paused).await;
    server.advance(Duration::from_secs(20));
    client.say(&resume("r1")).await;
    let ServerMessage::SessionChanged(resumed) = client.next().await else {
        panic!("a resume is told");
    };
    assert_eq!(resumed.deadline_ms, Some(deadline + 20_000));
    server.advance(Duration::from_secs(600));
    let ServerMessage::Completed(completed) = client.next().await else {
        panic!("the time runs out");
    };
    assert_eq!(completed.summary.reason, EndReason::Time);
    server.stop().await;
}

#[actix_rt::test]
async fn finishing_ends_the_session_and_another_one_begins_anew() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    client.answer(&question).await;
    client.say(&finish("f1")).await;
    let ServerMessage::Completed(completed) = client.next().await else {
        panic!("finish ends the session");
    };
    assert_eq!(completed.summary.reason, EndReason::Finished);
    let create = demonstration(SessionKind::Practice);
    let next = server
        .rest
        .create_session(&client.token, &create)
        .await
        .expect("another session");
    assert!(!next.resumed);
    assert_ne!(next.session_id, client.session);
    let resumed = server
        .rest
        .create_session(&client.token, &create)
        .await
        .expect("the same one");
    assert!(resumed.resumed);
    assert_eq!(resumed.session_id, next.session_id);
    server.stop().await;
}
