//! The devices that are signed in, as their owner sees and ends them.

use learnr_protocol::account::SignInList;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    CERTIFICATION, PASSWORD, account_status, post, registered, send, served, signed_in, stored,
};
use crate::harness::Server;

async fn listed(server: &Server, token: &str) -> SignInList {
    let listed = server.rest.get("/v1/account/sign-ins", token).await;
    listed.expect("the devices")
}

async fn end(server: &Server, path: &str, token: &str) -> u16 {
    let ended = send(server, (Method::DELETE, path), Some(token), &Value::Null);
    ended.await.status().as_u16()
}

#[actix_rt::test]
async fn a_device_is_signed_out_by_another_and_by_nobody_else() {
    let (server, mailbox) = served("off").await;
    let email = "ada@example.org";
    let here = registered((&server, &mailbox), email, None).await;
    let there = signed_in(&server, email).await;
    let devices = listed(&server, &here.token).await.sign_ins;
    assert_eq!(devices.len(), 2);
    let current: Vec<_> = devices.iter().filter(|device| device.current).collect();
    assert_eq!(current.len(), 1);
    let other = devices.iter().find(|device| !device.current);
    let path = format!("/v1/account/sign-ins/{}", other.expect("another").id);
    let (_, stranger) = stored(&server, &[], None).await;
    assert_eq!(end(&server, &path, &stranger).await, 404);
    assert_eq!(account_status(&server, &there.token).await, 200);
    assert_eq!(end(&server, &path, &here.token).await, 204);
    assert_eq!(account_status(&server, &there.token).await, 401);
    assert_eq!(end(&server, &path, &here.token).await, 404);
    let nowhere = "/v1/account/sign-ins/nonsense";
    assert_eq!(end(&server, nowhere, &here.token).await, 404);
    server.stop().await;
}

#[actix_rt::test]
async fn no_session_is_started_from_a_device_that_was_signed_out_nor_by_a_guest_who_has_an_account()
{
    let (server, mailbox) = served("off").await;
    let guest = server.rest.guest().await.expect("a guest").token;
    let email = "ada@example.org";
    let here = registered((&server, &mailbox), email, Some(&guest)).await;
    let there = signed_in(&server, email).await;
    assert_eq!(end(&server, "/v1/account/sign-ins", &here.token).await, 204);
    let asked = json!({"certification": CERTIFICATION, "kind": "practice"});
    for (token, status) in [(&guest, 401), (&there.token, 401), (&here.token, 201)] {
        let to = (Method::POST, "/v1/sessions");
        let reply = send(&server, to, Some(token), &asked).await;
        assert_eq!(reply.status(), status);
    }
    server.stop().await;
}

#[actix_rt::test]
async fn every_other_device_goes_and_this_one_stays() {
    let (server, mailbox) = served("off").await;
    let email = "ada@example.org";
    let here = registered((&server, &mailbox), email, None).await;
    let first = signed_in(&server, email).await;
    let second = signed_in(&server, email).await;
    let ended = end(&server, "/v1/account/sign-ins", &here.token).await;
    assert_eq!(ended, 204);
    assert_eq!(account_status(&server, &here.token).await, 200);
    for other in [first, second] {
        assert_eq!(account_status(&server, &other.token).await, 401);
    }
    assert_eq!(listed(&server, &here.token).await.sign_ins.len(), 1);
    server.stop().await;
}

#[actix_rt::test]
async fn a_changed_password_signs_the_other_devices_out() {
    let (server, mailbox) = served("off").await;
    let email = "ada@example.org";
    let here = registered((&server, &mailbox), email, None).await;
    let there = signed_in(&server, email).await;
    let chosen = "seven quiet lanterns drift";
    let wrong = json!({"current": "wrong", "new": chosen});
    let to = (Method::POST, "/v1/account/password");
    let reply = send(&server, to, Some(&here.token), &wrong).await;
    let told = reply.text().await.expect("a body");
    // Not as one who is signed out: the page would sign out who only mistyped.
    assert!(told.contains("\"wrong_password\""), "{told}");
    for (current, new, status) in [
        ("wrong", chosen, 403),
        (PASSWORD, "short", 422),
        (PASSWORD, email, 422),
        (PASSWORD, chosen, 204),
    ] {
        let body = json!({"current": current, "new": new});
        let to = (Method::POST, "/v1/account/password");
        let reply = send(&server, to, Some(&here.token), &body).await;
        assert_eq!(reply.status(), status, "{current} {new}");
    }
    assert_eq!(account_status(&server, &here.token).await, 200);
    assert_eq!(account_status(&server, &there.token).await, 401);
    let body = json!({"email": email, "password": chosen});
    let reply = post(&server, "/v1/auth/sign-in", &body).await;
    assert_eq!(reply.status(), 200);
    server.stop().await;
}
