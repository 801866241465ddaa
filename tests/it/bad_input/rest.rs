//! REST requests that cannot be served. Every one gets the envelope, and a status that says whose fault it is.

use std::time::Duration;

use learnr_protocol::ErrorCode;
use learnr_protocol::rest::{ErrorBody, ErrorEnvelope};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};

use crate::harness::Server;

/// A refusal: its status, its headers, and what the envelope says.
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) error: ErrorBody,
}

/// Sends a request that is to be refused, and holds that the refusal is the envelope.
pub(super) async fn refusal(request: RequestBuilder) -> Refusal {
    let reply = request.send().await.expect("a reply");
    let status = reply.status().as_u16();
    let headers = reply.headers().clone();
    let body = reply.text().await.expect("a body");
    assert!(status >= 400, "{status} {body}");
    assert_eq!(
        headers["content-type"], "application/json",
        "{status} {body}"
    );
    let envelope: ErrorEnvelope = serde_json::from_str(&body).expect("the envelope");
    let error = envelope.error;
    assert!(error.request_id.parse::<uuid::Uuid>().is_ok(), "{error:?}");
    assert!(!error.message.is_empty(), "{error:?}");
    Refusal {
        status,
        headers,
        error,
    }
}

/// Every route that asks who is asking.
fn protected(session: &str) -> Vec<(Method, String)> {
    vec![
        (
            Method::GET,
            "/v1/certifications/business-analysis-foundations/standing".to_owned(),
        ),
        (Method::POST, "/v1/sessions".to_owned()),
        (Method::GET, "/v1/sessions?status=open".to_owned()),
        (Method::GET, "/v1/sessions/history".to_owned()),
        (Method::GET, format!("/v1/sessions/{session}")),
        (Method::GET, format!("/v1/sessions/{session}/answers")),
        (Method::GET, format!("/v1/sessions/{session}/summary")),
        (Method::POST, format!("/v1/sessions/{session}/tickets")),
    ]
}

#[actix_rt::test]
async fn a_request_without_a_token_of_ours_is_told_to_get_one() {
    let server = Server::start().await;
    let client = server.practice().await;
    let ticket = client.ticket().await.ticket;
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    let forged = format!("{}x", client.token);
    let credentials = [
        None,
        Some(client.token.clone()),
        Some("Basic bGVhcm46ZXI=".to_owned()),
        bearer(""),
        bearer("nonsense"),
        bearer(&forged),
        bearer(&client.token[..client.token.len() - 1]),
        bearer(&ticket),
    ];
    for (method, path) in protected(&client.session) {
        for credential in &credentials {
            let mut request = server.rest.request(method.clone(), &path, None);
            if let Some(credential) = credential {
                request = request.header("authorization", credential);
            }
            let refused = refusal(request).await;
            assert_eq!(
                (refused.status, refused.error.code),
                (401, ErrorCode::Unauthorized)
            );
            assert_eq!(refused.headers["www-authenticate"], "Bearer");
            assert!(
                refused.error.message.contains("/v1/guests"),
                "{:?}",
                refused.error
            );
        }
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_token_expires_after_half_a_year() {
    let server = Server::manual().await;
    let guest = server.rest.guest().await.expect("a guest");
    let list = || {
        server
            .rest
            .request(Method::GET, "/v1/sessions?status=open", Some(&guest.token))
    };
    server.advance(Duration::from_secs(180 * 86_400 - 1));
    assert!(list().send().await.expect("a reply").status().is_success());
    server.advance(Duration::from_secs(1));
    let refused = refusal(list()).await;
    assert_eq!(
        (refused.status, refused.error.code),
        (401, ErrorCode::Unauthorized)
    );
    server.stop().await;
}

#[actix_rt::test]
async fn a_session_of_another_learner_is_not_there() {
    let server = Server::start().await;
    let client = server.practice().await;
    let stranger = server.rest.guest().await.expect("a guest");
    let mut ids = vec![client.session.clone(), uuid::Uuid::new_v4().to_string()];
    ids.extend(["1", "not-a-uuid", "%ff", "%00", "..%2fguests"].map(ToOwned::to_owned));
    let mut messages = Vec::new();
    for id in &ids {
        for (method, path) in protected(id).into_iter().skip(4) {
            let refused = refusal(server.rest.request(method, &path, Some(&stranger.token))).await;
            assert_eq!(
                (refused.status, refused.error.code),
                (404, ErrorCode::NotFound),
                "{path}"
            );
            messages.push(refused.error.message);
        }
    }
    assert_eq!(
        messages[0], messages[4],
        "one's own and nobody's are not told apart"
    );
    let ticket = server.rest.ticket(&stranger.token, &client.session).await;
    assert_eq!(ticket.err().and_then(|error| error.status()), Some(404));
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_summary_is_not_there_before_the_end() {
    let server = Server::start().await;
    let client = server.practice().await;
    let path = format!("/v1/sessions/{}/summary", client.session);
    let refused = refusal(server.rest.request(Method::GET, &path, Some(&client.token))).await;
    assert_eq!(
        (refused.status, refused.error.code),
        (404, ErrorCode::NotFound)
    );
    server.stop().await;
}

#[actix_rt::test]
async fn a_route_that_is_not_there_is_not_found() {
    let server = Server::start().await;
    let cases = [
        (Method::GET, "/v1"),
        (Method::GET, "/v1/"),
        (Method::GET, "/v1/exams"),
        (Method::POST, "/v1/guests/7"),
        (Method::GET, "/v1/sessions/a/b/c"),
        (Method::GET, "/assets/nothing.js"),
        (Method::GET, "/..%2f..%2fetc%2fpasswd.txt"),
    ];
    for (method, path) in cases {
        let refused = refusal(server.rest.request(method, path, None)).await;
        assert_eq!(
            (refused.status, refused.error.code),
            (404, ErrorCode::NotFound),
            "{path}"
        );
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_method_that_a_path_does_not_take_is_refused_with_those_it_takes() {
    let server = Server::start().await;
    let cases = [
        (Method::GET, "/v1/guests", "POST"),
        (Method::DELETE, "/v1/sessions", "POST, GET"),
        (Method::PUT, "/v1/sessions/a", "GET"),
        (Method::POST, "/v1/sessions/a/summary", "GET"),
        (Method::GET, "/v1/sessions/a/tickets", "POST"),
        (Method::POST, "/v1/ws/sessions/a", "GET"),
        (Method::POST, "/v1/certifications", "GET"),
        (Method::POST, "/healthz", "GET"),
        (Method::POST, "/", "GET, HEAD"),
    ];
    for (method, path, allow) in cases {
        let refused = refusal(server.rest.request(method, path, None)).await;
        assert_eq!(
            (refused.status, refused.error.code),
            (405, ErrorCode::MethodNotAllowed),
            "{path}"
        );
        assert_eq!(refused.headers["allow"], allow, "{path}");
    }
    server.stop().await;
}

#[actix_rt::test]
async fn guests_over_the_limit_are_told_when_to_come_again() {
    let server = Server::with(crate::harness::ServerOptions {
        flags: ["--guests-per-minute", "2"].map(str::to_owned).to_vec(),
        manual_clock: true,
        ..crate::harness::ServerOptions::default()
    })
    .await;
    let create = || server.rest.request(Method::POST, "/v1/guests", None);
    let guest = server.rest.guest().await.expect("a guest");
    server.rest.guest().await.expect("another");
    let refused = refusal(create()).await;
    assert_eq!(
        (refused.status, refused.error.code),
        (429, ErrorCode::RateLimited)
    );
    assert!(refused.error.retryable);
    assert_eq!(refused.headers["retry-after"], "30");
    let listed = server
        .rest
        .request(Method::GET, "/v1/sessions?status=open", Some(&guest.token));
    assert!(
        listed.send().await.expect("a reply").status().is_success(),
        "guests there are go on"
    );
    server.advance(Duration::from_secs(30));
    assert_eq!(create().send().await.expect("a reply").status(), 201);
    server.stop().await;
}

#[actix_rt::test]
async fn nobody_stands_anywhere_in_a_certification_that_is_not_there() {
    let server = Server::start().await;
    let guest = server.rest.guest().await.expect("a guest");
    let long = "x".repeat(3_000);
    for id in ["astrology", "%20", "..%2Fdemo", &long] {
        let path = format!("/v1/certifications/{id}/standing");
        let refused = refusal(server.rest.request(Method::GET, &path, Some(&guest.token))).await;
        assert_eq!(
            (refused.status, refused.error.code),
            (404, ErrorCode::NotFound),
            "{id}"
        );
    }
    let path = "/v1/certifications/business-analysis-foundations/standing";
    let refused = refusal(server.rest.request(Method::POST, path, Some(&guest.token))).await;
    assert_eq!(refused.status, 405);
    server.stop().await;
}
