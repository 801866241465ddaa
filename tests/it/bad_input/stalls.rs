//! What a session does of its own accord while the store takes nothing: it waits, asks seldom, and forgets nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use learnr::store::sqlite::{Faults, SqliteOptions};
use learnr_protocol::rest::Health;
use learnr_protocol::{CloseCode, Encoding, EndReason, ServerMessage};
use reqwest::Method;

use super::store_faults::{NEVER, PLENTY, disk, fill};
use crate::harness::{Client, Server, answer, timed, until};

/// Rows that the background work may have in the queue besides those of sessions.
const OTHERS: usize = 1;

/// A server whose store refuses every hand-over of events while the flag is set.
async fn refusing() -> (Arc<AtomicBool>, Server) {
    let refused = Arc::new(AtomicBool::new(false));
    let faults = Faults {
        appends_refused: Some(Arc::clone(&refused)),
        ..Faults::default()
    };
    let options = SqliteOptions {
        retry_limit: NEVER,
        faults,
    };
    (refused, Server::stored(options, true).await)
}

/// Lets the session's actor take its turn, often enough for one that never rests to show.
async fn turns(client: &mut Client) {
    for _ in 0..20 {
        client.ping().await;
    }
}

#[actix_rt::test]
async fn an_idle_session_is_released_once_although_the_disk_is_full() {
    let (pages, options) = disk(NEVER);
    let server = Server::stored(options, true).await;
    let mut other = server.practice().await;
    let client = server.practice().await;
    let session = client.session.clone();
    drop(client);
    until("the socket is gone", async || {
        server.sockets_open().await == 1
    })
    .await;
    fill(&server, &pages).await;
    let before = server.store.health().queue_rows;
    server.advance(Duration::from_secs(600));
    until("the session is let go", async || {
        server.app.registry.len() == 1
    })
    .await;
    turns(&mut other.again().await).await;
    turns(&mut other).await;
    let waiting = server.store.health().queue_rows - before;
    assert!(waiting <= 1 + OTHERS, "{waiting} rows for one release");
    assert!(server.stored_session(&session).await.owner.is_some());
    pages.store(PLENTY, Ordering::SeqCst);
    until("the session is released", async || {
        server.stored_session(&session).await.owner.is_none()
    })
    .await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_deadline_that_cannot_be_written_is_tried_again_now_and_then() {
    let (refused, server) = refusing().await;
    let mut client = server.client(&timed(10), Encoding::MsgPack).await;
    refused.store(true, Ordering::SeqCst);
    server.advance(Duration::from_secs(600));
    until("the end is refused", async || {
        server.figure("learnr_store_refused_total").await > 0
    })
    .await;
    turns(&mut client).await;
    assert_eq!(server.figure("learnr_store_refused_total").await, 1);
    refused.store(false, Ordering::SeqCst);
    server.advance(Duration::from_secs(1));
    match client.next().await {
        ServerMessage::Completed(completed) => {
            assert_eq!(completed.summary.reason, EndReason::Time);
        }
        other => panic!("the time has run out, got {other:?}"),
    }
    server.stop().await;
}

#[actix_rt::test]
async fn time_owed_to_a_learner_is_given_back_once_the_store_takes_it() {
    let (refused, server) = refusing().await;
    let mut client = server.client(&timed(10), Encoding::MsgPack).await;
    let question = client.question();
    let deadline = question.deadline_ms.expect("a timed question");
    server.claim_away(&client.session).await;
    client.say(&answer("lost", &question)).await;
    assert_eq!(client.closed().await, CloseCode::Moved.number());
    server.advance(Duration::from_secs(60));
    refused.store(true, Ordering::SeqCst);
    let mut back = client.again().await;
    assert_eq!(back.question().deadline_ms, Some(deadline));
    assert_eq!(server.figure("learnr_store_refused_total").await, 1);
    refused.store(false, Ordering::SeqCst);
    server.advance(Duration::from_secs(1));
    match back.next().await {
        ServerMessage::SessionChanged(changed) => {
            assert_eq!(changed.deadline_ms, Some(deadline + 10_000));
        }
        other => panic!("the credit is told, got {other:?}"),
    }
    server.stop().await;
}

#[actix_rt::test]
async fn an_instance_that_is_leaving_is_not_ready_and_waits_for_what_is_being_saved() {
    let (pages, options) = disk(NEVER);
    let server = Server::stored(options, true).await;
    let mut client = server.practice().await;
    fill(&server, &pages).await;
    client.say(&answer("a", &client.question())).await;
    client.ping().await;
    let registry = Arc::clone(&server.app.registry);
    let draining = actix_rt::spawn(async move { registry.drain(NEVER).await });
    until("the drain has begun", async || {
        server.app.registry.is_draining()
    })
    .await;
    let ready = server.rest.request(Method::GET, "/readyz", None);
    let ready = ready.send().await.expect("a reply");
    assert_eq!(ready.status(), 503);
    let health: Health = ready.json().await.expect("its reason");
    assert_eq!(health.status, "draining");
    assert!(!draining.is_finished());
    pages.store(PLENTY, Ordering::SeqCst);
    assert_eq!(client.answered().await.request_id, "a");
    assert!(matches!(client.next().await, ServerMessage::GoingAway(_)));
    assert_eq!(client.closed().await, CloseCode::Draining.number());
    draining.await.expect("no panic");
    server.stop().await;
}
