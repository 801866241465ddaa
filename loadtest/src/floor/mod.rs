//! What the same machine does bare, in the same run: an echo on the server's WebSocket library, and the store's fenced
//! statement with nothing around it. Owns how the two are measured and put together; what a run made of them is the
//! report's.

pub mod drive;
pub mod echo;
pub mod frames;
pub mod postgres;
mod sqlite;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::environment::database::Database;
use crate::environment::delay::DelayLine;
use crate::environment::{Folder, Running, Variable, database_variables};
use crate::meter::Quantiles;
use crate::report::Floor;
use crate::scenario::{Environment, Scenario, StoreKind};
use drive::Load;
use echo::Echo;
pub use frames::FrameBytes;

/// Most sockets on the echo.
const SOCKETS_MAX: usize = 1_000;
/// Sessions that rows are written to: fewer are warmer than a server's, more take long to make.
const SESSIONS: std::ops::RangeInclusive<usize> = 1_000..=10_000;
/// Longest each measurement may take, seconds.
const SECONDS_MAX: u64 = 60;

/// What a floor is measured with.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// The load test's own binary, which is also the echo and what drives it.
    pub program: PathBuf,
    /// The `learnr` binary, which makes the schema.
    pub server: PathBuf,
    /// Where rows go.
    pub store: StoreKind,
    /// Added to each round trip to the database, milliseconds.
    pub database_delay_ms: u64,
    /// Sockets on the echo, and sessions that rows are written to, within bounds.
    pub sessions: usize,
    /// Threads of the echo: as many as serve the server's sockets.
    pub threads: usize,
    /// Bytes of its frames.
    pub frames: FrameBytes,
    /// Seconds of the echo, and of the batches; the latency of one alone takes half as long again.
    pub seconds: u64,
    /// Set when it is to end before, as an error: what it made is removed then too.
    pub interrupted: Arc<AtomicBool>,
}

/// What the bare statement does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batches {
    /// Rows a second, in batches as large as the store's.
    pub rows_per_s: f64,
    /// One row's commit when nothing else is under way, milliseconds.
    pub commit_ms: Quantiles,
}

/// How long rows are written, and to how many sessions.
#[derive(Debug, Clone)]
struct Span {
    sessions: usize,
    seconds: u64,
    interrupted: Arc<AtomicBool>,
}

impl Span {
    fn within(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// Whether what began at `begun` goes on for `limit`.
    fn goes_on(&self, begun: Instant, limit: Duration) -> anyhow::Result<bool> {
        ensure!(!self.interrupted.load(Ordering::Relaxed), "interrupted");
        Ok(begun.elapsed() < limit)
    }
}

/// Measures the floor of a scenario beside what runs: after the answering, best when the servers have stopped. The
/// ratios are the report's to fill; they are 0.
///
/// Rows go to a store of the floor's own, made by the same binary on the same disk or in the same database server, so
/// that the run's own is not disturbed. Bounds on processors and memory are the server's alone; a slower or more
/// distant database is the floor's too.
///
/// # Errors
/// When something does not start or does not do what it is measured at.
pub fn measure(
    scenario: &Scenario,
    running: &Running,
    frames: FrameBytes,
    interrupted: &Arc<AtomicBool>,
) -> anyhow::Result<Floor> {
    Conditions {
        program: std::env::current_exe().context("find this program's own path")?,
        server: running.binary().to_owned(),
        store: scenario.environment.store,
        database_delay_ms: scenario.environment.database_delay_ms,
        sessions: scenario.learners.sessions,
        threads: threads(&scenario.environment),
        frames,
        seconds: scenario.floor_seconds,
        interrupted: Arc::clone(interrupted),
    }
    .measure()
}

impl Conditions {
    /// Measures both, one after the other.
    ///
    /// # Errors
    /// When something does not start or does not do what it is measured at.
    pub fn measure(&self) -> anyhow::Result<Floor> {
        let echoed = self.echo().context("measure the echo")?;
        let batches = self.batches()?;
        Ok(Floor {
            echo_per_s: echoed.per_s,
            echo_ms: echoed.alone_ms,
            batch_rows_per_s: batches.rows_per_s,
            commit_ms: batches.commit_ms,
            combined_per_s: combined(echoed.per_s, batches.rows_per_s),
            ..Floor::default()
        })
    }

    /// Measures the bare statement alone.
    ///
    /// # Errors
    /// When it does not store, or is interrupted.
    pub fn batches(&self) -> anyhow::Result<Batches> {
        self.check()?;
        let batches = match self.store {
            StoreKind::Sqlite => self.sqlite(),
            StoreKind::Postgres => self.postgres(),
        };
        batches.context("measure the bare statement")
    }

    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            (1..=SECONDS_MAX).contains(&self.seconds),
            "a floor is measured for 1 to {SECONDS_MAX} seconds, got {}",
            self.seconds
        );
        Ok(())
    }

    fn echo(&self) -> anyhow::Result<drive::Echoed> {
        self.check()?;
        let echo = Echo::start(&self.program, self.threads, self.frames.reply)?;
        let load = Load {
            base: echo.base().clone(),
            sockets: self.sessions.clamp(1, SOCKETS_MAX),
            request_bytes: self.frames.request,
            seconds: self.seconds,
        };
        load.drive_apart(&self.program)
    }

    fn sqlite(&self) -> anyhow::Result<Batches> {
        let folder = Folder::make(None)?;
        migrate(&self.server, folder.path(), &database_variables(None))?;
        let file = folder.path().join("learnr.sqlite3");
        sqlite::measure(&file, &self.span())
    }

    fn postgres(&self) -> anyhow::Result<Batches> {
        let (folder, database) = (Folder::make(None)?, Database::create()?);
        let url = database.url();
        migrate(&self.server, folder.path(), &database_variables(Some(&url)))?;
        let delay = match self.database_delay_ms {
            0 => None,
            ms => Some(DelayLine::start(
                database.authority(),
                Duration::from_millis(ms),
            )?),
        };
        let url = delay.as_ref().map_or(url, |delay| {
            database.url_through(&delay.address().to_string())
        });
        postgres::measure(&url, &self.span())
    }

    fn span(&self) -> Span {
        Span {
            sessions: self.sessions.clamp(*SESSIONS.start(), *SESSIONS.end()),
            seconds: self.seconds,
            interrupted: Arc::clone(&self.interrupted),
        }
    }
}

/// Answers a second if an answer cost a round trip of one and a row of the other.
fn combined(echo_per_s: f64, rows_per_s: f64) -> f64 {
    1.0 / (1.0 / echo_per_s + 1.0 / rows_per_s)
}

/// Threads that serve the sockets of all instances: what `--threads` says, one for several instances on one machine,
/// else the server's own choice, one for every two processors.
fn threads(environment: &Environment) -> usize {
    let given = environment
        .serve
        .iter()
        .enumerate()
        .find_map(|(at, argument)| match argument.strip_prefix("--threads") {
            Some("") => environment.serve.get(at + 1)?.parse().ok(),
            Some(value) => value.strip_prefix('=')?.parse().ok(),
            None => None,
        });
    let own = || match environment.instances {
        1 => std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1)),
        _ => 1,
    };
    given.unwrap_or_else(own) * environment.instances
}

/// Has the server's binary make the schema.
fn migrate(server: &Path, folder: &Path, variables: &[Variable]) -> anyhow::Result<()> {
    let mut command = Command::new(server);
    crate::environment::server::vary(&mut command, variables);
    let done = command
        .args(["migrate", "--data"])
        .arg(folder)
        .output()
        .with_context(|| format!("start {} migrate", server.display()))?;
    ensure!(
        done.status.success(),
        "the schema was not made: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_floors_together_are_as_if_one_came_after_the_other() {
        assert!((combined(100.0, 100.0) - 50.0).abs() < 1e-9);
        assert!((combined(60_000.0, 30_000.0) - 20_000.0).abs() < 1e-6);
    }

    fn check(instances: usize, serve: &[&str], expected: usize) {
        let environment = Environment {
            instances,
            serve: serve.iter().map(|&argument| argument.to_owned()).collect(),
            ..Environment::default()
        };
        assert_eq!(threads(&environment), expected, "{environment:?}");
    }

    #[test]
    fn the_echo_has_as_many_threads_as_the_servers_together() {
        check(1, &["--threads", "3"], 3);
        check(1, &["--sessions-max", "5", "--threads=2"], 2);
        check(3, &[], 3);
        check(2, &["--threads", "2"], 4);
    }
}
