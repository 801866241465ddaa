//! Everything that is kept of somebody with an account, given to them.

use learnr_protocol::account::{AccountRole, LinkPurpose};
use learnr_protocol::keeping::{ReportReason, Theme};
use learnr_protocol::learner::LearnerExport;
use reqwest::Method;
use serde_json::json;

use super::{CERTIFICATION, Device, OWNER, PASSWORD, registered, send, served, signed_in};
use crate::harness::Server;

/// Makes somebody an author, and has them keep one of everything.
async fn keep(server: &Server, device: &Device, item: &str) {
    let grant = format!("/v1/admin/people/{}/roles/author", device.learner);
    let mark = format!("/v1/certifications/{CERTIFICATION}/bookmarks/{item}");
    let report = format!("/v1/certifications/{CERTIFICATION}/items/{item}/reports");
    let preferred = json!({"goals": [], "time_multiplier": 1, "theme": "dark", "reminders": true});
    let token = device.token.as_str();
    for (method, path, bearer, body) in [
        (Method::PUT, &*grant, OWNER, json!({})),
        (
            Method::PUT,
            &*mark,
            token,
            json!({"note": "why \u{5}[not] B?"}),
        ),
        (
            Method::POST,
            &*report,
            token,
            json!({"reason": "unclear", "note": "]"}),
        ),
        (Method::PUT, "/v1/learners/me/preferences", token, preferred),
        (
            Method::POST,
            "/v1/account/email",
            token,
            json!({"email": "later@example.org", "password": PASSWORD}),
        ),
    ] {
        let reply = send(server, (method, path), Some(bearer), &body).await;
        assert!(reply.status().is_success(), "{path}: {}", reply.status());
    }
}

#[actix_rt::test]
async fn an_export_holds_the_account_its_devices_and_everything_its_learner_keeps() {
    let (server, mailbox) = served("off").await;
    let mut client = server.practice().await;
    let question = client.question();
    client.answer(&question).await;
    let email = "ada@example.org";
    let device = registered((&server, &mailbox), email, Some(&client.token)).await;
    let other = signed_in(&server, email).await;
    let item = &question.item_id;
    keep(&server, &device, item).await;
    let token = device.token.as_str();
    let path = "/v1/learners/me/export";
    let reply = server.rest.request(Method::GET, path, Some(token));
    let text = reply.send().await.expect("a reply").text().await;
    let text = text.expect("all of it");
    let told: LearnerExport = serde_json::from_str(&text).expect("one document");
    assert!(told.complete);
    let account = told.account.expect("an account");
    assert_eq!(account.email.as_deref(), Some(email));
    assert!(account.has_password && account.roles == [AccountRole::Author]);
    assert_eq!(told.sign_ins.len(), 2);
    let mails: Vec<_> = told.mails.iter().collect();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(
        (mails[0].purpose, &*mails[0].email),
        (LinkPurpose::Address, "later@example.org")
    );
    assert_eq!(told.bookmarks.len(), 1);
    assert_eq!(
        (&told.bookmarks[0].question, &*told.bookmarks[0].note),
        (item, "why \u{5}[not] B?")
    );
    assert_eq!(told.reports.len(), 1);
    let said = &told.reports[0];
    assert_eq!(
        (&said.question, said.reason, &*said.note),
        (item, ReportReason::Unclear, "]")
    );
    assert_eq!(
        told.preferences.map(|preferred| preferred.theme),
        Some(Theme::Dark)
    );
    assert!(told.next_reminder_ms.is_some() && told.last_reminder_ms.is_none());
    assert_eq!(told.sessions.len(), 1);
    // Nothing that opens the account.
    let cookie = other.cookie.split('=').nth(1).expect("a value");
    for secret in ["argon2", PASSWORD, cookie, token] {
        assert!(!text.contains(secret), "{secret}");
    }
    server.stop().await;
}
