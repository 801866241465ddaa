//! What the internal link between two instances adds: a frame there and back over loopback, alone and while other channels are busy,
//! and how many frames cross in a second.
//!
//! Each end runs on a thread of its own, as in the server; the frames are sent and received on a third.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use learnr::auth::{PeerSeal, Secret};
use learnr::cluster::Member;
use learnr::cluster::link::{Answer, Channel, Host, Links, Received};
use tokio::runtime::{Builder, Handle};

/// Round trips measured, each way of measuring.
const TRIPS: usize = 20_000;
/// Bytes of a frame: an answer, or the next question.
const FRAME_BYTES: usize = 400;
/// Channels that are busy beside the one that is measured.
const BUSY: usize = 200;
/// How often each of them sends: one that is answered every second or so is far less.
const BUSY_EVERY: Duration = Duration::from_millis(50);
/// Channels and frames of each in the measure of frames a second.
const CHANNELS: usize = 100;
const FRAMES: usize = 2_000;

/// Gives back every frame.
struct Echo;

impl Host for Echo {
    fn opened(&self, _: Member, request: Bytes, channel: Channel, answer: Answer) {
        if answer.send(request).is_err() {
            return;
        }
        tokio::spawn(async move {
            let (sender, mut receiver) = channel.split();
            while let Some(Received::Frame(frame)) = receiver.recv().await {
                receiver.grant(1);
                if sender.send(frame).await.is_err() {
                    return;
                }
            }
        });
    }
}

fn thread() -> Handle {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let handle = runtime.handle().clone();
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    handle
}

async fn instance(node: &str) -> (Links, Member) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let member = Member {
        node: node.to_owned(),
        incarnation: 1,
        address: listener.local_addr().expect("bound").to_string(),
    };
    let secret = Secret::from_text(&"k".repeat(32)).expect("long enough");
    let seal = Arc::new(PeerSeal::new(secret));
    let links = Links::listen(listener, member.clone(), seal, Arc::new(Echo), &thread()).await;
    (links.expect("it listens"), member)
}

async fn open(from: &Links, to: &Member) -> Channel {
    let opened = from.open(to, Bytes::new(), Duration::from_secs(5)).await;
    opened.expect("it is answered").1
}

async fn trip(channel: &mut Channel, frame: &Bytes) {
    channel.sender.send(frame.clone()).await.expect("open");
    let received = channel.receiver.recv().await;
    assert!(matches!(received, Some(Received::Frame(_))), "open");
    channel.receiver.grant(1);
}

async fn trips(what: &str, channel: &mut Channel) {
    let frame = Bytes::from(vec![7; FRAME_BYTES]);
    let mut taken = Vec::with_capacity(TRIPS);
    for _ in 0..TRIPS {
        let begun = Instant::now();
        trip(channel, &frame).await;
        taken.push(begun.elapsed());
    }
    taken.sort();
    let at = |share: f64| taken[(TRIPS as f64 * share) as usize].as_secs_f64() * 1e6;
    println!(
        "link/{what}: a frame of {FRAME_BYTES} bytes there and back: p50 {:.0} us, p99 {:.0} us, p99.9 {:.0} us",
        at(0.5),
        at(0.99),
        at(0.999)
    );
}

async fn busy(mut channel: Channel) {
    let frame = Bytes::from(vec![7; FRAME_BYTES]);
    let mut turns = tokio::time::interval(BUSY_EVERY);
    loop {
        turns.tick().await;
        trip(&mut channel, &frame).await;
    }
}

async fn frames(from: &Links, to: &Member) {
    let mut tasks = Vec::new();
    let begun = Instant::now();
    for _ in 0..CHANNELS {
        let (sender, mut receiver) = open(from, to).await.split();
        let sending = async move {
            let frame = Bytes::from(vec![7; FRAME_BYTES]);
            for _ in 0..FRAMES {
                sender.send(frame.clone()).await.expect("open");
            }
            sender
        };
        let receiving = async move {
            for _ in 0..FRAMES {
                receiver.recv().await.expect("open");
                receiver.grant(1);
            }
            receiver
        };
        tasks.push(tokio::spawn(
            async move { tokio::join!(sending, receiving) },
        ));
    }
    for task in tasks {
        task.await.expect("it does not panic");
    }
    let rate = (CHANNELS * FRAMES) as f64 / begun.elapsed().as_secs_f64();
    println!("link/frames: {rate:.0} frames a second each way over {CHANNELS} channels");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (from, _) = instance("a").await;
    let (_to, member) = instance("b").await;
    let mut channel = open(&from, &member).await;
    trips("alone", &mut channel).await;
    for _ in 0..BUSY {
        tokio::spawn(busy(open(&from, &member).await));
    }
    trips("beside_busy_channels", &mut channel).await;
    drop(channel);
    frames(&from, &member).await;
}
