//! Owns how a PostgreSQL address is read: where the servers are, as whom, and how far TLS is trusted. Must not
//! connect.
//!
//! The address is libpq's URL, and `prepare=never` for what looks like a server and is a pooler. `sslmode=verify-ca`, `verify-full` and `sslrootcert` are read here, since the driver
//! knows only whether there is TLS, not whom it trusts.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::store::StoreError;

/// How long each server may take to answer a connection attempt, TLS and password included.
pub(super) const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// What is sent and not acknowledged for this long ends the connection: a server that has vanished is noticed.
const USER_TIMEOUT: Duration = Duration::from_secs(10);
const KEEPALIVE_IDLE: Duration = Duration::from_secs(10);

/// Whom a TLS connection trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trust {
    /// Whoever answers: encrypted, not proved. What libpq does for `prefer`, and for `require` without a root.
    Anyone,
    /// A certificate below the roots, for whatever name.
    Chain(Roots),
    /// A certificate below the roots, for the name connected to.
    Name(Roots),
}

/// Where trust begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// What the system trusts.
    System,
    /// The certificates of a PEM file.
    File(PathBuf),
}

/// A PostgreSQL database and how to reach it.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// One for each host, to be tried in order. Left to the driver, a host that takes the connection and then says
    /// nothing would keep it from the others.
    pub(super) hosts: Vec<Config>,
    pub(super) trust: Trust,
    /// Whether statements may be prepared by name where a connection leads straight to a server.
    pub(super) prepares: bool,
    /// For people: hosts and database, never the password.
    pub(super) shown: String,
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?sslmode=...`.
    ///
    /// # Errors
    /// [`StoreError::Setup`] that says what an address looks like.
    pub(super) fn parse(url: &str) -> Result<Address, StoreError> {
        let ours = ["postgres://", "postgresql://"];
        if !ours.iter().any(|scheme| url.starts_with(scheme)) {
            return Err(unreadable("it does not begin with postgres://"));
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut root, mut prepare, mut kept) = ("prefer", None, "auto", Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = value,
                Some(("sslrootcert", value)) => root = Some(value),
                Some(("prepare", value)) => prepare = value,
                _ => kept.push(pair),
            }
        }
        let plain = match kept.is_empty() {
            true => base.to_owned(),
            false => format!("{base}?{}", kept.join("&")),
        };
        // The driver's message names the part that is wrong, never its value.
        let mut config = Config::from_str(&plain).map_err(|error| unreadable(&error))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(unreadable("it names no host"));
        }
        let roots = match root {
            None | Some("system") => Roots::System,
            Some(path) => Roots::File(PathBuf::from(path)),
        };
        let (ssl, trust) = match (mode, root) {
            ("disable", _) => (SslMode::Disable, Trust::Anyone),
            ("allow" | "prefer", _) => (SslMode::Prefer, Trust::Anyone),
            ("require", None) => (SslMode::Require, Trust::Anyone),
            ("require" | "verify-ca", _) => (SslMode::Require, Trust::Chain(roots)),
            ("verify-full", _) => (SslMode::Require, Trust::Name(roots)),
            _ => {
                return Err(unreadable(
                    "sslmode is none of disable, prefer, require, verify-ca, verify-full",
                ));
            }
        };
        config.ssl_mode(ssl);
        if !["auto", "never"].contains(&prepare) {
            return Err(unreadable("prepare is neither auto nor never"));
        }
        if config.get_application_name().is_none() {
            config.application_name("learnr");
        }
        config.connect_timeout(CONNECT_WITHIN);
        config.tcp_user_timeout(USER_TIMEOUT);
        config.keepalives_idle(KEEPALIVE_IDLE);
        let shown = shown(&config);
        Ok(Address {
            hosts: one_by_one(&config),
            trust,
            prepares: prepare == "auto",
            shown,
        })
    }
}

/// The same with one host each.
fn one_by_one(config: &Config) -> Vec<Config> {
    // Addresses beside names belong together by place: the driver knows how.
    if config.get_hosts().len() < 2 || !config.get_hostaddrs().is_empty() {
        return vec![config.clone()];
    }
    let ports = config.get_ports();
    let hosts = config.get_hosts().iter().enumerate();
    hosts
        .map(|(place, host)| {
            let mut one = without_hosts(config);
            match host {
                Host::Tcp(name) => one.host(name),
                Host::Unix(path) => one.host_path(path),
            };
            one.port(ports.get(place).or(ports.first()).copied().unwrap_or(5432));
            one
        })
        .collect()
}

/// All that is said of a connection but where it leads.
fn without_hosts(config: &Config) -> Config {
    let mut one = Config::new();
    if let Some(user) = config.get_user() {
        one.user(user);
    }
    if let Some(password) = config.get_password() {
        one.password(password);
    }
    if let Some(name) = config.get_dbname() {
        one.dbname(name);
    }
    if let Some(options) = config.get_options() {
        one.options(options);
    }
    if let Some(name) = config.get_application_name() {
        one.application_name(name);
    }
    if let Some(within) = config.get_connect_timeout() {
        one.connect_timeout(*within);
    }
    if let Some(within) = config.get_tcp_user_timeout() {
        one.tcp_user_timeout(*within);
    }
    if let Some(interval) = config.get_keepalives_interval() {
        one.keepalives_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        one.keepalives_retries(retries);
    }
    one.ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle())
        .target_session_attrs(config.get_target_session_attrs())
        .channel_binding(config.get_channel_binding());
    one
}

fn unreadable(detail: impl ToString) -> StoreError {
    StoreError::Setup {
        place: "DATABASE_URL".to_owned(),
        detail: detail.to_string(),
        advice: "write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with % in a password as %25 and @ as %40"
            .to_owned(),
    }
}

fn shown(config: &Config) -> String {
    let ports = config.get_ports();
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(place, host)| {
            let port = ports.get(place).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(path) => format!("{}:{port}", path.display()),
            }
        })
        .collect();
    let database = config
        .get_dbname()
        .or(config.get_user())
        .unwrap_or("postgres");
    format!("postgres://{}/{database}", hosts.join(","))
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::TargetSessionAttrs;

    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let url = "postgresql://me:hush@db1:5433,db2/quiz?target_session_attrs=read-write&sslmode=require";
        let address = Address::parse(url).expect("reads");
        assert_eq!(address.shown, "postgres://db1:5433,db2:5432/quiz");
        assert_eq!(address.trust, Trust::Anyone);
        let hosts: Vec<_> = address.hosts.iter().map(shown).collect();
        assert_eq!(
            hosts,
            ["postgres://db1:5433/quiz", "postgres://db2:5432/quiz"]
        );
        for host in address.hosts {
            assert_eq!(host.get_ssl_mode(), SslMode::Require);
            assert_eq!(
                host.get_target_session_attrs(),
                TargetSessionAttrs::ReadWrite
            );
            assert_eq!(host.get_password(), Some(&b"hush"[..]));
        }
    }

    #[test]
    fn trust_is_what_the_address_asks_for() {
        let trust =
            |query: &str| Address::parse(&format!("postgres://db/q?{query}")).map(|a| a.trust);
        let file = || Roots::File(PathBuf::from("ca.pem"));
        let cases = [
            ("", Trust::Anyone),
            ("sslmode=require&sslrootcert=ca.pem", Trust::Chain(file())),
            ("sslmode=verify-ca", Trust::Chain(Roots::System)),
            (
                "sslmode=verify-full&sslrootcert=ca.pem",
                Trust::Name(file()),
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(trust(query).expect(query), expected, "{query}");
        }
    }

    #[test]
    fn an_address_that_makes_no_sense_is_refused_without_its_password() {
        for url in [
            "",
            "mysql://me:hush@db/q",
            "postgres://me:hush@db:port/q",
            "postgres:///q",
            "postgres://me:hush@db/q?sslmode=maybe",
            "postgres://me:hush@db/q?colour=blue",
            "postgres://me:hush@db/q?prepare=always",
        ] {
            let error = Address::parse(url).expect_err(url).to_string();
            assert!(error.contains("postgres://USER"), "{url}: {error}");
            assert!(!error.contains("hush"), "{url}: {error}");
        }
    }
}
