//! Whoever is slow waits alone: credit for each channel, room for each link.

use std::time::Instant;

use bytes::Bytes;
use learnr::cluster::link::{FRAME_BYTES_MAX, QUEUE_BYTES_MAX, SendError, WINDOW_FRAMES};

use super::node::{Node, channel, frame, received};
use crate::harness::until;

const FRAME: Bytes = Bytes::from_static(b"frame");

#[tokio::test]
async fn a_sender_has_so_many_frames_and_waits_until_some_are_granted() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (ours, mut theirs) = channel(&a, &mut b).await;
    for _ in 0..WINDOW_FRAMES {
        ours.sender.try_send(FRAME).expect("credit");
    }
    assert_eq!(ours.sender.try_send(FRAME), Err(SendError::Full));
    // Read, and not granted: still none.
    for _ in 0..WINDOW_FRAMES {
        received(&mut theirs.receiver).await.expect("a frame");
    }
    assert_eq!(ours.sender.credit(), 0);
    let waiting = async { ours.sender.send(FRAME).await };
    let granting = async { theirs.receiver.grant(WINDOW_FRAMES) };
    let (sent, ()) = tokio::join!(waiting, granting);
    sent.expect("granted");
    // More than was received is not granted.
    frame(&mut theirs.receiver).await;
    theirs.receiver.grant(1_000);
    until("all but what is not told yet is back", async || {
        ours.sender.credit() == WINDOW_FRAMES as usize - 1
    })
    .await;
    for _ in 0..10 * WINDOW_FRAMES {
        ours.sender.send(FRAME).await.expect("granted");
        frame(&mut theirs.receiver).await;
    }
    assert_eq!(b.links.counts().violations, 0);
}

#[tokio::test]
async fn a_channel_nobody_reads_holds_no_other_up() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (slow, _unread) = channel(&a, &mut b).await;
    let (quick, mut read) = channel(&a, &mut b).await;
    let large = Bytes::from(vec![7; FRAME_BYTES_MAX]);
    while slow.sender.credit() > 0 {
        slow.sender.send(large.clone()).await.expect("open");
    }
    let begun = Instant::now();
    for _ in 0..1_000 {
        quick.sender.send(FRAME).await.expect("open");
        assert_eq!(frame(&mut read.receiver).await, FRAME);
    }
    assert_eq!(slow.sender.try_send(FRAME), Err(SendError::Full));
    assert!(begun.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn a_full_link_makes_senders_wait_and_keeps_their_order() {
    let (a, mut b) = (Node::here("a").await, Node::here("b").await);
    let (ours, mut theirs) = channel(&a, &mut b).await;
    let large = Bytes::from(vec![7; FRAME_BYTES_MAX]);
    let mut sent = 0;
    // Nothing is written meanwhile: the queue fills.
    while ours.sender.try_send(large.clone()).is_ok() {
        sent += 1;
    }
    assert!(sent < QUEUE_BYTES_MAX / FRAME_BYTES_MAX, "{sent}");
    assert!(ours.sender.credit() > 0, "it is the link that is full");
    let sending = async {
        for number in 0..20_u8 {
            let frame = Bytes::from(vec![number; FRAME_BYTES_MAX]);
            ours.sender.send(frame).await.expect("open");
        }
    };
    let reading = async {
        for _ in 0..sent {
            assert_eq!(frame(&mut theirs.receiver).await, large);
        }
        for number in 0..20_u8 {
            assert_eq!(frame(&mut theirs.receiver).await[0], number);
        }
    };
    tokio::join!(sending, reading);
}

#[tokio::test]
async fn a_send_given_up_keeps_no_credit() {
    let (a, mut b) = (Node::here("a").await, Node::here("b").await);
    let (ours, _theirs) = channel(&a, &mut b).await;
    let large = Bytes::from(vec![7; FRAME_BYTES_MAX]);
    while ours.sender.try_send(large.clone()).is_ok() {}
    let left = ours.sender.credit();
    let mut given_up = Box::pin(ours.sender.send(large));
    assert!(futures_util::poll!(&mut given_up).is_pending());
    assert_eq!(ours.sender.credit(), left - 1);
    drop(given_up);
    assert_eq!(ours.sender.credit(), left);
}
