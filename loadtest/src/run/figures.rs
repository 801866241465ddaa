//! From counters at three instants to the figures of a report. Reads no clock and no process.

use std::time::Instant;

use super::plan::Plan;
use super::scrape;
use super::server::Usage;
use crate::learner::epoch_ms;
use crate::meter::Meter;
use crate::report::{self, CommitLatency, Machine, REPORT_VERSION, Report, ServerUsage};
use crate::scenario::{Environment, Goal, Learners, Pace, Scenario, Wire};

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
            version: REPORT_VERSION,
            scenario: plan.scenario.clone(),
            plan: asked(plan),
            machine: Machine::default(),
            command: String::new(),
            at_ms: epoch_ms(),
            limits: plan.limits,
            interrupted: self.interrupted,
            sessions: plan.sessions,
            connected: after.meter.connected,
            sessions_started: total.started,
            sessions_ended: total.ended,
            ramp_s: (before.at - idle.at).as_secs_f64(),
            seconds,
            answers_due: acked,
            answers_acked: acked,
            answers_per_s: acked as f64 / seconds.max(f64::MIN_POSITIVE),
            ack_ms: after.meter.ack.quantiles(),
            ack_by_percentile: Vec::new(),
            start_ms: total.start.quantiles(),
            unacked: total.in_flight(),
            resent: total.resent,
            errors: total.errors.values().sum(),
            errors_by: total.errors.clone(),
            reconnects: total.reconnects.values().sum(),
            reconnects_by: total.reconnects.clone(),
            storm: None,
            knee: None,
            undisturbed_ms: None,
            ledger: None,
            floor: None,
            server: server_usage(idle, before, after),
            database: None,
            client: report::Usage {
                rss_bytes: after.client.rss_bytes,
                cpu_s: after.client.cpu_s - before.client.cpu_s,
            },
            commit_ms: commit(0.5)
                .zip(commit(0.99))
                .map(|(p50, p99)| CommitLatency { p50, p99 }),
            batch_rows_mean: metrics.and_then(|text| scrape::mean(text, BATCH_METRIC)),
            samples: Vec::new(),
            goals: Vec::new(),
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
        rss_warm_bytes: start.rss_bytes,
        rss_peak_bytes: end.rss_peak_bytes,
        rss_bytes_per_session: end.rss_bytes.saturating_sub(idle.rss_bytes) / sessions,
        rss_slope_bytes_per_session: None,
        cpu_s: end.cpu_s - start.cpu_s,
    })
}

/// What the flags ask for, as a scenario.
fn asked(plan: &Plan) -> Scenario {
    Scenario {
        name: plan.scenario.clone(),
        title: plan.scenario.clone(),
        learners: Learners {
            sessions: plan.sessions,
            ramp_per_s: plan.ramp_per_s,
            length: plan.create.length.unwrap_or_default(),
            processes: 1,
            threads: plan.threads,
            encoding: Wire::Msgpack,
            ability_mean: 0.0,
            ability_sd: 1.0,
            stalled: 0,
            slow: 0,
            dead: 0,
            seed: plan.seed,
        },
        pace: Pace::Idle,
        event: None,
        seconds: plan.seconds,
        environment: Environment::default(),
        floor_seconds: 0,
        goal: Goal::default(),
    }
}
