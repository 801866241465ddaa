//! Pages of another site: what they can make a browser send does nothing, and what is answered they cannot read.

use learnr::http::access::{Who, table};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};

use super::roles::{filled, sent};
use super::{Device, account_status, cookie, registered, send, served};
use crate::harness::Server;

const EVIL: &str = "https://evil.example";
const LISTED: &str = "https://learn.example";

/// A request as a browser sends it for a page of `origin`: with the cookie, without a token, without a header that a form cannot have.
fn from_page(server: &Server, to: (Method, &str), device: &Device, origin: &str) -> RequestBuilder {
    let request = server.rest.request(to.0, to.1, None);
    request
        .header("cookie", &device.cookie)
        .header("origin", origin)
}

/// Status of a request, once no cookie is found in its answer.
async fn status(request: RequestBuilder) -> u16 {
    let reply = request.send().await.expect("a reply");
    assert_eq!(cookie(&reply), None);
    reply.status().as_u16()
}

#[actix_rt::test]
async fn a_form_of_another_site_changes_nothing_whatever_it_is_sent_to() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    let session = uuid::Uuid::new_v4().to_string();
    let lines = table();
    // A guest may be made by whoever comes: the page that asked cannot read whose token it is.
    let changing = lines
        .iter()
        .filter(|rule| rule.method != "GET" && rule.path != "/v1/guests");
    for rule in changing {
        for kind in [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/plain",
        ] {
            let path = filled(rule.path, &session);
            let request = from_page(&server, (sent(&rule.method), &path), &device, EVIL);
            let request = request.header("content-type", kind).body("confirm=delete");
            let got = status(request).await;
            // Mail programs send a form there: what it takes is the link of a mail, which no other site has.
            let lacks_the_link = rule.path == "/v1/reminders/stop" && got == 400;
            let refused = lacks_the_link || matches!(got, 401 | 403 | 415);
            assert!(refused, "{} {path} {kind}: {got}", rule.method);
        }
    }
    assert_eq!(account_status(&server, &device.token).await, 200);
    assert_eq!(mailbox.arrived("ada@example.org").len(), 1);
    server.stop().await;
}

#[actix_rt::test]
async fn the_cookie_alone_opens_no_route_that_tells_something() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    let session = uuid::Uuid::new_v4().to_string();
    let lines = table();
    let telling = lines
        .iter()
        .filter(|rule| rule.method == "GET" && rule.who != Who::Anyone);
    for rule in telling {
        let path = filled(rule.path, &session);
        let own = format!("http://{}", server.rest.base().authority());
        let request = from_page(&server, (Method::GET, &path), &device, &own);
        let request = request.header("x-learnr-request", "1");
        assert_eq!(status(request).await, 401, "{path}");
    }
    server.stop().await;
}

/// What a browser is told of who may read an answer.
async fn told(request: RequestBuilder) -> (HeaderMap, Option<String>) {
    let reply = request.send().await.expect("a reply");
    let headers = reply.headers().clone();
    let may = headers.get("access-control-allow-origin");
    let may = may.map(|may| may.to_str().expect("text").to_owned());
    (headers, may)
}

#[actix_rt::test]
async fn only_pages_of_listed_origins_read_answers_and_never_with_the_cookie() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    for (origin, may) in [
        (LISTED, Some(LISTED)),
        (EVIL, None),
        ("https://learn.example.evil.example", None),
        ("http://learn.example", None),
        ("null", None),
    ] {
        for path in ["/v1/account", "/v1/auth/refresh", "/v1/certifications"] {
            for method in [Method::OPTIONS, Method::GET, Method::POST] {
                let request = from_page(&server, (method.clone(), path), &device, origin);
                let request = request
                    .header("access-control-request-method", "POST")
                    .header("access-control-request-headers", "authorization");
                let (headers, read_by) = told(request).await;
                assert_eq!(read_by.as_deref(), may, "{method} {path} {origin}");
                let with_cookie = headers.contains_key("access-control-allow-credentials");
                assert!(!with_cookie, "{method} {path} {origin}");
            }
        }
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_page_of_another_site_opens_no_socket_with_the_cookie_of_whoever_looks_at_it() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    let start = serde_json::json!({"certification": super::CERTIFICATION, "kind": "practice"});
    let to = (Method::POST, "/v1/sessions");
    let started = send(&server, to, Some(&device.token), &start).await;
    let started: serde_json::Value = started.json().await.expect("a session");
    let path = started["path"].as_str().expect("where its socket is");
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "bGVhcm5yLWxvYWR0ZXN0IQ=="),
        ("sec-websocket-protocol", "learnr.v1.json"),
    ];
    for origin in [EVIL, "null", "https://learn.example.evil.example"] {
        let request = from_page(&server, (Method::GET, path), &device, origin);
        let with =
            |request: RequestBuilder, (name, value): &(&str, &str)| request.header(*name, *value);
        assert_eq!(
            status(upgrade.iter().fold(request, with)).await,
            403,
            "{origin}"
        );
    }
    server.stop().await;
}
