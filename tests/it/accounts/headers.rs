//! What every answer says to browsers: of every route, to whom it answers and whom it refuses, and of every file of the page.

use learnr::http::access::table;
use learnr::store::RoleName;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use serde_json::json;

use super::roles::{filled, sent};
use super::{CERTIFICATION, stored};
use crate::harness::Server;

/// What is missing for an answer to be read as data by its reader alone, and shown in nobody's frame.
pub(super) fn runs_nothing(headers: &HeaderMap) -> Vec<String> {
    let mut faults = Vec::new();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    for (name, wanted) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
    ] {
        if text(name) != Some(wanted) {
            faults.push(format!("{name}: {:?}", text(name)));
        }
    }
    let policy = text("content-security-policy").unwrap_or_default();
    let has = |part: &str| policy.split(';').any(|directive| directive.trim() == part);
    let open = [
        "unsafe-inline",
        "unsafe-eval",
        "*",
        "http:",
        "https:",
        "blob:",
    ];
    let open = open
        .iter()
        .any(|word| policy.split([' ', ';', '\'']).any(|part| part == *word));
    let closed = [
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ];
    if !closed.iter().all(|part| has(part)) || open {
        faults.push(format!("content-security-policy: {policy}"));
    }
    faults
}

/// What is missing in the answer to a request.
fn faults(what: &str, reply: &Response) -> Vec<String> {
    let headers = reply.headers();
    let mut faults = runs_nothing(headers);
    for name in ["cache-control", "x-request-id"] {
        if !headers.contains_key(name) {
            faults.push(format!("no {name}"));
        }
    }
    let kept = headers
        .get("cache-control")
        .is_some_and(|kept| kept != "no-store");
    if what.contains(" /v1") && kept {
        faults.push("it may be kept".to_owned());
    }
    let tls = headers.get("strict-transport-security");
    if tls.is_none_or(|tls| tls != "max-age=31536000") {
        faults.push(format!("strict-transport-security: {tls:?}"));
    }
    let status = reply.status();
    let named = |fault: &String| format!("{what}: {status}: {fault}");
    faults.iter().map(named).collect()
}

async fn asked(server: &Server, (method, path): (Method, &str), token: Option<&str>) -> Response {
    let what = format!("{method} {path}");
    let request = server.rest.request(method, path, token).json(&json!({}));
    request
        .send()
        .await
        .unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// A server that is found over TLS, as far as it knows.
async fn behind_tls() -> Server {
    let url = "https://learn.example";
    Server::flagged(&[
        "--public-url",
        url,
        "--mail-to-log",
        "--rate-limits",
        "off",
        "--origins",
        url,
    ])
    .await
}

#[actix_rt::test]
async fn every_route_says_what_browsers_must_not_do_with_its_answer_and_with_its_refusal() {
    let server = behind_tls().await;
    let client = server.practice().await;
    let mut missing = Vec::new();
    for rule in table() {
        let method = sent(&rule.method);
        let path = filled(rule.path, &client.session);
        // Whoever may: a fresh one each time, since some calls end what they are called with.
        let roles = [RoleName::Author, RoleName::Admin];
        let (_, token) = stored(&server, &roles, Some(CERTIFICATION)).await;
        for token in [None, Some(token.as_str()), Some("nonsense")] {
            let reply = asked(&server, (method.clone(), &path), token).await;
            missing.extend(faults(&format!("{method} {path}"), &reply));
        }
        for method in [Method::OPTIONS, Method::TRACE, Method::HEAD] {
            let reply = asked(&server, (method.clone(), &path), None).await;
            missing.extend(faults(&format!("{method} {path}"), &reply));
            assert!(
                method == Method::OPTIONS || reply.status() == 405,
                "{method} {path}"
            );
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    server.stop().await;
}

#[actix_rt::test]
async fn every_file_of_the_page_and_every_refusal_outside_routes_says_so_as_well() {
    let server = behind_tls().await;
    let index = asked(&server, (Method::GET, "/"), None).await;
    let mut missing = faults("GET /", &index);
    assert_eq!(index.headers()["content-type"], "text/html; charset=utf-8");
    let page = index.text().await.expect("the page");
    let assets = page.split('"').filter(|part| part.starts_with("/assets/"));
    let assets: Vec<&str> = assets.collect();
    assert!(!assets.is_empty(), "{page}");
    let others = [
        "/index.html",
        "/progress",
        "/nothing.js",
        "/..%2f..%2fetc%2fpasswd",
        "/%00",
        "/v1",
        "/v1/nothing",
        "/v1/sessions?%00",
        "/v1/ws/sessions/x",
        "/v1/ws/sessions/00000000-0000-0000-0000-000000000000",
    ];
    for path in assets.iter().chain(&others) {
        for method in [Method::GET, Method::POST, Method::HEAD] {
            let reply = asked(&server, (method.clone(), path), None).await;
            missing.extend(faults(&format!("{method} {path}"), &reply));
        }
    }
    for (name, value) in [
        ("if-none-match", "*"),
        ("accept-encoding", "identity;q=0, *;q=0"),
        ("origin", "https://evil.example"),
        ("origin", "https://learn.example"),
        ("range", "bytes=0-1"),
    ] {
        for path in ["/", "/v1/certifications"] {
            let request = server.rest.request(Method::GET, path, None);
            let reply = request.header(name, value).send().await;
            let reply = reply.expect("a reply");
            missing.extend(faults(&format!("GET {path} {name}: {value}"), &reply));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    server.stop().await;
}
