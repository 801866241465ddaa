//! Clients that do not read, do not answer, or are gone without a word; too many of them, and none at all.

use std::time::Duration;

use learnr_loadtest::raw::{self, BINARY, PING, PONG};
use learnr_protocol::{Encoding, encode};
use socket2::SockRef;

use crate::harness::{Bare, Heard, Server, answer, until};

/// Sockets on one session; the next supersedes the oldest.
const SOCKETS_MAX: usize = 8;

#[actix_rt::test]
async fn a_client_that_never_reads_is_given_up_on_and_nobody_else_notices() {
    let server = Server::flagged(&["--rate-limits", "off"]).await;
    let mut reader = server.practice().await;
    let mut stranger = server.practice().await;
    let first = reader.question();
    let mut next = reader.answer(&first).await.next.expect("a next question");
    let mut deaf = Bare::joined(&reader).await;
    // Each repeat of an answer brings the whole frame again, to this socket alone.
    let repeat = encode(&answer("1-1", &first), Encoding::MsgPack);
    let flood = raw::frame(BINARY, true, &repeat).repeat(64);
    let mut at = 0;
    until("the socket that never reads is given up on", async || {
        if let Ok(written) = deaf.stream.try_write(&flood[at..]) {
            at = (at + written) % flood.len();
        }
        server.sockets_open().await == 2
    })
    .await;
    for _ in 0..3 {
        next = reader.answer(&next).await.next.expect("a next question");
    }
    let elsewhere = stranger.question();
    assert_eq!(stranger.answer(&elsewhere).await.offset, 2);
    // Its place is free at once; why, it hears once it reads, as long as the kernel keeps the connection.
    assert_eq!(deaf.closed().await, Some(4008));
    reader.assert_intact(&next, 4).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_vanishes_leaves_its_session_to_the_others() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let mut question = client.question();
    for abrupt in [false, true] {
        let bare = Bare::joined(&client).await;
        if abrupt {
            // Closing resets the connection instead of ending it.
            SockRef::from(&bare.stream)
                .set_linger(Some(Duration::ZERO))
                .expect("set");
        }
        drop(bare);
        until("the server has noticed", async || {
            server.sockets_open().await == 1
        })
        .await;
        question = client
            .answer(&question)
            .await
            .next
            .expect("a next question");
    }
    client.assert_intact(&question, 2).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_vanishes_amid_a_frame_leaves_nothing_behind() {
    let server = Server::manual().await;
    let client = server.practice().await;
    let (token, session, question) = (
        client.token.clone(),
        client.session.clone(),
        client.question(),
    );
    let mut bare = Bare::joined(&client).await;
    let submitted = encode(&answer("a", &question), Encoding::MsgPack);
    let frame = raw::frame(BINARY, true, &submitted);
    bare.write(&frame[..frame.len() - 1]).await;
    drop(bare);
    drop(client);
    server.let_go().await;
    let back = server.join(&token, &session).await;
    back.assert_intact(&question, 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_answers_no_ping_is_closed_after_the_grace() {
    let server = Server::manual().await;
    let client = server.practice().await;
    let mut bare = Bare::joined(&client).await;
    server.advance(Duration::from_secs(25));
    assert_eq!(bare.next().await, Heard::Ping(Vec::new()));
    server.advance(Duration::from_secs(10));
    assert_eq!(bare.next().await, Heard::Close(4012));
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_answers_its_ping_stays() {
    let server = Server::manual().await;
    let client = server.practice().await;
    let mut bare = Bare::joined(&client).await;
    for _ in 0..3 {
        server.advance(Duration::from_secs(25));
        assert_eq!(bare.next().await, Heard::Ping(Vec::new()));
        bare.frame(PONG, true, b"").await;
        // Read after the pong, so that the clock moves only once that was heard.
        bare.frame(PING, true, b"heard?").await;
        assert_eq!(bare.next().await, Heard::Pong(b"heard?".to_vec()));
    }
    server.advance(Duration::from_secs(24));
    bare.say(&answer("a", &client.question())).await;
    assert!(matches!(bare.next().await, Heard::Message(_)));
    server.stop().await;
}

#[actix_rt::test]
async fn a_socket_too_many_supersedes_the_oldest() {
    let server = Server::start().await;
    let mut oldest = server.practice().await;
    let mut others = Vec::new();
    for _ in 1..SOCKETS_MAX {
        others.push(oldest.again().await);
    }
    oldest.ping().await;
    let mut newest = oldest.again().await;
    assert_eq!(oldest.closed().await, 4504);
    let question = newest.question();
    let told = newest.answer(&question).await;
    for other in &mut others {
        assert_eq!(other.answered().await, told);
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_that_nobody_is_connected_to_is_let_go_and_comes_back() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    let question = client.question();
    let next = client
        .answer(&question)
        .await
        .next
        .expect("a next question");
    let (token, session) = (client.token.clone(), client.session.clone());
    assert_eq!(server.app.registry.len(), 1);
    drop(client);
    server.let_go().await;
    let mut back = server.join(&token, &session).await;
    assert_eq!(back.question(), next);
    back.say(&answer("1-1", &question)).await;
    assert_eq!(
        back.answered().await.offset,
        2,
        "what was asked before is still known"
    );
    back.assert_intact(&next, 1).await;
    server.stop().await;
}
