//! When the learner met which item, and how it went.
//!
//! Owns the history in the compact form a live session holds, and the rule of evidence. Must not know
//! why an item was served.

use crate::ids::{AreaIx, ItemIx};
use crate::tick::Millis;

/// Days after which an item met before is evidence about ability again.
pub const EVIDENCE_AFTER_DAYS: u32 = 30;

const MINUTE_MS: i64 = 60_000;
const EVIDENCE_AFTER_MINUTES: u32 = EVIDENCE_AFTER_DAYS * 24 * 60;

/// The learner's last meeting with an item, before a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The item.
    pub item: ItemIx,
    /// When it was answered last.
    pub at: Millis,
    /// Whether that answer was right.
    pub correct: bool,
}

/// An answer, scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// When.
    pub at: Millis,
    /// The item.
    pub item: ItemIx,
    /// Its area.
    pub area: AreaIx,
    /// Whether the answer was right.
    pub correct: bool,
    /// Whether it moved ability: the first sight of the item in 30 days.
    pub evidence: bool,
}

/// One item met before, in 8 bytes: the minute since the epoch, and the last answer in the lowest bit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) item: ItemIx,
    packed: u32,
}

impl Mark {
    pub(crate) fn minute(self) -> u32 {
        self.packed >> 1
    }

    pub(crate) fn correct(self) -> bool {
        self.packed & 1 == 1
    }

    pub(crate) fn packed(self) -> u32 {
        self.packed
    }

    /// Whether an answer at `now` would be evidence.
    pub(crate) fn is_evidence(self, now: Millis) -> bool {
        minute(now).saturating_sub(self.minute()) >= EVIDENCE_AFTER_MINUTES
    }
}

/// Every item met before a session, in order of item.
#[derive(Debug)]
pub(crate) struct History {
    marks: Box<[Mark]>,
}

impl History {
    /// The history of `seen`, which must be in order of item.
    pub(crate) fn new(seen: &[Seen]) -> Self {
        let mark = |seen: &Seen| Mark {
            item: seen.item,
            packed: minute(seen.at) << 1 | u32::from(seen.correct),
        };
        Self {
            marks: seen.iter().map(mark).collect(),
        }
    }

    pub(crate) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Whether an answer to `item` at `now` would be evidence about ability.
    pub(crate) fn is_evidence(&self, item: ItemIx, now: Millis) -> bool {
        match self.marks.binary_search_by_key(&item, |mark| mark.item) {
            Ok(place) => self.marks[place].is_evidence(now),
            Err(_) => true,
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val::<[Mark]>(&self.marks)
    }
}

/// Whether an answer at `now` counts as a first sight of an item answered at `last`.
pub(crate) fn is_first_sight(last: Millis, now: Millis) -> bool {
    minute(now).saturating_sub(minute(last)) >= EVIDENCE_AFTER_MINUTES
}

/// Minutes since the epoch; 31 bits last until the year 6053, and times before the epoch count as its start.
fn minute(at: Millis) -> u32 {
    (at.0 / MINUTE_MS).clamp(0, i64::from(u32::MAX >> 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tick::DAY_MS;

    #[test]
    fn an_item_is_evidence_when_new_or_thirty_days_old() {
        let start = Millis(1_700_000_000_000);
        let history = History::new(&[Seen {
            item: ItemIx(4),
            at: start,
            correct: false,
        }]);
        let cases = [
            (3, 0, true),
            (4, 0, false),
            (4, 29, false),
            (4, 30, true),
            (4, 400, true),
        ];
        for (item, days, expected) in cases {
            let now = start.plus(days * DAY_MS);
            assert_eq!(
                history.is_evidence(ItemIx(item), now),
                expected,
                "item {item}, day {days}"
            );
        }
    }
}
