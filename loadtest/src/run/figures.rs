//! From counters at three instants to the figures of a report. Reads no clock and no process.

use std::time::Instant;

use learnr_protocol::Encoding;

use super::plan::{Mode, Plan};
use super::report::{ClientUsage, CommitLatency, Report, ServerUsage};
use super::scrape;
use super::server::Usage;
use crate::meter::Meter;

/// The server's metrics read here.
const COMMIT_METRIC: &str = "learnr_store_commit_seconds";
const BATCH_METRIC: &str = "learnr_store_batch_rows";

/// Counters and uses at one instant.
pub(super) struct Snapshot {
    pub(super) at: Instant,
    pub(super) meter: Meter,
    pub(super) server: Option<Usage>,
    pub(super) client: Usage,
}

/// All that is known when a run has ended.
pub(super) struct Figures {
    /// Before the first learner.
    pub(super) idle: Snapshot,
    /// When measuring began.
    pub(super) before: Snapshot,
    /// When it ended.
    pub(super) after: Snapshot,
    /// Counters of the whole run.
    pub(super) total: Meter,
    /// The server's metrics, if it has any.
    pub(super) metrics: Option<String>,
    /// Whether it was ended early.
    pub(super) interrupted: bool,
}

impl Figures {
    /// Everything but the proof and the faults.
    pub(super) fn report(&self, plan: &Plan) -> Report {
        let Self {
            idle,
            before,
            after,
            total,
            ..
        } = self;
        let metrics = self.metrics.as_deref();
        let seconds = (after.at - before.at).as_secs_f64();
        let acked = after.meter.acked - before.meter.acked;
        let commit = |q| scrape::quantile(metrics?, COMMIT_METRIC, q).map(|s| s * 1_000.0);
        Report {
            scenario: plan.scenario.clone(),
            mode: match plan.mode {
                Mode::Open(_) => "open",
                Mode::Closed { .. } => "closed",
                Mode::Idle => "idle",
            },
            encoding: match plan.encoding {
                Encoding::MsgPack => "msgpack",
                Encoding::Json => "json",
            },
            seed: plan.seed,
            limits: plan.limits,
            interrupted: self.interrupted,
            sessions: plan.sessions,
            connected: after.meter.connected,
            sessions_started: total.started,
            sessions_ended: total.ended,
            ramp_s: (before.at - idle.at).as_secs_f64(),
            seconds,
            answers_acked: acked,
            answers_per_s: acked as f64 / seconds.max(f64::MIN_POSITIVE),
            ack_ms: after.meter.ack.quantiles(),
            start_ms: total.start.quantiles(),
            unacked: total.in_flight(),
            resent: total.resent,
            errors: total.errors.values().sum(),
            errors_by: total.errors.clone(),
            reconnects: total.reconnects.values().sum(),
            reconnects_by: total.reconnects.clone(),
            ledger: None,
            server: server_usage(idle, before, after),
            client: ClientUsage {
                rss_bytes: after.client.rss_bytes,
                cpu_s: after.client.cpu_s - before.client.cpu_s,
            },
            commit_ms: commit(0.5)
                .zip(commit(0.99))
                .map(|(p50, p99)| CommitLatency { p50, p99 }),
            batch_rows_mean: metrics.and_then(|text| scrape::mean(text, BATCH_METRIC)),
            faults: Vec::new(),
        }
    }
}

fn server_usage(idle: &Snapshot, before: &Snapshot, after: &Snapshot) -> Option<ServerUsage> {
    let (idle, start, end) = (idle.server?, before.server?, after.server?);
    let sessions = u64::try_from(after.meter.connected).unwrap_or(0).max(1);
    Some(ServerUsage {
        rss_bytes: end.rss_bytes,
        rss_idle_bytes: idle.rss_bytes,
        rss_peak_bytes: end.rss_peak_bytes,
        rss_bytes_per_session: end.rss_bytes.saturating_sub(idle.rss_bytes) / sessions,
        cpu_s: end.cpu_s - start.cpu_s,
    })
}
