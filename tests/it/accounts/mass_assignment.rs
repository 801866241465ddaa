//! Fields that a request may not have: what somebody is or may do is not theirs to say.

use learnr_protocol::account::AccountView;
use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, send, served, stored};

#[actix_rt::test]
async fn a_field_that_a_route_does_not_take_is_refused_and_nothing_is_done() {
    let (server, mailbox) = served("off").await;
    let (_, token) = stored(&server, &[], None).await;
    let account = Some(token.as_str());
    let register = json!({"email": "a@example.org", "name": ""});
    let sign_in = json!({"email": "a@example.org", "password": PASSWORD});
    let preferences =
        json!({"goals": [], "time_multiplier": 1, "theme": "dark", "reminders": false});
    for (method, path, token, body) in [
        (Method::POST, "/v1/auth/register", None, register),
        (Method::POST, "/v1/auth/sign-in", None, sign_in),
        (
            Method::PATCH,
            "/v1/account",
            account,
            json!({"name": "Eve"}),
        ),
        (
            Method::PUT,
            "/v1/learners/me/preferences",
            account,
            preferences,
        ),
    ] {
        for (field, value) in [
            ("roles", json!(["admin"])),
            ("role", json!("admin")),
            ("learner", json!("00000000-0000-0000-0000-000000000000")),
            ("has_account", Value::Bool(true)),
            ("created_ms", json!(0)),
        ] {
            let mut body = body.clone();
            body[field] = value;
            let reply = send(&server, (method.clone(), path), token, &body).await;
            assert_eq!(reply.status(), 400, "{path} {field}");
        }
    }
    let view: AccountView = server
        .rest
        .get("/v1/account", &token)
        .await
        .expect("an account");
    assert_eq!((view.name.as_str(), view.roles.len()), ("", 0));
    assert!(mailbox.arrived("a@example.org").is_empty());
    server.stop().await;
}
