//! Criteria of a point estimate: maximum information, and nearness of an item's difficulty or best ability.
//!
//! Owns those three. Must not know posteriors.

use std::ops::Range;

use super::super::best::Best;
use super::{Criterion, Examinee, rank_twice};
use crate::irt::ItemPool;

/// Maximum information.
pub(super) struct AtEstimate<'a> {
    pool: &'a ItemPool,
    theta: f64,
}

impl<'a> AtEstimate<'a> {
    pub(super) fn new(examinee: &Examinee<'a>) -> Self {
        Self {
            pool: examinee.pattern.pool(),
            theta: examinee.theta,
        }
    }
}

impl Criterion for AtEstimate<'_> {
    fn worth(&self, item: usize) -> f64 {
        self.pool.items()[item].information(self.theta)
    }

    /// In single precision first; the best eight again in double.
    fn rank(&self, items: Range<usize>, open: &dyn Fn(usize) -> bool, best: &mut Best) {
        let mut rough = Vec::new();
        if self.pool.rough_information(self.theta, &mut rough) {
            rank_twice(&rough, items, open, best, |item| self.worth(item));
        } else {
            for item in items.filter(|item| open(*item)) {
                best.offer(item, self.worth(item));
            }
        }
    }
}

/// Difficulty nearest the estimate.
pub(super) struct Difficulty<'a> {
    pool: &'a ItemPool,
    theta: f64,
}

impl<'a> Difficulty<'a> {
    pub(super) fn new(examinee: &Examinee<'a>) -> Self {
        Self {
            pool: examinee.pattern.pool(),
            theta: examinee.theta,
        }
    }
}

impl Criterion for Difficulty<'_> {
    fn worth(&self, item: usize) -> f64 {
        -(self.pool.items()[item].difficulty() - self.theta).abs()
    }
}

/// Most informative ability nearest the estimate.
pub(super) struct Optimum<'a> {
    pool: &'a ItemPool,
    theta: f64,
}

impl<'a> Optimum<'a> {
    pub(super) fn new(examinee: &Examinee<'a>) -> Self {
        Self {
            pool: examinee.pattern.pool(),
            theta: examinee.theta,
        }
    }
}

impl Criterion for Optimum<'_> {
    fn worth(&self, item: usize) -> f64 {
        -(self.pool.items()[item].most_informative_at() - self.theta).abs()
    }
}
