//! Time, as the server tells it: milliseconds since the epoch that never go back, and waiting for a moment.
//!
//! Owns the only clocks of the server, so that tests can hold them still. Knows nothing of sessions.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// A future that ends when its moment has come.
pub type Moment = Pin<Box<dyn Future<Output = ()>>>;

/// A source of time.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the epoch in UTC; never less than an earlier call gave.
    fn now_ms(&self) -> i64;

    /// Ends once [`Clock::now_ms`] has reached `at_ms`.
    fn wait_until(&self, at_ms: i64) -> Moment;
}

/// A clock that is set once, by the database's where there is one, and then advanced by the machine's monotonic one, so that a step of
/// a wall clock moves no deadline.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
    base_ms: i64,
}

impl SystemClock {
    /// A clock that starts at the machine's time.
    #[must_use]
    pub fn start() -> Self {
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self::at(i64::try_from(wall.as_millis()).unwrap_or(i64::MAX))
    }

    /// A clock that starts at another's time, the database's, whatever this machine takes the time to be.
    #[must_use]
    pub fn at(now_ms: i64) -> Self {
        Self {
            started: Instant::now(),
            base_ms: now_ms,
        }
    }

    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        self.base_ms.saturating_add(self.elapsed_ms())
    }

    fn wait_until(&self, at_ms: i64) -> Moment {
        let wait = u64::try_from(at_ms.saturating_sub(self.now_ms())).unwrap_or(0);
        Box::pin(tokio::time::sleep(Duration::from_millis(wait)))
    }
}

/// A clock that moves only when it is told to, for tests of deadlines, heartbeats and limits.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<i64>,
}

impl ManualClock {
    /// A clock that stands at `now_ms`.
    #[must_use]
    pub fn at(now_ms: i64) -> Self {
        Self {
            now: watch::Sender::new(now_ms),
        }
    }

    /// Moves the clock forward; whatever waited for a moment up to there goes on.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.now.send_modify(|now| *now = now.saturating_add(by));
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        *self.now.borrow()
    }

    fn wait_until(&self, at_ms: i64) -> Moment {
        let mut now = self.now.subscribe();
        Box::pin(async move {
            if now.wait_for(|now| *now >= at_ms).await.is_err() {
                // The clock is gone, and with it every moment that could have come.
                std::future::pending::<()>().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_is_ahead_starts_at_the_time_it_is_given() {
        let machine = SystemClock::start().now_ms();
        let clock = SystemClock::at(machine - 3_600_000);
        assert!(clock.now_ms() < machine - 3_000_000);
    }

    #[tokio::test]
    async fn a_moment_comes_when_the_manual_clock_reaches_it() {
        let clock = ManualClock::at(1_000);
        let moment = clock.wait_until(1_500);
        clock.advance(Duration::from_millis(500));
        moment.await;
        assert_eq!(clock.now_ms(), 1_500);
    }
}
