//! Messages in pieces, and messages too big: refused at the header, whatever follows.

use std::path::Path;

use learnr_loadtest::api::Rest;
use learnr_loadtest::raw::{self, BINARY, CONTINUATION, PING, PONG, TEXT, header, read_frame};
use learnr_loadtest::run::server::Server as ChildServer;
use learnr_protocol::{Encoding, ServerMessage, SessionKind, encode};
use tokio::io::AsyncWriteExt;

use crate::harness::{Bare, Client, Heard, Server, answer, demonstration};

const GIBIBYTE: u64 = 1 << 30;
const MIB: usize = 1024 * 1024;
/// What the peak of a server's memory may move by: two of the segments its allocator takes at a time, far
/// below the 64 MiB that one such frame would make it hold.
const GROWTH_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Largest message that the protocol takes, in bytes.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;

#[actix_rt::test]
async fn a_message_in_fragments_counts_once_with_pings_between_them() {
    let server = Server::start().await;
    let client = server.practice().await;
    let payload = encode(&answer("r", &client.question()), Encoding::MsgPack);
    let mut bare = Bare::joined(&client).await;
    bare.frame(BINARY, false, &payload[..5]).await;
    bare.frame(PING, true, b"between").await;
    assert_eq!(bare.next().await, Heard::Pong(b"between".to_vec()));
    for byte in &payload[5..20] {
        bare.frame(CONTINUATION, false, &[*byte]).await;
    }
    bare.frame(CONTINUATION, false, &[]).await;
    bare.frame(CONTINUATION, true, &payload[20..]).await;
    let Heard::Message(ServerMessage::Answered(answered)) = bare.next().await else {
        panic!("the pieces make an answer");
    };
    assert_eq!((answered.request_id.as_str(), answered.offset), ("r", 2));
    assert_eq!(server.stored_events(&client.session).await.len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn a_data_frame_inside_a_fragmented_message_closes_the_socket() {
    let server = Server::start().await;
    let client = server.practice().await;
    let payload = encode(&answer("r", &client.question()), Encoding::MsgPack);
    for (opcode, fin) in [(BINARY, true), (BINARY, false), (TEXT, true)] {
        let mut bare = Bare::joined(&client).await;
        bare.frame(BINARY, false, &payload[..5]).await;
        bare.frame(opcode, fin, &payload).await;
        assert_eq!(bare.closed().await, Some(1002), "{opcode} {fin}");
    }
    let mut bare = Bare::joined(&client).await;
    bare.frame(CONTINUATION, true, &payload).await;
    assert_eq!(bare.closed().await, Some(1002), "a continuation of nothing");
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn fragments_that_are_too_much_together_close_the_socket() {
    let server = Server::start().await;
    let client = server.practice().await;
    let half = vec![0x91; MESSAGE_BYTES_MAX / 2];
    let mut bare = Bare::joined(&client).await;
    bare.frame(BINARY, false, &half).await;
    bare.frame(PING, true, b"between").await;
    bare.frame(CONTINUATION, false, &half).await;
    bare.frame(CONTINUATION, true, b"x").await;
    assert_eq!(bare.closed().await, Some(1009));
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_frame_of_one_byte_too_many_is_refused_and_one_of_the_limit_is_read() {
    let server = Server::start().await;
    let client = server.practice().await;
    let mut bare = Bare::joined(&client).await;
    bare.frame(BINARY, true, &vec![0xc0; MESSAGE_BYTES_MAX])
        .await;
    assert_eq!(
        bare.closed().await,
        Some(4501),
        "read, and found to be no message"
    );
    let mut bare = Bare::joined(&client).await;
    bare.frame(BINARY, true, &vec![0xc0; MESSAGE_BYTES_MAX + 1])
        .await;
    assert_eq!(bare.closed().await, Some(1009));
    server.stop().await;
}

#[actix_rt::test]
async fn a_frame_declaring_a_gibibyte_is_refused_before_hello_and_after() {
    let server = Server::start().await;
    let client = server.practice().await;
    for mut bare in [Bare::silent(&client).await, Bare::joined(&client).await] {
        let mut bytes = header(BINARY, true, GIBIBYTE, Some([0; 4]));
        bytes.extend([0; 1_000]);
        bare.write(&bytes).await;
        assert_eq!(bare.closed().await, Some(1009));
    }
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

/// Sends `first` and then 64 MiB for as long as the server takes them, reading all the while; the close code.
async fn pour(bare: Bare, first: Vec<u8>) -> Option<u16> {
    let (mut read, mut write) = bare.stream.into_split();
    let pouring = actix_rt::spawn(async move {
        let chunk = vec![0; MIB / 16];
        let mut poured = write.write_all(&first).await;
        for _ in 0..64 * 16 {
            if poured.is_err() {
                break;
            }
            poured = write.write_all(&chunk).await;
        }
    });
    let mut code = None;
    while let Ok(Some(frame)) = read_frame(&mut read).await {
        code = code.or(frame.close_code());
    }
    pouring.abort();
    code
}

#[actix_rt::test]
async fn memory_does_not_move_while_a_gibibyte_is_declared_and_poured_in() {
    let (_data, server, client) = child().await;
    let huge = header(BINARY, true, GIBIBYTE, Some([0; 4]));
    let broken = vec![0x83, 0x80, 0, 0, 0, 0];
    let round = async || {
        for _ in 0..4 {
            assert_eq!(
                pour(Bare::joined(&client).await, huge.clone()).await,
                Some(1009)
            );
            assert_eq!(
                pour(Bare::silent(&client).await, huge.clone()).await,
                Some(1009)
            );
            assert_eq!(
                pour(Bare::joined(&client).await, broken.clone()).await,
                Some(1002)
            );
        }
    };
    // Once for what the first connections on each thread make the allocator take.
    round().await;
    let before = server.usage().expect("the server runs");
    round().await;
    let after = server.usage().expect("the server runs");
    // The kernel keeps the peak by thread and adds it up now and then: it may even read a little lower.
    let grown = after.rss_peak_bytes.saturating_sub(before.rss_peak_bytes);
    assert!(grown < GROWTH_BYTES_MAX, "{before:?} {after:?}");
    client.assert_intact(&client.question(), 0).await;
    server.stop().expect("a clean stop");
}

#[actix_rt::test]
async fn memory_does_not_move_while_a_message_comes_byte_by_byte_among_pings() {
    let (_data, server, client) = child().await;
    let ping = raw::frame(PING, true, &[7; 125]);
    // Each byte of the message in another buffer of the server's: what it reads at a time is 8 KiB at the most.
    let round = async |begin: &[u8], one: &[u8]| {
        let mut bare = Bare::joined(&client).await;
        bare.write(begin).await;
        let (mut read, mut write) = bare.stream.into_split();
        let sent = [one, &ping.repeat(64)].concat().repeat(16);
        let sending = actix_rt::spawn(async move {
            for _ in 0..256 {
                write.write_all(&sent).await.expect("the server reads on");
            }
            write
                .write_all(&raw::frame(PING, true, b"last"))
                .await
                .expect("the server reads on");
            write
        });
        loop {
            let frame = read_frame(&mut read).await.expect("the server answers");
            let frame = frame.expect("the socket stays open");
            assert!(matches!(frame.opcode, PING | PONG), "{frame:?}");
            if frame.payload == b"last" {
                break;
            }
        }
        // Measured while the message is still under way.
        let usage = server.usage().expect("the server runs");
        drop(sending.await.expect("everything was sent"));
        usage
    };
    // Once with pings alone, for what as many bytes make the allocator take anyway.
    let before = round(&[], &ping).await;
    let begin = raw::frame(BINARY, false, &[7]);
    let after = round(&begin, &raw::frame(CONTINUATION, false, &[7])).await;
    let grown = after.rss_peak_bytes.saturating_sub(before.rss_peak_bytes);
    assert!(grown < GROWTH_BYTES_MAX, "{before:?} {after:?}");
    client.assert_intact(&client.question(), 0).await;
    server.stop().expect("a clean stop");
}

/// A server in a process of its own, whose memory can be read, and a learner on it.
async fn child() -> (tempfile::TempDir, ChildServer, Client) {
    let data = tempfile::tempdir().expect("a temporary folder");
    let binary = Path::new(env!("CARGO_BIN_EXE_learnr"));
    let server = ChildServer::start(binary, data.path(), true).expect("the server starts");
    let rest = Rest::new(server.base().clone());
    let guest = rest.guest().await.expect("a guest");
    let mut create = demonstration(SessionKind::Practice);
    // Whatever the server was given to ask.
    let listed = rest.certifications().await.expect("the list");
    create.certification = listed.certifications[0].id.clone();
    let ticket = rest
        .create_session(&guest.token, &create)
        .await
        .expect("a session");
    let client = Client::join(&rest, &guest.token, &ticket, Encoding::MsgPack).await;
    (data, server, client)
}
