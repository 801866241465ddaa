//! From counters at three instants to the figures of a report. Reads no clock and no process.

use super::scrape;
use super::server::Usage;
use super::tally::Tally;
use crate::environment::Used;
use crate::learner::epoch_ms;
use crate::meter::{Latencies, Meter};
use crate::report::{
    self, CommitLatency, Machine, Percentile, REPORT_VERSION, Report, Sample, ServerUsage, Storm,
};
use crate::scenario::Scenario;

/// The server's metrics read here.
const COMMIT_METRIC: &str = "learnr_store_commit_seconds";
const BATCH_METRIC: &str = "learnr_store_batch_rows";
/// Halves of what is left that latency is shown at, and points in each: down to one answer in a million.
const HALVES: i32 = 20;
const POINTS_A_HALF: i32 = 5;

/// Counters and uses at one instant.
#[derive(Debug, Clone, Default)]
pub(super) struct Snapshot {
    /// Seconds since the origin.
    pub(super) at_s: f64,
    pub(super) meter: Meter,
    pub(super) used: Option<Used>,
    pub(super) client: Usage,
    /// What the servers tell of their store.
    pub(super) commits: Commits,
}

/// What the servers tell of their store, so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Commits {
    pub(super) count: f64,
    pub(super) rows: f64,
    pub(super) p50_ms: Option<f64>,
    pub(super) p99_ms: Option<f64>,
}

impl Commits {
    pub(super) fn read(metrics: &str) -> Self {
        let quantile =
            |q| scrape::quantile(metrics, COMMIT_METRIC, q).map(|seconds| seconds * 1_000.0);
        Self {
            count: scrape::sum(metrics, &format!("{BATCH_METRIC}_count")),
            rows: scrape::sum(metrics, &format!("{BATCH_METRIC}_sum")),
            p50_ms: quantile(0.5),
            p99_ms: quantile(0.99),
        }
    }

    fn rows_mean(self, before: Self) -> Option<f64> {
        let count = self.count - before.count;
        (count > 0.0).then(|| (self.rows - before.rows) / count)
    }
}

/// What passed from one whole second to the next.
pub(super) fn sample(before: &Snapshot, now: &Snapshot, measured: bool) -> Sample {
    let seconds = (now.at_s - before.at_s).max(f64::MIN_POSITIVE);
    let errors = |snapshot: &Snapshot| snapshot.meter.errors.values().sum::<u64>();
    let lost = |snapshot: &Snapshot| snapshot.meter.reconnects.values().sum::<u64>();
    let server = |snapshot: &Snapshot| snapshot.used.map(|used| used.server);
    let database = |snapshot: &Snapshot| snapshot.used.and_then(|used| used.database);
    let cores = |of: &dyn Fn(&Snapshot) -> Option<Usage>| {
        let used = of(now).zip(of(before));
        used.map_or(0.0, |(now, before)| (now.cpu_s - before.cpu_s) / seconds)
    };
    let latency = now.meter.ack.quantiles();
    Sample {
        at_s: now.at_s,
        measured,
        connected: now.meter.connected,
        acked: now.meter.acked - before.meter.acked,
        errors: errors(now).saturating_sub(errors(before)),
        reconnects: lost(now).saturating_sub(lost(before)),
        p50_ms: latency.p50,
        p99_ms: latency.p99,
        max_ms: latency.max,
        server_cores: cores(&server),
        database_cores: cores(&database),
        client_cores: (now.client.cpu_s - before.client.cpu_s) / seconds,
        server_rss_bytes: server(now).map_or(0, |used| used.rss_bytes),
        database_rss_bytes: database(now).map_or(0, |used| used.rss_bytes),
        commits: (now.commits.count - before.commits.count).max(0.0) as u64,
        batch_rows: now.commits.rows_mean(before.commits).unwrap_or(0.0),
        commit_p50_ms: now.commits.p50_ms.unwrap_or(0.0),
        commit_p99_ms: now.commits.p99_ms.unwrap_or(0.0),
    }
}

/// All that is known when a run has ended.
pub(super) struct Figures<'a> {
    /// Before the first learner.
    pub(super) idle: &'a Snapshot,
    /// When measuring began.
    pub(super) before: &'a Snapshot,
    /// When it ended.
    pub(super) after: &'a Snapshot,
    /// Counters of the whole run.
    pub(super) total: &'a Meter,
    /// Latencies.
    pub(super) tally: &'a Tally,
    /// Bytes that each session adds, when that was measured.
    pub(super) slope: Option<u64>,
}

impl Figures<'_> {
    /// Everything but the proof, the knee, the samples, the goals and the faults.
    pub(super) fn report(&self, scenario: &Scenario) -> Report {
        let Self {
            before,
            after,
            total,
            tally,
            ..
        } = self;
        let seconds = after.at_s - before.at_s;
        let acked = after.meter.acked - before.meter.acked;
        let commit = after.commits.p50_ms.zip(after.commits.p99_ms);
        Report {
            version: REPORT_VERSION,
            scenario: scenario.name.clone(),
            plan: scenario.clone(),
            machine: Machine::default(),
            command: String::new(),
            at_ms: epoch_ms(),
            limits: scenario.environment.limits,
            interrupted: false,
            sessions: scenario.learners.sessions,
            connected: after.meter.connected,
            sessions_started: total.started,
            sessions_ended: total.ended,
            ramp_s: 0.0,
            seconds,
            answers_due: total.due,
            answers_acked: acked,
            answers_per_s: acked as f64 / seconds.max(f64::MIN_POSITIVE),
            ack_ms: tally.ack.quantiles(),
            ack_by_percentile: by_percentile(&tally.ack),
            start_ms: tally.start.quantiles(),
            unacked: total.in_flight(),
            resent: total.resent,
            errors: total.errors.values().sum(),
            errors_by: total.errors.clone(),
            reconnects: total.reconnects.values().sum(),
            reconnects_by: total.reconnects.clone(),
            storm: storm(tally, total),
            knee: None,
            undisturbed_ms: None,
            ledger: None,
            floor: None,
            server: self.server(),
            throttled: None,
            database: self.database(),
            client: report::Usage {
                rss_bytes: after.client.rss_bytes,
                cpu_s: after.client.cpu_s - before.client.cpu_s,
            },
            commit_ms: commit.map(|(p50, p99)| CommitLatency { p50, p99 }),
            batch_rows_mean: after.commits.rows_mean(before.commits),
            samples: Vec::new(),
            goals: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn server(&self) -> Option<ServerUsage> {
        let of = |snapshot: &Snapshot| snapshot.used.map(|used| used.server);
        let (idle, start, end) = (of(self.idle)?, of(self.before)?, of(self.after)?);
        let connected = self.after.meter.connected;
        let sessions = u64::try_from(connected).unwrap_or(0).max(1);
        Some(ServerUsage {
            rss_bytes: end.rss_bytes,
            rss_idle_bytes: idle.rss_bytes,
            rss_warm_bytes: start.rss_bytes,
            rss_peak_bytes: end.rss_peak_bytes,
            rss_bytes_per_session: end.rss_bytes.saturating_sub(idle.rss_bytes) / sessions,
            rss_slope_bytes_per_session: self.slope,
            cpu_s: end.cpu_s - start.cpu_s,
        })
    }

    fn database(&self) -> Option<report::Usage> {
        let of = |snapshot: &Snapshot| snapshot.used.and_then(|used| used.database);
        let (start, end) = (of(self.before)?, of(self.after)?);
        Some(report::Usage {
            rss_bytes: end.rss_bytes,
            cpu_s: end.cpu_s - start.cpu_s,
        })
    }
}

fn storm(tally: &Tally, total: &Meter) -> Option<Storm> {
    let returns = &tally.returns;
    let began = returns.first_drop_s?;
    Some(Storm {
        dropped: total
            .reconnects
            .get(crate::crew::STORM)
            .copied()
            .unwrap_or(0),
        back: returns.back.count(),
        all_back_s: (returns.last_back_s - began).max(0.0),
        back_ms: returns.back.quantiles(),
    })
}

/// Latency at ever finer quantiles, ascending, to the highest that the number of answers tells apart.
fn by_percentile(ack: &Latencies) -> Vec<Percentile> {
    if ack.count() == 0 {
        return Vec::new();
    }
    let finest = 1.0 / ack.count() as f64;
    let mut quantiles: Vec<f64> = (0..HALVES)
        .flat_map(|half| (0..POINTS_A_HALF).map(move |point| (half, point)))
        .map(|(half, point)| {
            let left = 0.5_f64.powi(half);
            1.0 - left + left * 0.5 * f64::from(point) / f64::from(POINTS_A_HALF)
        })
        .take_while(|quantile| 1.0 - quantile > finest)
        .collect();
    quantiles.push(1.0);
    ack.at(&quantiles)
        .map(|(quantile, ms)| Percentile { quantile, ms })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn percentiles_ascend_to_the_longest() {
        let mut ack = Latencies::default();
        assert!(by_percentile(&ack).is_empty());
        for ms in 1..=1_000 {
            ack.record(Duration::from_millis(ms));
        }
        let points = by_percentile(&ack);
        assert_eq!(points[0].quantile, 0.0);
        assert!((points[0].ms - 1.0).abs() < 0.01);
        for pair in points.windows(2) {
            assert!(pair[0].quantile < pair[1].quantile && pair[0].ms <= pair[1].ms);
        }
        let last = points.last().expect("there are points");
        assert_eq!((last.quantile, last.ms), (1.0, ack.quantiles().max));
        let median = points.iter().find(|point| point.quantile == 0.5);
        assert!(median.is_some_and(|median| (median.ms - 500.0).abs() < 1.0));
    }
}
