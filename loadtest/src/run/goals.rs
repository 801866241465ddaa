//! What a scenario is held to against what a run came to. Pure.

use crate::report::{Reached, Report};
use crate::scenario::Goal;

/// Goals that are about what is right, not about how fast: missing one fails the run on any machine.
const OF_CORRECTNESS: [&str; 1] = ["errors"];

/// Goals of which more is better; of all others, less.
const AT_LEAST: [&str; 2] = ["answers_per_s", "floor_ratio"];

/// Each goal of the scenario, and what was reached. `drift` is the p99 of the last minute over the first's.
pub(super) fn reached(goal: &Goal, report: &Report, drift: Option<f64>) -> Vec<Reached> {
    let server = report.server.as_ref();
    let acked = (report.answers_acked > 0).then_some(report.ack_ms);
    let storm = report.storm.filter(|storm| storm.dropped > 0);
    let back = storm.filter(|storm| storm.back >= storm.dropped);
    let slope = server.and_then(|server| server.rss_slope_bytes_per_session);
    let rss_ratio = server.and_then(|server| ratio(server.rss_bytes, server.rss_warm_bytes));
    let rate = report
        .knee
        .as_ref()
        .map_or(report.answers_per_s, |knee| knee.answers_per_s);
    let asked = [
        ("p50_ms", goal.p50_ms, acked.map(|ms| ms.p50)),
        ("p99_ms", goal.p99_ms, acked.map(|ms| ms.p99)),
        ("answers_per_s", goal.answers_per_s, Some(rate)),
        (
            "floor_ratio",
            goal.floor_ratio,
            report.floor.map(|floor| floor.ratio),
        ),
        (
            "errors",
            goal.errors.map(|errors| errors as f64),
            Some(report.errors as f64),
        ),
        (
            "bytes_per_session",
            goal.bytes_per_session.map(|bytes| bytes as f64),
            slope.map(|bytes| bytes as f64),
        ),
        (
            "back_within_s",
            goal.back_within_s,
            back.map(|storm| storm.all_back_s),
        ),
        ("rss_ratio", goal.rss_ratio, rss_ratio),
        ("p99_drift", goal.p99_drift, drift),
        // Set once the run without the odd clients is known too.
        ("others_ratio", goal.others_ratio, None),
    ];
    // A knee goes beyond its latency by design: what it is held to is the rate.
    let is_knee = report.knee.is_some();
    asked
        .into_iter()
        .filter(|(name, ..)| !(is_knee && matches!(*name, "p99_ms" | "errors")))
        .filter_map(|(name, asked, reached)| {
            let asked = asked?;
            Some(Reached {
                goal: name.to_owned(),
                asked,
                reached,
                met: reached.is_some_and(|reached| meets(name, reached, asked)),
            })
        })
        .collect()
}

/// Fills in a goal that is known only after the others; a rate that is to be at least what was asked for.
pub(super) fn set(goals: &mut [Reached], name: &str, reached: Option<f64>) {
    for goal in goals.iter_mut().filter(|goal| goal.goal == name) {
        goal.reached = reached;
        goal.met = reached.is_some_and(|reached| meets(name, reached, goal.asked));
    }
}

fn meets(name: &str, reached: f64, asked: f64) -> bool {
    if AT_LEAST.contains(&name) {
        reached >= asked
    } else {
        reached <= asked
    }
}

fn ratio(over: u64, under: u64) -> Option<f64> {
    (under > 0).then(|| over as f64 / under as f64)
}

impl Reached {
    /// Whether missing it is wrong on any machine, and not only slow.
    #[must_use]
    pub fn is_of_correctness(&self) -> bool {
        OF_CORRECTNESS.contains(&self.goal.as_str())
    }
}

impl Report {
    /// Whether a goal that holds on any machine was missed.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        let mut goals = self.goals.iter();
        goals.any(|goal| !goal.met && goal.is_of_correctness())
    }

    /// Whether every goal was met.
    #[must_use]
    pub fn meets_goals(&self) -> bool {
        self.goals.iter().all(|goal| goal.met)
    }
}
