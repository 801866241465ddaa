//! History and dashboards over real HTTP: what learners look back on, what owners see, what strangers do not.

mod days;
mod export;
mod learner;
mod owner;
mod refusals;

use std::time::Duration;

use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, ServerMessage, SessionKind, Summary};
use reqwest::Method;
use serde::de::DeserializeOwned;

use crate::harness::{Client, Server, ServerOptions, demonstration};

const CERTIFICATION: &str = "business-analysis-foundations";
/// The owner's token of these tests.
const OWNER: &str = "the-owner-of-these-tests-0123456789";

/// A server whose clock the test holds and whose owner is known.
async fn owned() -> Server {
    Server::with(ServerOptions {
        flags: ["--owner-token", OWNER, "--rate-limits", "off"]
            .map(str::to_owned)
            .to_vec(),
        manual_clock: true,
        ..ServerOptions::default()
    })
    .await
}

fn practice(length: u16) -> CreateSession {
    CreateSession {
        length: Some(length),
        ..demonstration(SessionKind::Practice)
    }
}

/// Path of a certification's route.
fn of(route: &str) -> String {
    format!("/v1/certifications/{CERTIFICATION}/{route}")
}

/// What a route tells the bearer of a token.
async fn told<T: DeserializeOwned>(server: &Server, token: &str, path: &str) -> T {
    let request = server.rest.request(Method::GET, path, Some(token));
    let reply = request.send().await.expect("a reply");
    let status = reply.status();
    let body = reply.text().await.expect("a body");
    assert!(status.is_success(), "{path}: {status} {body}");
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error} {body}"))
}

/// Answers every question of a session with its first option, ten seconds each.
async fn play(server: &Server, client: &mut Client) -> Summary {
    let mut question = client.question();
    loop {
        server.advance(Duration::from_secs(10));
        match client.answer(&question).await.next {
            Some(next) => question = next,
            None => break,
        }
    }
    match client.next().await {
        ServerMessage::Completed(completed) => completed.summary,
        other => panic!("the last answer is followed by the end, got {other:?}"),
    }
}

/// Another session of a learner, joined.
async fn another(server: &Server, token: &str, create: &CreateSession) -> Client {
    let ticket = server.rest.create_session(token, create).await;
    let ticket = ticket.expect("a session");
    Client::join(&server.rest, token, &ticket, Encoding::MsgPack).await
}
