//! Paths and queries that try to be something else: SQL, a path of files, a header, bytes that are no text.

use std::sync::Arc;

use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr::store::{LearnerId, RoleName};
use learnr_protocol::keeping::PersonPage;
use reqwest::Method;
use serde_json::{Value, json};

use super::described::{Described, described};
use super::{CERTIFICATION, OWNER, send, served, stored};
use crate::harness::Server;
use crate::harness::postgres::{Database, left_out};

/// What is tried, as addresses spell it.
const TRIED: [&str; 14] = [
    "'%20OR%20'1'='1",
    "x'%3B%20DROP%20TABLE%20accounts%3B%20--",
    "x%22%29%3B%20DELETE%20FROM%20learners%3B%20--",
    "x'%20UNION%20SELECT%20password_hash%20FROM%20accounts%20--",
    "%25",
    "_",
    "..%2f..%2f..%2fetc%2fpasswd",
    "..%5c..%5cwindows%5cwin.ini",
    "x%0d%0aset-cookie:%20learnr_refresh=x",
    "%00",
    "a%00b",
    "%ff%fe",
    "%24%7Bjndi:ldap:%2F%2F127.0.0.1%2Fx%7D",
    "%E2%80%AE%F0%9F%92%A5",
];

/// Calls a route; its status, its text behind where it sends the browser, and whether it gave a cookie.
async fn called(
    server: &Server,
    route: &Described,
    path: &str,
    token: &str,
) -> (u16, String, bool) {
    let body = route.body.clone().unwrap_or_else(|| json!({}));
    let to = (route.method.clone(), path);
    let reply = send(server, to, Some(token), &body).await;
    let status = reply.status().as_u16();
    let cookie = super::cookie(&reply).is_some_and(|cookie| !cookie.ends_with('='));
    let sent = reply.headers().get("location").cloned();
    let sent = sent.map(|to| to.to_str().expect("an address").to_owned());
    let text = reply.text().await.expect("a body");
    (status, sent.unwrap_or_default() + &text, cookie)
}

/// Every parameter of every path, with everything that is tried.
async fn try_paths(server: &Server, token: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for route in described().iter().filter(|route| route.has_names()) {
        for text in TRIED {
            let path = route.filled(text);
            let (status, body, cookie) = called(server, route, &path, token).await;
            let refused = match status {
                // Somebody who comes from a provider is told on the page.
                302 => body.contains("/sign-in?problem="),
                _ => (400..500).contains(&status),
            };
            if !refused || cookie {
                wrong.push(format!("{} {path}: {status} {body}", route.method));
            }
        }
    }
    wrong
}

/// Every parameter of every query, with everything that is tried.
async fn try_queries(server: &Server, token: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for route in described() {
        let filled = route.filled(CERTIFICATION);
        for name in &route.query {
            for text in TRIED {
                let format = match name.as_str() {
                    "format" => "",
                    _ if filled.ends_with("/export") => "&format=csv",
                    _ => "",
                };
                let path = format!("{filled}?{name}={text}{format}");
                let (status, body, cookie) = called(server, &route, &path, token).await;
                let leaks = body.contains("argon2id") || body.contains("root:");
                if status >= 500 || cookie || leaks {
                    wrong.push(format!("{} {path}: {status} {body}", route.method));
                }
            }
        }
    }
    wrong
}

/// Tries everything at a server, and finds what was there before still there.
async fn attack(server: &Server) {
    let roles = [RoleName::Author, RoleName::Admin];
    let (attacker, token) = stored(server, &roles, Some(CERTIFICATION)).await;
    let (other, others) = stored(server, &[], None).await;
    let wrong = [
        try_paths(server, &token).await,
        try_queries(server, &token).await,
    ];
    assert!(wrong.concat().is_empty(), "{}", wrong.concat().join("\n"));
    in_bodies(server, &token).await;
    nobody_is_found(server).await;
    assert_eq!(super::account_status(server, &others).await, 200);
    for learner in [attacker, other] {
        assert!(is_there(server, learner).await);
    }
    assert_eq!(
        server.store.certifications().await.expect("answered").len(),
        1
    );
}

async fn is_there(server: &Server, learner: LearnerId) -> bool {
    let account = server.store.account(learner).await;
    account.expect("the store answers").is_some()
}

/// The character that no store has, and SQL, where a body names a certification.
async fn in_bodies(server: &Server, token: &str) {
    for id in ["\u{0}", "a\u{0}b", "x' OR '1'='1", "%"] {
        let body = json!({"certification": id, "kind": "practice"});
        let to = (Method::POST, "/v1/sessions");
        let reply = send(server, to, Some(token), &body).await;
        assert_eq!(reply.status(), 404, "{id:?}");
        let goals = json!([{"certification": id, "exam_date": null, "target": null}]);
        let body =
            json!({"goals": goals, "time_multiplier": 1, "theme": "dark", "reminders": false});
        let to = (Method::PUT, "/v1/learners/me/preferences");
        let reply = send(server, to, Some(token), &body).await;
        let expected = if id.contains('\u{0}') { 422 } else { 200 };
        assert_eq!(reply.status(), expected, "{id:?}");
    }
    for email in ["a'--@example.org", "a@example.org' OR '1'='1"] {
        let body = json!({"email": email, "password": "' OR '1'='1"});
        let reply = super::post(server, "/v1/auth/sign-in", &body).await;
        assert_eq!(reply.status(), 401, "{email}");
    }
}

/// Signs that stand for any text in a pattern stand for themselves where people are looked for.
async fn nobody_is_found(server: &Server) {
    for text in ["%25", "_", "%5C", "'%20OR%20'1'='1"] {
        let path = format!("/v1/admin/people?containing={text}");
        let page: PersonPage = server.rest.get(&path, OWNER).await.expect("people");
        assert!(page.people.is_empty(), "{text}");
    }
}

#[actix_rt::test]
async fn no_path_and_no_query_is_anything_but_text() {
    let (server, _mailbox) = served("off").await;
    attack(&server).await;
    server.stop().await;
}

#[actix_rt::test]
async fn no_path_and_no_query_is_anything_but_text_to_postgresql() {
    if left_out() {
        return;
    }
    let database = Database::migrated().await;
    let store = PostgresStore::open(PostgresOptions::at(database.url())).await;
    let flags = ["--owner-token", OWNER, "--rate-limits", "off"];
    let server = Server::instance(Arc::new(store.expect("opens")), &flags).await;
    attack(&server).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_parameter_given_twice_or_not_known_is_refused() {
    let (server, _mailbox) = served("off").await;
    let (_, token) = stored(&server, &[RoleName::Admin], None).await;
    for path in [
        "/v1/admin/people?containing=a&containing=b",
        "/v1/admin/people?role=admin",
        "/v1/sessions?status=open&status=open",
        "/v1/sessions/history?limit=1&limit=100",
        "/v1/admin/cluster?sessions=1&sessions=2",
    ] {
        let to = (Method::GET, path);
        let reply = send(&server, to, Some(&token), &Value::Null).await;
        assert_eq!(reply.status(), 400, "{path}");
    }
    server.stop().await;
}
