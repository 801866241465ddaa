//! When an adaptive test stops.
//!
//! Owns the rules over an estimate and a count. Must not know items.

use crate::irt::Estimate;

/// One way for a test to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StopRule {
    /// After so many items.
    Length(usize),
    /// Once the standard error is at most this, in logits.
    StandardError(f64),
    /// Once the interval of `z` standard errors to either side of the estimate lies clear of the cut, in
    /// logits: 1.645 for 90 %.
    Classification {
        /// The ability that separates pass from fail.
        cut: f64,
        /// Half the interval's width, in standard errors.
        z: f64,
    },
}

/// Why a test stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// Its length was reached.
    Length,
    /// Ability is known well enough.
    Precise,
    /// Pass or fail is clear.
    Classified,
    /// No item was left that may be asked.
    NoItems,
}

impl StopRule {
    /// Whether it is met after `count` items; a rule with a threshold that is not a number never is.
    pub fn is_met(&self, estimate: &Estimate, count: usize) -> bool {
        match self {
            Self::Length(length) => count >= *length,
            Self::StandardError(most) => estimate.standard_error <= *most,
            Self::Classification { cut, z } => {
                (estimate.theta - cut).abs() > z * estimate.standard_error
            }
        }
    }

    pub(super) fn reason(&self) -> StopReason {
        match self {
            Self::Length(_) => StopReason::Length,
            Self::StandardError(_) => StopReason::Precise,
            Self::Classification { .. } => StopReason::Classified,
        }
    }
}
