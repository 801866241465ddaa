//! How often items are seen, and how much two examinees share.
//!
//! Owns exposure rates and test overlap. Must not know abilities.

use crate::bank::Bank;
use crate::ids::ItemIx;
use crate::simulation::administration::Administration;

/// Use of a bank.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    /// Share of examinees who saw each item, in order of index; inactive items stay at 0.
    pub rates: Vec<f64>,
    /// Active items.
    pub items: usize,
    /// Largest rate.
    pub max: f64,
    /// Active items nobody saw.
    pub unused: usize,
    /// Share of active items somebody saw.
    pub used_share: f64,
    /// Mean share of a test that two examinees have in common; absent with fewer than two.
    pub overlap: Option<f64>,
    /// How uneven use is: sum of (r - L / N)^2 / (L / N); 0 when every item is seen alike.
    pub chi_square: f64,
    /// How many active items have which rates.
    pub spread: Vec<Spread>,
}

/// Items with similar rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Rates above this, or of exactly 0 in the first entry.
    pub above: f64,
    /// Up to this, included.
    pub up_to: f64,
    /// How many items.
    pub items: usize,
}

/// Upper ends of the ranges of rates that are told apart.
const ENDS: [f64; 9] = [0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0];

impl Exposure {
    /// Exposure over tests from `bank`.
    ///
    /// Overlap is the number of items in common over all pairs, sum of n_i (n_i - 1) / (M (M - 1)) with n_i
    /// the examinees who saw item i, divided by the mean length: for a fixed length the rate of Chen,
    /// Ankenmann & Spray (2003). Evenness: Chang & Ying (1999).
    pub fn of(tests: &[Administration], bank: &Bank) -> Self {
        let mut counts = vec![0_u64; bank.items().len()];
        let mut answers = 0_u64;
        for step in tests.iter().flat_map(|test| &test.steps) {
            counts[step.item.0 as usize] += 1;
            answers += 1;
        }
        let people = tests.len().max(1) as f64;
        let rates: Vec<f64> = counts.iter().map(|n| *n as f64 / people).collect();
        let active: Vec<f64> = (0_u32..)
            .zip(&rates)
            .filter(|(ix, _)| bank.item(ItemIx(*ix)).active)
            .map(|(_, rate)| *rate)
            .collect();
        let unused = active.iter().filter(|rate| **rate == 0.0).count();
        let even = answers as f64 / people / active.len() as f64;
        let uneven: f64 = active.iter().map(|r| (r - even) * (r - even)).sum();
        Self {
            items: active.len(),
            max: active.iter().copied().fold(0.0, f64::max),
            unused,
            used_share: (active.len() - unused) as f64 / active.len() as f64,
            overlap: overlap(&counts, tests.len(), answers),
            chi_square: if even > 0.0 { uneven / even } else { 0.0 },
            spread: spread(&active),
            rates,
        }
    }

    /// The most exposed items, most exposed first; of equals the first by index.
    pub fn top(&self, count: usize) -> Vec<(ItemIx, f64)> {
        let mut all: Vec<(ItemIx, f64)> = (0..)
            .map(ItemIx)
            .zip(self.rates.iter().copied())
            .filter(|(_, rate)| *rate > 0.0)
            .collect();
        all.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        all.truncate(count);
        all
    }

    /// How many items have a rate above `limit`.
    pub fn above(&self, limit: f64) -> usize {
        self.rates.iter().filter(|rate| **rate > limit).count()
    }
}

fn overlap(counts: &[u64], tests: usize, answers: u64) -> Option<f64> {
    if tests < 2 || answers == 0 {
        return None;
    }
    let people = tests as f64;
    let shared: f64 = counts
        .iter()
        .map(|n| *n as f64 * n.saturating_sub(1) as f64)
        .sum();
    Some(shared / (people * (people - 1.0)) / (answers as f64 / people))
}

fn spread(rates: &[f64]) -> Vec<Spread> {
    let mut above = -1.0;
    let mut all = Vec::with_capacity(ENDS.len());
    for up_to in ENDS {
        let within = |rate: &&f64| **rate > above && **rate <= up_to;
        all.push(Spread {
            above: f64::max(above, 0.0),
            up_to,
            items: rates.iter().filter(within).count(),
        });
        above = up_to;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::{AreaShare, GeneratedModel, bank_of, generated};

    #[test]
    fn three_tests_of_two_items_give_the_figures_worked_by_hand() {
        let areas = vec![AreaShare {
            id: crate::AreaId::new("one").expect("a legal id"),
            weight: 1.0,
        }];
        let items = generated(GeneratedModel::Rasch, 4, &areas, 1);
        let bank = bank_of(areas, items).expect("a sound bank");
        let of = |items: [u32; 2]| Administration::made(0.0, &items.map(|item| (item, 0.0, 1.0)));
        let exposure = Exposure::of(&[of([0, 1]), of([0, 2]), of([0, 1])], &bank);
        assert_eq!(exposure.rates, [1.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]);
        assert_eq!(
            (exposure.max, exposure.unused, exposure.used_share),
            (1.0, 1, 0.75)
        );
        // Pairs share two items, one and one: 4 in 3 pairs of 2.
        let overlap = exposure.overlap.expect("two examinees or more");
        assert!((overlap - 2.0 / 3.0).abs() < 1e-15, "{overlap}");
        // Even use would be 1/2 each: (1/4 + 1/36 + 1/36 + 1/4) / (1/2).
        assert!((exposure.chi_square - 10.0 / 9.0).abs() < 1e-12);
        let counted: usize = exposure.spread.iter().map(|spread| spread.items).sum();
        assert_eq!((counted, exposure.spread[0].items), (4, 1));
        assert_eq!(exposure.top(2)[1], (ItemIx(1), 2.0 / 3.0));
        assert_eq!(exposure.above(0.5), 2);
    }
}
