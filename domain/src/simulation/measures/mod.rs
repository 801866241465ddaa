//! What simulated tests show of their design: precision, exposure, length, balance, decisions.
//!
//! Owns the measures and their formulas. Must not know how the tests were run. Every figure is a number or
//! absent, never NaN.

mod accuracy;
mod balance;
mod exposure;
mod length;
mod passing;

use super::administration::Administration;
use crate::bank::Bank;
use accuracy::{by_ability, by_area};

pub use accuracy::{Accuracy, AreaAccuracy, Band, Z_90, Z_95};
pub use balance::{Balance, BalancedArea};
pub use exposure::{Exposure, Spread};
pub use length::{Lengths, STOP_REASONS};
pub use passing::{Bin, Passing};

/// Every measure of a simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// Examinees.
    pub examinees: usize,
    /// Accuracy after each number of answers from 1; the last entry is that of the whole tests.
    pub by_position: Vec<Accuracy>,
    /// Accuracy of whole tests by true ability.
    pub by_ability: Vec<Band>,
    /// Accuracy of the areas' abilities, where the tests have them.
    pub by_area: Option<AreaAccuracy>,
    /// Use of the bank.
    pub exposure: Exposure,
    /// Lengths of the tests.
    pub lengths: Lengths,
    /// Tests beside the blueprint.
    pub balance: Balance,
    /// Probabilities to pass beside who passes.
    pub passing: Passing,
}

impl Measures {
    /// Measures of tests from `bank`, passed at an overall ability of `cut`.
    pub fn of(tests: &[Administration], bank: &Bank, cut: f64) -> Self {
        let lengths = Lengths::of(tests);
        Self {
            examinees: tests.len(),
            by_position: (1..=lengths.max)
                .map(|position| Accuracy::after(position, tests))
                .collect(),
            by_ability: by_ability(tests),
            by_area: by_area(tests),
            exposure: Exposure::of(tests, bank),
            balance: Balance::of(tests, bank),
            passing: Passing::at(cut, tests),
            lengths,
        }
    }

    /// Accuracy of the whole tests; `None` without tests.
    pub fn overall(&self) -> Option<&Accuracy> {
        self.by_position.last()
    }
}
