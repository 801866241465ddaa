//! The client's rules that need no socket: jittered backoff, the outbox, what each close code asks
//! for, and staying inside the limits. Pure; every instant is handed in.

use std::collections::VecDeque;
use std::time::Duration;

use learnr_protocol::{Answer, CloseCode};
use tokio::time::Instant;

use crate::chance::Chance;
use crate::ledger::LineId;

/// Answers that may wait for their acknowledgement; beyond it `answer` is a fault of the caller.
pub(crate) const OUTBOX_MAX: usize = 64;
/// Answers sent again follow each other no faster than this: four a second.
const RESEND_GAP: Duration = Duration::from_millis(250);

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

/// An answer waiting for its acknowledgement.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) answer: Answer,
    pub(crate) line: LineId,
    /// From when its latency counts.
    pub(crate) due: Instant,
    /// Last sent on the present socket, or last heard of by `saving`.
    heard: Option<Instant>,
    not_before: Instant,
    sent_before: bool,
}

/// Every answer not acknowledged, oldest first. It outlives sockets.
#[derive(Debug)]
pub(crate) struct Outbox {
    pending: VecDeque<Pending>,
    resend_at: Instant,
}

impl Outbox {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            pending: VecDeque::new(),
            resend_at: now,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    pub(crate) fn push(&mut self, answer: Answer, line: LineId, due: Instant, now: Instant) {
        self.pending.push_back(Pending {
            answer,
            line,
            due,
            heard: None,
            not_before: now,
            sent_before: false,
        });
    }

    /// Takes out the answer a reply is for.
    pub(crate) fn remove(&mut self, request_id: &str) -> Option<Pending> {
        let at = self
            .pending
            .iter()
            .position(|pending| pending.answer.request_id == request_id)?;
        self.pending.remove(at)
    }

    /// `saving`: taken, not stored; wait on.
    pub(crate) fn saving(&mut self, request_id: &str, now: Instant) {
        if let Some(pending) = self.find(request_id) {
            pending.heard = Some(now);
        }
    }

    /// A refusal that may be repeated: to be sent again, no sooner than `after` from now.
    pub(crate) fn retry(&mut self, request_id: &str, after: Duration, now: Instant) {
        if let Some(pending) = self.find(request_id) {
            pending.heard = None;
            pending.not_before = now + after;
        }
    }

    /// A new socket: whatever was sent on the old one is to be sent again.
    pub(crate) fn reconnected(&mut self) {
        for pending in &mut self.pending {
            pending.heard = None;
        }
    }

    /// The answer to send now, marked as sent, and whether it was sent before.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<(&Answer, bool)> {
        let resend_at = self.resend_at;
        let pending = self
            .pending
            .iter_mut()
            .find(|pending| pending.heard.is_none() && pending.ready_at(resend_at) <= now)?;
        let again = pending.sent_before;
        pending.heard = Some(now);
        pending.sent_before = true;
        if again {
            self.resend_at = now + RESEND_GAP;
        }
        Some((&pending.answer, again))
    }

    /// When the next answer may be sent; `None` when all are.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.pending
            .iter()
            .filter(|pending| pending.heard.is_none())
            .map(|pending| pending.ready_at(self.resend_at))
            .min()
    }

    /// When the oldest answer sent will have gone `silence` without a word.
    pub(crate) fn silent_at(&self, silence: Duration) -> Option<Instant> {
        let heard = self.pending.iter().filter_map(|pending| pending.heard);
        heard.min().map(|heard| heard + silence)
    }

    fn find(&mut self, request_id: &str) -> Option<&mut Pending> {
        self.pending
            .iter_mut()
            .find(|pending| pending.answer.request_id == request_id)
    }
}

impl Pending {
    fn ready_at(&self, resend_at: Instant) -> Instant {
        if self.sent_before {
            self.not_before.max(resend_at)
        } else {
            self.not_before
        }
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
    use learnr_protocol::Response;

    use super::*;
    use crate::ledger::{Ledger, Sent};

    const SILENCE: Duration = Duration::from_secs(5);

    fn outbox(answers: usize, now: Instant) -> Outbox {
        let mut outbox = Outbox::new(now);
        for n in 0..answers {
            let line = Ledger::default().sent(Sent {
                session: String::new(),
                request_id: String::new(),
                position: 1,
                options: Vec::new(),
                at_ms: 0,
            });
            let answer = Answer {
                request_id: format!("r{n}"),
                position: 1,
                response: Response::Choice {
                    options: Vec::new(),
                },
                confidence: None,
            };
            outbox.push(answer, line, now, now);
        }
        outbox
    }

    fn take(outbox: &mut Outbox, now: Instant) -> Option<(String, bool)> {
        outbox
            .take_due(now)
            .map(|(answer, again)| (answer.request_id.clone(), again))
    }

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
    fn first_sends_go_at_once_and_resends_four_a_second() {
        let start = Instant::now();
        let mut outbox = outbox(2, start);
        assert_eq!(take(&mut outbox, start), Some(("r0".to_owned(), false)));
        assert_eq!(take(&mut outbox, start), Some(("r1".to_owned(), false)));
        assert_eq!(take(&mut outbox, start), None);
        assert_eq!(outbox.next_due(), None);
        outbox.reconnected();
        assert_eq!(take(&mut outbox, start), Some(("r0".to_owned(), true)));
        assert_eq!(take(&mut outbox, start), None);
        assert_eq!(outbox.next_due(), Some(start + RESEND_GAP));
        let later = start + RESEND_GAP;
        assert_eq!(take(&mut outbox, later), Some(("r1".to_owned(), true)));
    }

    #[test]
    fn saving_puts_off_the_silence_and_a_reply_ends_it() {
        let start = Instant::now();
        let mut outbox = outbox(1, start);
        assert_eq!(outbox.silent_at(SILENCE), None);
        assert!(take(&mut outbox, start).is_some());
        assert_eq!(outbox.silent_at(SILENCE), Some(start + SILENCE));
        let later = start + Duration::from_secs(2);
        outbox.saving("r0", later);
        assert_eq!(outbox.silent_at(SILENCE), Some(later + SILENCE));
        assert!(outbox.remove("r0").is_some());
        assert!(outbox.remove("r0").is_none());
        assert!(outbox.is_empty() && outbox.silent_at(SILENCE).is_none());
    }

    #[test]
    fn a_retryable_refusal_is_sent_again_when_it_says() {
        let start = Instant::now();
        let mut outbox = outbox(1, start);
        assert!(take(&mut outbox, start).is_some());
        outbox.retry("r0", Duration::from_millis(400), start);
        assert_eq!(take(&mut outbox, start), None);
        let then = start + Duration::from_millis(400);
        assert_eq!(outbox.next_due(), Some(then));
        assert_eq!(take(&mut outbox, then), Some(("r0".to_owned(), true)));
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
