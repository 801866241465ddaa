//! What a scenario is held to against what a run came to. Pure.

use crate::report::{Reached, Report, Sample};
use crate::scenario::Goal;

/// Memory is compared as its mean over so long, seconds: an allocator keeps more or less of what is free from one second to the next.
const MEMORY_S: f64 = 600.0;

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
    let rss_ratio = memory_ratio(&report.samples, goal.warm_up_s);
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

/// Mean memory of the servers in the last ten minutes over that of the ten after warm-up; of halves where there are fewer.
fn memory_ratio(samples: &[Sample], warm_up_s: f64) -> Option<f64> {
    let mut measured = samples.iter().filter(|sample| sample.measured);
    let warm_s = measured.clone().next()?.at_s + warm_up_s;
    let end_s = measured.next_back()?.at_s;
    let within_s = MEMORY_S.min((end_s - warm_s) / 2.0);
    let first = mean_memory(samples, warm_s, warm_s + within_s)?;
    let last = mean_memory(samples, end_s - within_s, end_s)?;
    (first > 0.0).then(|| last / first)
}

/// Mean memory of the servers from one time to another, bytes; absent when nothing was seen of it.
fn mean_memory(samples: &[Sample], from_s: f64, to_s: f64) -> Option<f64> {
    let seen = samples
        .iter()
        .filter(|sample| sample.measured && sample.at_s > from_s && sample.at_s <= to_s);
    let (count, sum) = seen.fold((0_u32, 0.0), |(count, sum), sample| {
        (count + 1, sum + sample.server_rss_bytes as f64)
    });
    (count > 0).then(|| sum / f64::from(count))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of an hour, a sample a minute, with this memory at each.
    fn hour(memory: impl Fn(u32) -> u64) -> Vec<Sample> {
        let minutes = 1..=60_u32;
        minutes
            .map(|minute| Sample {
                at_s: f64::from(minute) * 60.0,
                measured: true,
                server_rss_bytes: memory(minute),
                ..Sample::default()
            })
            .collect()
    }

    #[test]
    fn memory_that_rises_while_it_warms_up_and_jumps_about_after_is_flat() {
        let samples = hour(|minute| match minute {
            1..=10 => 50,
            _ if minute.is_multiple_of(2) => 110,
            _ => 90,
        });
        let ratio = memory_ratio(&samples, 600.0).expect("samples");
        assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
        assert!(memory_ratio(&samples, 0.0).expect("samples") > 1.5);
    }

    #[test]
    fn memory_that_creeps_up_is_not_flat() {
        let creeping = hour(|minute| 1_000 + 2 * u64::from(minute));
        assert!(memory_ratio(&creeping, 600.0).expect("samples") > 1.05);
    }

    #[test]
    fn memory_that_nobody_saw_has_no_ratio() {
        assert_eq!(memory_ratio(&[], 0.0), None);
        assert_eq!(memory_ratio(&hour(|_| 1), 3_600.0), None);
        let unseen = hour(|_| 0);
        assert_eq!(memory_ratio(&unseen, 0.0), None);
    }
}
