//! The client's rules against a peer with scripted faults: whatever goes wrong, every answer ends up
//! stored once and acknowledged once.

mod peer;

use std::sync::Arc;
use std::time::Duration;

use learnr_loadtest::api::Rest;
use learnr_loadtest::chance::Think;
use learnr_loadtest::learner::Backoff;
use learnr_loadtest::socket::{Dial, Frame, Socket};
use learnr_loadtest::{Learner, LearnerError, Recorder, Settings, raw};
use learnr_protocol::{ClientMessage, Encoding, Hello, ServerMessage};
use peer::{Fault, Peer};

fn settings(peer: &Peer, encoding: Encoding) -> Arc<Settings> {
    let mut settings = Settings::new(Rest::new(peer.base.clone()), "c");
    settings.encoding = encoding;
    settings.silence = Duration::from_millis(300);
    settings.backoff = Backoff {
        base: Duration::from_millis(1),
        cap: Duration::from_millis(10),
    };
    Arc::new(settings)
}

/// Plays a session of `faults.len() + 1` questions and holds the ledger against the peer's store.
async fn survives(encoding: Encoding, faults: &[Fault], reconnects: u64) -> Peer {
    let length = faults.len() as u16 + 1;
    let peer = Peer::start(length, faults).await;
    let recorder = Recorder::default();
    let mut learner = Learner::start(settings(&peer, encoding), recorder.clone())
        .await
        .expect("the peer is there");
    learner
        .play_to_end(Think::None)
        .await
        .expect("every fault can be survived");
    assert!(learner.has_ended());
    let stored = peer.books().stored.clone();
    let report = recorder.take_ledger().check(stored.into_iter());
    assert!(report.is_clean(), "{faults:?}: {report:?}");
    assert_eq!(
        (report.acked, report.stored),
        (u64::from(length), u64::from(length)),
        "{faults:?}"
    );
    let made = recorder.meter(|meter| meter.reconnects.values().sum::<u64>());
    assert_eq!(made, reconnects, "{faults:?}");
    peer
}

#[tokio::test]
async fn a_session_without_faults_is_played_to_its_end_in_both_encodings() {
    for encoding in Encoding::ALL {
        let peer = survives(encoding, &[Fault::None; 4], 0).await;
        assert_eq!(peer.books().hellos.len(), 1);
    }
}

#[tokio::test]
async fn an_answer_whose_acknowledgement_was_lost_is_acknowledged_after_the_resume() {
    let peer = survives(Encoding::MsgPack, &[Fault::None, Fault::StoreThenDie], 1).await;
    let books = peer.books();
    let resume = books.hellos[1].resume.clone().expect("it comes back");
    assert_eq!((resume.stream.as_str(), resume.offset), ("history", 2));
    assert_ne!(books.hellos[0].ticket, books.hellos[1].ticket);
}

#[tokio::test]
async fn an_answer_that_was_never_stored_is_sent_again() {
    survives(Encoding::MsgPack, &[Fault::DieFirst, Fault::DieFirst], 2).await;
}

#[tokio::test]
async fn closes_that_allow_it_are_followed_by_a_reconnect() {
    let closes = [4001, 4002, 4008, 4030, 1012, 1011].map(Fault::StoreThenClose);
    survives(Encoding::Json, &closes, 6).await;
}

#[tokio::test]
async fn after_resync_the_whole_state_is_asked_for() {
    let peer = survives(Encoding::MsgPack, &[Fault::StoreThenClose(4010)], 1).await;
    assert!(peer.books().hellos[1].resume.is_none());
}

#[tokio::test]
async fn a_gap_leads_to_the_whole_state() {
    let peer = survives(Encoding::MsgPack, &[Fault::SkipFrame, Fault::None], 1).await;
    assert!(peer.books().hellos[1].resume.is_none());
}

#[tokio::test]
async fn silence_is_a_dead_socket_and_saving_is_not_silence() {
    survives(
        Encoding::MsgPack,
        &[Fault::Saving, Fault::StoreThenSilence],
        1,
    )
    .await;
}

#[tokio::test]
async fn a_ping_is_answered_while_waiting() {
    survives(Encoding::MsgPack, &[Fault::PingFirst], 0).await;
}

#[tokio::test]
async fn what_is_refused_for_a_moment_is_sent_again_on_the_same_socket() {
    survives(Encoding::MsgPack, &[Fault::RateLimited, Fault::None], 0).await;
}

#[tokio::test]
async fn a_close_that_forbids_it_is_the_end() {
    let peer = Peer::start(3, &[Fault::StoreThenClose(4503)]).await;
    let mut learner = Learner::start(settings(&peer, Encoding::MsgPack), Recorder::default())
        .await
        .expect("the peer is there");
    let error = learner
        .play_to_end(Think::None)
        .await
        .expect_err("removed is for good");
    assert!(
        matches!(error, LearnerError::Closed { code: 4503, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_raw_socket_gives_every_frame_and_leaves_manners_to_the_test() {
    let peer = Peer::start(2, &[]).await;
    let dial = Dial::new(peer.base.clone(), "s", Encoding::Json);
    let mut socket = Socket::connect(&dial).await.expect("the peer is there");
    let hello = ClientMessage::Hello(Hello {
        ticket: "t".to_owned(),
        resume: None,
        client: "test".to_owned(),
    });
    socket.send(&hello).await.expect("it takes a hello");
    let first = socket.next().await.expect("a reply");
    assert!(matches!(first, Frame::Message(ServerMessage::Welcome(_))));
    let second = socket.next().await.expect("a second");
    assert!(matches!(second, Frame::Message(ServerMessage::State(_))));
    socket.close(1000).await.expect("the peer closes too");
}

#[tokio::test]
async fn frames_written_by_hand_reach_the_peer() {
    use tokio::io::AsyncWriteExt;
    let peer = Peer::start(2, &[]).await;
    let mut stream = raw::handshaken(&peer.base, "s", Encoding::Json)
        .await
        .expect("it upgrades");
    let ping = raw::frame(raw::PING, true, b"beat");
    stream.write_all(&ping).await.expect("the stream is open");
    let reply = raw::read_frame(&mut stream)
        .await
        .expect("in time")
        .expect("open still");
    assert_eq!((reply.opcode, reply.payload), (raw::PONG, b"beat".to_vec()));
}
