//! How long tests are, and why they end.
//!
//! Owns that distribution. Must not know what was asked.

use crate::cat::StopReason;
use crate::simulation::administration::Administration;

/// Every reason to stop, in the order of [`Lengths::stopped`].
pub const STOP_REASONS: [StopReason; 4] = [
    StopReason::Length,
    StopReason::Precise,
    StopReason::Classified,
    StopReason::NoItems,
];

/// The lengths of tests.
#[derive(Clone, Debug, PartialEq)]
pub struct Lengths {
    /// Mean, in answers.
    pub mean: f64,
    /// Standard deviation, in answers.
    pub sd: f64,
    /// The shortest.
    pub min: usize,
    /// The longest.
    pub max: usize,
    /// How many tests had `n` answers, for each `n` from 0 to the longest.
    pub counts: Vec<usize>,
    /// How many ended for each reason, in the order of [`STOP_REASONS`].
    pub stopped: [usize; 4],
}

impl Lengths {
    /// Lengths of these tests; of none, all zero.
    pub fn of(tests: &[Administration]) -> Self {
        let max = tests.iter().map(|test| test.steps.len()).max().unwrap_or(0);
        let mut counts = vec![0; max + 1];
        let mut stopped = [0; 4];
        let (mut sum, mut squares) = (0.0, 0.0);
        for test in tests {
            let length = test.steps.len();
            counts[length] += 1;
            sum += length as f64;
            squares += (length * length) as f64;
            let reason = STOP_REASONS.iter().position(|one| *one == test.stopped);
            stopped[reason.expect("the list has every reason")] += 1;
        }
        let n = tests.len().max(1) as f64;
        let mean = sum / n;
        Self {
            mean,
            sd: (squares / n - mean * mean).max(0.0).sqrt(),
            min: tests.iter().map(|test| test.steps.len()).min().unwrap_or(0),
            max,
            counts,
            stopped,
        }
    }
}
