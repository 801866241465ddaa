//! The provider: `provider.mjs` beside this file, in a process of its own.
//!
//! Owns the process and what a test tells it. Must not know what a sign-in is.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::harness::mailbox::Mailbox;
use crate::harness::{Server, ServerOptions, not_run};

/// What the server is known as at the provider.
const CLIENT: &str = "learnr";
/// What it proves that by.
const SECRET: &str = "a secret of these tests: +/%=&";

/// Who signs in at the provider.
pub(super) struct Person {
    pub(super) sub: &'static str,
    pub(super) email: &'static str,
    /// What the provider says of the address; `None` when it says nothing.
    pub(super) verified: Option<bool>,
}

/// The usual one.
pub(super) const ADA: Person = Person {
    sub: "ada",
    email: "ada@example.org",
    verified: Some(true),
};

/// A running provider; it ends with its handle.
pub(super) struct Provider {
    process: Child,
    port: u16,
    http: reqwest::Client,
}

impl Drop for Provider {
    fn drop(&mut self) {
        // Gone already, there is nothing to end.
        if self.process.kill().is_ok() {
            drop(self.process.wait());
        }
    }
}

impl Provider {
    /// A provider on a free port where Ada signs in. `None` where it cannot be run, which is said.
    pub(super) async fn start(test: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        if !root.join("web/node_modules/oidc-provider").is_dir() {
            not_run(test, "oidc-provider is not installed: `npm ci` in web/");
            return None;
        }
        let process = Command::new("node")
            .arg(root.join("tests/it/accounts/providers/provider.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = process else {
            not_run(test, "there is no node to run a provider with");
            return None;
        };
        let said = process.stdout.take().expect("it is piped");
        let mut line = String::new();
        let read = BufReader::new(said).read_line(&mut line);
        read.expect("the provider says its port");
        let http = reqwest::Client::builder().no_proxy().build();
        let provider = Self {
            process,
            port: line.trim().parse().expect("the provider says its port"),
            http: http.expect("a client without TLS"),
        };
        provider.person(&ADA).await;
        Some(provider)
    }

    /// Who it says it is.
    pub(super) fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Says where the server under test is.
    pub(super) async fn knows(&self, server: &Server) {
        let authority = server.rest.base().authority();
        let back = format!("http://{authority}/v1/auth/providers/school/callback");
        let client = json!({
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [back],
        });
        self.tell(&json!({"client": client})).await;
    }

    /// Makes somebody the one who signs in.
    pub(super) async fn person(&self, person: &Person) {
        let Person {
            sub,
            email,
            verified,
        } = person;
        let person = json!({"sub": sub, "email": email, "email_verified": verified, "name": "Ada"});
        self.tell(&json!({"person": person})).await;
    }

    /// Makes it do something wrong from now on; nothing, when that is empty.
    pub(super) async fn fault(&self, fault: &str) {
        self.tell(&json!({"fault": fault})).await;
    }

    /// Signs with another key from now on, of this name.
    pub(super) async fn key(&self, name: &str) {
        self.tell(&json!({"key": name})).await;
    }

    /// How often it was asked at an address that it sent somebody to.
    pub(super) async fn followed(&self) -> u64 {
        let told = self.tell(&json!({})).await;
        told["followed"].as_u64().expect("a number")
    }

    async fn tell(&self, what: &Value) -> Value {
        let url = format!("{}/-/", self.issuer());
        let reply = self.http.post(url).json(what).send().await;
        let reply = reply.expect("the provider is there");
        assert_eq!(reply.status(), 200);
        reply.json().await.expect("it says what it counted")
    }
}

/// A server that knows the provider and is known by it, with or without limits, and a mailbox.
pub(super) async fn served_with(provider: &Provider, limits: &str) -> (Server, Mailbox) {
    let mailbox = Mailbox::start().await;
    let flags = [
        ("--smtp-url", mailbox.url()),
        ("--mail-from", "LearnR <learnr@example.org>".to_owned()),
        ("--oidc-issuers", format!("school={}", provider.issuer())),
        ("--oidc-clients", format!("school={CLIENT}")),
        ("--oidc-secrets", format!("school={SECRET}")),
        ("--oidc-titles", "school=The school".to_owned()),
        ("--rate-limits", limits.to_owned()),
    ];
    let flags = flags.into_iter();
    let server = Server::with(ServerOptions {
        flags: flags
            .flat_map(|(flag, value)| [flag.to_owned(), value])
            .collect(),
        manual_clock: true,
        ..ServerOptions::default()
    });
    let server = server.await;
    provider.knows(&server).await;
    (server, mailbox)
}
