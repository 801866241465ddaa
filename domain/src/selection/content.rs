//! Content groups of a pool and the shares a test holds them to.
//!
//! Owns the order in which groups are served. Must not know items but by their group.

use super::AreaSet;
use super::balance::next_area;
use crate::ids::AREAS_MAX;
use crate::tick::Chance;

/// The group of every item, and the share of each group.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentBalance {
    groups: Vec<u8>,
    shares: Vec<f64>,
}

impl ContentBalance {
    /// `groups` has one entry for each item of the pool, an index into `shares`; shares are normalised.
    ///
    /// `None` when a share is not positive and finite, there are none or more than 64, or a group has none.
    pub fn new(groups: Vec<u8>, shares: &[f64]) -> Option<Self> {
        let total: f64 = shares.iter().sum();
        let fits = (1..=AREAS_MAX).contains(&shares.len())
            && shares.iter().all(|share| *share > 0.0)
            && total.is_finite()
            && groups
                .iter()
                .all(|group| usize::from(*group) < shares.len());
        fits.then(|| Self {
            groups,
            shares: shares.iter().map(|share| share / total).collect(),
        })
    }

    /// Whether there is a group for each of so many items.
    pub fn fits(&self, items: usize) -> bool {
        self.groups.len() == items
    }

    /// The group of an item; past the last group for one that is unknown.
    pub fn group(&self, item: usize) -> usize {
        let group = self.groups.get(item).copied();
        group.map_or(self.shares.len(), usize::from)
    }

    /// The group of the next item: the one that would first fall an item behind its share.
    pub fn next(&self, served: &[usize], chance: &mut Chance) -> Option<usize> {
        let group = next_area(
            &self.shares,
            &self.counts(served),
            AreaSet::default(),
            chance,
        )?;
        Some(group.at())
    }

    /// The groups in the order in which the next item is to be looked for.
    pub(crate) fn order(&self, served: &[usize], chance: &mut Chance) -> Vec<usize> {
        let counts = self.counts(served);
        let mut tried = AreaSet::default();
        let mut order = Vec::with_capacity(self.shares.len());
        while let Some(group) = next_area(&self.shares, &counts, tried, chance) {
            tried.insert(group);
            order.push(group.at());
        }
        order
    }

    fn counts(&self, served: &[usize]) -> Vec<u16> {
        let mut counts = vec![0_u16; self.shares.len()];
        for item in served {
            if let Some(count) = counts.get_mut(self.group(*item)) {
                *count = count.saturating_add(1);
            }
        }
        counts
    }
}
