//! Mail that reviews are due, to who wants it.

use std::time::Duration;

use learnr::store::LearnerId;
use learnr_protocol::SessionKind;
use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, registered, send, served, signed_in};
use crate::harness::mailbox::{Mail, Mailbox};
use crate::harness::{Server, demonstration, finish, until};

const EMAIL: &str = "ada@example.org";
const PREFERENCES: &str = "/v1/learners/me/preferences";
const DAY_MS: i64 = 86_400_000;
/// Days after which whatever was answered once is due.
const DAYS: i64 = 60;

async fn prefer(server: &Server, token: &str) {
    let body = json!({
        "goals": [], "time_multiplier": 1, "theme": "dark", "reminders": true, "time_zone": "Europe/Berlin",
    });
    let to = (Method::PUT, PREFERENCES);
    let reply = send(server, to, Some(token), &body).await;
    assert_eq!(reply.status(), 200);
}

async fn remind_at(server: &Server, learner: LearnerId) -> Option<i64> {
    let row = server.store.preferences(learner).await.expect("answered");
    row.expect("preferences").remind_at
}

/// Moves the clock to a moment; the next time to remind them by then has been claimed when it returns.
async fn claimed_at(server: &Server, learner: LearnerId, at_ms: i64) -> i64 {
    let now_ms = server.app.registry.context().clock.now_ms();
    let by = u64::try_from(at_ms - now_ms).expect("it is to come");
    server.advance(Duration::from_millis(by));
    let next = async || remind_at(server, learner).await.expect("there is a next");
    until("they are claimed", async || next().await > at_ms).await;
    next().await
}

async fn outcomes(server: &Server, outcome: &str) -> u32 {
    let name = format!("learnr_reminders_total{{outcome=\"{outcome}\"}}");
    server.figure(&name).await
}

/// A guest who has practised once: who, and their token.
async fn practised(server: &Server) -> (LearnerId, String) {
    let mut client = server.practice().await;
    let question = client.question();
    client.answer(&question).await;
    client.say(&finish("f")).await;
    let learner = server.stored_session(&client.session).await.learner;
    until("the session is folded", async || {
        let states = server.store.learner_states(learner, None, 1).await;
        !states.expect("answered").is_empty()
    })
    .await;
    (learner, client.token.clone())
}

/// Where a mail program ends such mails, once it is certain that it may: the line is not broken, and the other one says how.
fn one_click(mail: &Mail) -> String {
    let how = "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    let text = mail.text.replace("\r\n ", " ");
    assert!(text.contains(how), "{text}");
    let (_, rest) = text.split_once("List-Unsubscribe: <").expect("the header");
    let (url, _) = rest.split_once(">\r\n").expect("its end");
    let (_, path) = url.split_once("/v1/").expect("a route");
    format!("/v1/{path}")
}

/// As a mail program does it.
async fn press(server: &Server, path: &str) -> u16 {
    let request = server.rest.request(Method::POST, path, None);
    let form = "application/x-www-form-urlencoded";
    let request = request.header("content-type", form);
    let reply = request.body("List-Unsubscribe=One-Click").send().await;
    reply.expect("a reply").status().as_u16()
}

/// Somebody who wants to be reminded, an hour before evening, long after they practised.
async fn long_away(server: &Server, mailbox: &Mailbox) -> LearnerId {
    let (learner, guest) = practised(server).await;
    let device = registered((server, mailbox), EMAIL, Some(&guest)).await;
    prefer(server, &device.token).await;
    let first = remind_at(server, learner).await.expect("an evening");
    // The server was away that evening: nobody is woken at another hour for it.
    let late = first + DAYS * DAY_MS - 3_600_000;
    let next = claimed_at(server, learner, late).await;
    assert_eq!(next, first + DAYS * DAY_MS);
    until("it is too late", async || {
        outcomes(server, "too_late").await == 1
    })
    .await;
    learner
}

#[actix_rt::test]
async fn who_wants_it_is_told_of_reviews_once_an_evening_until_one_link_ends_it() {
    let (server, mailbox) = served("on").await;
    let learner = long_away(&server, &mailbox).await;
    let evening = remind_at(&server, learner).await.expect("an evening");
    let next = claimed_at(&server, learner, evening).await;
    assert_eq!(next, evening + DAY_MS);
    // The first mail was the one to confirm.
    let mail = mailbox.mail(EMAIL, 2).await;
    assert!(
        mail.text.contains("One review is due, and a few minutes"),
        "{}",
        mail.text
    );
    let stop = one_click(&mail);
    for (path, status) in [
        ("/v1/reminders/stop?token=nonsense", 404),
        ("/v1/reminders/stop", 400),
        (&stop, 204),
        (&stop, 204),
    ] {
        assert_eq!(press(&server, path).await, status, "{path}");
    }
    let looked = server.rest.request(Method::GET, &stop, None).send().await;
    assert_eq!(looked.expect("a reply").status(), 405, "a look is no press");
    let device = signed_in(&server, EMAIL).await;
    let request = server
        .rest
        .request(Method::GET, PREFERENCES, Some(&device.token));
    let told: Value = request
        .send()
        .await
        .expect("a reply")
        .json()
        .await
        .expect("JSON");
    assert_eq!(
        (&told["reminders"], &told["theme"]),
        (&json!(false), &json!("dark"))
    );
    let gone = (Method::DELETE, "/v1/learners/me");
    let gone = send(
        &server,
        gone,
        Some(&device.token),
        &json!({"confirm": "delete", "password": PASSWORD}),
    )
    .await;
    assert!(gone.status().is_success(), "{}", gone.status());
    assert_eq!(
        press(&server, &stop).await,
        204,
        "it tells nothing of who is gone"
    );
    assert_eq!(mailbox.arrived(EMAIL).len(), 2);
    server.stop().await;
}

#[actix_rt::test]
async fn who_practised_that_day_is_left_in_peace() {
    let (server, mailbox) = served("off").await;
    let learner = long_away(&server, &mailbox).await;
    let evening = remind_at(&server, learner).await.expect("an evening");
    let device = signed_in(&server, EMAIL).await;
    let begin = (Method::POST, "/v1/sessions");
    let body = json!(demonstration(SessionKind::Practice));
    let begun = send(&server, begin, Some(&device.token), &body).await;
    assert!(begun.status().is_success(), "{}", begun.status());
    claimed_at(&server, learner, evening).await;
    until("there is no need", async || {
        outcomes(&server, "not_needed").await == 1
    })
    .await;
    assert_eq!(mailbox.arrived(EMAIL).len(), 1, "the one to confirm");
    server.stop().await;
}

#[actix_rt::test]
async fn a_server_without_mail_says_that_reminders_are_only_printed() {
    let (sending, _mailbox) = served("off").await;
    let printing = Server::start().await;
    for (server, sent) in [(&sending, true), (&printing, false)] {
        let request = server.rest.request(Method::GET, "/v1/reminders", None);
        let told: Value = request
            .send()
            .await
            .expect("a reply")
            .json()
            .await
            .expect("JSON");
        assert_eq!(told, json!({"sent": sent}));
    }
    sending.stop().await;
    printing.stop().await;
}
