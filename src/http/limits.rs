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
}

impl<K: Copy + Eq + Hash> KeyedLimit<K> {
    /// `limit` for each of at most `keys_max` keys.
    pub(super) fn new(limit: RateLimit, keys_max: usize) -> Self {
        Self {
            limit,
            keys_max,
            arrivals: HashMap::new(),
        }
    }

    /// What one more arrival of `key` at `now_ms` would come to; it counts only once it is noted.
    ///
    /// # Errors
    /// How many milliseconds to wait.
    pub(super) fn next(&mut self, key: K, now_ms: i64) -> Result<Arrivals, i64> {
        let known = self.arrivals.get(&key).copied();
        if known.is_none() && self.arrivals.len() >= self.keys_max {
            let limit = self.limit;
            self.arrivals
                .retain(|_, arrivals| limit.is_behind(arrivals, now_ms));
            if self.arrivals.len() >= self.keys_max {
                return Err(FULL_WAIT_MS);
            }
        }
        let mut arrivals = known.unwrap_or_default();
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
    fn what_is_quiet_is_forgotten_and_what_is_busy_is_not() {
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
        assert_eq!(take(3, 1_500), Ok(()), "the second is quiet again");
    }
}
