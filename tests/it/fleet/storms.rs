//! Everybody comes at once: sockets are refused in words that say when to come again, and none of those that are there notices.

use learnr_loadtest::socket::{Dial, Socket, SocketError};
use learnr_protocol::{Encoding, ErrorCode};
use reqwest::Method;
use std::time::Duration;

use crate::harness::{Server, ServerOptions};

/// Sockets a second that the server of this test opens, and as many at once.
const ACCEPTS: usize = 5;

#[actix_rt::test]
async fn sockets_beyond_the_rate_are_told_when_to_come_again() {
    let server = Server::with(ServerOptions {
        flags: ["--accepts-per-s", "5"].map(str::to_owned).to_vec(),
        manual_clock: true,
        ..ServerOptions::default()
    })
    .await;
    let mut client = server.practice().await;
    let base = server.rest.base().clone();
    let dial = Dial::new(base, &client.session, Encoding::MsgPack);
    let mut open = Vec::new();
    for _ in 1..ACCEPTS {
        open.push(Socket::connect(&dial).await.expect("below the rate"));
    }
    let refused = Socket::connect(&dial).await;
    assert!(
        matches!(
            refused,
            Err(SocketError::Refused {
                status: 503,
                code: Some(ErrorCode::Busy),
                ..
            })
        ),
        "{refused:?}"
    );
    // Over HTTP, with the headers: each is told another moment, seconds from now.
    let path = format!("/v1/ws/sessions/{}", client.session);
    let upgrade = server
        .rest
        .request(Method::GET, &path, None)
        .header("Sec-WebSocket-Protocol", Encoding::MsgPack.subprotocol());
    let reply = upgrade.send().await.expect("a reply");
    let after = reply.headers().get("retry-after").cloned();
    let seconds = after.and_then(|after| after.to_str().ok()?.parse::<u64>().ok());
    assert!(matches!(seconds, Some(1..=4)), "{seconds:?}");
    // Whoever is there goes on, and with time there is room again.
    let question = client.question();
    client.answer(&question).await;
    server.advance(Duration::from_secs(1));
    Socket::connect(&dial).await.expect("a second later");
    server.stop().await;
}
