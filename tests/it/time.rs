//! Time that was not the learner's: taken by a dead owner, and running out while nobody is there. And more of it.

use std::time::Duration;

use learnr_protocol::{CloseCode, Encoding, EndReason, ServerMessage, SessionKind};

use crate::harness::{Client, Desk, Server, answer, demonstration, finish, timed, until};

#[actix_rt::test]
async fn whoever_takes_over_from_a_dead_owner_gives_the_learner_ten_seconds_at_most() {
    let server = Server::manual().await;
    for (away, credited) in [(4, 4_000), (60, 10_000)] {
        let mut client = server.client(&timed(30), Encoding::MsgPack).await;
        let question = client.question();
        let deadline = question.deadline_ms.expect("a timed question");
        server.claim_away(&client.session).await;
        client.say(&answer("lost", &question)).await;
        assert_eq!(client.closed().await, CloseCode::Moved.number());
        server.advance(Duration::from_secs(away));
        let mut back = server.join(&client.token, &client.session).await;
        // The credit is stored at once; whether it is in the first state or follows it is a matter of timing.
        let now = match back.question().deadline_ms {
            Some(at) if at > deadline => at,
            _ => match back.next().await {
                ServerMessage::SessionChanged(changed) => changed.deadline_ms.expect("timed"),
                other => panic!("the credit is told, got {other:?}"),
            },
        };
        assert_eq!(now - deadline, credited);
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_ends_in_time_although_nobody_is_there() {
    let server = Server::manual().await;
    let mut client = server.client(&timed(30), Encoding::MsgPack).await;
    let question = client.question();
    client.answer(&question).await;
    let (rest, token, session) = (
        client.rest.clone(),
        client.token.clone(),
        client.session.clone(),
    );
    drop(client);
    until("the socket is gone", async || {
        server.sockets_open().await == 0
    })
    .await;
    // Minute by minute: the session counts from when it hears that nobody is there, which may be a moment later.
    until("the session is let go", async || {
        server.advance(Duration::from_secs(60));
        server.sockets_open().await == 0 && server.app.registry.is_empty()
    })
    .await;
    assert!(rest.summary(&token, &session).await.is_err(), "it runs on");
    server.advance(Duration::from_secs(20 * 60));
    until("the session has ended", async || {
        rest.summary(&token, &session).await.is_ok()
    })
    .await;
    let ended = rest.summary(&token, &session).await.expect("a summary");
    assert_eq!(ended.summary.reason, EndReason::Time);
    assert_eq!(ended.summary.answered, 1);
    server.stop().await;
}

#[actix_rt::test]
async fn who_is_granted_more_time_has_it_from_the_next_session_on_exams_too() {
    let server = Server::manual().await;
    let mut client = server.client(&timed(30), Encoding::MsgPack).await;
    let minutes = |client: &Client| {
        let left = client.question().deadline_ms.expect("timed") - client.welcome.server_time_ms;
        left / 60_000
    };
    assert_eq!(minutes(&client), 30);
    let row = server.stored_session(&client.session).await;
    let granted = server.store.set_time_multiplier(row.learner, 1.5).await;
    assert!(granted.expect("answered"));
    client.say(&finish("f")).await;
    client.next().await;

    let exam = demonstration(SessionKind::Exam);
    for (create, expected) in [(timed(30), 45), (exam, 67)] {
        let ticket = server.rest.create_session(&client.token, &create).await;
        let ticket = ticket.expect("a session");
        let next = Client::join(&server.rest, &client.token, &ticket, Encoding::Json).await;
        assert_eq!(minutes(&next), expected, "{:?}", create.kind);
        assert_eq!(next.welcome.session.settings.time_multiplier, 1.5);
    }
    server.stop().await;
}

#[test]
fn more_time_is_granted_by_the_command_line_and_mistakes_are_named() {
    let desk = Desk::new();
    let nobody = "01a213d7-cee5-7043-ad8d-dcefeb9cce7c";
    let refused = |args: &[&str], said: &str| {
        let ran = desk.learnr(&[&["extra-time"], args].concat());
        assert!(!ran.success && ran.stderr.contains(said), "{}", ran.stderr);
    };
    refused(&[nobody, "1.5"], "there is no database");
    assert!(desk.learnr(&["migrate"]).success);
    refused(&[nobody, "1.5"], "there is no session");
    for times in ["0.9", "4.5", "NaN", "inf"] {
        refused(&[nobody, times], "1 to 4");
    }
    refused(&["no-session", "1.5"], "invalid value");
}
