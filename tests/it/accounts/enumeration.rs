//! Whether an address is known is told to its owner alone.

use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, post, registered, send, served, stored};
use crate::harness::Server;

/// How often a password was hashed so far: what an answer takes its time for.
async fn hashed(server: &Server) -> u32 {
    server.figure("learnr_password_hashes_total").await
}

/// Status and body of a reply, without the id of the request, and how many passwords were hashed for it.
async fn told(server: &Server, path: &str, token: Option<&str>, body: &Value) -> (u16, Value, u32) {
    let before = hashed(server).await;
    let reply = send(server, (Method::POST, path), token, body).await;
    let status = reply.status().as_u16();
    let text = reply.text().await.expect("a body");
    let mut body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if let Some(error) = body.get_mut("error").and_then(Value::as_object_mut) {
        error.remove("request_id");
    }
    (status, body, hashed(server).await - before)
}

#[actix_rt::test]
async fn no_route_tells_a_known_address_from_an_unknown_one() {
    let (server, mailbox) = served("off").await;
    registered((&server, &mailbox), "known@example.org", None).await;
    let asked = |email: &str| {
        [
            (
                "/v1/auth/sign-in",
                json!({"email": email, "password": "wrong but long enough"}),
            ),
            ("/v1/auth/forgot", json!({"email": email})),
            ("/v1/auth/register", json!({"email": email, "name": ""})),
        ]
    };
    let known = asked("known@example.org");
    let unknown = asked("unknown@example.org");
    for ((path, known), (_, unknown)) in known.iter().zip(&unknown) {
        let known = told(&server, path, None, known).await;
        let unknown = told(&server, path, None, unknown).await;
        assert_eq!(known, unknown, "{path}");
    }
    // What differs is in the mail: a reset and a word that there is an account, or one that asks to confirm.
    mailbox.mail("known@example.org", 3).await;
    let mails = mailbox.arrived("known@example.org");
    assert!(mails.iter().any(|mail| mail.text.contains("/reset?token=")));
    let already = |text: &str| text.contains("has one already") && !text.contains("token=");
    assert!(mails.iter().any(|mail| already(&mail.text)));
    let mail = mailbox.mail("unknown@example.org", 1).await;
    assert!(mail.text.contains("/confirm?token="));
    server.stop().await;
}

#[actix_rt::test]
async fn another_address_is_taken_alike_whether_somebody_has_it_or_not() {
    let (server, mailbox) = served("off").await;
    registered((&server, &mailbox), "known@example.org", None).await;
    let device = registered((&server, &mailbox), "ada@example.org", None).await;
    let asked = async |email: &str| {
        let body = json!({"email": email, "password": PASSWORD});
        told(&server, "/v1/account/email", Some(&device.token), &body).await
    };
    let known = asked("known@example.org").await;
    assert_eq!(known, asked("unknown@example.org").await);
    assert_eq!(known, (202, Value::Null, 1));
    let mail = mailbox.mail("known@example.org", 2).await;
    assert!(mail.text.contains("belongs to another account"));
    let mail = mailbox.mail("unknown@example.org", 1).await;
    assert!(mail.text.contains("/confirm?token="));
    server.stop().await;
}

#[actix_rt::test]
async fn as_much_is_reckoned_for_whoever_has_no_account_or_no_password() {
    let (server, mailbox) = served("off").await;
    registered((&server, &mailbox), "known@example.org", None).await;
    let (learner, _) = stored(&server, &[], None).await;
    let without = server.store.account(learner).await;
    let without = without.expect("the store answers").expect("an account");
    let without = without.email.expect("an address");
    let long = "a".repeat(2_000);
    for (email, password) in [
        ("known@example.org", "a guess"),
        ("known@example.org", &long),
        ("unknown@example.org", "a guess"),
        (&without, "a guess"),
        ("no address", "a guess"),
    ] {
        let before = hashed(&server).await;
        let body = json!({"email": email, "password": password});
        let reply = post(&server, "/v1/auth/sign-in", &body).await;
        assert_eq!(reply.status(), 401, "{email}");
        assert_eq!(hashed(&server).await - before, 1, "{email}");
    }
    server.stop().await;
}
