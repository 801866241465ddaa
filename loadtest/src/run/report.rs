//! What a run came to: the figures as JSON, and in words.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use serde::Serialize;

use crate::ledger::LedgerReport;
use crate::meter::Quantiles;

/// What the server used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ServerUsage {
    /// Resident memory at the end of the measured time, bytes.
    pub rss_bytes: u64,
    /// The same before the first learner.
    pub rss_idle_bytes: u64,
    /// The highest it was, bytes.
    pub rss_peak_bytes: u64,
    /// What each session added, bytes.
    pub rss_bytes_per_session: u64,
    /// Processor time in the measured time, seconds.
    pub cpu_s: f64,
}

/// What the load test itself used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct ClientUsage {
    /// Resident memory at the end, bytes.
    pub rss_bytes: u64,
    /// Processor time in the measured time, seconds.
    pub cpu_s: f64,
}

/// Latency of the store's commits, as the server reports it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CommitLatency {
    /// Median, milliseconds.
    pub p50: f64,
    /// 99th percentile, milliseconds.
    pub p99: f64,
}

/// Everything a run came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name of the scenario.
    pub scenario: String,
    /// `open`, `closed` or `idle`.
    pub mode: &'static str,
    /// `msgpack` or `json`.
    pub encoding: &'static str,
    /// Seed of everything random.
    pub seed: u64,
    /// Whether the server's message limits were on.
    pub limits: bool,
    /// Whether it was ended early.
    pub interrupted: bool,
    /// Learners asked for.
    pub sessions: usize,
    /// Learners connected at the end of the measured time.
    pub connected: i64,
    /// Sessions begun and ended in the whole run.
    pub sessions_started: u64,
    /// Of those, ended.
    pub sessions_ended: u64,
    /// Time it took until every learner had started, seconds.
    pub ramp_s: f64,
    /// Measured time, seconds; every rate and latency below is of this time alone.
    pub seconds: f64,
    /// Answers acknowledged in the measured time.
    pub answers_acked: u64,
    /// Of those, each second.
    pub answers_per_s: f64,
    /// From when an answer was due to its acknowledgement, milliseconds.
    pub ack_ms: Quantiles,
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
    /// The proof; absent when the store could not be read.
    pub ledger: Option<LedgerReport>,
    /// Absent for a server that was running already.
    pub server: Option<ServerUsage>,
    /// The load test's own use.
    pub client: ClientUsage,
    /// Absent when the server publishes no such metric.
    pub commit_ms: Option<CommitLatency>,
    /// Mean rows of a commit; absent when the server publishes no such metric.
    pub batch_rows_mean: Option<f64>,
    /// What else went wrong, in words.
    pub faults: Vec<String>,
}

impl Report {
    /// Whether the run proves what it is there to prove: nothing acknowledged was lost.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.ledger.as_ref().is_none_or(LedgerReport::is_clean)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} sessions, {:.1} s measured{}{}",
            self.scenario,
            self.sessions,
            self.seconds,
            if self.limits {
                ""
            } else {
                ", message limits OFF"
            },
            if self.interrupted {
                ", ended early"
            } else {
                ""
            },
        )?;
        writeln!(
            f,
            "  answers      {} acknowledged, {:.1} a second",
            self.answers_acked, self.answers_per_s
        )?;
        let quantiles = |name: &str, q: &Quantiles| {
            format!(
                "  {name:<12} p50 {:.1}  p90 {:.1}  p99 {:.1}  p99.9 {:.1}  max {:.1} ms",
                q.p50, q.p90, q.p99, q.p999, q.max
            )
        };
        writeln!(f, "{}", quantiles("ack", &self.ack_ms))?;
        writeln!(f, "{}", quantiles("start", &self.start_ms))?;
        writeln!(
            f,
            "  trouble      {} errors{}, {} reconnects{}, {} sent again, {} unacknowledged at the end",
            self.errors,
            listed(&self.errors_by),
            self.reconnects,
            listed(&self.reconnects_by),
            self.resent,
            self.unacked
        )?;
        self.write_use(f)?;
        match &self.ledger {
            None => writeln!(f, "  ledger       not checked: no store to read")?,
            Some(ledger) => write_ledger(f, ledger)?,
        }
        for fault in &self.faults {
            writeln!(f, "  FAULT        {fault}")?;
        }
        Ok(())
    }
}

impl Report {
    fn write_use(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(server) = &self.server {
            writeln!(
                f,
                "  server       {:.1} MiB ({:.1} idle, {:.1} KiB a session), {:.2} cores",
                mib(server.rss_bytes),
                mib(server.rss_idle_bytes),
                server.rss_bytes_per_session as f64 / 1024.0,
                server.cpu_s / self.seconds.max(f64::MIN_POSITIVE),
            )?;
        }
        writeln!(
            f,
            "  load test    {:.1} MiB, {:.2} cores",
            mib(self.client.rss_bytes),
            self.client.cpu_s / self.seconds.max(f64::MIN_POSITIVE),
        )?;
        if let Some(commit) = &self.commit_ms {
            writeln!(
                f,
                "  commit       p50 {:.2}  p99 {:.2} ms, {:.1} rows each",
                commit.p50,
                commit.p99,
                self.batch_rows_mean.unwrap_or(f64::NAN)
            )?;
        }
        Ok(())
    }
}

fn write_ledger(f: &mut fmt::Formatter<'_>, ledger: &LedgerReport) -> fmt::Result {
    writeln!(
        f,
        "  ledger       {} acknowledged, {} stored: {}",
        ledger.acked,
        ledger.stored,
        if ledger.is_clean() {
            "every acknowledged answer is there exactly once".to_owned()
        } else {
            format!(
                "DEFECTS: {} missing, {} doubled, {} never sent, {} mismatched, {} gaps, {} epochs falling",
                ledger.missing,
                ledger.doubled,
                ledger.unsent,
                ledger.mismatched,
                ledger.gaps,
                ledger.epoch_regressions
            )
        }
    )?;
    for example in &ledger.examples {
        writeln!(f, "               {example}")?;
    }
    Ok(())
}

fn listed(counts: &BTreeMap<String, u64>) -> String {
    let mut text = String::new();
    for (name, times) in counts {
        let before = if text.is_empty() { " (" } else { ", " };
        if write!(text, "{before}{name}: {times}").is_err() {
            return text;
        }
    }
    if !text.is_empty() {
        text.push(')');
    }
    text
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
