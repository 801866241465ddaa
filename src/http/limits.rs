//! A rate limit for each of many keys, in bounded memory whoever comes.
//!
//! Owns what is remembered and what happens when that is full. Must not know what the keys stand for.

use std::collections::HashMap;
use std::hash::Hash;

use crate::session::{Arrivals, RateLimit};

/// How long to wait when everything that may be remembered is busy, in milliseconds.
const FULL_WAIT_MS: i64 = 1_000;

/// One limit, counted for each key by itself.
pub(super) struct KeyedLimit<K> {
    limit: RateLimit,
    /// Keys remembered. Beyond it those that have been quiet long enough are forgotten; when all of them are
    /// busy, a key that is not known has to wait.
    keys_max: usize,
    arrivals: HashMap<K, Arrivals>,
    /// Before this nothing is looked through again for what could be forgotten: with everything busy, each key that comes would look
    /// through all of it, under a lock.
    swept_again_ms: i64,
}

impl<K: Copy + Eq + Hash> KeyedLimit<K> {
    /// `limit` for each of at most `keys_max` keys.
    pub(super) fn new(limit: RateLimit, keys_max: usize) -> Self {
        Self {
            limit,
            keys_max,
            arrivals: HashMap::new(),
            swept_again_ms: i64::MIN,
        }
    }

    /// Whether `key` is known, or may be remembered from now on.
    pub(super) fn has_room(&mut self, key: K, now_ms: i64) -> bool {
        if self.arrivals.contains_key(&key) || self.arrivals.len() < self.keys_max {
            return true;
        }
        if now_ms < self.swept_again_ms {
            return false;
        }
        self.swept_again_ms = now_ms.saturating_add(FULL_WAIT_MS);
        let limit = self.limit;
        self.arrivals
            .retain(|_, arrivals| limit.is_behind(arrivals, now_ms));
        self.arrivals.len() < self.keys_max
    }

    /// What one more arrival of `key` at `now_ms` would come to; it counts only once it is noted.
    ///
    /// # Errors
    /// How many milliseconds to wait.
    pub(super) fn next(&mut self, key: K, now_ms: i64) -> Result<Arrivals, i64> {
        if !self.has_room(key, now_ms) {
            return Err(FULL_WAIT_MS);
        }
        let mut arrivals = self.arrivals.get(&key).copied().unwrap_or_default();
        self.limit.take(&mut arrivals, now_ms)?;
        Ok(arrivals)
    }

    /// Counts an arrival as `next` gave it.
    pub(super) fn note(&mut self, key: K, arrivals: Arrivals) {
        self.arrivals.insert(key, arrivals);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quiet_is_forgotten_once_a_second_at_most_and_what_is_busy_is_not() {
        let mut limit = KeyedLimit::new(RateLimit::per_minute(60), 2);
        let mut take = |key: u8, now_ms: i64| {
            let next = limit.next(key, now_ms)?;
            limit.note(key, next);
            Ok::<(), i64>(())
        };
        assert_eq!(take(1, 0), Ok(()));
        assert_eq!(take(2, 500), Ok(()));
        assert_eq!(take(3, 900), Err(FULL_WAIT_MS), "both are busy");
        assert_eq!(take(1, 900), Ok(()), "who is known goes on");
        let refused = take(3, 1_899);
        assert_eq!(refused, Err(FULL_WAIT_MS), "it is not looked for so soon");
        assert_eq!(take(3, 1_900), Ok(()), "the second is quiet again");
    }
}
