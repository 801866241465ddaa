//! Requests for sessions that cannot be started, or cannot go on.

use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, ErrorCode, SessionKind};
use reqwest::Method;
use serde_json::{Value, json};

use super::rest::refusal;
use crate::harness::{Client, Server, closed, demonstration, hello};

/// Longest body that a route takes, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// A body that starts a session, with one field changed.
fn body(field: &str, value: Value) -> String {
    let mut body = serde_json::to_value(demonstration(SessionKind::Practice)).expect("JSON");
    body[field] = value;
    body.to_string()
}

/// Posts bodies to `/v1/sessions`, each to be refused with the status and code beside it.
async fn check(cases: &[(String, u16, ErrorCode)]) {
    let server = Server::start().await;
    let guest = server.rest.guest().await.expect("a guest");
    for (body, status, code) in cases {
        let request = server
            .rest
            .request(Method::POST, "/v1/sessions", Some(&guest.token))
            .header("content-type", "application/json")
            .body(body.clone());
        let refused = refusal(request).await;
        let case: String = body.chars().take(100).collect();
        assert_eq!(
            (refused.status, refused.error.code),
            (*status, *code),
            "{case} {:?}",
            refused.error
        );
    }
    let list = server
        .rest
        .request(Method::GET, "/v1/sessions?status=open", Some(&guest.token));
    let listed: Value = list
        .send()
        .await
        .expect("a reply")
        .json()
        .await
        .expect("JSON");
    assert_eq!(listed, json!({"sessions": []}), "nothing was started");
    server.stop().await;
}

#[actix_rt::test]
async fn a_body_that_is_not_what_the_route_takes_is_refused() {
    let bad = |body: String| (body, 400, ErrorCode::BadRequest);
    let text = |text: &str| bad(text.to_owned());
    let big = format!(
        "{}{}",
        body("kind", json!("practice")),
        " ".repeat(BODY_BYTES_MAX)
    );
    check(&[
        text(""),
        text("{"),
        text("[]"),
        text("null"),
        text("{}"),
        bad("[".repeat(10_000)),
        bad(body("kind", json!("marathon"))),
        bad(body("certification", json!(7))),
        bad(body("length", json!(70_000))),
        bad(body("length", json!(-5))),
        bad(body("areas", json!("all"))),
        bad(body("concepts", json!("all"))),
        bad(body("lenght", json!(5))),
        (big, 413, ErrorCode::PayloadTooLarge),
    ])
    .await;
}

#[actix_rt::test]
async fn settings_out_of_range_are_refused() {
    let out = |field: &str, value: Value| (body(field, value), 422, ErrorCode::BadRequest);
    check(&[
        out("length", json!(0)),
        out("length", json!(4)),
        out("length", json!(201)),
        out("time_limit_minutes", json!(0)),
        out("time_limit_minutes", json!(601)),
        out("areas", json!(["nowhere"])),
        out("areas", json!(["not an id!"])),
        out("concepts", json!(["nothing-of-the-kind"])),
        out("concepts", json!(["not an id!"])),
        out("concepts", json!(["interviews"])),
        out("kind", json!("focused")),
    ])
    .await;
}

#[actix_rt::test]
async fn a_certification_that_is_not_there_is_not_found() {
    let unknown = |id: &str| (body("certification", json!(id)), 404, ErrorCode::NotFound);
    check(&[
        unknown("astrology"),
        unknown(""),
        unknown("../demo"),
        unknown(&"x".repeat(5_000)),
    ])
    .await;
}

#[actix_rt::test]
async fn areas_are_refused_where_a_session_is_about_all_of_them() {
    let server = Server::start().await;
    let listed = server.rest.certifications().await.expect("the list");
    let area = &listed.certifications[0].areas[0].id;
    check(&[(body("areas", json!([area])), 422, ErrorCode::BadRequest)]).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_review_of_nothing_missed_has_no_questions() {
    let kind = body("kind", json!("review"));
    check(&[(kind, 422, ErrorCode::NoItems)]).await;
}

#[actix_rt::test]
async fn a_body_of_another_type_is_refused() {
    let server = Server::start().await;
    let guest = server.rest.guest().await.expect("a guest");
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("nonsense"),
    ] {
        let mut request = server
            .rest
            .request(Method::POST, "/v1/sessions", Some(&guest.token))
            .body(body("kind", json!("practice")));
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let refused = refusal(request).await;
        assert_eq!(
            (refused.status, refused.error.code),
            (415, ErrorCode::BadRequest),
            "{kind:?}"
        );
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_list_that_is_not_offered_is_refused() {
    let server = Server::start().await;
    let guest = server.rest.guest().await.expect("a guest");
    for query in [
        "",
        "?status=closed",
        "?status=open&page=2",
        "?status=open&status=open",
    ] {
        let path = format!("/v1/sessions{query}");
        let refused = refusal(server.rest.request(Method::GET, &path, Some(&guest.token))).await;
        assert_eq!(
            (refused.status, refused.error.code),
            (400, ErrorCode::BadRequest),
            "{query}"
        );
    }
    server.stop().await;
}

#[actix_rt::test]
async fn starting_the_same_session_twice_at_once_starts_one() {
    let server = Server::start().await;
    let guest = server.rest.guest().await.expect("a guest");
    let create: CreateSession = demonstration(SessionKind::Practice);
    let start = || server.rest.create_session(&guest.token, &create);
    let (one, other) = futures_util::future::join(start(), start()).await;
    let (one, other) = (one.expect("a session"), other.expect("a session"));
    assert_eq!(one.session_id, other.session_id);
    assert_ne!(one.resumed, other.resumed);
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_that_a_fault_stopped_is_said_to_be_that_and_nothing_else() {
    let server = Server::start().await;
    let guest = server.rest.guest().await.expect("a guest");
    let create = demonstration(SessionKind::Practice);
    let ticket = server.rest.create_session(&guest.token, &create).await;
    let ticket = ticket.expect("a session");
    server.make_faulted(&ticket.session_id).await;
    let path = format!("/v1/sessions/{}", ticket.session_id);
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::GET, format!("{path}/summary")),
        (Method::POST, format!("{path}/tickets")),
    ] {
        let request = server.rest.request(method, &path, Some(&guest.token));
        let refused = refusal(request).await;
        assert_eq!(
            (refused.status, refused.error.code),
            (409, ErrorCode::Faulted)
        );
        assert!(!refused.error.retryable);
    }
    // With a ticket from before, it is told to come back for another, and hears the rest there.
    let mut socket = Client::dial(&server.rest, &ticket.session_id, Encoding::MsgPack).await;
    socket
        .send(&hello(&ticket.ticket, None))
        .await
        .expect("sent");
    assert_eq!(closed(&mut socket).await, 1011);
    let again = server.rest.create_session(&guest.token, &create).await;
    assert!(!again.expect("another session").resumed);
    server.stop().await;
}
