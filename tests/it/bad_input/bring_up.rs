//! Sessions that are slow to come up, fail to, or are not wanted any more once they have: no place is lost, no
//! session has two actors, and none stays claimed by an instance that has left.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use learnr::store::SessionId;
use learnr_protocol::SessionKind;

use super::store_faults::{NEVER, PLENTY, disk, fill, too_much};
use crate::harness::{Server, demonstration, session_id, timed, until};

/// Overdue sessions looked at in one go.
const SWEPT_AT_A_TIME: usize = 64;

/// A session of a minute that nobody has connected to yet, and the token of its learner.
async fn out_of_sight(server: &Server) -> (String, String) {
    let guest = server.rest.guest().await.expect("a guest");
    let ticket = server.rest.create_session(&guest.token, &timed(1)).await;
    (guest.token, ticket.expect("a session").session_id)
}

/// A session without a time limit that nobody has connected to yet.
async fn created(server: &Server) -> SessionId {
    let guest = server.rest.guest().await.expect("a guest");
    let create = demonstration(SessionKind::Practice);
    let ticket = server.rest.create_session(&guest.token, &create).await;
    session_id(&ticket.expect("a session").session_id)
}

/// Waits until the claim of a session is with a writer that cannot write.
async fn claiming(server: &Server, before: usize) {
    until("the claim waits for the disk", async || {
        server.store.health().queue_rows > before
    })
    .await;
}

#[actix_rt::test]
async fn a_visitor_who_gives_up_waiting_leaves_no_place_taken() {
    let server = Server::manual().await;
    let session = created(&server).await;
    let registry = &server.app.registry;
    assert!(registry.wake(session).now_or_never().is_none());
    // Brought up all the same, and let go like any session that nobody is connected to.
    server.let_go().await;
    server.stop().await;
}

#[actix_rt::test]
async fn whoever_waits_for_a_session_that_does_not_come_up_hears_so_and_it_is_live_at_most_once() {
    let (pages, options) = disk(Duration::from_secs(1));
    let server = Server::stored(options, true).await;
    let session = created(&server).await;
    let registry = Arc::clone(&server.app.registry);
    fill(&server, &pages).await;
    let wake = |registry: Arc<learnr::session::Registry>| {
        actix_rt::spawn(async move { registry.wake(session).await.is_ok() })
    };
    let first = wake(Arc::clone(&registry));
    let second = wake(Arc::clone(&registry));
    // Whatever is written in one go fails together: the claim does, with what comes behind it.
    for _ in 0..20 {
        too_much(&server);
        server.rest.text("/healthz").await.expect("it is alive");
    }
    let woken = first.await.expect("no panic");
    assert!(!woken, "the store gives up");
    pages.store(PLENTY, Ordering::SeqCst);
    let live = second.await.expect("no panic");
    assert_eq!(registry.len(), usize::from(live));
    assert!(registry.wake(session).await.is_ok(), "it comes up by now");
    assert_eq!(registry.len(), 1);
    server.stop().await;
}

#[actix_rt::test]
async fn a_drain_waits_for_sessions_that_are_coming_up_and_releases_them() {
    let (pages, options) = disk(NEVER);
    let server = Server::stored(options, true).await;
    let session = created(&server).await;
    let registry = Arc::clone(&server.app.registry);
    fill(&server, &pages).await;
    let before = server.store.health().queue_rows;
    let waking = actix_rt::spawn({
        let registry = Arc::clone(&registry);
        async move { registry.wake(session).await.is_ok() }
    });
    claiming(&server, before).await;
    let disk_is_freed = async { pages.store(PLENTY, Ordering::SeqCst) };
    futures_util::future::join(registry.drain(NEVER), disk_is_freed).await;
    drop(waking.await);
    assert!(registry.is_empty());
    let row = server.stored_session(&session.to_string()).await;
    assert_eq!(row.owner, None, "it is released");
    assert!(registry.wake(session).await.is_err(), "no more come up");
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_that_cannot_run_here_is_not_taken_from_its_owner_nor_kept() {
    let server = Server::manual().await;
    for owned in [true, false] {
        let session = created(&server).await.to_string();
        server.make_unreadable(&session).await;
        if owned {
            server.claim_away(&session).await;
        }
        let before = server.stored_session(&session).await;
        assert!(
            server
                .app
                .registry
                .wake(session_id(&session))
                .await
                .is_err()
        );
        let after = server.stored_session(&session).await;
        assert_eq!(after.owner, before.owner);
        if owned {
            assert_eq!(after.fence, before.fence, "its owner goes on");
        }
    }
    assert!(server.app.registry.is_empty());
    server.stop().await;
}

#[actix_rt::test]
async fn sessions_that_cannot_run_do_not_keep_others_from_ending_in_time() {
    let server = Server::manual().await;
    for _ in 0..SWEPT_AT_A_TIME {
        let (_, session) = out_of_sight(&server).await;
        server.make_unreadable(&session).await;
    }
    server.advance(Duration::from_secs(1));
    let (token, session) = out_of_sight(&server).await;
    server.advance(Duration::from_secs(60));
    until("the session has ended", async || {
        server.rest.summary(&token, &session).await.is_ok()
    })
    .await;
    server.stop().await;
}
