//! How often history is looked at, and how many exports run at once.
//!
//! Owns both bounds. Must not know what is looked at.

use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use learnr_protocol::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::KeyedLimit;
use super::{ApiError, fleet};
use crate::cluster::Shared;
use crate::session::RateLimit;
use crate::store::LearnerId;

/// Looks at their history that one learner may take in a minute, and as many at once: a page shows several figures.
pub const LOOKUPS_PER_MINUTE: u32 = 120;
/// Looks a minute that are no limit worth the name, for load tests.
const OFF_PER_MINUTE: u32 = 1_000_000;
/// Learners remembered: several times as many as one instance holds.
const LEARNERS_MAX: usize = 100_000;
/// Exports under way at once; each holds one page in memory and reads the next when the client has taken it.
const EXPORTS_MAX: usize = 4;
/// When an export that found no place may be asked for again, in seconds.
const EXPORT_RETRY_S: u64 = 5;

/// How often history is looked at.
pub struct Lookups {
    limit: RateLimit,
    per_learner: Mutex<KeyedLimit<LearnerId>>,
    exports: Arc<Semaphore>,
}

impl Lookups {
    /// `per_minute` for each learner.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        let limit = RateLimit::per_minute(per_minute);
        Self {
            limit,
            per_learner: Mutex::new(KeyedLimit::new(limit, LEARNERS_MAX)),
            exports: Arc::new(Semaphore::new(EXPORTS_MAX)),
        }
    }

    /// No limit worth the name for one learner.
    #[must_use]
    pub fn off() -> Self {
        Self::new(OFF_PER_MINUTE)
    }

    /// Counts one look of a learner at `now_ms`, here and in the fleet.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub(super) async fn take(
        &self,
        shared: &dyn Shared,
        learner: LearnerId,
        now_ms: i64,
    ) -> Result<(), ApiError> {
        let mut taken = self.take_here(learner, now_ms);
        if taken.is_ok() {
            taken = fleet::take(shared, "lookups", learner.0, self.limit).await;
        }
        taken.map_err(|wait_ms| {
            ApiError::later(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::RateLimited,
                "asked for your history too often at the moment: try again",
                u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000),
            )
        })
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

    /// A place for an export, held until it is over or its client has gone.
    ///
    /// # Errors
    /// 429 when every place is taken.
    pub(super) fn export(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.exports).try_acquire_owned().map_err(|_| {
            ApiError::later(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::RateLimited,
                "as many exports run as may at once: try again when one is done",
                EXPORT_RETRY_S,
            )
        })
    }
}
