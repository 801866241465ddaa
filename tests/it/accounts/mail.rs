//! Mail on its way: who keeps whom waiting, what is given up, and what a stop does with it.

use serde_json::json;

use super::{post, registered, served};
use crate::harness::mailbox::{LATE, PUT_OFF};
use crate::harness::{Desk, Server, until};

/// More than are spoken of with the server of mail at once.
const MANY: usize = 24;

/// Asks for an account with an address.
async fn register(server: &Server, email: &str) {
    let body = json!({"email": email, "name": ""});
    let reply = post(server, "/v1/auth/register", &body).await;
    assert_eq!(reply.status(), 202, "{email}");
}

#[actix_rt::test]
async fn recipients_that_are_put_off_keep_nobody_elses_mail_waiting() {
    let (server, mailbox) = served("off").await;
    for number in 0..MANY {
        register(&server, &format!("{PUT_OFF}-{number}@example.org")).await;
    }
    until("all are put off", async || mailbox.put_off() >= MANY).await;
    registered((&server, &mailbox), "ada@example.org", None).await;
}

#[actix_rt::test]
async fn an_address_that_the_server_of_mail_does_not_take_is_tried_once() {
    let (server, _mailbox) = served("off").await;
    register(&server, "m\u{fc}ller@example.org").await;
    // Of five tries the last would be half a minute away.
    let line = "learnr_mails_total{outcome=\"given_up\"} 1";
    until("it is given up", async || {
        let figures = server.rest.text("/metrics").await;
        figures.expect("the figures").contains(line)
    })
    .await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_stop_sends_what_somebody_was_told_is_on_its_way() {
    let (server, mailbox) = served("off").await;
    register(&server, LATE).await;
    until("it is put off", async || mailbox.put_off() == 1).await;
    server.stop().await;
    assert_eq!(mailbox.arrived(LATE).len(), 1);
}

#[test]
fn a_page_for_others_without_a_server_of_mail_is_refused_at_the_start() {
    let desk = Desk::new();
    let serve = [
        "serve",
        "--port",
        "0",
        "--public-url",
        "https://learn.example",
    ];
    let ran = desk.learnr(&serve);
    assert!(!ran.success);
    let (said, hint) = (&ran.stderr, "or --mail-to-log to have it so");
    assert!(said.contains(hint), "{said}");
    let open = ["--smtp-url", "smtp://ada:hush@mail.example:587"];
    let from = ["--mail-from", "learnr@learn.example"];
    let ran = desk.learnr(&[&serve[..], &open, &from].concat());
    assert!(!ran.success);
    let said = &ran.stderr;
    assert!(
        said.contains("add ?tls=required") && !said.contains("hush"),
        "{said}"
    );
}
