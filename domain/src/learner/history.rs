//! When the learner met which item, and how it went.
//!
//! Owns the history in the compact form a live session holds, and the rule of evidence. Must not know
//! why an item was served.

use crate::ids::{AreaIx, ItemIx};
use crate::review::{is_due, is_forgotten};
use crate::tick::Millis;

/// Days after which an item met before is evidence about ability again, forgotten or not.
pub const EVIDENCE_AFTER_DAYS: u32 = 30;

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: u32 = 24 * 60;
const EVIDENCE_AFTER_MINUTES: u32 = EVIDENCE_AFTER_DAYS * DAY_MINUTES;

/// The learner's last meeting with an item, before a session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// The item.
    pub item: ItemIx,
    /// When it was answered last.
    pub at: Millis,
    /// Whether that answer was right.
    pub correct: bool,
    /// Whether the item is to the learner's credit: see [`super::SeenItem::credit`].
    pub credit: bool,
    /// Stability of its memory, in days: all that a session's decisions need of it. `None` in sessions begun
    /// before there was a review schedule.
    pub stability_days: Option<f32>,
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
    /// Whether it moved ability: the first sight of the item in 30 days, or of one forgotten.
    pub evidence: bool,
    /// Whether it took longer than the exam gives for a question.
    pub slow: bool,
}

/// One item met before, in 12 bytes: the minute since the epoch with its credit and the last answer in the two
/// lowest bits, and the stability of its memory, 0 where there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) item: ItemIx,
    packed: u32,
    stability_days: f32,
}

impl Mark {
    fn new(seen: &Seen) -> Self {
        let flags = u32::from(seen.credit) << 1 | u32::from(seen.correct);
        Self {
            item: seen.item,
            packed: minute(seen.at) << 2 | flags,
            stability_days: seen.stability_days.unwrap_or(0.0),
        }
    }

    pub(crate) fn minute(self) -> u32 {
        self.packed >> 2
    }

    pub(crate) fn correct(self) -> bool {
        self.packed & 1 == 1
    }

    pub(crate) fn credit(self) -> bool {
        self.packed & 2 == 2
    }

    /// Stability of its memory in days, if it has one.
    pub(crate) fn stability_days(self) -> Option<f32> {
        (self.stability_days > 0.0).then_some(self.stability_days)
    }

    /// Whether an answer at `now` would be evidence.
    pub(crate) fn is_evidence(self, now: Millis) -> bool {
        is_first_sight(self.minute(), self.stability_days(), now)
    }

    /// How overdue its review is at `now`, in stabilities gone by: the more, the less it is remembered. `None`
    /// while it is not due.
    pub(crate) fn overdue(self, now: Millis) -> Option<f64> {
        let stability = self.stability_days()?;
        let days = days_between(self.minute(), minute(now));
        is_due(stability, days).then(|| days / f64::from(stability))
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
        Self {
            marks: seen.iter().map(Mark::new).collect(),
        }
    }

    pub(crate) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The last meeting with an item.
    pub(crate) fn mark(&self, item: ItemIx) -> Option<Mark> {
        let place = self.marks.binary_search_by_key(&item, |mark| mark.item);
        place.ok().map(|place| self.marks[place])
    }

    /// Whether an answer to `item` at `now` would be evidence about ability.
    pub(crate) fn is_evidence(&self, item: ItemIx, now: Millis) -> bool {
        self.mark(item).is_none_or(|mark| mark.is_evidence(now))
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        size_of_val::<[Mark]>(&self.marks)
    }
}

/// Whether an answer at `now` counts as a first sight of an item answered in the minute `last`: 30 days later, or
/// sooner when its memory, of this stability, has faded under one half.
pub(crate) fn is_first_sight(last: u32, stability_days: Option<f32>, now: Millis) -> bool {
    let minute = minute(now);
    minute.saturating_sub(last) >= EVIDENCE_AFTER_MINUTES
        || stability_days.is_some_and(|days| is_forgotten(days, days_between(last, minute)))
}

/// Days from one minute to a later one; none when it lies before.
fn days_between(earlier: u32, later: u32) -> f64 {
    f64::from(later.saturating_sub(earlier)) / f64::from(DAY_MINUTES)
}

/// Minutes since the epoch; 30 bits last until the year 4011, and times before the epoch count as its start.
pub(crate) fn minute(at: Millis) -> u32 {
    (at.0 / MINUTE_MS).clamp(0, i64::from(u32::MAX >> 2)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tick::DAY_MS;

    #[test]
    fn an_item_is_evidence_when_new_or_forgotten_or_thirty_days_old() {
        let start = Millis(1_700_000_000_000);
        let seen = |item, stability_days| Seen {
            item: ItemIx(item),
            at: start,
            correct: false,
            credit: false,
            stability_days,
        };
        let history = History::new(&[seen(4, None), seen(5, Some(0.212)), seen(6, Some(100.0))]);
        let cases = [
            (3, 0, true),
            (4, 0, false),
            (4, 29, false),
            (4, 30, true),
            (4, 400, true),
            // 0.212 days are 90 times over after 19.2 days.
            (5, 19, false),
            (5, 20, true),
            (6, 29, false),
            (6, 30, true),
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

    #[test]
    fn a_mark_keeps_what_it_is_given() {
        for (correct, credit) in [(false, false), (true, false), (false, true), (true, true)] {
            let mark = Mark::new(&Seen {
                item: ItemIx(9),
                at: Millis(1_700_000_000_000),
                correct,
                credit,
                stability_days: Some(2.3),
            });
            assert_eq!((mark.correct(), mark.credit()), (correct, credit));
            assert_eq!(mark.minute(), 28_333_333);
            assert_eq!(mark.stability_days(), Some(2.3));
        }
        assert_eq!(size_of::<Mark>(), 12);
    }
}
