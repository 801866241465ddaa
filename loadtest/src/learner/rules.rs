//! The client's rules that need no socket: jittered backoff, what each close code asks for, and
//! staying inside the limits. Pure; every instant is handed in.

use std::time::Duration;

use learnr_protocol::CloseCode;
use tokio::time::Instant;

use crate::chance::Chance;

/// Bounds of the delay before a reconnect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Bound of the first delay; it doubles with each attempt.
    pub base: Duration,
    /// Bound of every delay.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(250),
            cap: Duration::from_secs(10),
        }
    }
}

impl Backoff {
    /// Delay before attempt number `attempt`, from 0: full jitter, uniform below the bound.
    #[must_use]
    pub fn delay(self, attempt: u32, chance: &mut Chance) -> Duration {
        let bound = self
            .base
            .saturating_mul(2_u32.saturating_pow(attempt.min(16)));
        chance.up_to(bound.min(self.cap))
    }
}

/// What a client does after a close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Connect again and go on from where it was.
    Resume,
    /// Connect again and take the whole state.
    Resync,
    /// The session has ended: nothing more to do.
    Ended,
    /// Give up; people must look.
    Stop,
}

/// The close-code table.
#[must_use]
pub fn after_close(code: u16) -> After {
    /// No code in the frame: as good as a dead socket.
    const NO_STATUS: u16 = 1005;
    if code == CloseCode::SessionEnded.number() {
        After::Ended
    } else if code == CloseCode::Resync.number() {
        After::Resync
    } else if code == NO_STATUS || CloseCode::reconnects(code) {
        After::Resume
    } else {
        After::Stop
    }
}

/// Keeps a client inside the server's limit on answers: a bucket of `burst`, refilled at `per_s`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnswerPace {
    per_s: f64,
    burst: f64,
    tokens: f64,
    at: Instant,
}

impl AnswerPace {
    pub(crate) fn new(per_s: u32, burst: u32, now: Instant) -> Self {
        let burst = f64::from(burst.max(1));
        Self {
            per_s: f64::from(per_s.max(1)),
            burst,
            tokens: burst,
            at: now,
        }
    }

    /// When the next answer may go out.
    pub(crate) fn ready_at(&self) -> Instant {
        let lacking = (1.0 - self.tokens).max(0.0);
        self.at + Duration::from_secs_f64(lacking / self.per_s)
    }

    /// An answer goes out.
    pub(crate) fn spend(&mut self, now: Instant) {
        let refill = now.saturating_duration_since(self.at).as_secs_f64() * self.per_s;
        self.tokens = (self.tokens + refill).min(self.burst) - 1.0;
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_close_code_asks_for_what_the_table_says() {
        for (code, expected) in [
            (1000, After::Stop),
            (1001, After::Resume),
            (1005, After::Resume),
            (1006, After::Resume),
            (1009, After::Stop),
            (1011, After::Resume),
            (1013, After::Resume),
            (4001, After::Resume),
            (4008, After::Resume),
            (4010, After::Resync),
            (4030, After::Resume),
            (4499, After::Resume),
            (4500, After::Stop),
            (4504, After::Stop),
            (4505, After::Ended),
            (4999, After::Stop),
        ] {
            assert_eq!(after_close(code), expected, "{code}");
        }
    }

    #[test]
    fn the_delay_is_jittered_below_a_bound_that_doubles_up_to_the_cap() {
        let mut chance = Chance::new(3);
        let backoff = Backoff::default();
        for (attempt, bound_ms) in [(0, 250), (1, 500), (3, 2_000), (9, 10_000), (60, 10_000)] {
            let bound = Duration::from_millis(bound_ms);
            let delays: Vec<_> = (0..200)
                .map(|_| backoff.delay(attempt, &mut chance))
                .collect();
            assert!(delays.iter().all(|delay| *delay <= bound), "{attempt}");
            assert!(delays.iter().any(|delay| *delay > bound / 2), "{attempt}");
            assert!(delays.iter().any(|delay| *delay < bound / 2), "{attempt}");
        }
    }

    #[test]
    fn the_pace_allows_a_burst_and_then_the_rate() {
        let start = Instant::now();
        let mut pace = AnswerPace::new(5, 2, start);
        for _ in 0..2 {
            assert!(pace.ready_at() <= start);
            pace.spend(start);
        }
        let next = pace.ready_at() - start;
        assert!((next.as_secs_f64() - 0.2).abs() < 1e-6, "{next:?}");
        let much_later = start + Duration::from_secs(60);
        pace.spend(much_later);
        assert!(pace.ready_at() <= much_later);
    }
}
