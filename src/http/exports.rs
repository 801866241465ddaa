//! How often a learner's records are put together: each time everything of theirs is read.
//!
//! Owns both bounds: how often for one learner, and how many are under way at once. Must not know what is in them.

use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::fleet;
use super::limits::KeyedLimit;
use crate::cluster::Shared;
use crate::session::RateLimit;
use crate::store::LearnerId;

/// Exports that one learner may ask for in a minute.
pub const EXPORTS_PER_MINUTE: u32 = 6;
/// Exports under way at once, each with one session in memory; one more is told to come back.
const AT_ONCE_MAX: usize = 16;
/// When to come back, in milliseconds.
const BUSY_WAIT_MS: i64 = 5_000;
/// Learners remembered: several times as many as one instance holds.
const LEARNERS_MAX: usize = 100_000;

/// How many exports there are.
pub struct Exports {
    limit: RateLimit,
    per_learner: Mutex<KeyedLimit<LearnerId>>,
    at_once: Arc<Semaphore>,
}

impl Exports {
    /// `per_minute` for each learner.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        let limit = RateLimit::per_minute(per_minute);
        Self {
            limit,
            per_learner: Mutex::new(KeyedLimit::new(limit, LEARNERS_MAX)),
            at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)),
        }
    }

    /// Counts one export of a learner at `now_ms`, here and in the fleet; what it gives is held until the export is over.
    ///
    /// # Errors
    /// How many milliseconds to wait.
    pub(super) async fn begin(
        &self,
        shared: &dyn Shared,
        learner: LearnerId,
        now_ms: i64,
    ) -> Result<OwnedSemaphorePermit, i64> {
        let place = self.begin_here(learner, now_ms)?;
        fleet::take(shared, "exports", learner.0, self.limit).await?;
        Ok(place)
    }

    fn begin_here(&self, learner: LearnerId, now_ms: i64) -> Result<OwnedSemaphorePermit, i64> {
        let mut limit = self
            .per_learner
            .lock()
            .expect("no code panics while it holds the limits");
        let next = limit.next(learner, now_ms)?;
        let place = Arc::clone(&self.at_once).try_acquire_owned();
        let place = place.map_err(|_| BUSY_WAIT_MS)?;
        limit.note(learner, next);
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn exports_are_limited_for_each_learner_and_at_once() {
        let exports = Exports::new(6);
        let learner = |number: usize| LearnerId(Uuid::from_u128(number as u128));
        for _ in 0..6 {
            assert!(exports.begin_here(learner(0), 0).is_ok());
        }
        assert_eq!(exports.begin_here(learner(0), 0).map(drop), Err(10_000));
        let begin = |number| exports.begin_here(learner(number), 0);
        let held: Vec<_> = (1..=AT_ONCE_MAX).map(begin).collect();
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(begin(99).map(drop), Err(BUSY_WAIT_MS));
        drop(held);
        assert!(begin(99).is_ok());
    }
}
