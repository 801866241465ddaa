//! A PostgreSQL database of a run's own, in the server that `TEST_DATABASE_URL` names: made empty, slowed when asked,
//! dropped at the end. Owns its address and its server's settings; knows no table.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use super::process::{self, ProcessUsage};
use crate::base::Base;

/// Variable with the address of a server that may make and lose databases.
const SERVER_VARIABLE: &str = "TEST_DATABASE_URL";
/// Longest a statement here may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// Longest that PostgreSQL can be told to wait before a commit, milliseconds.
const SLOWER_MS_MAX: u32 = 100;
/// PostgreSQL's own port.
const PORT: u16 = 5432;

/// A database of our own; dropped, and the server's settings undone, with this.
#[derive(Debug)]
pub struct Database {
    server: Address,
    name: String,
    version: String,
    /// The server's first process, when it runs where we can see it.
    postmaster: Option<u32>,
    rss_peak_bytes: AtomicU64,
    slowed: AtomicBool,
}

impl Database {
    /// Makes an empty one.
    ///
    /// # Errors
    /// When there is no server, or it is not on this machine, in words.
    pub fn create() -> anyhow::Result<Self> {
        let url = std::env::var(SERVER_VARIABLE).map_err(|_| {
            anyhow!(
                "this needs a PostgreSQL, and {SERVER_VARIABLE} names none: \
                 run it through `bash scripts/postgres.sh run COMMAND...`"
            )
        })?;
        let server = Address::parse(&url)?;
        let name = format!("learnr_load_{}", Uuid::new_v4().simple());
        let (version, backend) = with_client(&url, async |client| {
            let row = client
                .query_one(
                    "SELECT current_setting('server_version'), pg_backend_pid()",
                    &[],
                )
                .await?;
            let (version, backend): (String, i32) = (row.get(0), row.get(1));
            client
                .batch_execute(&format!("CREATE DATABASE {name}"))
                .await?;
            // While its backend lives: the parent of that is the server.
            Ok((version, postmaster(backend)))
        })
        .with_context(|| format!("make a database in the server of {SERVER_VARIABLE}"))?;
        if backend.is_none() {
            eprintln!(
                "the database's processes are not to be seen from here: what it uses is not told"
            );
        }
        Ok(Self {
            server,
            name,
            version,
            postmaster: backend,
            rss_peak_bytes: AtomicU64::new(0),
            slowed: AtomicBool::new(false),
        })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(&self.server.authority, &self.name)
    }

    /// Where its server listens, as `HOST:PORT`.
    pub(crate) fn authority(&self) -> &str {
        &self.server.authority
    }

    /// Its address by way of another listener.
    pub(crate) fn url_through(&self, authority: &str) -> String {
        self.server.url(authority, &self.name)
    }

    /// The server's name and version.
    #[must_use]
    pub fn version(&self) -> String {
        format!("PostgreSQL {}", self.version)
    }

    /// What its server uses, with every process of it: see [`process::family_usage`] for what counts as resident. The
    /// peak is the highest that was read. `None` where its processes cannot be seen.
    ///
    /// # Errors
    /// When it is gone.
    pub(super) fn usage(&self) -> anyhow::Result<Option<ProcessUsage>> {
        let Some(postmaster) = self.postmaster else {
            return Ok(None);
        };
        let mut used = process::family_usage(postmaster).context("read what PostgreSQL uses")?;
        let before = self
            .rss_peak_bytes
            .fetch_max(used.rss_bytes, Ordering::Relaxed);
        used.rss_peak_bytes = used.rss_bytes.max(before);
        Ok(Some(used))
    }

    /// Makes each commit of the whole server take longer, until this is dropped.
    ///
    /// # Errors
    /// When the server cannot be told so.
    pub(super) fn slow_commits(&self, ms: u32) -> anyhow::Result<()> {
        ensure!(
            ms <= SLOWER_MS_MAX,
            "PostgreSQL delays a commit by {SLOWER_MS_MAX} ms at most, got {ms}"
        );
        self.slowed.store(true, Ordering::Relaxed);
        let delay = format!("ALTER SYSTEM SET commit_delay = {}", ms * 1_000);
        // It waits only while so many other transactions are under way; 0 is always.
        let settings = ["ALTER SYSTEM SET commit_siblings = 0", &delay];
        self.set(&settings).context("slow the commits")
    }

    fn set(&self, settings: &[&str]) -> anyhow::Result<()> {
        let url = self
            .server
            .url(&self.server.authority, &self.server.database);
        with_client(&url, async |client| {
            for setting in settings {
                client.batch_execute(setting).await?;
            }
            client.batch_execute("SELECT pg_reload_conf()").await?;
            Ok(())
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // First, and apart: the server is not this run's alone.
        if self.slowed.load(Ordering::Relaxed)
            && let Err(error) = self.set(&[
                "ALTER SYSTEM RESET commit_delay",
                "ALTER SYSTEM RESET commit_siblings",
            ])
        {
            eprintln!("commits of the server may still be slowed: {error:#}");
        }
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        if let Err(error) = self.set(&[&drop]) {
            eprintln!("the database {} may still be there: {error:#}", self.name);
        }
    }
}

fn postmaster(backend: i32) -> Option<u32> {
    let parent = process::parent_of(u32::try_from(backend).ok()?).ok()?;
    let name = process::name_of(parent).ok()?;
    name.starts_with("postgres").then_some(parent)
}

/// Does something with a connection, on a thread of its own: whoever calls may be on a runtime already.
///
/// # Errors
/// What it comes to, or that there is no connection.
pub(crate) fn with_client<T: Send>(
    url: &str,
    act: impl AsyncFnOnce(&Client) -> anyhow::Result<T> + Send,
) -> anyhow::Result<T> {
    apart(DEADLINE, async || {
        let (client, connection) = connect(url).await?;
        let done = act(&client).await;
        drop(client);
        connection.await.context("the connection's task")??;
        done
    })
}

/// A connection, and its task, which ends once the client is dropped.
///
/// # Errors
/// When there is none.
pub(crate) async fn connect(url: &str) -> anyhow::Result<(Client, Task)> {
    let connected = tokio_postgres::connect(url, NoTls).await;
    let (client, connection) = connected.context("connect to PostgreSQL")?;
    Ok((client, tokio::spawn(connection)))
}

/// What carries a connection's bytes.
pub(crate) type Task = tokio::task::JoinHandle<Result<(), tokio_postgres::Error>>;

/// Runs a future to its end within `limit`, on a thread and a runtime of its own.
///
/// # Errors
/// What it comes to, or that it took longer.
pub(crate) fn apart<T: Send, F: Future<Output = anyhow::Result<T>>>(
    limit: Duration,
    make: impl FnOnce() -> F + Send,
) -> anyhow::Result<T> {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("start a runtime")?;
        runtime.block_on(async {
            tokio::time::timeout(limit, make())
                .await
                .with_context(|| format!("PostgreSQL took more than {} s", limit.as_secs()))?
        })
    };
    let ended = thread::scope(|scope| scope.spawn(run).join());
    ended.map_err(|_| anyhow!("the thread that spoke to PostgreSQL panicked"))?
}

/// A URL in its parts: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Address {
    /// Up to the host.
    before: String,
    authority: String,
    database: String,
    /// From the question mark; empty when there is none.
    parameters: String,
}

impl Address {
    fn parse(url: &str) -> anyhow::Result<Self> {
        let parse = || {
            let (scheme, rest) = url.split_once("://")?;
            let (rest, parameters) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
            let (place, database) = rest.rsplit_once('/')?;
            let from = place.rfind('@').map_or(0, |at| at + 1);
            let (user, host) = place.split_at(from);
            let named = host
                .rsplit_once(':')
                .is_some_and(|(_, port)| !port.contains(']'));
            Some(Self {
                before: format!("{scheme}://{user}"),
                authority: if named {
                    host.to_owned()
                } else {
                    format!("{host}:{PORT}")
                },
                database: database.to_owned(),
                parameters: parameters.to_owned(),
            })
        };
        // Not with the address itself, which has a password in it.
        let address = parse().with_context(|| {
            format!("{SERVER_VARIABLE} must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
        })?;
        let base: Base = format!("http://{}", address.authority).parse()?;
        ensure!(
            base.is_loopback(),
            "{SERVER_VARIABLE} names {}: a load test drives a database on a loopback address only",
            address.authority
        );
        Ok(address)
    }

    fn url(&self, authority: &str, database: &str) -> String {
        let (before, parameters) = (&self.before, &self.parameters);
        format!("{before}{authority}/{database}{parameters}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Option<&str>) {
        let parsed = Address::parse(url).ok();
        let seen = parsed.map(|address| address.url(&address.authority, "other"));
        assert_eq!(seen.as_deref(), expected, "{url}");
    }

    #[test]
    fn only_the_database_of_an_address_is_changed_and_only_this_machine_is_taken() {
        check(
            "postgresql://learnr:p@127.0.0.1:20001/postgres",
            Some("postgresql://learnr:p@127.0.0.1:20001/other"),
        );
        check(
            "postgres://localhost/x?sslmode=disable",
            Some("postgres://localhost:5432/other?sslmode=disable"),
        );
        check("postgres://[::1]/x", Some("postgres://[::1]:5432/other"));
        check("postgres://u:p@10.0.0.1:5432/x", None);
        check("postgres://localhost", None);
        check("nonsense", None);
    }

    #[test]
    fn a_refused_address_is_told_without_its_password() {
        let error = Address::parse("postgres://u:secret@db.example:5432/x").expect_err("remote");
        assert!(!format!("{error:#}").contains("secret"), "{error:#}");
    }
}
