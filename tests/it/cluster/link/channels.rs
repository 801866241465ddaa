//! What crosses a link arrives, in order, and as often as it must.

use bytes::Bytes;
use futures_util::future::join_all;
use learnr::cluster::link::{FRAME_BYTES_MAX, LinkError, REQUEST_BYTES_MAX, Received, SendError};

use super::node::{Node, WITHIN, channel, frame, received};
use crate::harness::until;

#[tokio::test]
async fn a_request_is_answered_and_frames_cross_both_ways() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let member = b.member.clone();
    let asked = a.asks(&member);
    let served = async {
        let opened = b.next().await;
        assert_eq!(opened.by, a.member);
        assert_eq!(opened.request, "hello");
        // Frames may go before the answer.
        let early = Bytes::from_static(b"early");
        opened.channel.sender.send(early).await.expect("open");
        opened
            .answer
            .send(Bytes::from_static(b"welcome"))
            .expect("open");
        opened.channel
    };
    let (asked, mut theirs) = tokio::join!(asked, served);
    let (reply, mut ours) = asked.expect("answered");
    assert_eq!(reply, "welcome");
    assert_eq!(frame(&mut ours.receiver).await, "early");
    for number in 0..200_u32 {
        let sent = Bytes::from(number.to_string());
        ours.sender.send(sent.clone()).await.expect("open");
        assert_eq!(frame(&mut theirs.receiver).await, sent);
        theirs.sender.send(sent.clone()).await.expect("open");
        assert_eq!(frame(&mut ours.receiver).await, sent);
    }
    let counts = a.links.counts();
    assert_eq!(
        (counts.links_out, counts.channels_out, counts.dialled),
        (1, 1, 1)
    );
    assert_eq!((counts.links_in, counts.channels_in), (0, 0));
    assert_eq!(b.links.counts().channels_in, 1);
}

#[tokio::test]
async fn the_end_comes_after_the_frames_before_it_and_with_its_code() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (ours, theirs) = channel(&a, &mut b).await;
    let (sender, _receiver) = ours.split();
    let (back, mut receiver) = theirs.split();
    for number in 0..10_u8 {
        sender.try_send(Bytes::from(vec![number])).expect("room");
    }
    sender.close(4001);
    sender.close(4002);
    for number in 0..10_u8 {
        assert_eq!(frame(&mut receiver).await, vec![number]);
    }
    assert_eq!(received(&mut receiver).await, Some(Received::Closed(4001)));
    assert_eq!(received(&mut receiver).await, None);
    let late = Bytes::from_static(b"late");
    assert_eq!(sender.try_send(late.clone()), Err(SendError::Closed));
    assert_eq!(sender.send(late.clone()).await, Err(SendError::Closed));
    assert_eq!(back.send(late).await, Err(SendError::Closed));
    assert_eq!(a.links.counts().channels_out, 0);
    assert_eq!(b.links.counts().channels_in, 0);
    assert_eq!(a.links.counts().links_out, 1, "the link is kept");
}

#[tokio::test]
async fn a_channel_dropped_or_half_dropped_is_closed() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (ours, mut theirs) = channel(&a, &mut b).await;
    drop(ours);
    let heard = received(&mut theirs.receiver).await;
    assert_eq!(heard, Some(Received::Closed(1000)));
    let (mut ours, theirs) = channel(&a, &mut b).await;
    drop(theirs.receiver);
    let heard = received(&mut ours.receiver).await;
    assert_eq!(heard, Some(Received::Closed(1000)));
    let (mut ours, theirs) = channel(&a, &mut b).await;
    drop(theirs.sender);
    let heard = received(&mut ours.receiver).await;
    assert_eq!(heard, Some(Received::Closed(1000)));
}

#[tokio::test]
async fn whoever_opens_is_told_that_nobody_answers() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let member = b.member.clone();
    let served = async {
        let opened = b.next().await;
        drop(opened.answer);
        opened.channel
    };
    let (asked, _channel) = tokio::join!(a.asks(&member), served);
    assert_eq!(asked.err(), Some(LinkError::Closed(1011)));
    let served = async {
        let opened = b.next().await;
        opened.channel.sender.close(4004);
        let answered = opened.answer.send(Bytes::new());
        assert_eq!(answered, Err(SendError::Closed));
    };
    let (asked, ()) = tokio::join!(a.asks(&member), served);
    assert_eq!(asked.err(), Some(LinkError::Closed(4004)));
    until("nothing is left of it", async || {
        a.links.counts().channels_out + b.links.counts().channels_in == 0
    })
    .await;
}

#[tokio::test]
async fn what_is_too_long_is_refused_where_it_is_sent() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (ours, mut theirs) = channel(&a, &mut b).await;
    let largest = Bytes::from(vec![7; FRAME_BYTES_MAX]);
    ours.sender.send(largest.clone()).await.expect("it fits");
    assert_eq!(frame(&mut theirs.receiver).await, largest);
    let longer = Bytes::from(vec![7; FRAME_BYTES_MAX + 1]);
    let too_long = Err(SendError::TooLong(longer.len()));
    assert_eq!(ours.sender.try_send(longer.clone()), too_long);
    assert_eq!(ours.sender.send(longer).await, too_long);
    let request = Bytes::from(vec![7; REQUEST_BYTES_MAX + 1]);
    let asked = a.links.open(&b.member, request.clone(), WITHIN).await;
    assert_eq!(asked.err(), Some(LinkError::TooLong(request.len())));
}

#[tokio::test]
async fn a_broadcast_crosses_once_however_many_channels_it_is_for() {
    let (a, mut b) = (Node::here("a").await, Node::here("b").await);
    let mut ends = Vec::new();
    for _ in 0..50 {
        ends.push(channel(&a, &mut b).await);
    }
    let before = b.links.counts();
    let broadcast = Bytes::from(vec![7; 1000]);
    for (number, (_, theirs)) in ends.iter().enumerate() {
        // To each something of its own as well, before and after.
        let own = Bytes::from(number.to_string());
        theirs.sender.try_send(own.clone()).expect("room");
        theirs.sender.try_send(broadcast.clone()).expect("room");
        theirs.sender.try_send(own).expect("room");
    }
    for (number, (ours, _)) in ends.iter_mut().enumerate() {
        let own = number.to_string();
        assert_eq!(frame(&mut ours.receiver).await, own);
        assert_eq!(frame(&mut ours.receiver).await, broadcast);
        assert_eq!(frame(&mut ours.receiver).await, own);
    }
    let after = b.links.counts();
    assert_eq!(after.frames_sent - before.frames_sent, 150);
    let messages = after.messages_sent - before.messages_sent;
    // Two of its own for each channel; the broadcast is split only where a channel's own frame stands between.
    assert!(messages <= 150, "{messages} messages");
    let before = b.links.counts();
    for (_, theirs) in &ends {
        theirs.sender.try_send(broadcast.clone()).expect("room");
    }
    for (ours, _) in &mut ends {
        assert_eq!(frame(&mut ours.receiver).await, broadcast);
    }
    let after = b.links.counts();
    assert_eq!(after.frames_sent - before.frames_sent, 50);
    assert_eq!(after.messages_sent - before.messages_sent, 1);
    assert!(after.bytes_sent - before.bytes_sent < 1_200);
}

#[tokio::test]
async fn a_thousand_channels_share_one_link() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let member = b.member.clone();
    let opening = join_all((0..1_000).map(|_| a.asks(&member)));
    let serving = async {
        let mut ends = Vec::new();
        for _ in 0..1_000 {
            let opened = b.next().await;
            opened.answer.send(Bytes::new()).expect("open");
            ends.push(opened.channel);
        }
        ends
    };
    let (asked, mut theirs) = tokio::join!(opening, serving);
    let mut ours: Vec<_> = asked
        .into_iter()
        .map(|asked| asked.expect("answered").1)
        .collect();
    let counts = a.links.counts();
    assert_eq!(
        (counts.dialled, counts.links_out),
        (1, 1),
        "one dial for all"
    );
    assert_eq!(counts.channels_out, 1_000);
    for (number, end) in ours.iter().enumerate() {
        end.sender
            .try_send(Bytes::from(number.to_string()))
            .expect("room");
    }
    let mut seen = Vec::new();
    for end in &mut theirs {
        let heard = frame(&mut end.receiver).await;
        end.sender.try_send(heard.clone()).expect("room");
        seen.push(heard);
    }
    for (number, end) in ours.iter_mut().enumerate() {
        assert_eq!(frame(&mut end.receiver).await, number.to_string());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 1_000);
    drop(ours);
    until("all are closed", async || b.links.counts().channels_in == 0).await;
    assert_eq!(b.links.counts().links_in, 1, "the link is kept");
}

#[tokio::test]
async fn two_that_ask_each_other_have_a_link_each_way() {
    let (mut a, mut b) = (Node::start("a").await, Node::start("b").await);
    let _there = channel(&a, &mut b).await;
    let _back = channel(&b, &mut a).await;
    for node in [&a, &b] {
        let counts = node.links.counts();
        assert_eq!((counts.links_out, counts.links_in), (1, 1));
        assert_eq!((counts.channels_out, counts.channels_in), (1, 1));
    }
}
