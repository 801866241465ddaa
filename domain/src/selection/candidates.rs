//! Which items of an area may be served now.
//!
//! Owns eligibility: never twice in a session, never beside an enemy, and not what the learner has met
//! unless the policy says so. Must not know how candidates are scored.

use super::Situation;
use super::best::Best;
use crate::ids::{AreaIx, ItemIx};

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
#[derive(Clone)]
pub(super) struct Barred {
    words: Vec<u64>,
}

impl Barred {
    pub(super) fn new(situation: &Situation<'_>, area: AreaIx, pool: Pool) -> Self {
        let slots = situation.bank.area(area).items().len();
        let mut barred = Self {
            words: vec![0; slots.div_ceil(64)],
        };
        if !situation.scope.has_area(area) {
            for item in situation.bank.area(area).items() {
                if !situation.scope.has(situation.bank, *item) {
                    barred.bar(situation, area, *item);
                }
            }
        }
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

    /// Bars what exposure control keeps out as well.
    pub(super) fn and_ineligible(mut self, situation: &Situation<'_>, area: AreaIx) -> Self {
        for item in situation.ineligible {
            self.bar(situation, area, *item);
        }
        self
    }

    /// How many of `slots` may be served.
    pub(super) fn open_count(&self, slots: usize) -> usize {
        let barred: u32 = self.words.iter().map(|word| word.count_ones()).sum();
        slots - barred as usize
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
    Some(situation.bank.area(area).items()[best.first()?])
}
