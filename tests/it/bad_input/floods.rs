//! Clients that send more than they may: told to wait, then closed; their session goes on.

use std::time::Duration;

use learnr_loadtest::raw::{self, BINARY, PING};
use learnr_loadtest::socket::{Frame, RawMessage};
use learnr_protocol::{ClientMessage, Encoding, ErrorCode, ServerMessage, encode};
use reqwest::Method;
use serde_json::json;

use super::rest::refusal;
use crate::harness::{Bare, Client, Heard, Server, answer, until};

/// Answers that a learner may send at once.
const ANSWERS_BURST: usize = 10;
/// Other messages that a learner may send at once.
const MESSAGES_BURST: usize = 20;
/// Refusals in a row that a client may ignore.
const IGNORED_MAX: usize = 50;

/// Sends `payload` over and over, each time after the reply to the one before: `passed` replies of another
/// kind, then as many refusals as may be ignored, then the close.
async fn flood(client: &mut Client, payload: &[u8], passed: usize) {
    for n in 0..passed + IGNORED_MAX {
        let frame = RawMessage::Binary(payload.to_vec().into());
        client.socket.send_raw(frame).await.expect("sent");
        let limited = matches!(
            client.next().await,
            ServerMessage::Error(refused) if refused.code == ErrorCode::RateLimited
        );
        assert_eq!(limited, n >= passed, "{n}");
    }
    let frame = RawMessage::Binary(payload.to_vec().into());
    client.socket.send_raw(frame).await.expect("sent");
    match client.socket.next().await {
        Ok(Frame::Close { code, .. }) => assert_eq!(code, 4029),
        other => panic!("a close, got {other:?}"),
    }
}

#[actix_rt::test]
async fn answers_over_the_limit_are_told_when_to_come_again() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    let submitted = answer("a", &client.question());
    for _ in 0..ANSWERS_BURST {
        client.say(&submitted).await;
        client.answered().await;
    }
    client.say(&submitted).await;
    let refused = client.refused(ErrorCode::RateLimited).await;
    assert!(refused.retryable);
    assert_eq!(refused.request_id.as_deref(), Some("a"));
    let wait = refused.retry_after_ms.expect("when to come again");
    assert!((1..=1_000).contains(&wait), "{wait}");
    server.advance(Duration::from_millis(wait.unsigned_abs() - 1));
    client.say(&submitted).await;
    client.refused(ErrorCode::RateLimited).await;
    server.advance(Duration::from_millis(1));
    client.say(&submitted).await;
    client.answered().await;
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_goes_on_answering_over_the_limit_is_closed() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    let mut other = client.again().await;
    let submitted = encode(&answer("a", &client.question()), Encoding::MsgPack);
    flood(&mut client, &submitted, ANSWERS_BURST).await;
    let next = other.answered().await.next.expect("a next question");
    server.advance(Duration::from_secs(10));
    other.ping().await;
    other.assert_intact(&next, 1).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_goes_on_pinging_over_the_limit_is_closed() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    let ping = encode(&ClientMessage::Ping { t: 1 }, Encoding::MsgPack);
    flood(&mut client, &ping, MESSAGES_BURST).await;
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_client_that_goes_on_sending_what_cannot_be_read_is_closed() {
    let server = Server::manual().await;
    for nonsense in [json!({"type": "levitate"}), json!([1])] {
        let mut client = server.practice().await;
        flood(
            &mut client,
            &encode(&nonsense, Encoding::MsgPack),
            MESSAGES_BURST,
        )
        .await;
        client.assert_intact(&client.question(), 0).await;
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_flood_of_answers_that_waits_for_no_reply_is_closed_and_stored_once() {
    let server = Server::manual().await;
    let mut client = server.practice().await;
    let submitted = encode(&answer("a", &client.question()), Encoding::MsgPack);
    let mut bare = Bare::joined(&client).await;
    bare.write(&raw::frame(BINARY, true, &submitted).repeat(300))
        .await;
    assert_eq!(bare.closed().await, Some(4029));
    // What was handed on before the close is refused before the clock moves; nothing is after it.
    client.answered().await;
    client.ping().await;
    server.advance(Duration::from_secs(10));
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    let mut back = client.again().await;
    let next = back.question();
    assert_eq!(back.answer(&next).await.position, 2);
    server.stop().await;
}

#[actix_rt::test]
async fn a_few_pings_sent_at_once_are_each_answered_in_order() {
    let server = Server::start().await;
    let client = server.practice().await;
    let mut bare = Bare::joined(&client).await;
    let pings = || (1..=10_u8).map(|n| vec![n]);
    let at_once: Vec<u8> = pings().flat_map(|n| raw::frame(PING, true, &n)).collect();
    bare.write(&at_once).await;
    for payload in pings() {
        assert_eq!(bare.next().await, Heard::Pong(payload));
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_flood_of_control_pings_leaves_the_last_pong_and_the_socket_goes_on() {
    const PINGS: u32 = 20_000;
    let server = Server::start().await;
    let client = server.practice().await;
    let mut bare = Bare::joined(&client).await;
    let flood: Vec<u8> = (1..=PINGS)
        .flat_map(|n| raw::frame(PING, true, &n.to_be_bytes()))
        .collect();
    bare.write(&flood).await;
    let mut last = 0;
    while last < PINGS {
        let Heard::Pong(payload) = bare.next().await else {
            panic!("nothing but pongs");
        };
        let pong = u32::from_be_bytes(payload.try_into().expect("what was sent"));
        assert!(pong > last, "{pong} after {last}");
        last = pong;
    }
    bare.say(&answer("a", &client.question())).await;
    assert!(matches!(
        bare.next().await,
        Heard::Message(ServerMessage::Answered(_))
    ));
    server.stop().await;
}

#[actix_rt::test]
async fn a_socket_more_than_there_is_room_for_is_told_to_come_back_and_the_server_stays_well() {
    let server = Server::flagged(&["--sessions-max", "1", "--threads", "1"]).await;
    let client = server.practice().await;
    let path = format!("/v1/ws/sessions/{}", client.session);
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "bGVhcm5yLWxvYWR0ZXN0IQ=="),
        ("sec-websocket-protocol", "learnr.v1.json"),
    ];
    let request = upgrade.iter().fold(
        server.rest.request(Method::GET, &path, None),
        |request, (name, value)| request.header(*name, *value),
    );
    let refused = refusal(request).await;
    assert_eq!((refused.status, refused.error.code), (503, ErrorCode::Busy));
    assert!(refused.error.retryable && refused.headers.contains_key("retry-after"));
    assert!(server.rest.text("/healthz").await.is_ok());
    let (token, session) = (client.token.clone(), client.session.clone());
    drop(client);
    until("the place is free", async || {
        server.sockets_open().await == 0
    })
    .await;
    server.join(&token, &session).await;
    server.stop().await;
}
