//! Who may call what: the one table that routes are built from, and that `docs/roles.md` is written from.
//!
//! Owns the table. That a route holds to its line is up to what it takes from `caller` and `cookies`; `tests/it/accounts/roles.rs` walks the
//! table with every role. Must not know what a route does.

use std::fmt::Write as _;

use actix_web::http::Method;
use actix_web::{Handler, Responder, Route, web};

use super::{
    account, auth, certifications, cluster, export, guests, health, history, keeping, learners,
    openapi, owner, people, review, sessions, standing,
};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever comes.
    Anyone,
    /// A browser of ours with the cookie of a device that is signed in.
    Device,
    /// A learner, guest or with an account, for what is theirs.
    Learner,
    /// A learner with an account, for what is theirs.
    Account,
    /// An author entered for the certification `{id}`, an admin, the bearer of the owner's token.
    AuthorOf,
    /// An admin, the bearer of the owner's token.
    Admin,
}

impl Who {
    /// Every one, from who may least.
    pub const ALL: [Self; 6] = [
        Self::Anyone,
        Self::Device,
        Self::Learner,
        Self::Account,
        Self::AuthorOf,
        Self::Admin,
    ];

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Device => {
                "a browser with the cookie of a device that is signed in, from our page"
            }
            Self::Learner => "a learner, guest or with an account, for what is theirs",
            Self::Account => "a learner with an account, for what is theirs",
            Self::AuthorOf => {
                "an author entered for the certification; an admin; the owner's token"
            }
            Self::Admin => "an admin; the owner's token",
        }
    }
}

/// One line of the table.
pub struct Rule {
    /// How it is called.
    pub method: Method,
    /// Where, with names in braces for what differs.
    pub path: &'static str,
    /// By whom.
    pub who: Who,
    pub(super) route: Route,
}

fn rule<F, Args>(method: Method, path: &'static str, who: Who, handler: F) -> Rule
where
    F: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Rule {
        method,
        path,
        who,
        route: web::to(handler),
    }
}

/// Every route but those that upgrade, which a ticket opens. Lines of one path stand together, and a path with a fixed word before one that
/// would take that word for an id.
#[must_use]
pub fn table() -> Vec<Rule> {
    let mut table = anyones();
    table.extend(signing_in());
    table.extend(accounts());
    table.extend(learning());
    table.extend(looking_back());
    table.extend(owning());
    table.extend(administering());
    table
}

fn anyones() -> Vec<Rule> {
    let anyone = Who::Anyone;
    vec![
        rule(Method::GET, "/healthz", anyone, health::healthz),
        rule(Method::GET, "/readyz", anyone, health::readyz),
        rule(Method::GET, "/metrics", anyone, health::metrics),
        rule(Method::GET, "/config.json", anyone, health::config),
        rule(Method::GET, "/v1/openapi.json", anyone, openapi::serve),
        rule(Method::POST, "/v1/guests", anyone, guests::create),
        rule(
            Method::GET,
            "/v1/certifications",
            anyone,
            certifications::list,
        ),
        rule(Method::GET, "/v1/reminders", anyone, keeping::reminding),
        rule(Method::POST, "/v1/reminders/stop", anyone, keeping::stop),
    ]
}

fn signing_in() -> Vec<Rule> {
    let (anyone, device) = (Who::Anyone, Who::Device);
    vec![
        rule(Method::POST, "/v1/auth/register", anyone, auth::register),
        rule(Method::POST, "/v1/auth/link", anyone, auth::link),
        rule(Method::POST, "/v1/auth/confirm", anyone, auth::confirm),
        rule(Method::POST, "/v1/auth/sign-in", anyone, auth::sign_in),
        rule(Method::POST, "/v1/auth/refresh", device, auth::refresh),
        rule(Method::POST, "/v1/auth/sign-out", device, auth::sign_out),
        rule(Method::POST, "/v1/auth/forgot", anyone, auth::forgot),
        rule(Method::POST, "/v1/auth/reset", anyone, auth::reset),
        rule(Method::GET, "/v1/auth/providers", anyone, auth::providers),
        rule(
            Method::POST,
            "/v1/auth/providers/{id}/start",
            anyone,
            auth::start,
        ),
        rule(
            Method::GET,
            "/v1/auth/providers/{id}/callback",
            anyone,
            auth::callback,
        ),
    ]
}

fn accounts() -> Vec<Rule> {
    let (learner, account) = (Who::Learner, Who::Account);
    vec![
        rule(Method::GET, "/v1/account", account, account::view),
        rule(Method::PATCH, "/v1/account", account, account::change),
        rule(
            Method::POST,
            "/v1/account/password",
            account,
            account::password,
        ),
        rule(Method::POST, "/v1/account/email", account, account::email),
        rule(
            Method::GET,
            "/v1/account/identities",
            account,
            account::identities,
        ),
        rule(
            Method::DELETE,
            "/v1/account/identities/{id}",
            account,
            account::end_identity,
        ),
        rule(
            Method::GET,
            "/v1/account/sign-ins",
            account,
            account::sign_ins,
        ),
        rule(
            Method::DELETE,
            "/v1/account/sign-ins",
            account,
            account::end_others,
        ),
        rule(
            Method::DELETE,
            "/v1/account/sign-ins/{id}",
            account,
            account::end_one,
        ),
        rule(Method::DELETE, "/v1/learners/me", learner, learners::delete),
        rule(
            Method::GET,
            "/v1/learners/me/export",
            learner,
            export::export,
        ),
        rule(
            Method::GET,
            "/v1/learners/me/preferences",
            learner,
            keeping::preferences,
        ),
        rule(
            Method::PUT,
            "/v1/learners/me/preferences",
            learner,
            keeping::prefer,
        ),
    ]
}

fn learning() -> Vec<Rule> {
    let learner = Who::Learner;
    vec![
        rule(
            Method::GET,
            "/v1/certifications/{id}/standing",
            learner,
            standing::show,
        ),
        rule(
            Method::GET,
            "/v1/certifications/{id}/bookmarks",
            learner,
            keeping::bookmarks,
        ),
        rule(
            Method::PUT,
            "/v1/certifications/{id}/bookmarks/{item}",
            learner,
            keeping::mark,
        ),
        rule(
            Method::DELETE,
            "/v1/certifications/{id}/bookmarks/{item}",
            learner,
            keeping::unmark,
        ),
        rule(
            Method::POST,
            "/v1/certifications/{id}/items/{item}/reports",
            learner,
            keeping::report,
        ),
        rule(Method::POST, "/v1/sessions", learner, sessions::create),
        rule(Method::GET, "/v1/sessions", learner, sessions::list_open),
    ]
}

fn looking_back() -> Vec<Rule> {
    let learner = Who::Learner;
    vec![
        rule(
            Method::GET,
            "/v1/certifications/{id}/progress",
            learner,
            history::progress,
        ),
        rule(
            Method::GET,
            "/v1/certifications/{id}/activity",
            learner,
            history::activity,
        ),
        rule(
            Method::GET,
            "/v1/certifications/{id}/hardest",
            learner,
            history::hardest,
        ),
        rule(Method::GET, "/v1/sessions/history", learner, history::list),
        rule(Method::GET, "/v1/sessions/{id}", learner, sessions::view),
        rule(
            Method::GET,
            "/v1/sessions/{id}/answers",
            learner,
            history::answers,
        ),
        rule(
            Method::GET,
            "/v1/sessions/{id}/summary",
            learner,
            sessions::summary,
        ),
        rule(
            Method::GET,
            "/v1/sessions/{id}/review",
            learner,
            review::review,
        ),
        rule(
            Method::POST,
            "/v1/sessions/{id}/tickets",
            learner,
            sessions::ticket,
        ),
    ]
}

fn owning() -> Vec<Rule> {
    let author = Who::AuthorOf;
    vec![
        rule(
            Method::GET,
            "/v1/certifications/{id}/items/statistics",
            author,
            owner::items,
        ),
        rule(
            Method::GET,
            "/v1/certifications/{id}/learners",
            author,
            owner::learners,
        ),
        rule(
            Method::GET,
            "/v1/certifications/{id}/export",
            author,
            owner::export,
        ),
        rule(
            Method::GET,
            "/v1/certifications/{id}/reports",
            author,
            keeping::reports,
        ),
    ]
}

fn administering() -> Vec<Rule> {
    let admin = Who::Admin;
    let (role, author) = (
        "/v1/admin/people/{id}/roles/{role}",
        "/v1/admin/people/{id}/certifications/{certification}",
    );
    vec![
        rule(Method::GET, "/v1/admin/cluster", admin, cluster::show),
        rule(
            Method::GET,
            "/v1/admin/cluster/sessions/{id}",
            admin,
            cluster::session,
        ),
        rule(Method::GET, "/v1/admin/people", admin, people::list),
        rule(Method::PUT, role, admin, people::grant),
        rule(Method::DELETE, role, admin, people::revoke),
        rule(Method::PUT, author, admin, people::enter),
        rule(Method::DELETE, author, admin, people::strike),
        rule(
            Method::POST,
            "/v1/admin/people/{id}/sign-out",
            admin,
            people::sign_out,
        ),
        rule(Method::GET, "/v1/admin/audit", admin, people::audit),
    ]
}

/// The table as `docs/roles.md` has it.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Who may call what\n\nWritten from the table in `src/http/access.rs`, which the routes are built from: `learnr roles` prints it. \
         `tests/it/accounts/roles.rs` calls every line with every role.\n",
    );
    for who in Who::ALL {
        write!(text, "\n## {}\n\n", capitalized(who.words()))
            .expect("a string takes what is written");
        for rule in table().iter().filter(|rule| rule.who == who) {
            writeln!(text, "- `{} {}`", rule.method, rule.path)
                .expect("a string takes what is written");
        }
    }
    text.push_str(
        "\n## The bearer of a ticket\n\n- `GET /v1/ws/sessions/{id}`: once, within 30 seconds, for the session the ticket is for\n",
    );
    text
}

fn capitalized(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_table_is_the_one_in_force() {
        let published = include_str!("../../docs/roles.md");
        assert_eq!(
            published,
            markdown(),
            "docs/roles.md is stale: `cargo run -- roles > docs/roles.md`"
        );
    }

    #[test]
    fn lines_of_one_path_stand_together_and_no_line_twice() {
        let table = table();
        let mut lines: Vec<_> = table
            .iter()
            .map(|rule| (rule.path, rule.method.as_str()))
            .collect();
        let mut paths: Vec<_> = lines.iter().map(|line| line.0).collect();
        paths.dedup();
        let runs = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), runs, "a path is in two places");
        let all = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), all, "a line is there twice");
    }
}
