//! What one simulated test came to.
//!
//! Owns the record every measure is computed from. Must not know how the test was run.

use super::deviates::normal_cumulative;
use super::examinees::Examinee;
use crate::cat::StopReason;
use crate::ids::ItemIx;

/// One answer, and what was believed after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The item.
    pub item: ItemIx,
    /// Whether the answer was right.
    pub correct: bool,
    /// Estimate of overall ability, in logits.
    pub theta: f64,
    /// Its standard error, in logits.
    pub standard_error: f64,
}

impl Step {
    /// Whether the interval `theta` plus and minus `z` standard errors holds the true ability.
    pub fn covers(&self, truth: f64, z: f64) -> bool {
        (self.theta - truth).abs() <= z * self.standard_error
    }

    /// Probability that overall ability is at least `cut`, the estimate's error being normal.
    pub fn probability_above(&self, cut: f64) -> f64 {
        if self.standard_error > 0.0 {
            normal_cumulative((self.theta - cut) / self.standard_error)
        } else {
            f64::from(u8::from(self.theta >= cut))
        }
    }
}

/// What was believed of one area at the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaEstimate {
    /// Estimate of the area's ability, in logits.
    pub theta: f64,
    /// Its standard error, in logits.
    pub standard_error: f64,
    /// 5 % quantile of the posterior, in logits.
    pub low: f64,
    /// 95 % quantile of the posterior, in logits.
    pub high: f64,
}

/// One simulated test.
#[derive(Clone, Debug)]
pub struct Administration {
    /// Who took it.
    pub examinee: Examinee,
    /// The answers, in order; at least one.
    pub steps: Vec<Step>,
    /// Every area at the end, in order; empty where the test knows one ability only.
    pub areas: Vec<AreaEstimate>,
    /// Why it ended.
    pub stopped: StopReason,
}

impl Administration {
    /// A test of one with this ability, its steps as item, estimate and standard error.
    #[cfg(test)]
    pub(super) fn made(truth: f64, steps: &[(u32, f64, f64)]) -> Self {
        let step = |(item, theta, standard_error): &(u32, f64, f64)| Step {
            item: ItemIx(*item),
            correct: true,
            theta: *theta,
            standard_error: *standard_error,
        };
        Self {
            examinee: Examinee::of_ability(truth),
            steps: steps.iter().map(step).collect(),
            areas: Vec::new(),
            stopped: StopReason::Length,
        }
    }

    /// The last answer.
    pub fn last(&self) -> &Step {
        self.steps.last().expect("a test has at least one answer")
    }

    /// What was believed after `position` answers, or after the last when the test ended sooner.
    pub fn at(&self, position: usize) -> &Step {
        self.steps
            .get(position.saturating_sub(1))
            .unwrap_or_else(|| self.last())
    }
}
