//! The cookie that keeps a device signed in: used, used at once by two tabs, and sent by somebody else's page.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::{Device, PASSWORD, account_status, cookie, post, registered, served, with_cookie};

const REFRESH: &str = "/v1/auth/refresh";

#[actix_rt::test]
async fn a_token_lasts_a_quarter_of_an_hour_and_the_cookie_gives_the_next() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    server.advance(Duration::from_secs(15 * 60 - 1));
    assert_eq!(account_status(&server, &device.token).await, 200);
    server.advance(Duration::from_secs(1));
    assert_eq!(account_status(&server, &device.token).await, 401);
    let next = Device::of(with_cookie(&server, REFRESH, &device.cookie).await).await;
    assert_eq!(account_status(&server, &next.token).await, 200);
    assert_ne!(next.cookie, device.cookie);
    server.advance(Duration::from_secs(61 * 86_400));
    let refused = with_cookie(&server, REFRESH, &next.cookie).await;
    assert_eq!(refused.status(), 401, "nobody used it for two months");
    server.stop().await;
}

#[actix_rt::test]
async fn two_tabs_that_refresh_at_once_both_stay_signed_in() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    let one = Device::of(with_cookie(&server, REFRESH, &device.cookie).await).await;
    let other = Device::of(with_cookie(&server, REFRESH, &device.cookie).await).await;
    server.advance(Duration::from_secs(600));
    for tab in [one, other] {
        assert_eq!(account_status(&server, &tab.token).await, 200);
        let next = with_cookie(&server, REFRESH, &tab.cookie).await;
        assert_eq!(next.status(), 200);
    }
    server.stop().await;
}

#[actix_rt::test]
async fn a_page_of_somebody_else_can_use_the_cookie_for_nothing() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    let own = format!("http://{}", server.rest.base().authority());
    for path in [REFRESH, "/v1/auth/sign-out"] {
        for headers in [
            vec![],
            vec![("x-learnr-request", "0")],
            vec![("origin", own.as_str())],
            vec![
                ("x-learnr-request", "1"),
                ("origin", "https://evil.example"),
            ],
            vec![("x-learnr-request", "1"), ("origin", "null")],
        ] {
            let request = server.rest.request(Method::POST, path, None);
            let request = request.header("cookie", &device.cookie);
            let with = |request: reqwest::RequestBuilder, (name, value): &(&str, &str)| {
                request.header(*name, *value)
            };
            let reply = headers.iter().fold(request, with).send().await;
            let reply = reply.expect("a reply");
            assert_eq!(reply.status(), 403, "{path} {headers:?}");
            assert!(cookie(&reply).is_none());
        }
    }
    assert_eq!(account_status(&server, &device.token).await, 200);
    for origin in [own.as_str(), "https://learn.example"] {
        let request = server.rest.request(Method::POST, REFRESH, None);
        let request = request
            .header("cookie", &device.cookie)
            .header("x-learnr-request", "1")
            .header("origin", origin);
        let reply = request.send().await.expect("a reply");
        assert_eq!(reply.status(), 200, "{origin}");
    }
    // A form cannot send JSON: nobody is signed in to somebody else's account.
    let body = json!({"email": "ada@example.org", "password": PASSWORD});
    let request = server.rest.request(Method::POST, "/v1/auth/sign-in", None);
    let request = request
        .header("content-type", "text/plain")
        .body(body.to_string());
    assert_eq!(request.send().await.expect("a reply").status(), 415);
    server.stop().await;
}

#[actix_rt::test]
async fn signing_out_holds_at_once_and_can_be_done_again() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    for _ in 0..2 {
        let out = with_cookie(&server, "/v1/auth/sign-out", &device.cookie).await;
        assert_eq!(out.status(), 204);
        assert_eq!(cookie(&out).as_deref(), Some("learnr_refresh="));
    }
    assert_eq!(account_status(&server, &device.token).await, 401);
    let refused = with_cookie(&server, REFRESH, &device.cookie).await;
    assert_eq!(refused.status(), 401);
    for path in [REFRESH, "/v1/auth/sign-out"] {
        let reply = with_cookie(&server, path, "learnr_refresh=nonsense").await;
        let expected = if path == REFRESH { 401 } else { 204 };
        assert_eq!(reply.status(), expected);
    }
    let body = json!({"email": "ada@example.org", "password": PASSWORD});
    let reply = post(&server, "/v1/auth/sign-in", &body).await;
    let set = reply.headers()["set-cookie"].to_str().expect("text");
    for part in ["Path=/v1/auth", "HttpOnly", "SameSite=Strict"] {
        assert!(set.contains(part), "{set}");
    }
    server.stop().await;
}
