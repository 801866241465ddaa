//! Signed in at a provider: what becomes of the sign-in before, and of an account that has neither an address nor a password.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::super::{Device, PASSWORD, cookie, post, registered, send, signed_in, with_cookie};
use super::browser::Browser;
use super::provider::{ADA, Person};
use super::scene;

const REFRESH: &str = "/v1/auth/refresh";

#[actix_rt::test]
async fn who_signs_in_anew_is_signed_out_of_what_the_browser_had() {
    let Some(scene) = scene("who_signs_in_anew_is_signed_out_of_what_the_browser_had").await else {
        return;
    };
    let server = &scene.server;
    let bob = registered((server, &scene.mailbox), "bob@example.org", None).await;
    let mut browser = Browser::of(server);
    browser.holds(&bob.cookie);
    let landed = browser.sign_in(None).await;
    let ada = scene.signed_in(&landed).await;
    assert_ne!(ada.learner, bob.learner);
    let before = with_cookie(server, REFRESH, &bob.cookie).await;
    assert_eq!(before.status(), 401, "nobody has that cookie any more");
    // So it is with a password, unless another site sent the browser.
    let body = json!({"email": "bob@example.org", "password": PASSWORD});
    let mut had = ada.cookie;
    for (origin, status) in [("https://evil.example", 200), ("", 401)] {
        let request = server.rest.request(Method::POST, "/v1/auth/sign-in", None);
        let request = request.header("cookie", &had).json(&body);
        let request = match origin {
            "" => request,
            origin => request.header("origin", origin),
        };
        let reply = request.send().await.expect("a reply");
        assert_eq!(reply.status(), 200, "{origin}");
        let before = with_cookie(server, REFRESH, &had).await;
        assert_eq!(before.status(), status, "{origin}");
        had = cookie(&before).unwrap_or(had);
    }
    scene.server.stop().await;
}

#[actix_rt::test]
async fn who_has_neither_address_nor_password_gives_one_right_after_signing_in() {
    let test = "who_has_neither_address_nor_password_gives_one_right_after_signing_in";
    let Some(scene) = scene(test).await else {
        return;
    };
    let (server, mailbox) = (&scene.server, &scene.mailbox);
    let unsaid = Person {
        verified: None,
        ..ADA
    };
    scene.provider.person(&unsaid).await;
    let late = scene.device(None).await;
    let give = async |device: &Device, email: &str| {
        let body = json!({"email": email, "password": ""});
        let to = (Method::POST, "/v1/account/email");
        let asked = send(server, to, Some(&device.token), &body).await;
        asked.status().as_u16()
    };
    server.advance(Duration::from_secs(600));
    assert_eq!(give(&late, "late@example.org").await, 409);
    assert!(mailbox.arrived("late@example.org").is_empty());
    let device = scene.device(None).await;
    assert_eq!(give(&device, "ada@example.net").await, 202);
    let token = mailbox.mail("ada@example.net", 1).await.token();
    let to = (Method::POST, "/v1/auth/confirm");
    let confirm = json!({"token": token});
    let confirmed = send(server, to, Some(&device.token), &confirm).await;
    let device = Device::of(confirmed).await;
    // With an address there is a way to a password, and from then on it is asked for.
    assert_eq!(give(&device, "eve@example.net").await, 409);
    let forgot = json!({"email": "ada@example.net"});
    assert_eq!(post(server, "/v1/auth/forgot", &forgot).await.status(), 202);
    let token = mailbox.mail("ada@example.net", 2).await.token();
    let reset = json!({"token": token, "password": PASSWORD});
    let reset = Device::of(post(server, "/v1/auth/reset", &reset).await).await;
    assert_eq!(reset.learner, device.learner);
    let device = signed_in(server, "ada@example.net").await;
    assert_eq!(give(&device, "eve@example.net").await, 403);
    scene.server.stop().await;
}
