//! What can be compared between machines: ours over what the same machine does bare. Pure.

use serde::{Deserialize, Serialize};

use crate::report::Report;
use crate::scenario::Pace;

/// Ratios of one run. Absent where what they need was not measured or means nothing at the run's pace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Ratios {
    /// Answers a second over the combined floor; of saturated runs, since else it only tells the pace.
    pub floor: Option<f64>,
    /// Median acknowledgement over a bare echo's plus one commit's; not of saturated runs, whose clients queue.
    pub p50: Option<f64>,
    /// Processor time of server, database and load test an answer, over the machine's an echo.
    pub processor: Option<f64>,
    /// Bytes a session: no ratio, and still the same on any machine of one word size.
    pub bytes_per_session: Option<f64>,
    /// Mean rows of a commit, of saturated runs.
    pub batch_rows: Option<f64>,
}

impl Ratios {
    /// Those of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let saturated = matches!(report.plan.pace, Pace::Closed { .. } | Pace::Knee { .. });
        let floor = report.floor.filter(|floor| floor.combined_per_s > 0.0);
        Self {
            floor: floor.filter(|_| saturated).map(|floor| floor.ratio),
            p50: floor
                .filter(|floor| !saturated && floor.p50_ratio > 0.0)
                .map(|floor| floor.p50_ratio),
            processor: processor(report),
            bytes_per_session: bytes_per_session(report).map(|bytes| bytes as f64),
            // Over the steps of a knee they are the mean of different rates.
            batch_rows: report
                .batch_rows_mean
                .filter(|_| matches!(report.plan.pace, Pace::Closed { .. })),
        }
    }
}

/// Bytes a session: the slope where it was measured.
pub(super) fn bytes_per_session(report: &Report) -> Option<u64> {
    let server = report.server.as_ref()?;
    let bytes = server
        .rss_slope_bytes_per_session
        .unwrap_or(server.rss_bytes_per_session);
    (bytes > 0).then_some(bytes)
}

/// What an echo costs is taken as all processors' time over its rate: true where it fills the machine, as it does two
/// processors (its server and what drives it have a thread each for every two).
fn processor(report: &Report) -> Option<f64> {
    let floor = report.floor.filter(|floor| floor.echo_per_s > 0.0)?;
    let server = report.server.as_ref()?;
    if report.answers_acked == 0 {
        return None;
    }
    let database_s = report.database.map_or(0.0, |usage| usage.cpu_s);
    let answer_s = (server.cpu_s + database_s + report.client.cpu_s) / report.answers_acked as f64;
    Some(answer_s / (report.machine.cores as f64 / floor.echo_per_s))
}
