//! How many sessions one learner may start: each has its own allowance of answers, and is stored for good.
//!
//! Owns that limit, by learner and never by address. Resuming an open session is no start.

use std::sync::Mutex;

use super::fleet;
use super::limits::KeyedLimit;
use crate::cluster::Shared;
use crate::session::RateLimit;
use crate::store::LearnerId;

/// Sessions that one learner may start in a minute, and as many at once: nobody reads and answers a session
/// of the least length, five questions, in two seconds.
pub const STARTS_PER_MINUTE: u32 = 30;
/// Starts a minute that are no limit worth the name, for load tests.
const OFF_PER_MINUTE: u32 = 1_000_000;
/// Learners remembered: several times as many as one instance holds.
const LEARNERS_MAX: usize = 100_000;

/// How many sessions each learner may start.
pub struct StartLimits {
    limit: RateLimit,
    per_learner: Mutex<KeyedLimit<LearnerId>>,
}

impl StartLimits {
    /// `per_minute` for each learner.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        let limit = RateLimit::per_minute(per_minute);
        Self {
            limit,
            per_learner: Mutex::new(KeyedLimit::new(limit, LEARNERS_MAX)),
        }
    }

    /// No limit worth the name.
    #[must_use]
    pub fn off() -> Self {
        Self::new(OFF_PER_MINUTE)
    }

    /// Whether a learner may start one more session at `now_ms`, here and in the fleet. It counts once it was started: requests that
    /// come at once may pass together, as many as there are kinds of open sessions.
    ///
    /// # Errors
    /// How many milliseconds to wait.
    pub(super) async fn check(
        &self,
        shared: &dyn Shared,
        learner: LearnerId,
        now_ms: i64,
    ) -> Result<(), i64> {
        self.lock().next(learner, now_ms).map(drop)?;
        fleet::look(shared, "starts", learner.0, self.limit).await
    }

    /// Counts a session that was started, here and in the fleet.
    pub(super) async fn count(&self, shared: &dyn Shared, learner: LearnerId, now_ms: i64) {
        self.count_here(learner, now_ms);
        if let Err(wait_ms) = fleet::take(shared, "starts", learner.0, self.limit).await {
            tracing::debug!(wait_ms, "passed together with another start");
        }
    }

    fn count_here(&self, learner: LearnerId, now_ms: i64) {
        let mut starts = self.lock();
        // Whoever passed together with another is counted up to the limit.
        if let Ok(next) = starts.next(learner, now_ms) {
            starts.note(learner, next);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, KeyedLimit<LearnerId>> {
        self.per_learner
            .lock()
            .expect("no code panics while it holds the limits")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::clock::ManualClock;
    use crate::cluster::LocalShared;

    #[tokio::test]
    async fn a_learner_is_limited_without_stopping_another_and_a_look_does_not_count() {
        let clock = Arc::new(ManualClock::at(0));
        let shared = LocalShared::new(clock.clone());
        // Two instances of one fleet.
        let (here, there) = (StartLimits::new(2), StartLimits::new(2));
        let (one, other) = (LearnerId(Uuid::from_u128(1)), LearnerId(Uuid::from_u128(2)));
        for _ in 0..5 {
            assert_eq!(here.check(&shared, one, 0).await, Ok(()));
        }
        here.count(&shared, one, 0).await;
        there.count(&shared, one, 0).await;
        assert_eq!(here.check(&shared, one, 0).await, Err(30_000));
        assert_eq!(there.check(&shared, one, 0).await, Err(30_000));
        assert_eq!(there.check(&shared, other, 0).await, Ok(()));
        clock.advance(Duration::from_secs(30));
        assert_eq!(here.check(&shared, one, 30_000).await, Ok(()));
    }
}
