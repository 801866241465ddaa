//! Accounts over a real server and real mail: who gets in, who does not, and what is told to whom.

mod boundaries;
mod cookies;
mod cross_site;
mod dates;
mod described;
mod devices;
mod enumeration;
mod expired;
mod export;
mod headers;
mod hijacking;
mod hostile_json;
mod injection;
mod keeping;
mod last_admin;
mod leaving;
mod mail;
mod marking;
mod mass_assignment;
mod providers;
mod refreshing;
mod registering;
mod reminders;
mod roles;
mod stored_text;
mod stuffing;
mod twice;

use learnr::auth::{RandomToken, Secret, access_token};
use learnr::store::{
    Identity, LearnerId, NewAudit, NewSignIn, ProviderAccount, ProviderSignIn, RoleName, SignInId,
};
use learnr_protocol::account::SignedIn;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::mailbox::Mailbox;
use crate::harness::{Server, ServerOptions};

const OWNER: &str = "the-owner-of-these-tests-0123456789";
const PASSWORD: &str = "vermilion otter walks uphill";
const CERTIFICATION: &str = "business-analysis-foundations";

/// A server whose mail arrives and whose clock the test holds, with or without limits.
async fn served(limits: &str) -> (Server, Mailbox) {
    let mailbox = Mailbox::start().await;
    let url = mailbox.url();
    let flags = [
        "--smtp-url",
        &url,
        "--mail-from",
        "LearnR <learnr@example.org>",
        "--owner-token",
        OWNER,
        "--origins",
        "https://learn.example",
        "--rate-limits",
        limits,
        "--proxies",
        "127.0.0.1/32",
    ];
    let server = Server::with(ServerOptions {
        flags: flags.map(str::to_owned).to_vec(),
        manual_clock: true,
        ..ServerOptions::default()
    });
    (server.await, mailbox)
}

/// Sends JSON with a bearer token, if any.
async fn send(
    server: &Server,
    (method, path): (Method, &str),
    token: Option<&str>,
    body: &Value,
) -> Response {
    let request = server.rest.request(method, path, token).json(body);
    request.send().await.expect("a reply")
}

/// Posts JSON without a token.
async fn post(server: &Server, path: &str, body: &Value) -> Response {
    send(server, (Method::POST, path), None, body).await
}

/// Somebody signed in on a device.
struct Device {
    learner: String,
    token: String,
    /// The cookie as the device sends it.
    cookie: String,
}

impl Device {
    async fn of(reply: Response) -> Self {
        assert_eq!(reply.status(), 200);
        let cookie = cookie(&reply).expect("a cookie");
        let signed_in: SignedIn = reply.json().await.expect("signed in");
        Self {
            learner: signed_in.account.learner,
            token: signed_in.token,
            cookie,
        }
    }
}

/// The cookie that a reply sets, as it is sent back.
fn cookie(reply: &Response) -> Option<String> {
    let set = reply.headers().get("set-cookie")?.to_str().ok()?;
    set.split(';').next().map(str::to_owned)
}

/// Registers, as a guest perhaps, and opens the link in the mail in the same browser.
async fn registered(
    (server, mailbox): (&Server, &Mailbox),
    email: &str,
    guest: Option<&str>,
) -> Device {
    let token = asked((server, mailbox), email, guest).await;
    let body = json!({"token": token, "password": PASSWORD});
    let to = (Method::POST, "/v1/auth/confirm");
    Device::of(send(server, to, guest, &body).await).await
}

/// Asks for an account, as a guest perhaps; the token in the mail.
async fn asked((server, mailbox): (&Server, &Mailbox), email: &str, guest: Option<&str>) -> String {
    let body = json!({"email": email, "name": "Ada"});
    let to = (Method::POST, "/v1/auth/register");
    let asked = send(server, to, guest, &body).await;
    assert_eq!(asked.status(), 202);
    mailbox.mail(email, 1).await.token()
}

/// Signs in with the password of these tests.
async fn signed_in(server: &Server, email: &str) -> Device {
    let body = json!({"email": email, "password": PASSWORD});
    Device::of(post(server, "/v1/auth/sign-in", &body).await).await
}

/// Status of `GET /v1/account` with a token.
async fn account_status(server: &Server, token: &str) -> u16 {
    let request = server.rest.request(Method::GET, "/v1/account", Some(token));
    request.send().await.expect("a reply").status().as_u16()
}

/// Refreshes or signs out with a cookie and the header that is needed.
async fn with_cookie(server: &Server, path: &str, cookie: &str) -> Response {
    let request = server.rest.request(Method::POST, path, None);
    let request = request
        .header("cookie", cookie)
        .header("x-learnr-request", "1");
    request.send().await.expect("a reply")
}

/// Somebody with an account and roles, made by the store alone: their learner, and an access token.
async fn stored(
    server: &Server,
    roles: &[RoleName],
    authored: Option<&str>,
) -> (LearnerId, String) {
    let now = server.app.registry.context().clock.now_ms();
    let (store, name) = (&server.store, Uuid::new_v4().simple().to_string());
    let arriving = ProviderSignIn {
        email: Some(format!("{name}@example.org")),
        identity: Identity {
            issuer: "test".to_owned(),
            subject: name,
        },
        name: String::new(),
        guest: None,
        fresh: LearnerId(Uuid::now_v7()),
        now_ms: now,
    };
    let made = store.account_at_provider(arriving).await;
    let ProviderAccount::Made(account) = made.expect("the store answers") else {
        panic!("nobody had such an account");
    };
    let learner = account.learner;
    let sign_in = SignInId(Uuid::now_v7());
    let new = NewSignIn {
        id: sign_in,
        learner,
        password_hash: None,
        agent: String::new(),
        token: RandomToken::fresh().expect("random bytes").hash(),
        created_at: now,
        expires_at: now + 1_000_000,
    };
    assert!(store.sign_in(new).await.expect("the store answers"));
    for role in roles {
        let set = store.set_role(learner, *role, true, audit(now)).await;
        assert_eq!(set.expect("the store answers"), Some(true));
    }
    if let Some(id) = authored {
        let set = store.set_author(learner, id, true, audit(now)).await;
        assert_eq!(set.expect("the store answers"), Some(true));
    }
    let secret = Secret::load_or_create(&server.data.path().join("secret"));
    let secret = secret.expect("the server has made it");
    (learner, access_token(&secret, learner, sign_in, now).0)
}

fn audit(at: i64) -> NewAudit {
    NewAudit {
        at,
        actor: None,
        via: "command-line".to_owned(),
        action: "test".to_owned(),
        target: String::new(),
        detail: String::new(),
    }
}
