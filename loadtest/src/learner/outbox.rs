//! Answers that wait for their acknowledgement. Owns when each is sent, and sent again; knows no
//! socket: every instant is handed in.

use std::collections::VecDeque;
use std::time::Duration;

use learnr_protocol::Answer;
use tokio::time::Instant;

use crate::ledger::LineId;

/// Answers that may wait for their acknowledgement; beyond it `answer` is a fault of the caller.
pub(crate) const OUTBOX_MAX: usize = 64;
/// Answers sent again follow each other no faster than this: four a second.
const RESEND_GAP: Duration = Duration::from_millis(250);

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
}
