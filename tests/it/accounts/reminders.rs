//! Mail that reviews are due, to who wants it.

use std::time::Duration;

use learnr::store::LearnerId;
use reqwest::Method;
use serde_json::{Value, json};

use super::{post, registered, send, served, signed_in};
use crate::harness::{Server, finish, until};

const EMAIL: &str = "ada@example.org";
const DAY: Duration = Duration::from_secs(86_400);
/// Days after which a question answered once is due, and more.
const DAYS_MAX: usize = 40;

async fn prefer(server: &Server, token: &str) {
    let body = json!({
        "goals": [], "time_multiplier": 1, "theme": "dark", "reminders": true, "utc_offset_minutes": 0,
    });
    let to = (Method::PUT, "/v1/learners/me/preferences");
    let reply = send(server, to, Some(token), &body).await;
    assert_eq!(reply.status(), 200);
}

async fn remind_at(server: &Server, learner: LearnerId) -> Option<i64> {
    let row = server.store.preferences(learner).await.expect("answered");
    row.expect("preferences").remind_at
}

/// A guest who has practised once: who, and their token.
async fn practised(server: &Server) -> (LearnerId, String) {
    let mut client = server.practice().await;
    for _ in 0..3 {
        let question = client.question();
        client.answer(&question).await;
    }
    client.say(&finish("f")).await;
    let learner = server.stored_session(&client.session).await.learner;
    until("the session is folded", async || {
        let states = server.store.learner_states(learner, None, 1).await;
        !states.expect("answered").is_empty()
    })
    .await;
    (learner, client.token.clone())
}

#[actix_rt::test]
async fn who_wants_it_is_told_of_reviews_once_a_day_until_one_link_ends_it() {
    let (server, mailbox) = served("off").await;
    let (learner, guest) = practised(&server).await;
    let device = registered((&server, &mailbox), EMAIL, Some(&guest)).await;
    prefer(&server, &device.token).await;
    // The first mail was the one to confirm. Evenings on which nothing is due pass without any.
    for _ in 0..DAYS_MAX {
        if mailbox.arrived(EMAIL).len() >= 2 {
            break;
        }
        let before = remind_at(&server, learner).await;
        server.advance(DAY);
        until("they are claimed", async || {
            remind_at(&server, learner).await != before
        })
        .await;
    }
    let mail = mailbox.mail(EMAIL, 2).await;
    assert!(
        mail.text.contains(" due, and a few minutes"),
        "{}",
        mail.text
    );
    let one_click = "List-Unsubscribe-Post: List-Unsubscribe=One-Click";
    assert!(mail.text.contains(one_click), "{}", mail.text);
    let stop = format!("/v1/reminders/stop?token={}", mail.token());
    let forged = post(&server, "/v1/reminders/stop?token=nonsense", &Value::Null).await;
    assert_eq!(forged.status(), 404);
    for _ in 0..2 {
        let reply = post(&server, &stop, &Value::Null).await;
        assert_eq!(reply.status(), 204);
    }
    assert_eq!(remind_at(&server, learner).await, None, "there are no more");
    signed_in(&server, EMAIL).await;
    server.stop().await;
}
