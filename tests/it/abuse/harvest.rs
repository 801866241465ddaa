//! Whoever wants the key of a whole certification: by starting over, with one guest account after another,
//! and by coming back for a better order of the options.

use std::time::Duration;

use bytes::Bytes;
use learnr_loadtest::api::ApiError;
use learnr_protocol::{Encoding, ErrorCode, Question, ServerMessage, SessionKind};
use reqwest::Method;
use serde_json::{Value, json};

use super::record::{Record, fetched};
use super::secrets::Secrets;
use crate::harness::{Client, Server, ServerOptions, demonstration, finish};

/// Sessions that are started and thrown away.
const RESTARTS: usize = 12;
/// Sessions that a learner may start at once, and how long another one takes after that.
const STARTS_BURST: usize = 30;
const STARTS_EVERY: Duration = Duration::from_secs(2);
/// Answers that a learner may send at once.
const ANSWERS_BURST: usize = 10;
/// Guests that one network may make in a minute, in these tests.
const GUESTS: usize = 5;

/// Ends a session; what it came to, as REST shows it.
async fn finished(client: &mut Client) -> Value {
    client.say(&finish("f")).await;
    let ended = client.next().await;
    assert!(matches!(ended, ServerMessage::Completed(_)), "{ended:?}");
    let path = format!("/v1/sessions/{}/summary", client.session);
    let (status, body) = fetched(client, Method::GET, &path, Some(&client.token)).await;
    assert_eq!(status, 200);
    let summary = serde_json::from_slice(&body).expect("JSON");
    client.wire.push(body);
    summary
}

#[actix_rt::test]
async fn starting_over_and_over_without_answering_reveals_no_key() {
    let server = Server::start().await;
    let secrets = Secrets::of_the_demonstration();
    let guest = server.rest.guest().await.expect("a guest");
    let create = demonstration(SessionKind::Practice);
    let mut wire: Vec<Bytes> = Vec::new();
    let mut known = None;
    for _ in 0..RESTARTS {
        let ticket = server.rest.create_session(&guest.token, &create).await;
        let ticket = ticket.expect("a session");
        assert!(!ticket.resumed);
        let mut client = Client::join(&server.rest, &guest.token, &ticket, Encoding::Json).await;
        let state = client.state.clone().expect("joined from nothing");
        let competency = known.get_or_insert_with(|| state.competency.clone());
        assert_eq!(*competency, state.competency, "nothing was learned");
        let path = format!("/v1/sessions/{}", client.session);
        let shown = fetched(&client, Method::GET, &path, Some(&client.token)).await;
        let summary = finished(&mut client).await;
        let counts = (
            &summary["summary"]["answered"],
            &summary["summary"]["correct"],
        );
        assert_eq!(counts, (&json!(0), &json!(0)));
        assert_eq!(Record::of(&server, &client).await.answers(), 0);
        wire.extend(client.wire);
        wire.push(shown.1);
    }
    secrets.assert_kept(&wire, &[]);
    // What was thrown away was not missed: there is nothing to review, which would tell what was wrong.
    let review = demonstration(SessionKind::Review);
    let refused = server.rest.create_session(&guest.token, &review).await;
    let refused = refused.expect_err("nothing was missed");
    assert_eq!(refused.code(), Some(ErrorCode::NoItems), "{refused}");
    server.stop().await;
}

#[actix_rt::test]
async fn starting_over_is_limited_by_learner_and_what_is_open_is_resumed_all_the_same() {
    let server = Server::manual().await;
    let guest = server.rest.guest().await.expect("a guest");
    let create = demonstration(SessionKind::Practice);
    let start = || server.rest.create_session(&guest.token, &create);
    for n in 1..=STARTS_BURST {
        let ticket = start().await.expect("a session");
        assert!(!ticket.resumed);
        let mut client = Client::join(&server.rest, &guest.token, &ticket, Encoding::Json).await;
        if n == STARTS_BURST {
            for _ in 0..3 {
                let again = start().await.expect("the open one");
                assert!(again.resumed && again.session_id == ticket.session_id);
            }
        }
        finished(&mut client).await;
    }
    for kind in [SessionKind::Practice, SessionKind::Diagnostic] {
        let create = demonstration(kind);
        let refused = server.rest.create_session(&guest.token, &create).await;
        match refused.expect_err("one start too many") {
            ApiError::Refused {
                status: 429,
                code: Some(ErrorCode::RateLimited),
                retry_after: Some(after),
                ..
            } => assert_eq!(after, STARTS_EVERY),
            other => panic!("a refusal that says when, got {other}"),
        }
    }
    server.practice().await;
    server.advance(STARTS_EVERY);
    assert!(!start().await.expect("one more").resumed);
    server.stop().await;
}

#[actix_rt::test]
async fn guest_accounts_are_limited_and_each_learns_the_key_of_what_it_answered_alone() {
    let server = Server::with(ServerOptions {
        flags: ["--guests-per-minute", "5"].map(str::to_owned).to_vec(),
        manual_clock: true,
        ..ServerOptions::default()
    })
    .await;
    let secrets = Secrets::of_the_demonstration();
    let create = demonstration(SessionKind::Practice);
    for n in 0..GUESTS {
        let mut client = server.client(&create, Encoding::Json).await;
        secrets.assert_kept(&client.wire, &[]);
        if n % 2 == 0 {
            finished(&mut client).await;
            secrets.assert_kept(&client.wire, &[]);
            continue;
        }
        let mut question = client.question();
        let mut answered = Vec::new();
        for _ in 0..ANSWERS_BURST {
            answered.push(question.item_id.clone());
            question = client.answer(&question).await.next.expect("a next one");
        }
        client.say(&crate::harness::answer("more", &question)).await;
        client.refused(ErrorCode::RateLimited).await;
        let answered: Vec<&str> = answered.iter().map(String::as_str).collect();
        secrets.assert_kept(&client.wire, &answered);
    }
    let refused = server.rest.guest().await;
    let code = refused.err().and_then(|error| error.code());
    assert_eq!(code, Some(ErrorCode::RateLimited));
    server.advance(Duration::from_secs(12));
    server.rest.guest().await.expect("one more");
    assert!(server.rest.guest().await.is_err(), "and one only");
    server.stop().await;
}

#[actix_rt::test]
async fn neither_a_refresh_nor_a_restart_asks_anything_else_or_in_another_order() {
    let server = Server::manual().await;
    let mut create = demonstration(SessionKind::Practice);
    let first = server.client(&create, Encoding::Json).await;
    let (token, session, open) = (first.token.clone(), first.session.clone(), first.question());
    let same = |question: Question, how: &str| assert_eq!(question, open, "{how}");
    for _ in 0..10 {
        same(first.again().await.question(), "a refresh");
    }
    for length in [5, 50] {
        create.length = Some(length);
        let ticket = server.rest.create_session(&token, &create).await;
        let ticket = ticket.expect("the same session");
        assert!(ticket.resumed && ticket.session_id == session);
        let again = Client::join(&server.rest, &token, &ticket, Encoding::MsgPack).await;
        same(again.question(), "other settings");
        assert_eq!(again.welcome.session.settings.length, 20);
    }
    drop(first);
    for _ in 0..3 {
        server.let_go().await;
        let back = server.join(&token, &session).await;
        same(back.question(), "a session let go");
    }
    server.claim_away(&session).await;
    let server = server.restart().await;
    let back = server.join(&token, &session).await;
    same(back.question(), "a restart and a takeover");
    assert_eq!(server.stored_events(&session).await.len(), 1);
    back.assert_intact(&open, 0).await;
    server.stop().await;
}
