//! Requests that leave it open where they end: what one server takes for a body must be no request to another.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::Server;

/// Longest wait for the end of what a server says.
const WITHIN: Duration = Duration::from_secs(20);

/// Writes bytes and reads until the server has said everything; the statuses of its answers.
async fn statuses(server: &Server, bytes: &str) -> Vec<u16> {
    let mut stream = TcpStream::connect(server.app.address)
        .await
        .expect("it listens");
    // Whoever has heard enough takes no more.
    drop(stream.write_all(bytes.as_bytes()).await);
    let mut said = Vec::new();
    let read = tokio::time::timeout(WITHIN, stream.read_to_end(&mut said)).await;
    // A connection that is reset has said what it had to say.
    drop(read.expect("it ends"));
    let said = String::from_utf8_lossy(&said);
    let lines = said.split("HTTP/1.1 ").skip(1);
    lines
        .filter_map(|line| line.split(' ').next()?.parse().ok())
        .collect()
}

/// A request with these lines, a chunked body of nothing, and another request behind it.
fn smuggling(lines: &str) -> String {
    let behind = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let length = "0\r\n\r\n".len() + behind.len();
    let lines = lines.replace("LENGTH", &length.to_string());
    format!("POST /v1/guests HTTP/1.1\r\nhost: x\r\n{lines}\r\n\r\n0\r\n\r\n{behind}")
}

#[actix_rt::test]
async fn a_request_whose_end_can_be_read_in_two_ways_hides_no_other() {
    let server = Server::start().await;
    for lines in [
        "content-length: LENGTH\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: LENGTH",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\ncontent-length: LENGTH",
        "transfer-encoding: xchunked\r\ncontent-length: LENGTH",
        "transfer-encoding : chunked\r\ncontent-length: LENGTH",
        "content-length: LENGTH\r\ncontent-length: 5",
        "content-length: +5",
        "content-length: 0x5",
        "content-length: 5, 5",
    ] {
        let got = statuses(&server, &smuggling(lines)).await;
        // Refused, or read by its chunks, and then what stands behind is a request of its own.
        let safe = got == [400] || got == [201, 200];
        assert!(safe, "{lines:?}: {got:?}");
    }
    let well = statuses(
        &server,
        "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    );
    assert_eq!(well.await, [200]);
    server.stop().await;
}

#[actix_rt::test]
async fn a_head_that_does_not_end_or_is_no_head_is_refused_and_costs_nobody_else_anything() {
    let server = Server::start().await;
    let long = "a".repeat(200_000);
    for bytes in [
        format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {long}\r\n\r\n"),
        format!(
            "GET /healthz HTTP/1.1\r\nhost: x\r\n{}\r\n",
            "x: y\r\n".repeat(2_000)
        ),
        "GET /healthz\r\n\r\n".to_owned(),
        "\u{0}\u{1}\u{2}\r\n\r\n".to_owned(),
        "GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n".to_owned(),
        "GET /healthz HTTP/1.1\r\nho st: x\r\n\r\n".to_owned(),
    ] {
        let shown: String = bytes.chars().take(60).collect();
        let got = statuses(&server, &bytes).await;
        let refused = got.iter().all(|status| (400..500).contains(status));
        assert!(refused, "{shown:?}: {got:?}");
    }
    assert!(server.rest.text("/healthz").await.is_ok());
    server.stop().await;
}
