//! Sessions whose time has run out while nobody was there: each is woken, and not again before long.
//!
//! Owns which of them are left alone for a while, so that those that cannot be brought up neither keep the others
//! waiting nor the store busy. Must not know how a session ends.

use std::collections::HashMap;

use crate::store::SessionId;

/// Sessions woken in one go.
const BATCH: usize = 64;
/// A session is not woken again before this, in milliseconds; doubled each time.
const PAUSE_MS: i64 = 5_000;
/// Doublings at most: a pause of five minutes, since what keeps a session from coming up may pass.
const DOUBLINGS_MAX: u32 = 6;
/// Sessions remembered. Beyond it nobody else is woken until one of them has ended or an operator has looked.
const WOKEN_MAX: usize = 4_096;

/// What was woken and is overdue still.
#[derive(Debug, Default)]
pub(super) struct Overdue {
    woken: HashMap<SessionId, Woken>,
}

#[derive(Debug, Clone, Copy)]
struct Woken {
    times: u32,
    again_ms: i64,
}

impl Overdue {
    /// How many overdue sessions to ask the store for, earliest first: as many more as may have to be passed over.
    pub(super) fn wanted(&self) -> u32 {
        u32::try_from(BATCH + self.woken.len()).unwrap_or(u32::MAX)
    }

    /// Which of those that are overdue to wake now. Those that are not overdue any more are forgotten.
    pub(super) fn due(&mut self, overdue: &[SessionId], now_ms: i64) -> Vec<SessionId> {
        let mut still = HashMap::with_capacity(overdue.len().min(WOKEN_MAX));
        let mut due = Vec::new();
        for id in overdue {
            let known = self.woken.get(id).copied();
            let waits = match known {
                Some(woken) => now_ms < woken.again_ms,
                None => self.woken.len() + due.len() >= WOKEN_MAX,
            };
            if waits || due.len() == BATCH {
                still.extend(known.map(|woken| (*id, woken)));
                continue;
            }
            let times = known.map_or(0, |woken| woken.times);
            let woken = Woken {
                times: times + 1,
                again_ms: now_ms + (PAUSE_MS << times.min(DOUBLINGS_MAX)),
            };
            still.insert(*id, woken);
            due.push(*id);
        }
        self.woken = still;
        due
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn ids(of: std::ops::Range<u128>) -> Vec<SessionId> {
        of.map(|n| SessionId(Uuid::from_u128(n))).collect()
    }

    #[test]
    fn those_that_stay_overdue_are_passed_over_for_longer_and_longer() {
        let mut overdue = Overdue::default();
        let stuck = ids(0..64);
        assert_eq!(overdue.due(&stuck, 0), stuck);
        assert_eq!(overdue.wanted(), 128);
        assert_eq!(overdue.due(&ids(0..70), 500), ids(64..70));
        assert_eq!(overdue.due(&stuck, 4_999), []);
        assert_eq!(overdue.due(&stuck, 5_000), stuck);
        assert_eq!(overdue.due(&stuck, 14_999), []);
        assert_eq!(overdue.due(&stuck, 15_000), stuck);
    }

    #[test]
    fn one_that_is_not_overdue_any_more_is_forgotten() {
        let mut overdue = Overdue::default();
        let one = ids(0..1);
        assert_eq!(overdue.due(&one, 0), one);
        assert_eq!(overdue.due(&[], 500), []);
        assert_eq!(overdue.wanted(), 64);
        assert_eq!(overdue.due(&one, 1_000), one, "it has a new deadline");
    }

    #[test]
    fn no_more_are_woken_than_are_remembered() {
        let mut overdue = Overdue::default();
        let many = ids(0..5_000);
        let mut woken = 0;
        for now in 0..100 {
            woken += overdue.due(&many, now).len();
        }
        assert_eq!(woken, WOKEN_MAX);
    }
}
