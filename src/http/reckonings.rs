//! How often a standing is reckoned: it costs tens of milliseconds of a processor, more than any other request.
//!
//! Owns both bounds: how often for one learner, and how many at once, so that whatever asks for them, most of the
//! machine stays with the answers. Must not know how a standing is reckoned.

use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::fleet;
use super::limits::KeyedLimit;
use crate::cluster::Shared;
use crate::session::RateLimit;
use crate::store::LearnerId;

/// Standings that one learner may ask for in a minute, and as many at once: several pages may show theirs.
pub const STANDINGS_PER_MINUTE: u32 = 60;
/// Standings a minute that are no limit worth the name, for load tests.
const OFF_PER_MINUTE: u32 = 1_000_000;
/// Learners remembered: several times as many as one instance holds.
const LEARNERS_MAX: usize = 100_000;

/// How many standings are reckoned.
pub struct Reckonings {
    limit: RateLimit,
    per_learner: Mutex<KeyedLimit<LearnerId>>,
    at_once: Arc<Semaphore>,
}

impl Reckonings {
    /// `per_minute` for each learner; at once half as many as there are `threads` for sockets, and at least one.
    #[must_use]
    pub fn new(per_minute: u32, threads: usize) -> Self {
        let limit = RateLimit::per_minute(per_minute);
        Self {
            limit,
            per_learner: Mutex::new(KeyedLimit::new(limit, LEARNERS_MAX)),
            at_once: Arc::new(Semaphore::new((threads / 2).max(1))),
        }
    }

    /// No limit worth the name for one learner.
    #[must_use]
    pub fn off(threads: usize) -> Self {
        Self::new(OFF_PER_MINUTE, threads)
    }

    /// Counts one standing of a learner at `now_ms`, here and in the fleet.
    ///
    /// # Errors
    /// How many milliseconds to wait.
    pub(super) async fn take(
        &self,
        shared: &dyn Shared,
        learner: LearnerId,
        now_ms: i64,
    ) -> Result<(), i64> {
        self.take_here(learner, now_ms)?;
        fleet::take(shared, "standings", learner.0, self.limit).await
    }

    fn take_here(&self, learner: LearnerId, now_ms: i64) -> Result<(), i64> {
        let mut limit = self
            .per_learner
            .lock()
            .expect("no code panics while it holds the limits");
        let next = limit.next(learner, now_ms)?;
        limit.note(learner, next);
        Ok(())
    }

    /// Waits until it is this one's turn, first come first served. Whoever reckons holds on to it: a caller who has
    /// gone stops no reckoning.
    pub(super) async fn turn(&self) -> OwnedSemaphorePermit {
        let turn = Arc::clone(&self.at_once).acquire_owned().await;
        turn.expect("nobody closes it")
    }
}
