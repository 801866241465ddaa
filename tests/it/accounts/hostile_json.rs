//! Bodies that are no JSON, or not the JSON that a route takes, at every route that takes one.

use learnr::store::RoleName;
use learnr_protocol::rest::ErrorEnvelope;
use serde_json::Value;

use super::described::{Described, described};
use super::{CERTIFICATION, served, stored};
use crate::harness::Server;

/// Longest body that a route takes, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;
const JSON: Option<&str> = Some("application/json");

/// Sends bytes to a route; its status, once what it says is found to be the envelope.
async fn status(
    server: &Server,
    (route, token): (&Described, &str),
    (bytes, kind): (Vec<u8>, Option<&str>),
) -> u16 {
    let token = Some(token).filter(|_| route.secured);
    let method = route.method.clone();
    let request = server.rest.request(method, &route.filled("x"), token);
    let request = match kind {
        Some(kind) => request.header("content-type", kind),
        None => request,
    };
    let reply = request.body(bytes).send().await.expect("a reply");
    let status = reply.status().as_u16();
    let text = reply.text().await.expect("a body");
    let envelope = serde_json::from_str::<ErrorEnvelope>(&text);
    assert!(envelope.is_ok(), "{} {status} {text}", route.line());
    status
}

/// A body with its first field twice.
fn doubled(body: &Value) -> String {
    let fields = body.as_object().expect("bodies are objects");
    let (name, value) = fields.iter().next().expect("bodies have a field");
    body.to_string()
        .replacen('{', &format!("{{\"{name}\":{value},"), 1)
}

/// A body with something more at its front.
fn with(body: &Value, more: &str) -> Vec<u8> {
    body.to_string()
        .replacen('{', &format!("{{{more},"), 1)
        .into_bytes()
}

/// What no route can make a body of.
fn unreadable(body: &Value) -> Vec<Vec<u8>> {
    let good = body.to_string();
    let deep = 10_000;
    let mut not_utf_8 = good.clone().into_bytes();
    not_utf_8.splice(1..1, b"\"\xff\xfe\":1,".iter().copied());
    vec![
        Vec::new(),
        b"null".to_vec(),
        b"7".to_vec(),
        b"NaN".to_vec(),
        b"\"text\"".to_vec(),
        b"[]".to_vec(),
        b"{}{}".to_vec(),
        b"{\"a\":".to_vec(),
        format!("{good}{good}").into_bytes(),
        format!("\u{feff}{good}").into_bytes(),
        "[".repeat(deep).into_bytes(),
        "{\"a\":".repeat(deep).into_bytes(),
        with(
            body,
            &format!("\"a\":{}1{}", "[".repeat(deep), "]".repeat(deep)),
        ),
        with(body, "\"a\":\"\\ud800\""),
        with(body, "\"a\":1e999"),
        with(body, "\"__proto__\":{\"role\":\"admin\"}"),
        with(body, "\"a\":1"),
        doubled(body).into_bytes(),
        not_utf_8,
    ]
}

#[actix_rt::test]
async fn a_body_that_is_not_what_a_route_takes_is_refused_by_every_route() {
    let (server, _mailbox) = served("off").await;
    let roles = [RoleName::Author, RoleName::Admin];
    let (learner, token) = stored(&server, &roles, Some(CERTIFICATION)).await;
    let routes = described();
    let taking = routes.iter().filter(|route| route.body.is_some());
    let mut wrong = Vec::new();
    for route in taking {
        let body = route.body.as_ref().expect("it takes one");
        for bytes in unreadable(body) {
            let shown: String = String::from_utf8_lossy(&bytes).chars().take(60).collect();
            let got = status(&server, (route, token.as_str()), (bytes, JSON)).await;
            if got != 400 {
                wrong.push(format!("{} {got}: {shown}", route.line()));
            }
        }
        let long = format!("{body}{}", " ".repeat(BODY_BYTES_MAX));
        let got = status(&server, (route, token.as_str()), (long.into_bytes(), JSON)).await;
        if got != 413 {
            wrong.push(format!("{} {got}: over the limit", route.line()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let account = server.store.account(learner).await.expect("answered");
    assert_eq!(account.map(|account| account.name), Some(String::new()));
    server.stop().await;
}

#[actix_rt::test]
async fn a_body_that_is_not_said_to_be_json_is_refused_by_every_route() {
    let (server, _mailbox) = served("off").await;
    let (_, token) = stored(&server, &[RoleName::Admin], None).await;
    let kinds = [
        None,
        Some("nonsense"),
        Some("text/plain"),
        Some("text/plain;application/json"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/xml"),
        Some("application/octet-stream"),
    ];
    for route in described() {
        let Some(body) = &route.body else { continue };
        for kind in kinds {
            let sent = (body.to_string().into_bytes(), kind);
            let got = status(&server, (&route, token.as_str()), sent).await;
            assert_eq!(got, 415, "{} {kind:?}", route.line());
        }
    }
    server.stop().await;
}
