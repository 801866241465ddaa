//! The fault-injecting proxy does what tests rely on: bytes late, lost, held, cut off, and answers that never arrive.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::proxy::{Direction, LostAnswer, Proxy};
use crate::harness::until;

/// Answers every byte with itself and `mark`.
async fn echo(mark: u8) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                while let Ok(byte) = stream.read_u8().await {
                    if stream.write_all(&[byte, mark]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

async fn linked() -> (Proxy, TcpStream) {
    let proxy = Proxy::to(echo(b'.').await);
    let client = connect(&proxy).await;
    (proxy, client)
}

async fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.address())
        .await
        .expect("it listens")
}

async fn says(client: &mut TcpStream, words: &str) {
    let written = client.write_all(words.as_bytes()).await;
    written.expect("the proxy takes bytes");
}

async fn hears(client: &mut TcpStream, words: &str) {
    let mut heard = vec![0; words.len()];
    let read = client.read_exact(&mut heard).await;
    read.unwrap_or_else(|error| panic!("no {words}: {error}"));
    assert_eq!(String::from_utf8_lossy(&heard), words);
}

/// What a socket hears before it is reset.
async fn heard_before_the_reset(client: &mut TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    let ended = client.read_to_end(&mut heard).await;
    let error = ended.expect_err("a reset is no end");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    heard
}

#[tokio::test]
async fn bytes_pass_both_ways_and_are_counted() {
    let (proxy, mut client) = linked().await;
    says(&mut client, "abc").await;
    hears(&mut client, "a.b.c.").await;
    let counts = proxy.counts();
    assert_eq!((counts.connections, counts.open), (1, 1));
    assert_eq!((counts.to_server, counts.to_client), (3, 6));
    drop(client);
    until("the link is closed", async || proxy.counts().open == 0).await;
    assert_eq!(proxy.counts().resets, 0);
}

#[tokio::test]
async fn bytes_are_late_by_the_delay_each_way() {
    let (proxy, mut client) = linked().await;
    proxy.delay(Duration::from_millis(30));
    let begun = Instant::now();
    says(&mut client, "a").await;
    hears(&mut client, "a.").await;
    assert!(begun.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_stall_holds_bytes_back_and_loses_none() {
    let (proxy, mut client) = linked().await;
    proxy.stall(Direction::ToClient);
    says(&mut client, "ab").await;
    until("they are with the server", async || {
        proxy.counts().to_server == 2
    })
    .await;
    assert_eq!(proxy.counts().to_client, 0);
    proxy.flow();
    hears(&mut client, "a.b.").await;
}

#[tokio::test]
async fn a_cut_loses_one_direction_and_a_mended_link_is_reset() {
    let (proxy, mut client) = linked().await;
    let mut idle = connect(&proxy).await;
    says(&mut idle, "i").await;
    hears(&mut idle, "i.").await;
    proxy.cut(Direction::ToClient);
    says(&mut client, "ab").await;
    until("the answers are lost", async || proxy.counts().cut == 4).await;
    // The other direction went on, and nobody was told anything.
    let counts = proxy.counts();
    assert_eq!((counts.to_server, counts.resets), (3, 0));
    proxy.mend();
    assert_eq!(heard_before_the_reset(&mut client).await, [0; 0]);
    says(&mut idle, "m").await;
    hears(&mut idle, "m.").await;
}

#[tokio::test]
async fn a_link_is_reset_after_so_many_bytes() {
    let proxy = Proxy::to(echo(b'.').await);
    proxy.reset_after(Some((Direction::ToClient, 3)));
    let mut client = connect(&proxy).await;
    says(&mut client, "abc").await;
    let heard = heard_before_the_reset(&mut client).await;
    assert!(heard.len() <= 3, "{heard:?}");
    assert_eq!(proxy.counts().to_client, 3);
    proxy.reset_after(None);
    let mut next = connect(&proxy).await;
    says(&mut next, "abc").await;
    hears(&mut next, "a.b.c.").await;
}

#[tokio::test]
async fn every_link_is_reset_at_once() {
    let (proxy, mut client) = linked().await;
    let mut other = connect(&proxy).await;
    until("both are linked", async || proxy.counts().open == 2).await;
    proxy.reset_all();
    for stream in [&mut client, &mut other] {
        assert_eq!(heard_before_the_reset(stream).await, [0; 0]);
    }
    assert_eq!(proxy.counts().resets, 2);
}

#[tokio::test]
async fn new_connections_are_refused_and_taken_again_at_the_same_address() {
    let (proxy, mut client) = linked().await;
    until("it is linked", async || proxy.counts().open == 1).await;
    proxy.refuse();
    until("it refuses", async || proxy.counts().refusing).await;
    let refused = TcpStream::connect(proxy.address()).await;
    let refused = refused.expect_err("nobody listens");
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    // Links that were there go on.
    says(&mut client, "a").await;
    hears(&mut client, "a.").await;
    proxy.accept();
    until("it accepts", async || !proxy.counts().refusing).await;
    let mut next = connect(&proxy).await;
    says(&mut next, "b").await;
    hears(&mut next, "b.").await;
}

#[tokio::test]
async fn new_connections_are_led_elsewhere() {
    let (proxy, mut client) = linked().await;
    until("it is linked", async || proxy.counts().open == 1).await;
    proxy.switch_to(echo(b'!').await);
    let mut next = connect(&proxy).await;
    says(&mut next, "a").await;
    hears(&mut next, "a!").await;
    says(&mut client, "a").await;
    hears(&mut client, "a.").await;
}

#[tokio::test]
async fn an_answer_is_lost_after_its_request_was_done() {
    let (proxy, mut client) = linked().await;
    proxy.lose_answers(LostAnswer {
        request: b"commit".to_vec(),
        answer: b"t.".to_vec(),
        times: 1,
    });
    says(&mut client, "a").await;
    hears(&mut client, "a.").await;
    // In two packets, as large requests are.
    says(&mut client, "com").await;
    hears(&mut client, "c.o.m.").await;
    says(&mut client, "mit").await;
    assert_eq!(heard_before_the_reset(&mut client).await, [0; 0]);
    let counts = proxy.counts();
    assert_eq!((counts.answers_lost, counts.to_server), (1, 7));
    // Once was asked for.
    let mut next = connect(&proxy).await;
    says(&mut next, "commit").await;
    hears(&mut next, "c.o.m.m.i.t.").await;
}
