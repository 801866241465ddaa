//! What a session does of its own accord while the store takes nothing: it waits, asks seldom, and forgets nothing.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::store_faults::{NEVER, PLENTY, disk, fill};
use crate::harness::{Client, Server, until};

/// Rows that the background work may have in the queue besides those of sessions.
const OTHERS: usize = 1;

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
