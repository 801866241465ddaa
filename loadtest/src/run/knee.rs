//! The rate raised step by step until it is too much. Owns which steps kept the goal; it is handed each whole
//! second.

use crate::crew::knee_rate;
use crate::meter::Latencies;
use crate::report::{Knee, KneeStep};
use crate::scenario::{Pace, Scenario};

/// p99 that a step must keep unless the scenario says otherwise, milliseconds.
const P99_MS_MAX: f64 = 200.0;
/// Share of what was due in a step that must have been acknowledged in it: what falls behind is lost to no
/// percentile.
const ACKED_SHARE_MIN: f64 = 0.95;

/// The steps so far.
pub(super) struct Steps {
    from_per_s: f64,
    factor: f64,
    step_s: u64,
    p99_ms_max: f64,
    knee: Knee,
    seconds: u64,
    latencies: Latencies,
    acked: u64,
    errors: u64,
}

impl Steps {
    /// `None` when the scenario raises no rate.
    pub(super) fn new(scenario: &Scenario) -> Option<Self> {
        let Pace::Knee {
            from_per_s,
            factor,
            step_s,
            ..
        } = scenario.pace
        else {
            return None;
        };
        Some(Self {
            from_per_s,
            factor,
            step_s,
            p99_ms_max: scenario.goal.p99_ms.unwrap_or(P99_MS_MAX),
            knee: Knee::default(),
            seconds: 0,
            latencies: Latencies::default(),
            acked: 0,
            errors: 0,
        })
    }

    /// Takes a measured second; whether the rate was too much, and nothing more is to be tried.
    pub(super) fn take(&mut self, latencies: &Latencies, acked: u64, errors: u64) -> bool {
        self.latencies.add(latencies);
        self.acked += acked;
        self.errors += errors;
        self.seconds += 1;
        if self.seconds < self.step_s {
            return false;
        }
        let step = KneeStep {
            due_per_s: knee_rate(self.from_per_s, self.factor, self.knee.steps.len()),
            acked_per_s: self.acked as f64 / self.seconds as f64,
            ack_ms: self.latencies.quantiles(),
            errors: self.errors,
        };
        (self.seconds, self.acked, self.errors) = (0, 0, 0);
        self.latencies = Latencies::default();
        self.knee.steps.push(step);
        let kept = step.errors == 0
            && step.ack_ms.p99 <= self.p99_ms_max
            && step.acked_per_s >= step.due_per_s * ACKED_SHARE_MIN;
        if kept {
            self.knee.answers_per_s = step.acked_per_s;
        }
        !kept
    }

    pub(super) fn knee(self) -> Knee {
        self.knee
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Two steps of 100 and 200 answers a second; whether each was the last, and the knee.
    fn check(seconds: [(u64, u64, u64); 2], expected: ([bool; 2], f64)) {
        let text = "title = 'k'\nseconds = 1\nlearners.sessions = 10000\n[pace]\nkind = 'knee'\n\
                    from_per_s = 100\nfactor = 2\nstep_s = 1\nsteps = 9\n";
        let scenario = Scenario::read("k", text).expect("the text is a scenario");
        let mut steps = Steps::new(&scenario).expect("it raises a rate");
        let ends = seconds.map(|(acked, ms, errors)| {
            let mut latencies = Latencies::default();
            (0..acked).for_each(|_| latencies.record(Duration::from_millis(ms)));
            steps.take(&latencies, acked, errors)
        });
        assert_eq!((ends, steps.knee().answers_per_s), expected);
    }

    #[test]
    fn the_knee_is_the_last_rate_that_kept_the_goal() {
        check([(100, 5, 0), (200, 150, 0)], ([false, false], 200.0));
        check([(100, 5, 0), (200, 250, 0)], ([false, true], 100.0));
        check([(100, 5, 0), (200, 5, 1)], ([false, true], 100.0));
        check([(100, 5, 0), (150, 5, 0)], ([false, true], 100.0));
        check([(0, 0, 0), (0, 0, 0)], ([true, true], 0.0));
    }
}
