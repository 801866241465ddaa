//! Whether tests keep to their blueprint.
//!
//! Owns that comparison. Must not know abilities.

use crate::bank::Bank;
use crate::simulation::administration::Administration;

/// Tests beside the blueprint.
#[derive(Clone, Debug, PartialEq)]
pub struct Balance {
    /// One for each area, in order.
    pub areas: Vec<BalancedArea>,
    /// Most items any test is off in any area.
    pub items_off_max: u32,
    /// Tests that are off by an item or more in some area.
    pub tests_off: usize,
}

/// One area beside its share of the blueprint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BalancedArea {
    /// Share of the blueprint.
    pub share: f64,
    /// Share of all answers.
    pub served: f64,
    /// Most items any test is off.
    pub items_off_max: u32,
}

impl Balance {
    /// Balance of tests from `bank`.
    ///
    /// A test of n items should have n times an area's share of them; it is off by the items it has beyond
    /// that number rounded up, or lacks below it rounded down.
    pub fn of(tests: &[Administration], bank: &Bank) -> Self {
        let mut areas: Vec<BalancedArea> = bank
            .areas()
            .iter()
            .map(|area| BalancedArea {
                share: area.weight,
                served: 0.0,
                items_off_max: 0,
            })
            .collect();
        let (mut tests_off, mut answers) = (0, 0_usize);
        for test in tests {
            let mut served = vec![0_u32; areas.len()];
            for step in &test.steps {
                served[bank.item(step.item).area.at()] += 1;
            }
            answers += test.steps.len();
            let mut off_here = 0;
            for (area, served) in areas.iter_mut().zip(served) {
                let off = off(area.share * test.steps.len() as f64, served);
                area.items_off_max = area.items_off_max.max(off);
                area.served += f64::from(served);
                off_here = off_here.max(off);
            }
            tests_off += usize::from(off_here > 0);
        }
        for area in &mut areas {
            area.served /= answers.max(1) as f64;
        }
        Self {
            items_off_max: areas
                .iter()
                .map(|area| area.items_off_max)
                .max()
                .unwrap_or(0),
            areas,
            tests_off,
        }
    }
}

/// Items outside of `wanted` rounded either way. Rounding errors of the share must not move a whole number.
fn off(wanted: f64, served: u32) -> u32 {
    const ROUNDING: f64 = 1e-9;
    let fewest = (wanted + ROUNDING).floor() as u32;
    let most = (wanted - ROUNDING).ceil() as u32;
    served
        .saturating_sub(most)
        .max(fewest.saturating_sub(served))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_may_be_rounded_either_way_and_no_further() {
        for (wanted, served, expected) in [
            (7.5, 7, 0),
            (7.5, 8, 0),
            (7.5, 9, 1),
            (7.5, 5, 2),
            (3.0, 3, 0),
            (3.0 + 4e-16, 3, 0),
            (3.0, 4, 1),
            (0.0, 0, 0),
        ] {
            assert_eq!(off(wanted, served), expected, "{served} for {wanted}");
        }
    }
}
