//! What has run out: links of mails, whatever they were for.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, account_status, post, registered, send, served, signed_in};
use crate::harness::Server;

/// How long the link in a mail works.
const LINK: Duration = Duration::from_secs(30 * 60);
const CONFIRM: &str = "/v1/auth/confirm";
const RESET: &str = "/v1/auth/reset";
const ADA: &str = "ada@example.org";

/// Status of a link that is followed.
async fn followed(server: &Server, path: &str, body: &Value) -> u16 {
    let reply = post(server, path, body).await;
    assert!(reply.headers().get("set-cookie").is_none() || reply.status() == 200);
    reply.status().as_u16()
}

#[actix_rt::test]
async fn a_link_to_a_new_account_works_for_half_an_hour_and_another_one_after_it() {
    let (server, mailbox) = served("off").await;
    let asked = json!({"email": ADA, "name": ""});
    post(&server, "/v1/auth/register", &asked).await;
    let late = mailbox.mail(ADA, 1).await.token();
    server.advance(LINK);
    let opened = |token: String| json!({"token": token, "password": PASSWORD});
    assert_eq!(followed(&server, CONFIRM, &opened(late)).await, 404);
    let sign_in = json!({"email": ADA, "password": PASSWORD});
    assert_eq!(followed(&server, "/v1/auth/sign-in", &sign_in).await, 401);
    post(&server, "/v1/auth/register", &asked).await;
    let next = mailbox.mail(ADA, 2).await.token();
    server.advance(LINK - Duration::from_secs(1));
    assert_eq!(followed(&server, CONFIRM, &opened(next)).await, 200);
    server.stop().await;
}

#[actix_rt::test]
async fn a_link_to_another_password_that_has_run_out_changes_none() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), ADA, None).await;
    post(&server, "/v1/auth/forgot", &json!({"email": ADA})).await;
    let token = mailbox.mail(ADA, 2).await.token();
    server.advance(LINK);
    let body = json!({"token": token, "password": "seven quiet lanterns drift"});
    assert_eq!(followed(&server, RESET, &body).await, 404);
    signed_in(&server, ADA).await;
    // The device stays signed in: its token has run out, its cookie has not.
    let refreshed = super::with_cookie(&server, "/v1/auth/refresh", &device.cookie).await;
    assert_eq!(refreshed.status(), 200);
    server.stop().await;
}

#[actix_rt::test]
async fn a_link_to_another_address_that_has_run_out_changes_none() {
    let (server, mailbox) = served("off").await;
    let device = registered((&server, &mailbox), ADA, None).await;
    let other = "ada@example.net";
    let body = json!({"email": other, "password": PASSWORD});
    let to = (Method::POST, "/v1/account/email");
    let asked = send(&server, to, Some(&device.token), &body).await;
    assert_eq!(asked.status(), 202);
    let token = mailbox.mail(other, 1).await.token();
    server.advance(LINK);
    assert_eq!(
        followed(&server, CONFIRM, &json!({"token": token})).await,
        404
    );
    let by_other = json!({"email": other, "password": PASSWORD});
    assert_eq!(followed(&server, "/v1/auth/sign-in", &by_other).await, 401);
    signed_in(&server, ADA).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_token_that_has_run_out_or_is_of_another_kind_opens_nothing() {
    let (server, mailbox) = served("off").await;
    let client = server.practice().await;
    let device = registered((&server, &mailbox), ADA, None).await;
    let ticket = client.ticket().await.ticket;
    let refresh = device.cookie.trim_start_matches("learnr_refresh=");
    post(&server, "/v1/auth/forgot", &json!({"email": ADA})).await;
    let mailed = mailbox.mail(ADA, 2).await.token();
    for token in [
        client.token.as_str(),
        ticket.as_str(),
        refresh,
        mailed.as_str(),
    ] {
        let status = account_status(&server, token).await;
        // A guest is known, and has no account.
        let expected = if token == client.token { 403 } else { 401 };
        assert_eq!(status, expected);
    }
    server.advance(Duration::from_secs(180 * 86_400));
    for token in [client.token.as_str(), device.token.as_str()] {
        assert_eq!(account_status(&server, token).await, 401);
    }
    server.stop().await;
}
