//! Deleting an account: what whoever finds a device signed in cannot do.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, account_status, registered, send, served, stored};
use crate::harness::Server;

/// Asks for the deletion of an account; the status, and the code of a refusal.
async fn asked(server: &Server, token: &str, body: &Value) -> (u16, String) {
    let to = (Method::DELETE, "/v1/learners/me");
    let reply = send(server, to, Some(token), body).await;
    let status = reply.status().as_u16();
    let body: Value = reply.json().await.expect("a body");
    let code = body["error"]["code"].as_str().unwrap_or_default();
    (status, code.to_owned())
}

#[actix_rt::test]
async fn an_account_is_deleted_by_its_password_alone() {
    let (server, mailbox) = served("on").await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    let missing = [
        json!({"confirm": "delete"}),
        json!({"confirm": "delete", "password": null}),
    ];
    for body in missing {
        let refused = asked(&server, &device.token, &body).await;
        assert_eq!(refused, (403, "wrong_password".to_owned()), "{body}");
    }
    let guess = json!({"confirm": "delete", "password": "a guess"});
    for _ in 0..28 {
        let refused = asked(&server, &device.token, &guess).await;
        assert_eq!(refused, (403, "wrong_password".to_owned()));
    }
    assert_eq!(account_status(&server, &device.token).await, 200);
    let right = json!({"confirm": "delete", "password": PASSWORD});
    let (deleted, _) = asked(&server, &device.token, &right).await;
    assert_eq!(deleted, 200);
    assert_eq!(account_status(&server, &device.token).await, 401);
    server.stop().await;
}

#[actix_rt::test]
async fn an_account_without_a_password_is_deleted_by_who_has_just_signed_in() {
    let (server, _mailbox) = served("off").await;
    let body = json!({"confirm": "delete"});
    let (_, old) = stored(&server, &[], None).await;
    server.advance(Duration::from_secs(601));
    let refused = asked(&server, &old, &body).await;
    assert_eq!(refused, (403, "forbidden".to_owned()));
    assert_eq!(account_status(&server, &old).await, 200);
    let (_, fresh) = stored(&server, &[], None).await;
    server.advance(Duration::from_secs(599));
    assert_eq!(asked(&server, &fresh, &body).await.0, 200);
    server.stop().await;
}
