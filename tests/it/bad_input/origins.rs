//! Upgrades that are refused before they happen: another origin, no common subprotocol, no upgrade at all.

use learnr_loadtest::socket::{Dial, Socket, SocketError};
use learnr_protocol::rest::ErrorEnvelope;
use learnr_protocol::{Encoding, ErrorCode};
use reqwest::Method;

use crate::harness::{Client, Server};

fn dial(client: &Client) -> Dial {
    Dial::new(
        client.rest.base().clone(),
        &client.session,
        Encoding::MsgPack,
    )
}

/// The status an upgrade is refused with.
async fn refused(dial: &Dial) -> u16 {
    match Socket::connect(dial).await {
        Err(SocketError::Refused { status, .. }) => status,
        Err(other) => panic!("a refusal, got {other}"),
        Ok(_) => panic!("the upgrade was not refused: {dial:?}"),
    }
}

/// Asks for an upgrade with these headers; status and code of the refusal.
async fn asked(client: &Client, headers: &[(&str, &str)]) -> (u16, ErrorCode) {
    let path = format!("/v1/ws/sessions/{}", client.session);
    let request = headers.iter().fold(
        client.rest.request(Method::GET, &path, None),
        |request, (name, value)| request.header(*name, *value),
    );
    let reply = request.send().await.expect("a reply");
    let status = reply.status().as_u16();
    assert_eq!(reply.headers()["content-type"], "application/json");
    let envelope: ErrorEnvelope = reply.json().await.expect("the envelope");
    (status, envelope.error.code)
}

#[actix_rt::test]
async fn a_page_of_another_origin_is_refused_before_the_upgrade() {
    let server = Server::flagged(&["--origins", "https://learn.example"]).await;
    let client = server.practice().await;
    let own = format!("http://{}", client.rest.base().authority());
    for origin in [
        "https://evil.example",
        "http://learn.example",
        "https://learn.example.evil.example",
        "null",
    ] {
        let dial = Dial {
            origin: Some(origin.to_owned()),
            ..dial(&client)
        };
        assert_eq!(refused(&dial).await, 403, "{origin}");
    }
    for origin in [&own, "https://learn.example"] {
        let dial = Dial {
            origin: Some(origin.to_owned()),
            ..dial(&client)
        };
        assert!(Socket::connect(&dial).await.is_ok(), "{origin}");
    }
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "bGVhcm5yLWxvYWR0ZXN0IQ=="),
        ("sec-websocket-protocol", "learnr.v1.json"),
        ("origin", "https://evil.example"),
    ];
    assert_eq!(
        asked(&client, &upgrade).await,
        (403, ErrorCode::OriginNotAllowed)
    );
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn no_subprotocol_in_common_is_refused_before_the_upgrade() {
    let server = Server::start().await;
    let client = server.practice().await;
    for offered in [
        vec![],
        vec!["learnr.v2.msgpack"],
        vec!["graphql-ws", "learnr.v1"],
    ] {
        let subprotocols = offered.iter().map(ToString::to_string).collect();
        assert_eq!(
            refused(&Dial {
                subprotocols,
                ..dial(&client)
            })
            .await,
            400,
            "{offered:?}"
        );
    }
    let offer = [("sec-websocket-protocol", "learnr.v2.msgpack")];
    assert_eq!(
        asked(&client, &offer).await,
        (400, ErrorCode::UnsupportedSubprotocol)
    );
    server.stop().await;
}

#[actix_rt::test]
async fn a_request_that_is_no_upgrade_is_refused_in_the_envelope() {
    let server = Server::start().await;
    let client = server.practice().await;
    let offer = [("sec-websocket-protocol", "learnr.v1.json")];
    assert_eq!(asked(&client, &offer).await, (400, ErrorCode::BadRequest));
    let old = [
        offer[0],
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "8"),
    ];
    assert_eq!(asked(&client, &old).await, (400, ErrorCode::BadRequest));
    // A place that such a request took for a moment is given back.
    drop(client.again().await);
    server.stop().await;
}
