//! What a run came to: the figures as they stand in `target/load/<scenario>.json`. Owns the shapes; how they
//! are told in words is in `text`, as a page in `page`, as the record in `record`. Measures nothing.

mod axis;
pub(crate) mod format;
pub(crate) mod goal;
mod html;
pub mod live;
pub mod page;
mod panels;
mod plot;
#[cfg(test)]
pub(crate) mod specimen;
mod tables;
mod text;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::environment::Throttled;
use crate::ledger::LedgerReport;
use crate::meter::Quantiles;
use crate::scenario::Scenario;

/// Shape of the file; raised when a figure changes its meaning.
pub const REPORT_VERSION: u32 = 2;

/// Everything a run came to. Rates and latencies are of the measured time alone unless they say otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT_VERSION`] of who wrote it.
    pub version: u32,
    /// Name of the scenario.
    pub scenario: String,
    /// What was asked for, whole.
    pub plan: Scenario,
    /// The machine and what was built.
    pub machine: Machine,
    /// How to run it again.
    pub command: String,
    /// When it began, milliseconds since the epoch.
    pub at_ms: i64,
    /// Whether the server's message limits were on.
    pub limits: bool,
    /// Whether it was ended early.
    pub interrupted: bool,
    /// Learners asked for.
    pub sessions: usize,
    /// Learners connected at the end of the measured time.
    pub connected: i64,
    /// Sessions begun in the whole run.
    pub sessions_started: u64,
    /// Of those, ended.
    pub sessions_ended: u64,
    /// Time it took until every learner had started, seconds.
    pub ramp_s: f64,
    /// Measured time, seconds.
    pub seconds: f64,
    /// Answers that were due in the measured time; what was not sent by its end is counted as late as it was.
    pub answers_due: u64,
    /// Answers acknowledged.
    pub answers_acked: u64,
    /// Of those, each second.
    pub answers_per_s: f64,
    /// From when an answer was due to its acknowledgement, milliseconds.
    pub ack_ms: Quantiles,
    /// The same by percentile, for plots: ascending, from 0 to the highest told apart.
    pub ack_by_percentile: Vec<Percentile>,
    /// From asking for a session to its first question, milliseconds, whole run.
    pub start_ms: Quantiles,
    /// Answers sent and neither acknowledged nor refused when the run ended.
    pub unacked: u64,
    /// Answers sent again.
    pub resent: u64,
    /// Errors of the whole run.
    pub errors: u64,
    /// The same by what they were.
    pub errors_by: BTreeMap<String, u64>,
    /// Sockets lost and made again in the whole run.
    pub reconnects: u64,
    /// The same by what ended the socket.
    pub reconnects_by: BTreeMap<String, u64>,
    /// What happened to those that lost their socket in a storm.
    pub storm: Option<Storm>,
    /// Step by step, when the rate was raised to its knee.
    pub knee: Option<Knee>,
    /// The same learners without the stalled, slow and dead among them, from a run just before.
    pub undisturbed_ms: Option<Quantiles>,
    /// The proof; absent when the store could not be read.
    pub ledger: Option<LedgerReport>,
    /// What the same machine does bare, in the same run.
    pub floor: Option<Floor>,
    /// All instances together; absent for servers that were running already.
    pub server: Option<ServerUsage>,
    /// How often the servers met the bounds of their control groups; absent where they have none.
    pub throttled: Option<Throttled>,
    /// The database and its children; absent where it is embedded.
    pub database: Option<Usage>,
    /// The load test's own processes.
    pub client: Usage,
    /// Latency of commits as the servers tell it; absent when they do not.
    pub commit_ms: Option<CommitLatency>,
    /// Mean rows of a commit.
    pub batch_rows_mean: Option<f64>,
    /// Second by second, from the first learner to the end.
    pub samples: Vec<Sample>,
    /// Each goal of the scenario, and what was reached.
    pub goals: Vec<Reached>,
    /// What else went wrong, in words.
    pub faults: Vec<String>,
}

/// Where a figure comes from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Processors.
    pub cores: usize,
    /// What they call themselves.
    pub processor: String,
    /// Memory, bytes.
    pub memory_bytes: u64,
    /// Kernel's name and version.
    pub kernel: String,
    /// Revision that was built, short, with `+` when the tree had changes; `unknown` outside a repository.
    pub commit: String,
    /// Release of the server.
    pub release: String,
    /// The database's name and version.
    pub database: String,
    /// Load average of a minute when the run began: above some 0.5, others were at work.
    pub load_before: f64,
}

/// One point of latency by percentile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Percentile {
    /// 0 to 1.
    pub quantile: f64,
    /// Milliseconds.
    pub ms: f64,
}

/// A reconnect storm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Storm {
    /// Sockets dropped.
    pub dropped: u64,
    /// Of those, back with their session's state.
    pub back: u64,
    /// From the drop of the first to the state of the last, seconds.
    pub all_back_s: f64,
    /// From a learner's drop to their state, milliseconds.
    pub back_ms: Quantiles,
}

/// The rate raised step by step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Knee {
    /// Highest rate that kept the goal, answers a second; 0 when none did.
    pub answers_per_s: f64,
    /// Every step.
    pub steps: Vec<KneeStep>,
}

/// One rate of a knee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct KneeStep {
    /// Answers a second that were due.
    pub due_per_s: f64,
    /// Answers a second that were acknowledged.
    pub acked_per_s: f64,
    /// Their latency, milliseconds.
    pub ack_ms: Quantiles,
    /// Errors of the step.
    pub errors: u64,
}

/// What the machine does bare, with everything on it as in the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Round trips a second of a bare echo on the server's WebSocket library, same sockets and frame sizes.
    pub echo_per_s: f64,
    /// A round trip of it when nothing else is under way, milliseconds.
    pub echo_ms: Quantiles,
    /// Rows a second of the bare fenced batch statement, same rows.
    pub batch_rows_per_s: f64,
    /// One commit of one row when nothing else is under way, milliseconds.
    pub commit_ms: Quantiles,
    /// Answers a second if an answer cost one of each: 1 / (1/echo + 1/batch).
    pub combined_per_s: f64,
    /// Our answers a second over that.
    pub ratio: f64,
    /// Our median acknowledgement over a bare echo's plus one commit's.
    pub p50_ratio: f64,
}

/// What processes used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Resident memory at the end of the measured time, bytes; of a database, what its processes share counted once.
    pub rss_bytes: u64,
    /// Processor time in the measured time, seconds.
    pub cpu_s: f64,
}

/// What the servers used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerUsage {
    /// Resident memory at the end of the measured time, bytes.
    pub rss_bytes: u64,
    /// The same before the first learner.
    pub rss_idle_bytes: u64,
    /// The same when measuring began.
    pub rss_warm_bytes: u64,
    /// The highest it was, bytes.
    pub rss_peak_bytes: u64,
    /// What each session added over the idle server, bytes.
    pub rss_bytes_per_session: u64,
    /// What each session adds: the slope from a tenth of the learners to all of them, bytes.
    pub rss_slope_bytes_per_session: Option<u64>,
    /// Processor time in the measured time, seconds.
    pub cpu_s: f64,
}

/// Latency of the store's commits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CommitLatency {
    /// Median, milliseconds.
    pub p50: f64,
    /// 99th percentile, milliseconds.
    pub p99: f64,
}

/// One second of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// End of the second, seconds since the first learner was started.
    pub at_s: f64,
    /// Whether it is in the measured time.
    pub measured: bool,
    /// Sockets open.
    pub connected: i64,
    /// Answers acknowledged in it.
    pub acked: u64,
    /// Errors in it.
    pub errors: u64,
    /// Sockets lost in it.
    pub reconnects: u64,
    /// Median acknowledgement in it, milliseconds; 0 when there was none.
    pub p50_ms: f64,
    /// 99th percentile, milliseconds.
    pub p99_ms: f64,
    /// The longest, milliseconds.
    pub max_ms: f64,
    /// Processors used by the servers.
    pub server_cores: f64,
    /// By the database.
    pub database_cores: f64,
    /// By the load test.
    pub client_cores: f64,
    /// Resident memory of the servers, bytes.
    pub server_rss_bytes: u64,
    /// Of the database, bytes.
    pub database_rss_bytes: u64,
    /// Commits in it.
    pub commits: u64,
    /// Mean rows of them; 0 when there was none.
    pub batch_rows: f64,
    /// Their median as the servers tell it, milliseconds.
    pub commit_p50_ms: f64,
    /// Their 99th percentile, milliseconds.
    pub commit_p99_ms: f64,
}

/// One goal, and what was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The goal's key in the scenario: `p99_ms`.
    pub goal: String,
    /// What was asked for.
    pub asked: f64,
    /// What was reached; absent when the run did not measure it.
    pub reached: Option<f64>,
    /// Whether that meets it.
    pub met: bool,
}

/// What every version of a report has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Report {
    /// Reads a report's file.
    ///
    /// # Errors
    /// The file's, and when it was written by a version with other figures.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let version = serde_json::from_str::<Versioned>(&text).map_or(0, |of| of.version);
        ensure!(
            version == REPORT_VERSION,
            "{} is a report of version {version}, this reads {REPORT_VERSION}: run its scenario again",
            path.display()
        );
        serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))
    }

    /// Whether the run proves what it is there to prove: nothing acknowledged was lost.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.ledger.as_ref().is_none_or(LedgerReport::is_clean)
    }
}
