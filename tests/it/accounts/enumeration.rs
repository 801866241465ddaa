//! Whether an address is known is told to its owner alone.

use serde_json::{Value, json};

use super::{post, registered, served};
use crate::harness::Server;

/// Status and body of a reply, without the id of the request.
async fn told(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    let reply = post(server, path, body).await;
    let status = reply.status().as_u16();
    let text = reply.text().await.expect("a body");
    let mut body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if let Some(error) = body.get_mut("error").and_then(Value::as_object_mut) {
        error.remove("request_id");
    }
    (status, body)
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
        let known = told(&server, path, known).await;
        assert_eq!(known, told(&server, path, unknown).await, "{path}");
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
