//! `DELETE /v1/learners/me`: what it takes, what it does to sessions under way, and what a token is worth afterwards.

use learnr::store::record::{RecordError, event_from_row};
use learnr::store::{SessionFilter, SessionRow, SessionStatus};
use learnr_protocol::learner::LearnerDeleted;
use learnr_protocol::{CloseCode, ErrorCode, ServerMessage, SessionKind};
use reqwest::Method;

use super::{another, ask, delete, learner_of, practised};
use crate::harness::{Client, Server, answer, closed, demonstration, hello, pause, until};

/// Holds that a session names nobody, and cannot be replayed.
async fn assert_entombed(server: &Server, session: &str) -> SessionRow {
    let row = server.stored_session(session).await;
    assert!(row.learner.is_tombstone() && row.owner.is_none());
    let events = server.stored_events(session).await;
    let read = event_from_row(&events[0]);
    assert!(matches!(read, Err(RecordError::Stripped)), "{read:?}");
    row
}

#[actix_rt::test]
async fn an_account_is_deleted_only_when_that_is_meant() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let (rest, token) = (&server.rest, client.token.clone());
    for (body, status) in [
        (r#"{"confirm":"yes"}"#, 422),
        (r#"{"confirm":""}"#, 422),
        (r#"{"confirm":"delete","reason":"none"}"#, 400),
        (r#"{"confirm":true}"#, 400),
        ("{}", 400),
        ("", 400),
    ] {
        assert_eq!(ask(rest, &token, body).await.status(), status, "{body}");
    }
    for token in ["", "nonsense"] {
        let reply = ask(rest, token, r#"{"confirm":"delete"}"#).await;
        assert_eq!(reply.status(), 401);
    }
    let question = client.question();
    client.answer(&question).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_deletion_ends_open_sessions_and_tells_every_socket() {
    let server = Server::start().await;
    let mut past = practised(&server).await;
    let token = past.token.clone();
    let mut practice = another(&server, &token, SessionKind::Practice).await;
    let mut second = practice.again().await;
    let mut diagnostic = another(&server, &token, SessionKind::Diagnostic).await;
    diagnostic.say(&pause("p")).await;
    diagnostic.changed().await;
    let question = practice.question();
    practice.say(&answer("in-flight", &question)).await;
    let deleted = delete(&server.rest, &token).await;
    let expected = LearnerDeleted {
        identities: 1,
        account: 0,
        notes: 0,
        reports: 0,
        states: 1,
        roll_ups: deleted.roll_ups,
        sessions: 3,
    };
    assert_eq!(deleted, expected);
    for client in [&mut practice, &mut second, &mut diagnostic] {
        let end = loop {
            match client.next().await {
                ServerMessage::Completed(completed) => break completed,
                ServerMessage::Answered(_) => {}
                other => panic!("the end, got {other:?}"),
            }
        };
        assert_eq!(client.closed().await, CloseCode::Removed.number());
        drop(end);
    }
    assert_eq!(past.closed().await, CloseCode::Removed.number());
    for client in [&past, &practice, &diagnostic] {
        let row = assert_entombed(&server, &client.session).await;
        assert_eq!((row.status, row.summary), (SessionStatus::Completed, None));
    }
    let tombstones = [
        learner_of(&server, &past.session).await,
        learner_of(&server, &practice.session).await,
    ];
    assert_eq!(tombstones[0], tombstones[1], "one person still");
    until("nothing is live", async || server.app.registry.is_empty()).await;
    server.stop().await;
}

#[actix_rt::test]
async fn no_route_takes_a_token_of_a_deleted_account() {
    let server = Server::start().await;
    let client = practised(&server).await;
    let open = another(&server, &client.token, SessionKind::Practice).await;
    let ticket = open.ticket().await;
    let sessions = |learner| {
        let all = SessionFilter::default();
        server.store.sessions_of_learner(learner, all, None, 10)
    };
    let learner = learner_of(&server, &client.session).await;
    delete(&server.rest, &client.token).await;
    let session = format!("/v1/sessions/{}", client.session);
    let certification = &demonstration(SessionKind::Practice).certification;
    for (method, path) in [
        (Method::GET, "/v1/sessions?status=open".to_owned()),
        (Method::GET, session.clone()),
        (Method::GET, format!("{session}/summary")),
        (Method::GET, format!("{session}/review")),
        (Method::POST, format!("{session}/tickets")),
        (
            Method::GET,
            format!("/v1/certifications/{certification}/standing"),
        ),
        (Method::GET, "/v1/learners/me/export".to_owned()),
    ] {
        let request = server.rest.request(method, &path, Some(&client.token));
        let reply = request.send().await.expect("an answer");
        assert_eq!(reply.status(), 401, "{path}");
    }
    for kind in [SessionKind::Practice, SessionKind::Exam] {
        let create = demonstration(kind);
        let created = server.rest.create_session(&client.token, &create);
        let refused = created.await.expect_err("nothing is created");
        assert_eq!(refused.code(), Some(ErrorCode::Unauthorized));
    }
    let again = ask(&server.rest, &client.token, r#"{"confirm":"delete"}"#).await;
    assert_eq!(again.status(), 401);
    assert_eq!(sessions(learner).await.expect("answered"), []);
    // A ticket is proof by itself for 30 seconds: the session is not there for it.
    let mut socket = Client::dial(&server.rest, &open.session, open.socket.encoding()).await;
    let sent = socket.send(&hello(&ticket.ticket, None)).await;
    sent.expect("hello is sent");
    assert_eq!(closed(&mut socket).await, CloseCode::Removed.number());
    // Another learner's token finds nothing either.
    let stranger = server.rest.guest().await.expect("a guest").token;
    let view = server.rest.session_view(&stranger, &client.session).await;
    assert_eq!(view.expect_err("not theirs").status(), Some(404));
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_that_nobody_runs_here_is_taken_over_and_ended() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    let question = client.question();
    client.answer(&question).await;
    let token = client.token.clone();
    let elsewhere = another(&server, &token, SessionKind::Diagnostic).await;
    let sessions = [client.session.clone(), elsewhere.session.clone()];
    drop((client, elsewhere));
    server.let_go().await;
    server.claim_away(&sessions[1]).await;
    let before = server.stored_session(&sessions[1]).await.fence;
    delete(&server.rest, &token).await;
    for session in &sessions {
        let row = assert_entombed(&server, session).await;
        assert_eq!(row.status, SessionStatus::Completed);
        let events = server.stored_events(session).await;
        let last = events.last().expect("events");
        assert_eq!(last.kind, "completed");
        assert!(row.fence.epoch > last.fence.epoch);
    }
    let events = server.stored_events(&sessions[1]).await;
    assert!(events.last().expect("events").fence.epoch > before.epoch);
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_that_cannot_be_ended_in_order_does_not_keep_an_account_alive() {
    let server = Server::manual().await;
    let client = server.practice().await;
    let token = client.token.clone();
    let faulted = another(&server, &token, SessionKind::Diagnostic).await;
    let sessions = [client.session.clone(), faulted.session.clone()];
    drop((client, faulted));
    server.let_go().await;
    server.make_unreadable(&sessions[0]).await;
    server.make_faulted(&sessions[1]).await;
    let deleted = delete(&server.rest, &token).await;
    assert_eq!(deleted.sessions, 2);
    for session in &sessions {
        let row = assert_entombed(&server, session).await;
        assert_eq!(row.status, SessionStatus::Faulted);
    }
    server.stop().await;
}

#[actix_rt::test]
async fn of_deletions_at_once_one_deletes_and_the_others_find_nobody() {
    let server = Server::start().await;
    let client = server.practice().await;
    let asking = (0..6).map(|_| ask(&server.rest, &client.token, r#"{"confirm":"delete"}"#));
    let replies = futures_util::future::join_all(asking).await;
    let mut statuses: Vec<u16> = replies
        .iter()
        .map(|reply| reply.status().as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401, 401, 401]);
    assert_entombed(&server, &client.session).await;
    server.stop().await;
}
