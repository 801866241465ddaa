//! A slow disk, a full one, and a session taken away, as a client sees them: nothing is acknowledged that is
//! not stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use learnr::store::Identity;
use learnr::store::sqlite::{Faults, SqliteOptions};
use learnr_loadtest::socket::Frame;
use learnr_protocol::{Encoding, ErrorCode, ServerMessage, SessionKind};
use reqwest::Method;

use super::rest::refusal;
use crate::harness::{Server, answer, demonstration, pause, resume, until};

/// Longer than any test takes.
pub(super) const NEVER: Duration = Duration::from_secs(600);
/// Pages of a database on a disk with room.
pub(super) const PLENTY: u32 = u32::MAX >> 2;
/// Commands of one session that may wait for the store.
pub(super) const PENDING_MAX: usize = 4;

/// A disk that can be filled and freed, and a store on it.
pub(super) fn disk(retry_limit: Duration) -> (Arc<AtomicU32>, SqliteOptions) {
    let pages = Arc::new(AtomicU32::new(PLENTY));
    let faults = Faults {
        pages_max: Some(Arc::clone(&pages)),
        ..Faults::default()
    };
    (
        pages,
        SqliteOptions {
            retry_limit,
            faults,
        },
    )
}

/// Fills the disk, with a write that is itself too big for it: every later one waits behind it.
pub(super) async fn fill(server: &Server, pages: &AtomicU32) {
    pages.store(1, Ordering::SeqCst);
    too_much(server);
    until("the disk is full", async || {
        server.store.health().retrying_since.is_some()
    })
    .await;
}

/// Hands over a write that finds no room on a full disk.
pub(super) fn too_much(server: &Server) {
    let store = Arc::clone(&server.store);
    let big = Identity {
        issuer: "test".to_owned(),
        subject: uuid::Uuid::new_v4().to_string().repeat(1 << 15),
    };
    drop(actix_rt::spawn(
        async move { store.learner_for(big, 0).await },
    ));
}

#[actix_rt::test]
async fn a_slow_disk_is_told_as_saving_and_the_answer_comes_when_it_is_stored() {
    let faults = Faults {
        commit_delay: Duration::from_millis(1_500),
        ..Faults::default()
    };
    let server = Server::stored(
        SqliteOptions {
            retry_limit: NEVER,
            faults,
        },
        false,
    )
    .await;
    let mut client = server.practice().await;
    client.say(&answer("a", &client.question())).await;
    let saving = client.saving().await;
    assert_eq!(saving.request_id, "a");
    assert!(saving.since_ms >= 500, "{}", saving.since_ms);
    assert_eq!(
        server.stored_events(&client.session).await.len(),
        1,
        "saving is not stored"
    );
    loop {
        match client.hear().await {
            ServerMessage::Saving(again) => assert!(again.since_ms >= saving.since_ms + 2_000),
            ServerMessage::Answered(answered) => break assert_eq!(answered.request_id, "a"),
            other => panic!("an answer stored, got {other:?}"),
        }
    }
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn a_full_disk_holds_commands_back_refuses_more_and_goes_on_when_there_is_room() {
    let (pages, options) = disk(NEVER);
    let server = Server::stored(options, true).await;
    let mut client = server.practice().await;
    fill(&server, &pages).await;
    client.say(&answer("a", &client.question())).await;
    client.ping().await;
    for (step_ms, since_ms) in [(500, 500), (2_000, 2_500), (2_000, 4_500)] {
        server.advance(Duration::from_millis(step_ms));
        let saving = client.saving().await;
        assert_eq!(
            (saving.request_id.as_str(), saving.since_ms),
            ("a", since_ms)
        );
    }
    for n in 1..PENDING_MAX {
        let request_id = format!("c{n}");
        client
            .say(&if n % 2 == 1 {
                pause(&request_id)
            } else {
                resume(&request_id)
            })
            .await;
    }
    client.say(&resume("one-too-many")).await;
    let refused = client.refused(ErrorCode::Unavailable).await;
    assert_eq!(refused.request_id.as_deref(), Some("one-too-many"));
    assert!(refused.retryable && refused.retry_after_ms.is_some_and(|wait| wait > 0));
    assert_eq!(server.stored_events(&client.session).await.len(), 1);
    pages.store(PLENTY, Ordering::SeqCst);
    assert_eq!(client.answered().await.request_id, "a");
    for n in 1..PENDING_MAX {
        let ServerMessage::SessionChanged(changed) = client.next().await else {
            panic!("what was taken is stored in its order");
        };
        assert_eq!(changed.request_id, Some(format!("c{n}")));
    }
    // Paused it stands, with the refused command as free to send as it was.
    client.say(&resume("one-too-many")).await;
    assert!(matches!(
        client.next().await,
        ServerMessage::SessionChanged(_)
    ));
    assert_eq!(
        server.stored_events(&client.session).await.len(),
        2 + PENDING_MAX
    );
    let back = client.again().await;
    client.assert_intact(&back.question(), 1).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_comes_while_the_disk_is_full_is_told_nothing_that_is_not_stored() {
    let (pages, options) = disk(NEVER);
    let server = Server::stored(options, true).await;
    let mut client = server.practice().await;
    let ticket = client.ticket().await;
    fill(&server, &pages).await;
    client.say(&answer("a", &client.question())).await;
    client.ping().await;
    let rest = server.rest.clone();
    let (token, session) = (client.token.clone(), client.session.clone());
    let joining = actix_rt::spawn(async move {
        crate::harness::Client::join(&rest, &token, &ticket, Encoding::MsgPack).await
    });
    let view = server
        .rest
        .session_view(&client.token, &session)
        .await
        .expect("reading goes on");
    assert_eq!((view.offset, view.progress.answered), (1, 0));
    assert!(!joining.is_finished(), "a welcome would tell of the answer");
    pages.store(PLENTY, Ordering::SeqCst);
    let joined = joining.await.expect("the other client joins");
    assert_eq!(joined.state.as_ref().map(|state| state.offset), Some(2));
    assert_eq!(client.answered().await.offset, 2);
    server.stop().await;
}

#[actix_rt::test]
async fn a_store_that_gives_up_closes_the_session_and_every_acknowledged_answer_is_there() {
    let (pages, options) = disk(Duration::from_millis(300));
    let server = Server::stored(options, false).await;
    let mut create = demonstration(SessionKind::Practice);
    create.length = Some(200);
    let mut client = server.client(&create, Encoding::MsgPack).await;
    let mut question = client.question();
    pages.store(1, Ordering::SeqCst);
    let mut acknowledged = Vec::new();
    let code = loop {
        let request_id = format!("r{}", acknowledged.len());
        client.say(&answer(&request_id, &question)).await;
        match client.socket.next().await {
            Ok(Frame::Message(ServerMessage::Answered(answered))) => {
                question = answered.next.expect("a next question");
                acknowledged.push(request_id);
            }
            Ok(Frame::Close { code, .. }) => break code,
            other => panic!("an answer stored or a close, got {other:?}"),
        }
    };
    assert_eq!(code, 1013);
    let guest = loop {
        let reply = server.rest.request(Method::POST, "/v1/guests", None);
        let sent = reply
            .try_clone()
            .expect("no body")
            .send()
            .await
            .expect("a reply");
        if sent.status() != 201 {
            break refusal(reply).await;
        }
    };
    assert_eq!(
        (guest.status, guest.error.code),
        (503, ErrorCode::Unavailable)
    );
    assert!(guest.error.retryable && guest.headers.contains_key("retry-after"));
    pages.store(PLENTY, Ordering::SeqCst);
    let mut back = client.again().await;
    assert_eq!(
        back.question(),
        question,
        "what was not acknowledged did not happen"
    );
    let pending = format!("r{}", acknowledged.len());
    back.say(&answer(&pending, &question)).await;
    assert_eq!(back.answered().await.request_id, pending);
    acknowledged.push(pending);
    let stored = server
        .store
        .answers_after(None, 1_000)
        .await
        .expect("the answers");
    let stored: Vec<String> = stored
        .into_iter()
        .filter_map(|row| row.request_id)
        .collect();
    assert_eq!(stored, acknowledged);
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_owned_elsewhere_closes_its_sockets_and_the_client_can_come_back() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let mut other = client.again().await;
    let question = client.question();
    server.claim_away(&client.session).await;
    client.say(&answer("a", &question)).await;
    assert_eq!(client.closed().await, 4002);
    assert_eq!(other.closed().await, 4002);
    assert_eq!(server.stored_events(&client.session).await.len(), 1);
    let mut back = client.again().await;
    assert_eq!(back.question(), question);
    back.say(&answer("a", &question)).await;
    assert_eq!(back.answered().await.offset, 2);
    server.stop().await;
}
