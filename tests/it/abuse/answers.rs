//! Answers that would be worth something to a cheat: before the question, after the key, while the clock
//! stands, twice, and with a time of the client's own.

use std::time::Duration;

use learnr_loadtest::socket::RawMessage;
use learnr_protocol::{Encoding, ErrorCode, ServerMessage, SessionKind};
use serde_json::json;

use super::record::Record;
use super::secrets::Secrets;
use crate::harness::{
    Client, Server, ServerOptions, answer_with, demonstration, finish, pause, resume,
};

/// A new guest in a practice session, in JSON.
async fn learner(server: &Server) -> Client {
    let create = demonstration(SessionKind::Practice);
    server.client(&create, Encoding::Json).await
}

#[actix_rt::test]
async fn answers_to_questions_never_served_teach_nothing_and_store_nothing() {
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let secrets = Secrets::of_the_demonstration();
    let mut client = learner(&server).await;
    let open = client.question();
    let stranger = learner(&server).await.question();
    let before = Record::of(&server, &client).await;
    for position in [0, 2, 3, 20, 200, u16::MAX] {
        // A refusal that depended on the options would tell which of them there are.
        let mut words = Vec::new();
        for option in [&open.options[0].id, &stranger.options[0].id, "nowhere"] {
            client.say(&answer_with("early", position, &[option])).await;
            words.push(client.refused(ErrorCode::NotServed).await.message);
        }
        words.dedup();
        assert_eq!(words.len(), 1, "{words:?}");
    }
    secrets.assert_kept(&client.wire, &[]);
    assert_eq!(Record::of(&server, &client).await, before);
    let answered = client.answer(&open).await;
    assert_eq!((answered.position, answered.offset), (1, 2));
    secrets.assert_kept(&client.wire, &[&open.item_id]);
    server.stop().await;
}

#[actix_rt::test]
async fn an_answer_after_the_reveal_scores_nothing_under_any_request_id() {
    let server = Server::start().await;
    let secrets = Secrets::of_the_demonstration();
    let mut client = learner(&server).await;
    let question = client.question();
    let wrong = secrets.wrong(&question);
    client.say(&answer_with("first", 1, &[wrong])).await;
    let revealed = client.answered().await;
    assert!(!revealed.correct);
    let key = secrets.key(&question);
    assert_eq!(revealed.correct_choice, key);
    let before = Record::of(&server, &client).await;
    client.say(&answer_with("second", 1, &key)).await;
    client.refused(ErrorCode::AlreadyAnswered).await;
    client.say(&answer_with("first", 1, &key)).await;
    assert_eq!(client.answered().await, revealed, "the same reply again");
    assert_eq!(Record::of(&server, &client).await, before);
    let stored = &before.events[1];
    assert_eq!(
        (stored.choice.as_deref(), stored.correct),
        (Some(wrong), Some(false))
    );
    let next = revealed.next.expect("a next question");
    client
        .say(&answer_with("next", 2, &secrets.key(&next)))
        .await;
    assert_eq!(client.answered().await.progress.correct, 1);
    client.say(&finish("f")).await;
    let ServerMessage::Completed(completed) = client.next().await else {
        panic!("finish ends the session");
    };
    client.say(&answer_with("third", 1, &key)).await;
    client.refused(ErrorCode::Ended).await;
    assert_eq!(
        (completed.summary.answered, completed.summary.correct),
        (2, 1)
    );
    let summary = client.rest.summary(&client.token, &client.session).await;
    assert_eq!(summary.expect("stored").summary, completed.summary);
    server.stop().await;
}

#[actix_rt::test]
async fn answers_while_paused_tell_nothing_on_any_socket_and_the_pause_is_not_their_time() {
    let server = Server::manual().await;
    let secrets = Secrets::of_the_demonstration();
    let mut client = learner(&server).await;
    let question = client.question();
    client.say(&pause("p")).await;
    assert!(matches!(
        client.next().await,
        ServerMessage::SessionChanged(_)
    ));
    let before = Record::of(&server, &client).await;
    let mut other = client.again().await;
    for (n, option) in question.options.iter().enumerate() {
        for paused in [&mut client, &mut other] {
            let guess = answer_with(&format!("guess-{n}"), 1, &[&option.id]);
            paused.say(&guess).await;
            paused.refused(ErrorCode::Paused).await;
        }
    }
    secrets.assert_kept(client.wire.iter().chain(&other.wire), &[]);
    assert_eq!(Record::of(&server, &client).await, before);
    server.advance(Duration::from_secs(20));
    client.say(&resume("r")).await;
    for awake in [&mut client, &mut other] {
        let told = awake.next().await;
        assert!(matches!(told, ServerMessage::SessionChanged(_)), "{told:?}");
    }
    server.advance(Duration::from_secs(3));
    assert_eq!(client.answer(&question).await.position, 1);
    let stored = Record::of(&server, &client).await.events;
    assert_eq!(
        stored.last().and_then(|event| event.elapsed_ms),
        Some(3_000)
    );
    server.stop().await;
}

#[actix_rt::test]
async fn an_answer_doubled_in_flight_is_one_row_and_counts_once() {
    let server = Server::start().await;
    let secrets = Secrets::of_the_demonstration();
    let mut client = learner(&server).await;
    let question = client.question();
    let key = secrets.key(&question);
    // Nothing is read between them: all four are under way before the first is stored.
    for request_id in ["one", "one", "two", "one"] {
        client.say(&answer_with(request_id, 1, &key)).await;
    }
    let told = client.answered().await;
    assert_eq!(told.request_id, "one");
    assert_eq!(client.answered().await, told);
    let refused = client.refused(ErrorCode::AlreadyAnswered).await;
    assert_eq!(refused.request_id.as_deref(), Some("two"));
    assert_eq!(client.answered().await, told);
    let record = Record::of(&server, &client).await;
    assert_eq!(record.answers(), 1);
    assert_eq!(
        (record.view.progress.answered, record.view.progress.correct),
        (1, 1)
    );
    client
        .assert_intact(&told.next.expect("a next question"), 1)
        .await;
    server.stop().await;
}

#[actix_rt::test]
async fn the_time_taken_is_stored_with_each_answer_and_is_the_servers() {
    let server = Server::with(ServerOptions {
        manual_clock: true,
        ..ServerOptions::default()
    })
    .await;
    let mut client = learner(&server).await;
    let question = client.question();
    server.advance(Duration::from_millis(7_300));
    let claimed = json!({
        "type": "answer", "request_id": "r", "position": 1, "elapsed_ms": 1, "at_ms": 0,
        "response": {"kind": "choice", "options": [question.options[0].id]},
    });
    let frame = RawMessage::Text(claimed.to_string().into());
    client.socket.send_raw(frame).await.expect("sent");
    let next = client.answered().await.next.expect("a next question");
    server.advance(Duration::from_secs(2));
    client.answer(&next).await;
    client.say(&finish("f")).await;
    let ServerMessage::Completed(completed) = client.next().await else {
        panic!("finish ends the session");
    };
    let events = Record::of(&server, &client).await.events;
    let taken: Vec<_> = events.iter().map(|event| event.elapsed_ms).collect();
    assert_eq!(taken[1..3], [Some(7_300), Some(2_000)]);
    assert_eq!(completed.summary.elapsed_ms, 9_300);
    server.stop().await;
}
