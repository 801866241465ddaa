//! An instance that does not keep to the protocol is cut off, and nobody else is.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use learnr::cluster::link::{FRAME_BYTES_MAX, REQUEST_BYTES_MAX, WINDOW_FRAMES};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::node::{Node, WITHIN, channel, frame, let_in};
use crate::harness::until;

fn message(head: &[u8], body: &[u8]) -> Message {
    Message::Binary(Bytes::from([head, body].concat()))
}

fn open(id: u8) -> Message {
    message(&[1, id], b"hello")
}

fn to_one(id: u8) -> Message {
    message(&[3, 1, id], b"frame")
}

/// Sends all of it, as far as it is taken, and reads until the end.
async fn is_cut_off(mut socket: WebSocketStream<TcpStream>, messages: Vec<Message>) {
    let sending = async {
        for message in messages {
            if socket.send(message).await.is_err() {
                break;
            }
        }
        while let Some(Ok(_)) = socket.next().await {}
    };
    let ended = tokio::time::timeout(WITHIN, sending).await;
    ended.expect("it is cut off");
}

#[tokio::test]
async fn whoever_breaks_the_protocol_is_cut_off_and_others_go_on() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (good, mut served) = channel(&a, &mut b).await;
    let mut overrun = vec![open(1)];
    overrun.extend((0..=WINDOW_FRAMES).map(|_| to_one(1)));
    let broken: Vec<(&str, Vec<Message>)> = vec![
        ("nothing", vec![message(&[], b"")]),
        ("garbage", vec![message(&[0xff; 40], b"")]),
        ("text", vec![Message::text("hello")]),
        ("a frame to no channel", vec![to_one(1)]),
        ("a frame to nobody", vec![open(1), message(&[3, 0], b"x")]),
        ("a channel twice", vec![open(1), open(1)]),
        ("channel nought", vec![open(0)]),
        (
            "a reply of the dialler's",
            vec![open(1), message(&[2, 1], b"x")],
        ),
        ("the end of no channel", vec![message(&[5, 1, 1], b"")]),
        ("credit for no channel", vec![message(&[4, 1, 1], b"")]),
        (
            "credit for nothing",
            vec![open(1), message(&[4, 1, 1], b"")],
        ),
        ("more than its credit", overrun),
        (
            "too large a frame",
            vec![open(1), message(&[3, 1, 1], &vec![7; FRAME_BYTES_MAX + 1])],
        ),
        (
            "too large a message",
            vec![message(&[3, 1, 1], &vec![7; 4 * FRAME_BYTES_MAX])],
        ),
        (
            "too large a request",
            vec![message(&[1, 1], &vec![7; REQUEST_BYTES_MAX + 1])],
        ),
    ];
    let count = broken.len() as u64;
    for (at, (what, messages)) in broken.into_iter().enumerate() {
        is_cut_off(let_in(&b.member).await, messages).await;
        until("it is counted", async || {
            b.links.counts().violations == at as u64 + 1
        })
        .await;
        assert_eq!(b.links.counts().links_in, 1, "after {what}");
        good.sender
            .send(Bytes::from_static(b"on"))
            .await
            .expect("open");
        assert_eq!(frame(&mut served.receiver).await, "on", "after {what}");
    }
    assert_eq!(b.links.counts().violations, count);
    assert_eq!(b.links.counts().channels_in, 1);
}

#[tokio::test]
async fn what_was_on_its_way_to_a_closed_channel_is_no_offence() {
    let mut b = Node::start("b").await;
    let mut socket = let_in(&b.member).await;
    socket.send(open(1)).await.expect("taken");
    let opened = b.next().await;
    drop(opened.channel);
    until("it is closed", async || b.links.counts().channels_in == 0).await;
    for late in [
        to_one(1),
        message(&[4, 1, 1], b""),
        message(&[5, 1, 1], b""),
    ] {
        socket.send(late).await.expect("taken");
    }
    // One message for a closed channel and an open one reaches the open one.
    socket.send(open(2)).await.expect("taken");
    let both = message(&[3, 2, 1, 2], b"frame");
    socket.send(both).await.expect("taken");
    let mut opened = b.next().await;
    assert_eq!(frame(&mut opened.channel.receiver).await, "frame");
    assert_eq!(b.links.counts().violations, 0);
}
