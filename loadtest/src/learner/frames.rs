//! What each frame from the server does to a learner. Decides nothing about sockets beyond giving one
//! up when the history does not fit.

use std::time::Duration;

use learnr_protocol::{ErrorCode, SessionStatus};
use tokio::time::Instant;

use super::{Acked, Learner, LearnerError, Turn, epoch_ms};
use crate::brief::{Brief, Kind};
use crate::ledger::Ack;

/// Delay before sending again what was refused without saying when.
const RETRY_DEFAULT: Duration = Duration::from_millis(500);

impl Learner {
    /// Takes one frame; `Some` when something happened that the caller may act on.
    pub(super) fn take(&mut self, brief: Brief) -> Result<Option<Turn>, LearnerError> {
        match brief.kind {
            Kind::State => Ok(Some(self.take_state(brief))),
            Kind::Started
            | Kind::Answered
            | Kind::Recorded
            | Kind::Completed
            | Kind::SessionChanged => Ok(self.take_durable(brief)),
            Kind::Saving => {
                if let Some(request_id) = &brief.request_id {
                    self.outbox.saving(request_id, Instant::now());
                }
                Ok(None)
            }
            Kind::Error => self.take_refusal(brief),
            Kind::GoingAway => {
                let delay = brief.reconnect_after_ms.unwrap_or_default();
                self.wished_delay = u64::try_from(delay).ok().map(Duration::from_millis);
                Ok(None)
            }
            // The session has moved to another instance, and the socket has stayed.
            Kind::Welcome => {
                self.recorder.meter(|meter| meter.reconnect("relay"));
                self.linked_at = Instant::now();
                self.take_welcome(brief);
                Ok(None)
            }
            Kind::Pong | Kind::Other => Ok(None),
        }
    }

    fn take_state(&mut self, state: Brief) -> Turn {
        let offset = state.offset.unwrap_or_default();
        // What lies between was not seen one by one; answers of ours in it are checked all the same.
        self.not_answers(self.view.offset + 1, offset);
        self.view.offset = offset;
        self.view.current_at = Some(offset);
        self.attempt = 0;
        self.view.question = state.question;
        self.view.status = state.status.unwrap_or(self.view.status);
        if self.view.status == SessionStatus::Completed {
            self.ended();
            return Turn::Ended;
        }
        self.note_return();
        Turn::Changed
    }

    fn take_durable(&mut self, frame: Brief) -> Option<Turn> {
        // The reply to an answer sent again may be older than the state: it is an acknowledgement still.
        let acked = match frame.kind {
            Kind::Answered | Kind::Recorded => self.acknowledge(&frame),
            _ => None,
        };
        let offset = frame.offset.unwrap_or_default();
        if offset <= self.view.offset {
            return acked.map(Turn::Acked);
        }
        if frame.prev != Some(self.view.offset) {
            self.recorder.meter(|meter| meter.error("gap"));
            self.doubt("gap");
            return acked.map(Turn::Acked);
        }
        self.view.offset = offset;
        if self.is_current() {
            self.attempt = 0;
            self.note_return();
        }
        match frame.kind {
            Kind::Answered | Kind::Recorded => self.view.question = frame.next,
            Kind::Started => {
                self.view.question = frame.next;
                self.not_answers(offset, offset);
            }
            Kind::Completed => {
                self.not_answers(offset, offset);
                self.ended();
                return Some(Turn::Ended);
            }
            _ => {
                self.view.status = frame.status.unwrap_or(self.view.status);
                self.not_answers(offset, offset);
            }
        }
        Some(acked.map_or(Turn::Changed, Turn::Acked))
    }

    /// Writes the acknowledgement down; `None` when the answer is not one that waits for it.
    fn acknowledge(&mut self, frame: &Brief) -> Option<Acked> {
        let request_id = frame.request_id.as_deref()?;
        let ack = Ack {
            offset: frame.offset.unwrap_or_default(),
            correct: frame.correct,
            at_ms: epoch_ms(),
        };
        let Some(pending) = self.outbox.remove(request_id) else {
            if let Some((last, line)) = &self.last_ack
                && last == request_id
            {
                self.recorder.with(|books| books.ledger.acked(*line, ack));
            }
            return None;
        };
        self.refusals = 0;
        let latency = Instant::now().saturating_duration_since(pending.due);
        self.recorder.with(|books| {
            books.meter.acked(latency);
            books.ledger.acked(pending.line, ack);
        });
        self.last_ack = Some((pending.answer.request_id, pending.line));
        Some(Acked {
            position: pending.answer.position,
            offset: ack.offset,
            correct: ack.correct,
            latency,
        })
    }

    fn take_refusal(&mut self, refusal: Brief) -> Result<Option<Turn>, LearnerError> {
        let code = refusal.code.unwrap_or(ErrorCode::Internal);
        self.recorder.meter(|meter| meter.error(code_name(code)));
        let Some(request_id) = &refusal.request_id else {
            return Ok(None);
        };
        if refusal.retryable == Some(true) {
            let after = refusal
                .retry_after_ms
                .and_then(|ms| u64::try_from(ms).ok())
                .map_or(RETRY_DEFAULT, Duration::from_millis);
            self.outbox.retry(request_id, after, Instant::now());
            return Ok(None);
        }
        if self.outbox.remove(request_id).is_none() {
            return Ok(None);
        }
        self.recorder.meter(|meter| meter.refused += 1);
        self.refusals += 1;
        if self.refusals >= self.settings.refusals_max {
            return Err(LearnerError::Refused(code));
        }
        if means_stale(code) {
            self.doubt("stale");
        }
        Ok(Some(Turn::Refused(code)))
    }

    /// What is known is not what the server has: the whole state is taken over a new socket, and nothing
    /// is answered until then.
    pub(super) fn doubt(&mut self, cause: &str) {
        self.resync = true;
        self.view.question = None;
        self.lost(cause);
    }

    fn not_answers(&self, first: u32, last: u32) {
        self.recorder
            .with(|books| books.ledger.other(&self.session_id, first..=last));
    }
}

/// Refusals that mean the learner's picture of the session is not the server's.
fn means_stale(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotServed
            | ErrorCode::AlreadyAnswered
            | ErrorCode::UnknownOption
            | ErrorCode::Ended
            | ErrorCode::TooLate
    )
}

/// The code as it is on the wire, for counting.
fn code_name(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::RateLimited => "rate_limited",
        ErrorCode::Busy => "busy",
        ErrorCode::Unavailable => "unavailable",
        ErrorCode::AlreadyAnswered => "already_answered",
        ErrorCode::NotServed => "not_served",
        ErrorCode::Paused => "paused",
        ErrorCode::Ended => "ended",
        ErrorCode::TooLate => "too_late",
        ErrorCode::Internal => "internal",
        ErrorCode::BadMessage => "bad_message",
        ErrorCode::UnknownOption => "unknown_option",
        _ => "refused",
    }
}
