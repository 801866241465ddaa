//! The table of who may call what, line by line: every role, and other people's ids.

use learnr::http::access::{Who, table};
use learnr::store::RoleName;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{CERTIFICATION, OWNER, send, served, stored};
use crate::harness::Server;

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Nobody,
    Guest,
    Learner,
    /// An author, of another certification or of none.
    OtherAuthor,
    /// Entered for the certification, and no author any more.
    FormerAuthor,
    Author,
    Admin,
    OwnersToken,
}

impl Role {
    const ALL: [Self; 8] = [
        Self::Nobody,
        Self::Guest,
        Self::Learner,
        Self::OtherAuthor,
        Self::FormerAuthor,
        Self::Author,
        Self::Admin,
        Self::OwnersToken,
    ];

    fn has_account(self) -> bool {
        !matches!(self, Self::Nobody | Self::Guest | Self::OwnersToken)
    }

    fn may(self, who: Who) -> bool {
        match who {
            Who::Anyone => true,
            // None of these sends a cookie.
            Who::Device => false,
            Who::Learner => self == Self::Guest || self.has_account(),
            Who::Account => self.has_account(),
            Who::AuthorOf => matches!(self, Self::Author | Self::Admin | Self::OwnersToken),
            Who::Admin => matches!(self, Self::Admin | Self::OwnersToken),
        }
    }

    /// A fresh bearer of this role: what one call does to them is no other call's.
    async fn token(self, server: &Server) -> Option<String> {
        let (roles, authored): (&[RoleName], _) = match self {
            Self::Nobody => return None,
            Self::OwnersToken => return Some(OWNER.to_owned()),
            Self::Guest => return Some(server.rest.guest().await.expect("a guest").token),
            Self::Learner => (&[], None),
            Self::OtherAuthor => (&[RoleName::Author], None),
            Self::FormerAuthor => (&[], Some(CERTIFICATION)),
            Self::Author => (&[RoleName::Author], Some(CERTIFICATION)),
            Self::Admin => (&[RoleName::Admin], None),
        };
        Some(stored(server, roles, authored).await.1)
    }
}

/// A path of the table with ids in it, and the query it needs.
pub(super) fn filled(path: &str, session: &str) -> String {
    let id = match path {
        _ if path.contains("/certifications/{id}") => CERTIFICATION.to_owned(),
        _ if path.contains("sessions/{id}") => session.to_owned(),
        _ => Uuid::new_v4().to_string(),
    };
    let path = path
        .replace("{id}", &id)
        .replace("{item}", "no-such-item")
        .replace("{role}", "author")
        .replace("{certification}", CERTIFICATION);
    match path.as_str() {
        "/v1/sessions" => format!("{path}?status=open"),
        _ if path.ends_with("/export") && path.contains(CERTIFICATION) => {
            format!("{path}?what=items&format=csv")
        }
        _ => path,
    }
}

/// A body that the route can read: who may not call it is told so before that is looked at.
fn body(method: &Method, path: &str) -> Value {
    match (method.as_str(), path) {
        ("PATCH", "/v1/account") => json!({"name": "Ada"}),
        ("POST", "/v1/account/password") => json!({"current": "wrong", "new": "wrong"}),
        ("POST", "/v1/account/email") => json!({"email": "no address", "password": "wrong"}),
        ("DELETE", "/v1/account/identities/{id}") => json!({"password": "wrong"}),
        ("PUT", "/v1/learners/me/preferences") => {
            json!({"goals": [], "time_multiplier": 1, "theme": "system", "reminders": false})
        }
        _ => json!({}),
    }
}

/// Whether a reply says that this caller may not. A wrong password is answered with 403 as well, to who may call.
fn refuses(status: u16, body: &str) -> bool {
    match status {
        401 => true,
        403 => !body.contains("wrong_password"),
        _ => false,
    }
}

/// The table's method as the client spells it: the two speak of different versions of `http`.
pub(super) fn sent(method: &actix_web::http::Method) -> Method {
    Method::from_bytes(method.as_str().as_bytes()).expect("a method of the table")
}

#[actix_rt::test]
async fn every_route_answers_those_in_its_line_of_the_table_and_nobody_else() {
    let (server, _mailbox) = served("off").await;
    let client = server.practice().await;
    let mut wrong = Vec::new();
    for rule in table() {
        let path = filled(rule.path, &client.session);
        // These take a guest's token, and no other.
        let guests = ["/v1/auth/register", "/v1/auth/providers/{id}/start"];
        let by_secret = rule.path == "/v1/auth/sign-in" || guests.contains(&rule.path);
        for role in Role::ALL {
            if by_secret {
                continue;
            }
            let token = role.token(&server).await;
            let method = sent(&rule.method);
            let body = body(&method, rule.path);
            let to = (method, path.as_str());
            let reply = send(&server, to, token.as_deref(), &body).await;
            let status = reply.status().as_u16();
            let text = reply.text().await.expect("a body");
            if status >= 500 || refuses(status, &text) == role.may(rule.who) {
                let (method, path) = (&rule.method, rule.path);
                wrong.push(format!("{method} {path} {role:?}: {status} {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn what_is_another_learners_is_not_there_whatever_the_role() {
    let (server, _mailbox) = served("off").await;
    let client = server.practice().await;
    for role in [Role::Guest, Role::Learner, Role::Author, Role::Admin] {
        let token = role.token(&server).await;
        let lines = table();
        let lines = lines
            .iter()
            .filter(|rule| rule.path.starts_with("/v1/sessions/{id}"));
        for rule in lines {
            let path = filled(rule.path, &client.session);
            let to = (sent(&rule.method), path.as_str());
            let reply = send(&server, to, token.as_deref(), &json!({})).await;
            assert_eq!(reply.status(), 404, "{role:?} {path}");
        }
    }
    client.assert_intact(&client.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_role_counts_from_when_it_is_given_until_it_is_taken_away_and_that_is_written_down() {
    let (server, _mailbox) = served("off").await;
    let (admin, admins) = stored(&server, &[RoleName::Admin], None).await;
    let (author, authors) = stored(&server, &[], None).await;
    let statistics = format!("/v1/certifications/{CERTIFICATION}/items/statistics");
    let role = format!("/v1/admin/people/{author}/roles/author");
    let entry = format!("/v1/admin/people/{author}/certifications/{CERTIFICATION}");
    for (method, path, status) in [
        (Method::PUT, &role, 403),
        (Method::PUT, &entry, 200),
        (Method::PUT, &entry, 200),
        (Method::DELETE, &entry, 403),
        (Method::PUT, &entry, 200),
        (Method::DELETE, &role, 403),
    ] {
        let done = send(&server, (method, path), Some(&admins), &json!({})).await;
        assert_eq!(done.status(), 204, "{path}");
        let to = (Method::GET, statistics.as_str());
        let asked = send(&server, to, Some(&authors), &json!({})).await;
        assert_eq!(asked.status(), status, "{path}");
    }
    for path in [
        format!("/v1/admin/people/{author}/roles/king"),
        format!("/v1/admin/people/{author}/certifications/nowhere"),
        format!("/v1/admin/people/{}/roles/author", Uuid::new_v4()),
        "/v1/admin/people/nonsense/roles/author".to_owned(),
    ] {
        let to = (Method::PUT, path.as_str());
        let refused = send(&server, to, Some(&admins), &json!({})).await;
        assert_eq!(refused.status(), 404, "{path}");
    }
    let page: Value = server
        .rest
        .get("/v1/admin/audit", &admins)
        .await
        .expect("the log");
    let by_admin = page["entries"].as_array().expect("entries").iter();
    let actions: Vec<_> = by_admin
        .filter(|entry| entry["actor"] == admin.to_string())
        .map(|entry| entry["action"].as_str().unwrap_or_default())
        .collect();
    let changed = ["role.revoke", "author.enter", "author.strike"];
    assert_eq!(actions[..3], changed, "latest first");
    assert_eq!(actions.last(), Some(&"role.grant"));
    server.stop().await;
}

#[actix_rt::test]
async fn an_admin_finds_people_and_signs_them_out() {
    let (server, _mailbox) = served("off").await;
    let (learner, token) = stored(&server, &[], None).await;
    let body = json!({"name": "Zuleika Dobson"});
    let to = (Method::PATCH, "/v1/account");
    let named = send(&server, to, Some(&token), &body).await;
    assert_eq!(named.status(), 200);
    let found: Value = server
        .rest
        .get("/v1/admin/people?containing=zuleika", OWNER)
        .await
        .expect("people");
    let people = found["people"].as_array().expect("people");
    assert_eq!(people.len(), 1);
    assert_eq!(people[0]["account"]["learner"], learner.to_string());
    assert_eq!(people[0]["account"]["has_password"], false);
    let out = format!("/v1/admin/people/{learner}/sign-out");
    let to = (Method::POST, out.as_str());
    let done = send(&server, to, Some(OWNER), &json!({})).await;
    assert_eq!(done.status(), 204);
    assert_eq!(super::account_status(&server, &token).await, 401);
    server.stop().await;
}

#[actix_rt::test]
async fn an_account_is_told_which_certifications_it_is_entered_for() {
    let (server, _mailbox) = served("off").await;
    for authored in [Some(CERTIFICATION), None] {
        let (_, token) = stored(&server, &[RoleName::Author], authored).await;
        let account = server.rest.get::<Value>("/v1/account", &token).await;
        let own: Vec<_> = authored.into_iter().collect();
        assert_eq!(account.expect("an account")["authored"], json!(own));
    }
    server.stop().await;
}
