//! Which items of an area may be served now, and keeping the best few of them.
//!
//! Owns eligibility: never twice in a session, never beside an enemy, and not what the learner has met
//! unless the policy says so. Must not know how candidates are scored.

use super::Situation;
use crate::ids::{AreaIx, ItemIx};
use crate::tick::mix;

/// Which earlier meetings bar an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pool {
    /// Any meeting.
    Unseen,
    /// A meeting too recent for a new answer to be evidence.
    Evidence,
    /// None; only what this session rules out.
    Anything,
}

/// The slots of one area that may not be served, one bit each.
pub(super) struct Barred {
    words: Vec<u64>,
}

impl Barred {
    pub(super) fn new(situation: &Situation<'_>, area: AreaIx, pool: Pool) -> Self {
        let slots = situation.bank.area(area).items().len();
        let mut barred = Self {
            words: vec![0; slots.div_ceil(64)],
        };
        for response in situation.responses {
            barred.bar(situation, area, response.item);
            for enemy in &situation.bank.item(response.item).enemies {
                barred.bar(situation, area, *enemy);
            }
        }
        let bars = |mark: &crate::learner::Mark| match pool {
            Pool::Unseen => true,
            Pool::Evidence => !mark.is_evidence(situation.now),
            Pool::Anything => false,
        };
        if pool != Pool::Anything {
            for mark in situation.history.marks().iter().filter(|mark| bars(mark)) {
                barred.bar(situation, area, mark.item);
            }
        }
        barred
    }

    pub(super) fn contains(&self, slot: usize) -> bool {
        self.words[slot / 64] & (1 << (slot % 64)) != 0
    }

    /// The slots that may be served, ascending, of an area with `slots` of them.
    pub(super) fn open(&self, slots: usize) -> impl Iterator<Item = usize> + '_ {
        (0..slots).filter(|slot| !self.contains(*slot))
    }

    fn bar(&mut self, situation: &Situation<'_>, area: AreaIx, item: ItemIx) {
        if let Some(place) = situation.bank.place(item)
            && place.area == area
        {
            self.words[place.slot / 64] |= 1 << (place.slot % 64);
        }
    }
}

/// Most candidates kept for a random choice among the best.
pub(super) const BEST_MAX: usize = 5;

/// The best few candidates, best first; equal scores fall in an order drawn by chance.
///
/// Items with an author's label share their parameters with hundreds of others, so ties are the rule: the
/// tie order is a hash of slot and salt, looked at only when scores are equal.
pub(super) struct Best {
    salt: u64,
    len: usize,
    entries: [(f64, usize); BEST_MAX],
}

impl Best {
    pub(super) fn new(salt: u64) -> Self {
        Self {
            salt,
            len: 0,
            entries: [(0.0, 0); BEST_MAX],
        }
    }

    /// Offers a candidate; a higher score is better. A score that is not a number is passed over.
    pub(super) fn offer(&mut self, slot: usize, score: f64) {
        if score.is_nan() {
            return;
        }
        if self.len == BEST_MAX {
            if !self.precedes((score, slot), self.entries[BEST_MAX - 1]) {
                return;
            }
            self.len -= 1;
        }
        let mut place = self.len;
        while place > 0 && self.precedes((score, slot), self.entries[place - 1]) {
            self.entries[place] = self.entries[place - 1];
            place -= 1;
        }
        self.entries[place] = (score, slot);
        self.len += 1;
    }

    /// Score and slot of the candidates kept, best first.
    pub(super) fn entries(&self) -> &[(f64, usize)] {
        &self.entries[..self.len]
    }

    fn precedes(&self, one: (f64, usize), other: (f64, usize)) -> bool {
        one.0 > other.0 || (one.0 == other.0 && self.lot(one.1) < self.lot(other.1))
    }

    fn lot(&self, slot: usize) -> u64 {
        mix(self.salt ^ mix(slot as u64))
    }
}

/// The item of an area answered longest ago among those this session may still serve.
pub(super) fn least_recently_seen(
    situation: &Situation<'_>,
    area: AreaIx,
    salt: u64,
) -> Option<ItemIx> {
    let barred = Barred::new(situation, area, Pool::Anything);
    let mut best = Best::new(salt);
    for mark in situation.history.marks() {
        if let Some(place) = situation.bank.place(mark.item)
            && place.area == area
            && !barred.contains(place.slot)
        {
            best.offer(place.slot, -f64::from(mark.minute()));
        }
    }
    let (_, slot) = best.entries().first()?;
    Some(situation.bank.area(area).items()[*slot])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_five_are_kept_in_order() {
        let mut best = Best::new(0);
        for (slot, score) in [3.0, f64::NAN, 1.0, 9.0, 2.0, 7.0, 8.0, 0.5]
            .into_iter()
            .enumerate()
        {
            best.offer(slot, score);
        }
        let scores: Vec<f64> = best.entries().iter().map(|entry| entry.0).collect();
        assert_eq!(scores, vec![9.0, 8.0, 7.0, 3.0, 2.0]);
    }

    #[test]
    fn equal_scores_are_drawn_by_lot() {
        let first = |salt| {
            let mut best = Best::new(salt);
            (0..100).for_each(|slot| best.offer(slot, 1.0));
            best.entries()[0].1
        };
        let mut winners: Vec<usize> = (0..200).map(first).collect();
        winners.sort_unstable();
        winners.dedup();
        assert!(winners.len() > 60, "only {} of 100 ever win", winners.len());
        assert_eq!(first(9), first(9));
    }
}
