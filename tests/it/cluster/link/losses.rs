//! What a lost link looks like at both ends: channels end, opening tells the dead from the silent, and it is dialled again.

use std::time::{Duration, Instant};

use bytes::Bytes;
use learnr::cluster::link::{LinkError, Received};

use super::node::{Node, WITHIN, channel, channel_by_way_of, frame, received};
use crate::harness::proxy::{Direction, Proxy};
use crate::harness::until;

/// Silence is noticed after 3 s; the rest is a busy machine.
const NOTICED_WITHIN: Duration = Duration::from_secs(6);

#[tokio::test]
async fn a_killed_instance_ends_its_channels_and_is_known_to_be_dead() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (mut ours, _theirs) = channel(&a, &mut b).await;
    let dead = b.kill();
    assert_eq!(received(&mut ours.receiver).await, None);
    let sent = ours.sender.send(Bytes::from_static(b"late")).await;
    assert!(sent.is_err());
    let begun = Instant::now();
    assert_eq!(a.asks(&dead).await.err(), Some(LinkError::Refused));
    assert!(begun.elapsed() < Duration::from_secs(1));
    let counts = a.links.counts();
    assert_eq!((counts.links_out, counts.channels_out), (0, 0));
}

#[tokio::test]
async fn a_killed_dialler_ends_its_channels_where_they_are_served() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (ours, mut theirs) = channel(&a, &mut b).await;
    a.kill();
    assert_eq!(received(&mut theirs.receiver).await, None);
    let counts = b.links.counts();
    assert_eq!((counts.links_in, counts.channels_in), (0, 0));
    drop(ours);
}

#[tokio::test]
async fn killed_while_it_is_asked_an_instance_is_known_to_be_dead() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let member = b.member.clone();
    let killed = async {
        let opened = b.next().await;
        let dead = tokio::task::spawn_blocking(move || b.kill()).await;
        (dead.expect("killed"), opened)
    };
    let (asked, _) = tokio::join!(a.asks(&member), killed);
    assert_eq!(asked.err(), Some(LinkError::Refused));
}

async fn cut_is_noticed_at_both_ends(direction: Direction) {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let proxy = Proxy::to(b.links.address());
    let way = b.by_way_of(proxy.address());
    let (mut ours, mut theirs) = channel_by_way_of(&a, &way, &mut b).await;
    let begun = Instant::now();
    proxy.cut(direction);
    let (here, there) = tokio::join!(received(&mut ours.receiver), received(&mut theirs.receiver));
    assert_eq!((here, there), (None, None));
    assert!(begun.elapsed() < NOTICED_WITHIN, "{:?}", begun.elapsed());
    until("it is counted", async || {
        a.links.counts().silent + b.links.counts().silent > 0
    })
    .await;
    // It may be alive: nobody says that it is dead.
    let asked = a
        .links
        .open(&way, Bytes::new(), Duration::from_millis(300))
        .await;
    assert_eq!(asked.err(), Some(LinkError::Silent));
    proxy.mend();
    b.answer_all();
    // Whoever asks while the dial in vain is still under way shares its outcome.
    until("it is dialled again", async || a.asks(&way).await.is_ok()).await;
}

#[tokio::test]
async fn a_link_cut_on_the_way_there_is_noticed_at_both_ends() {
    cut_is_noticed_at_both_ends(Direction::ToServer).await;
}

#[tokio::test]
async fn a_link_cut_on_the_way_back_is_noticed_at_both_ends() {
    cut_is_noticed_at_both_ends(Direction::ToClient).await;
}

#[tokio::test]
async fn a_link_that_is_reset_is_dialled_again() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let proxy = Proxy::to(b.links.address());
    let way = b.by_way_of(proxy.address());
    let (mut ours, mut theirs) = channel_by_way_of(&a, &way, &mut b).await;
    proxy.reset_all();
    let (here, there) = tokio::join!(received(&mut ours.receiver), received(&mut theirs.receiver));
    assert_eq!((here, there), (None, None));
    let (ours, mut theirs) = channel_by_way_of(&a, &way, &mut b).await;
    ours.sender
        .send(Bytes::from_static(b"again"))
        .await
        .expect("open");
    assert_eq!(frame(&mut theirs.receiver).await, "again");
    assert_eq!(a.links.counts().dialled, 2);
}

#[tokio::test]
async fn a_restarted_instance_is_dialled_in_its_new_life_only() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let proxy = Proxy::to(b.links.address());
    let way = b.by_way_of(proxy.address());
    let _channel = channel_by_way_of(&a, &way, &mut b).await;
    b.kill();
    let mut again = Node::start("b").await;
    proxy.switch_to(again.links.address());
    assert_eq!(a.asks(&way).await.err(), Some(LinkError::Refused));
    let way = again.by_way_of(proxy.address());
    let _channel = channel_by_way_of(&a, &way, &mut again).await;
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_closes_its_channel() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let within = Duration::from_millis(50);
    let asked = a.links.open(&b.member, Bytes::new(), within).await;
    assert_eq!(asked.err(), Some(LinkError::Silent));
    let mut opened = b.next().await;
    let heard = received(&mut opened.channel.receiver).await;
    assert_eq!(heard, Some(Received::Closed(1000)));
    assert!(opened.answer.send(Bytes::new()).is_err());
    assert_eq!(a.links.counts().links_out, 1, "the link is kept");
}

#[tokio::test]
async fn an_instance_that_leaves_lets_go_out_what_is_queued() {
    let (a, mut b) = (Node::start("a").await, Node::start("b").await);
    let (mut ours, theirs) = channel(&a, &mut b).await;
    let (mut other, other_end) = channel(&a, &mut b).await;
    for number in 0..60_u8 {
        let frame = Bytes::from(vec![number; 10_000]);
        theirs.sender.try_send(frame).expect("room");
    }
    theirs.sender.close(4001);
    let begun = Instant::now();
    b.links.close().await;
    assert!(begun.elapsed() < Duration::from_secs(3));
    for number in 0..60_u8 {
        assert_eq!(frame(&mut ours.receiver).await[0], number);
    }
    assert_eq!(
        received(&mut ours.receiver).await,
        Some(Received::Closed(4001))
    );
    assert_eq!(received(&mut other.receiver).await, None);
    assert!(other_end.sender.try_send(Bytes::new()).is_err());
    let counts = b.links.counts();
    assert_eq!((counts.links_in, counts.channels_in), (0, 0));
    assert_eq!(b.asks(&a.member).await.err(), Some(LinkError::Leaving));
    let asked = a.links.open(&b.member, Bytes::new(), WITHIN).await;
    assert_eq!(asked.err(), Some(LinkError::Refused));
}
