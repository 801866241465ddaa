//! Guessing passwords, one account at a time or many.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, post, registered, send, served};
use crate::harness::Server;

#[actix_rt::test]
async fn an_address_takes_so_many_guesses_an_hour_whether_it_is_known_or_not() {
    let (server, mailbox) = served("on").await;
    registered((&server, &mailbox), "known@example.org", None).await;
    let mut refused = Vec::new();
    for email in ["known@example.org", "unknown@example.org"] {
        let guess = json!({"email": email, "password": "a guess"});
        let mut guesses = 0;
        let reply = loop {
            let reply = post(&server, "/v1/auth/sign-in", &guess).await;
            if reply.status() != 401 {
                break reply;
            }
            guesses += 1;
            assert!(guesses <= 30, "{email}");
        };
        assert_eq!(reply.status(), 429, "{email} after {guesses}");
        assert!(reply.headers().contains_key("retry-after"));
        refused.push(guesses);
    }
    assert_eq!(refused, [30, 30]);
    server.stop().await;
}

/// Posts JSON as somebody from a network, which a proxy tells; the status.
async fn from(server: &Server, network: usize, path: &str, body: &Value) -> u16 {
    let request = server.rest.request(Method::POST, path, None);
    let request = request.header("x-forwarded-for", format!("203.0.{network}.7"));
    let reply = request.json(body).send().await;
    reply.expect("a reply").status().as_u16()
}

#[actix_rt::test]
async fn whoever_guesses_from_elsewhere_leaves_the_owner_their_own_network() {
    let (server, mailbox) = served("on").await;
    let email = "ada@example.org";
    registered((&server, &mailbox), email, None).await;
    let path = "/v1/auth/sign-in";
    let guess = json!({"email": email, "password": "a guess"});
    let right = json!({"email": email, "password": PASSWORD});
    for _ in 0..30 {
        assert_eq!(from(&server, 1, path, &guess).await, 401);
    }
    assert_eq!(from(&server, 1, path, &right).await, 429);
    assert_eq!(from(&server, 2, path, &right).await, 200);
    let (path, forgot) = ("/v1/auth/forgot", json!({"email": email}));
    for _ in 0..5 {
        assert_eq!(from(&server, 1, path, &forgot).await, 202);
    }
    assert_eq!(from(&server, 1, path, &forgot).await, 429);
    assert_eq!(from(&server, 2, path, &forgot).await, 202);
    server.stop().await;
}

#[actix_rt::test]
async fn guesses_from_everywhere_are_so_many_an_hour_as_well() {
    let (server, _mailbox) = served("on").await;
    // Following a link counts as an attempt for the link, and costs no hash.
    let (path, link) = ("/v1/auth/link", json!({"token": "nobody's"}));
    for nth in 0..300 {
        assert_eq!(from(&server, nth / 30, path, &link).await, 404, "{nth}");
    }
    assert_eq!(from(&server, 99, path, &link).await, 429);
    let another = json!({"token": "another"});
    assert_eq!(from(&server, 99, path, &another).await, 404);
    server.stop().await;
}

#[actix_rt::test]
async fn guesses_from_a_device_that_is_signed_in_count_among_those_of_its_address() {
    let (server, mailbox) = served("on").await;
    let email = "ada@example.org";
    let device = registered((&server, &mailbox), email, None).await;
    let mut statuses = Vec::new();
    for nth in 0..31 {
        let (path, token, body) = match nth % 3 {
            0 => {
                let body = json!({"current": "a guess", "new": PASSWORD});
                ("/v1/account/password", Some(device.token.as_str()), body)
            }
            1 => {
                let body = json!({"email": "b@example.org", "password": "a guess"});
                ("/v1/account/email", Some(device.token.as_str()), body)
            }
            _ => {
                let body = json!({"email": email, "password": "a guess"});
                ("/v1/auth/sign-in", None, body)
            }
        };
        let reply = send(&server, (Method::POST, path), token, &body).await;
        statuses.push(reply.status().as_u16());
    }
    assert_eq!(statuses[..3], [403, 403, 401]);
    assert_eq!(statuses[29..], [401, 429]);
    server.stop().await;
}

#[actix_rt::test]
async fn a_network_takes_so_many_guesses_whatever_the_addresses() {
    let (server, _mailbox) = served("on").await;
    let mut taken = 0;
    for number in 0..125 {
        let email = format!("somebody-{number}@example.org");
        let guess = json!({"email": email, "password": "a guess"});
        let reply = post(&server, "/v1/auth/sign-in", &guess).await;
        taken += i32::from(reply.status() == 401);
    }
    assert_eq!(taken, 120);
    server.advance(Duration::from_secs(1));
    let guess = json!({"email": "late@example.org", "password": "a guess"});
    let reply = post(&server, "/v1/auth/sign-in", &guess).await;
    assert_eq!(reply.status(), 401, "it goes on, two a second");
    server.stop().await;
}

#[actix_rt::test]
async fn nobody_is_sent_more_mails_than_a_few_an_hour() {
    let (server, mailbox) = served("on").await;
    registered((&server, &mailbox), "ada@example.org", None).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let forgot = json!({"email": "Ada@Example.org"});
        let reply = post(&server, "/v1/auth/forgot", &forgot).await;
        statuses.push(reply.status().as_u16());
    }
    assert_eq!(statuses, [202, 202, 202, 202, 429, 429]);
    server.stop().await;
}
