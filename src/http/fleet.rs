//! Limits that the instances of a fleet share, and reckonings that they keep for each other.
//!
//! Owns how it is counted, and what happens where nobody answers; under which key is each limit's to say: learners by their ids, networks
//! where there is no learner yet, addresses of mail as numbers. What this instance has let pass is counted here second,
//! and passes where the fleet has no answer: a Redis that is down makes a limit as many times as wide as there are instances, and
//! refuses nobody.

use std::fmt::Display;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::cluster::{Counting, Shared};
use crate::session::RateLimit;

/// How long a reckoning is kept. What it was made from is in its key; only the time it was made at is not exact, to as much as this.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Counts one arrival of `key` in the fleet.
///
/// # Errors
/// How many milliseconds to wait.
pub(super) async fn take(
    shared: &dyn Shared,
    what: &str,
    key: impl Display,
    limit: RateLimit,
) -> Result<(), i64> {
    ask(shared, what, key, limit, Counting::Take).await
}

/// Whether one arrival of `key` would pass in the fleet; it does not count.
///
/// # Errors
/// How many milliseconds to wait.
pub(super) async fn look(
    shared: &dyn Shared,
    what: &str,
    key: impl Display,
    limit: RateLimit,
) -> Result<(), i64> {
    ask(shared, what, key, limit, Counting::Look).await
}

async fn ask(
    shared: &dyn Shared,
    what: &str,
    key: impl Display,
    limit: RateLimit,
    counting: Counting,
) -> Result<(), i64> {
    let Some(rate) = limit.shared() else {
        return Ok(());
    };
    match shared.limit(&format!("{what}:{key}"), rate, counting).await {
        Ok(Duration::ZERO) => Ok(()),
        Ok(wait) => Err(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        // Told of by the connection. What this instance counts by itself has passed.
        Err(_) => Ok(()),
    }
}

/// What a reckoning is made from, as the key of what it came to.
pub(super) struct MadeFrom(Sha256);

impl MadeFrom {
    /// Of this kind, by this release, at this time.
    pub(super) fn of(kind: &str, now_ms: i64) -> Self {
        let lasts_ms = i64::try_from(KEPT_FOR.as_millis()).unwrap_or(i64::MAX);
        Self(Sha256::new())
            .and(kind.as_bytes())
            .and(env!("CARGO_PKG_VERSION").as_bytes())
            .and(&(now_ms / lasts_ms).to_be_bytes())
    }

    /// And from this.
    pub(super) fn and(mut self, part: &[u8]) -> Self {
        // With its length: no two lists of parts are the same bytes.
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    pub(super) fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// A reckoning that was kept; `None` as well where nobody can say.
pub(super) async fn kept(shared: &dyn Shared, digest: &[u8; 32]) -> Option<Vec<u8>> {
    shared.kept(digest).await.ok().flatten()
}

/// Keeps a reckoning, if it can be.
pub(super) async fn keep(shared: &dyn Shared, digest: &[u8; 32], body: &[u8]) {
    if let Err(error) = shared.keep(digest, body, KEPT_FOR).await {
        tracing::debug!(%error, "a reckoning was not kept");
    }
}
