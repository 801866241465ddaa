//! Owns how often a call to PostgreSQL is tried and how long it may take. Must not know what it does.

use std::time::{Duration, Instant};

use super::fault::Failure;

/// How long one statement may take before its connection is given up. Shorter than the server's own
/// `statement_timeout`, so that a retry finds out what became of it.
pub(super) const STATEMENT_WITHIN: Duration = Duration::from_secs(10);

/// Pause after a first failure; each further one doubles it. The first attempt after a restart of the server finds a
/// dead connection in the pool and no fault at all.
const PAUSE_MIN: Duration = Duration::from_millis(10);
/// The longest pause between attempts.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// The attempts of one call.
pub(super) struct Attempts {
    since: Instant,
    limit: Duration,
    pause: Duration,
}

impl Attempts {
    /// Attempts until `limit` has passed, and at least one.
    pub(super) fn within(limit: Duration) -> Attempts {
        Attempts {
            since: Instant::now(),
            limit,
            pause: PAUSE_MIN,
        }
    }

    /// Waits before the next attempt; the failure itself when there is to be none.
    pub(super) async fn after(&mut self, failure: Failure) -> Result<(), Failure> {
        if !matches!(failure, Failure::Transient(_)) || self.since.elapsed() >= self.limit {
            return Err(failure);
        }
        metrics::counter!("learnr_store_retries_total").increment(1);
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        Ok(())
    }

    /// The pause is short again: something has worked.
    pub(super) fn reset(&mut self) {
        self.since = Instant::now();
        self.pause = PAUSE_MIN;
    }
}

/// Tries `$body` with a connection of `$pool`, bound to `$client`, until it succeeds, fails for good, or `$limit` has
/// passed. A macro, since a closure that borrows its connection for a future cannot promise to be `Send`.
macro_rules! attempted {
    ($store:expr, $pool:expr, $limit:expr, |$client:ident| $body:expr) => {
        $crate::store::postgres::attempts::attempted!(
            $store,
            $pool,
            $limit,
            $crate::store::postgres::attempts::STATEMENT_WITHIN,
            |$client| $body
        )
    };
    ($store:expr, $pool:expr, $limit:expr, $within:expr, |$client:ident| $body:expr) => {{
        let mut attempts = $crate::store::postgres::attempts::Attempts::within($limit);
        loop {
            if $store.is_closed() {
                break Err($crate::store::StoreError::Closed);
            }
            let attempt = async {
                let mut connection = $pool.free().await?;
                let $client = &mut *connection;
                let within: std::time::Duration = $within;
                let done = tokio::time::timeout(within, async { $body }).await;
                let done = done.unwrap_or_else(|_| {
                    Err($crate::store::postgres::fault::Failure::passing(format!(
                        "no answer within {} s",
                        within.as_secs()
                    )))
                });
                if let Err(failure) = &done {
                    $store.note_failure(&mut connection, failure);
                }
                done
            };
            match attempt.await {
                Ok(value) => break Ok(value),
                Err(failure) => {
                    if let Err(failure) = attempts.after(failure).await {
                        break Err(failure.into_store_error($store.place()));
                    }
                }
            }
        }
    }};
}

pub(super) use attempted;
