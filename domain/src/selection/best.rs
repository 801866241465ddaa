//! The best few of many candidates.
//!
//! Owns that small list and how equals are ordered. Must not know what is scored.

use crate::tick::mix;

/// Most candidates kept: what is ranked again after a rough score, and the most chance may decide among.
pub const BEST_MAX: usize = 8;

/// The best few candidates, best first; equal scores fall in an order drawn by chance.
///
/// Items with an author's label share their parameters with hundreds of others, so ties are the rule: the
/// tie order is a hash of item and salt, looked at only when scores are equal.
#[derive(Clone, Debug)]
pub struct Best {
    order: TieOrder,
    len: usize,
    entries: [(f64, usize); BEST_MAX],
}

#[derive(Clone, Copy, Debug)]
enum TieOrder {
    Lot(u64),
    Lowest,
}

impl Best {
    /// An empty list whose ties are drawn by `salt`.
    pub fn new(salt: u64) -> Self {
        Self {
            order: TieOrder::Lot(salt),
            len: 0,
            entries: [(0.0, 0); BEST_MAX],
        }
    }

    /// An empty list whose ties go to the lowest item, as reference programs do.
    pub fn lowest_first() -> Self {
        Self {
            order: TieOrder::Lowest,
            ..Self::new(0)
        }
    }

    /// An empty list with the same order of ties.
    pub fn emptied(&self) -> Self {
        Self {
            len: 0,
            ..self.clone()
        }
    }

    /// Offers a candidate; a higher score is better. A score that is not a number is passed over.
    pub fn offer(&mut self, item: usize, score: f64) {
        if score.is_nan() {
            return;
        }
        if self.len == BEST_MAX {
            if !self.precedes((score, item), self.entries[BEST_MAX - 1]) {
                return;
            }
            self.len -= 1;
        }
        let mut place = self.len;
        while place > 0 && self.precedes((score, item), self.entries[place - 1]) {
            self.entries[place] = self.entries[place - 1];
            place -= 1;
        }
        self.entries[place] = (score, item);
        self.len += 1;
    }

    /// Whether a candidate with this score might be kept.
    pub fn may_take(&self, score: f64) -> bool {
        self.len < BEST_MAX || score >= self.entries[BEST_MAX - 1].0
    }

    /// Score and item of the candidates kept, best first.
    pub fn entries(&self) -> &[(f64, usize)] {
        &self.entries[..self.len]
    }

    /// The best candidate.
    pub fn first(&self) -> Option<usize> {
        self.entries().first().map(|(_, item)| *item)
    }

    fn precedes(&self, one: (f64, usize), other: (f64, usize)) -> bool {
        one.0 > other.0 || (one.0 == other.0 && self.lot(one.1) < self.lot(other.1))
    }

    fn lot(&self, item: usize) -> u64 {
        match self.order {
            TieOrder::Lot(salt) => mix(salt ^ mix(item as u64)),
            TieOrder::Lowest => item as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_eight_are_kept_in_order() {
        let mut best = Best::new(0);
        let scores = [3.0, f64::NAN, 1.0, 9.0, 2.0, 7.0, 8.0, 0.5, 4.0, 6.0, 5.0];
        for (item, score) in scores.into_iter().enumerate() {
            best.offer(item, score);
        }
        let kept: Vec<f64> = best.entries().iter().map(|entry| entry.0).collect();
        assert_eq!(kept, vec![9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0]);
        assert_eq!(best.first(), Some(3));
    }

    #[test]
    fn equal_scores_are_drawn_by_lot() {
        let first = |salt| {
            let mut best = Best::new(salt);
            (0..100).for_each(|item| best.offer(item, 1.0));
            best.first()
        };
        let mut winners: Vec<Option<usize>> = (0..200).map(first).collect();
        winners.sort_unstable();
        winners.dedup();
        assert!(winners.len() > 60, "only {} of 100 ever win", winners.len());
        assert_eq!(first(9), first(9));
    }

    #[test]
    fn a_reference_order_gives_ties_to_the_lowest() {
        let mut best = Best::lowest_first();
        (0..100).rev().for_each(|item| best.offer(item, 1.0));
        assert_eq!(best.first(), Some(0));
    }
}
