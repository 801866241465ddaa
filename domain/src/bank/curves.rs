//! What a bank can tell at each ability, before anybody takes a test.
//!
//! Owns its information, and the ability a pass mark stands for. Must not know examinees.

use super::Bank;
use crate::irt::{NODES, STEP, THETA, information};

impl Bank {
    /// Fisher information of all active items at each node of [`THETA`], in 1 / logit^2.
    ///
    /// Its inverse root is the standard error of whoever answered the whole bank. Source: Birnbaum (1968).
    pub fn information(&self) -> [f64; NODES] {
        let active = self.areas().iter().flat_map(|area| area.items());
        let mut sums = [0.0; NODES];
        for item in active {
            let parameters = &self.item(*item).parameters;
            for (sum, theta) in sums.iter_mut().zip(&THETA) {
                *sum += information(parameters, *theta);
            }
        }
        sums
    }

    /// The ability, the same in every area, at which the expected share of right answers, areas weighted by
    /// blueprint, is `mark`; linear between nodes. `None` where no ability of -4 to 4 logits has it.
    pub fn ability_at_mark(&self, mark: f64) -> Option<f64> {
        let above = (0..NODES).find(|j| self.expected_share(*j) >= mark)?;
        let (low, high) = (
            self.expected_share(above.checked_sub(1)?),
            self.expected_share(above),
        );
        Some(THETA[above - 1] + STEP * (mark - low) / (high - low))
    }

    /// Expected share of right answers, areas weighted by blueprint, of whoever has the ability of a node in every area.
    pub(crate) fn expected_share(&self, node: usize) -> f64 {
        let areas = self.areas().iter();
        areas.map(|area| area.weight * area.curve()[node]).sum()
    }
}

#[cfg(test)]
mod tests {
    use crate::irt::ItemParameters;
    use crate::simulation::{AreaShare, CalibratedItem, bank_of};
    use crate::{AreaId, ItemId};

    #[test]
    fn two_rasch_items_give_what_they_give() {
        let area = AreaShare {
            id: AreaId::new("one").expect("a legal id"),
            weight: 1.0,
        };
        let item = |id: &str| CalibratedItem {
            id: ItemId::new(id).expect("a legal id"),
            area: area.id.clone(),
            parameters: ItemParameters::rasch(0.0),
        };
        let bank = bank_of(vec![area.clone()], vec![item("a"), item("b")]).expect("sound");
        // P Q of each is a quarter at theta = b.
        assert!((bank.information()[20] - 0.5).abs() < 1e-15);
        let cut = bank.ability_at_mark(0.75).expect("in range");
        assert!((cut - 3_f64.ln()).abs() < 3e-3, "{cut}");
        for mark in [0.0, 0.01, 0.999, f64::NAN] {
            assert_eq!(bank.ability_at_mark(mark), None, "{mark}");
        }
    }
}
