//! How fast a learner may send, held in the session's owner.
//!
//! Owns the two rates of the protocol. Knows no socket: several sockets of one learner share them.

use std::time::Duration;

use crate::cluster::Rate;

/// Limits with less between two arrivals, in microseconds, are none worth the name: a fleet does not count by them.
const SHARED_INTERVAL_MIN_US: i64 = 1_000;

/// A generic cell rate limiter: sixteen bytes, no timer.
///
/// Source: ITU-T I.371, "virtual scheduling".
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    interval_us: i64,
    tolerance_us: i64,
}

/// When the next message would be exactly on time, in microseconds since the epoch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Arrivals {
    expected_us: i64,
}

impl RateLimit {
    /// At most `per_s` a second over time, and `burst` at once; both at least 1.
    #[must_use]
    pub fn new(per_s: u32, burst: u32) -> Self {
        let interval_us = 1_000_000 / i64::from(per_s.max(1));
        Self {
            interval_us,
            tolerance_us: interval_us * i64::from(burst.max(1) - 1),
        }
    }

    /// At most `per_minute` a minute over time, and as many at once; at least 1.
    #[must_use]
    pub fn per_minute(per_minute: u32) -> Self {
        let interval_us = 60_000_000 / i64::from(per_minute.max(1));
        Self {
            interval_us,
            tolerance_us: interval_us * i64::from(per_minute.max(1) - 1),
        }
    }

    /// At most `per_hour` an hour over time, and as many at once; at least 1.
    #[must_use]
    pub fn per_hour(per_hour: u32) -> Self {
        let interval_us = 3_600_000_000 / i64::from(per_hour.max(1));
        Self {
            interval_us,
            tolerance_us: interval_us * i64::from(per_hour.max(1) - 1),
        }
    }

    /// The same as a fleet counts by it; `None` for no limit worth the name.
    #[must_use]
    pub fn shared(&self) -> Option<Rate> {
        let duration = |us: i64| Duration::from_micros(us.unsigned_abs());
        (self.interval_us >= SHARED_INTERVAL_MIN_US).then(|| Rate {
            interval: duration(self.interval_us),
            tolerance: duration(self.tolerance_us),
        })
    }

    /// Counts one message at `now_ms`.
    ///
    /// # Errors
    /// How many milliseconds to wait; the message then does not count.
    pub fn take(&self, arrivals: &mut Arrivals, now_ms: i64) -> Result<(), i64> {
        let now_us = now_ms.saturating_mul(1_000);
        let expected = arrivals.expected_us.max(now_us);
        let early_us = expected - now_us - self.tolerance_us;
        if early_us > 0 {
            return Err((early_us + 999) / 1_000);
        }
        arrivals.expected_us = expected + self.interval_us;
        Ok(())
    }

    /// Whether arrivals still weigh on the limit at `now_ms`; when they do not, they may be forgotten.
    #[must_use]
    pub fn is_behind(&self, arrivals: &Arrivals, now_ms: i64) -> bool {
        arrivals.expected_us > now_ms.saturating_mul(1_000)
    }
}

/// Refusals in a row, each ignored, before the socket is closed with 4029.
pub const IGNORED_REFUSALS_MAX: u32 = 50;

/// The limits of one session.
#[derive(Debug, Clone, Copy)]
pub struct MessageLimits {
    /// Answers.
    pub answers: RateLimit,
    /// Everything else, `finish` included.
    pub messages: RateLimit,
    /// What `welcome.limits` publishes for the two above: answers a second, burst, messages a second.
    pub published: (u32, u32, u32),
}

impl MessageLimits {
    /// Five answers a second, ten at once, and twenty other messages a second.
    pub const DEFAULT: (u32, u32, u32) = (5, 10, 20);

    /// Limits from answers a second, burst, and other messages a second.
    #[must_use]
    pub fn new(published: (u32, u32, u32)) -> Self {
        let (answers, burst, messages) = published;
        Self {
            answers: RateLimit::new(answers, burst),
            messages: RateLimit::new(messages, messages),
            published,
        }
    }

    /// No limit worth the name, for load tests that look for the engine's own.
    #[must_use]
    pub fn off() -> Self {
        Self::new((1_000_000, 1_000_000, 1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let limit = RateLimit::new(5, 10);
        let mut arrivals = Arrivals::default();
        for _ in 0..10 {
            assert_eq!(limit.take(&mut arrivals, 1_000), Ok(()));
        }
        let wait = limit
            .take(&mut arrivals, 1_000)
            .expect_err("over the burst");
        assert_eq!(wait, 200);
        assert_eq!(limit.take(&mut arrivals, 1_000 + wait), Ok(()));
        assert!(limit.take(&mut arrivals, 1_000 + wait).is_err());
        let mut passed = 0;
        for now in 2_000..12_000 {
            passed += i32::from(limit.take(&mut arrivals, now).is_ok());
        }
        assert!((50..=60).contains(&passed), "{passed}");
    }
}
