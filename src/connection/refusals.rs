//! Refusals of what never reaches a session: unreadable messages, and those that find no place.
//!
//! Owns their words and their limit, the same as that on messages: a client is told, then told to wait, then
//! closed. Knows no socket.

use learnr_protocol::{ClientMessage, DecodeError, ErrorCode, Refused};

use crate::session::{Arrivals, IGNORED_REFUSALS_MAX, MessageLimits};

/// When to try again when the session's places are all taken, in milliseconds.
const BUSY_RETRY_MS: i64 = 100;

/// How many refusals one connection has caused.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    arrivals: Arrivals,
    ignored: u32,
}

impl Refusals {
    /// What to tell the client of one more refusal; `None` when it went on for too long.
    pub(super) fn next(
        &mut self,
        limits: &MessageLimits,
        now_ms: i64,
        refused: Refused,
    ) -> Option<Refused> {
        let Err(wait_ms) = limits.messages.take(&mut self.arrivals, now_ms) else {
            self.ignored = 0;
            return Some(refused);
        };
        self.ignored += 1;
        (self.ignored <= IGNORED_REFUSALS_MAX).then(|| Refused {
            code: ErrorCode::RateLimited,
            message: "too many messages at once: wait and send it again".to_owned(),
            retryable: true,
            retry_after_ms: Some(wait_ms),
            ..refused
        })
    }
}

/// A frame that is not a message of the contract.
pub(super) fn unreadable(
    request_id: &Option<String>,
    code: ErrorCode,
    error: &DecodeError,
) -> Refused {
    Refused {
        request_id: request_id.clone(),
        code,
        message: error.to_string(),
        retryable: false,
        retry_after_ms: None,
    }
}

/// A message that finds every place of its session taken.
pub(super) fn busy(message: &ClientMessage) -> Refused {
    Refused {
        request_id: message.request_id().map(ToOwned::to_owned),
        code: ErrorCode::Busy,
        message: "too many messages are waiting: try again".to_owned(),
        retryable: true,
        retry_after_ms: Some(BUSY_RETRY_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_then_told_to_wait_then_given_up_on() {
        let limits = MessageLimits::new((5, 10, 20));
        let mut refusals = Refusals::default();
        let mut refuse = |now_ms| {
            let refused = busy(&ClientMessage::Ping { t: 0 });
            refusals
                .next(&limits, now_ms, refused)
                .map(|told| told.code)
        };
        for _ in 0..20 {
            assert_eq!(refuse(0), Some(ErrorCode::Busy));
        }
        for _ in 0..IGNORED_REFUSALS_MAX {
            assert_eq!(refuse(0), Some(ErrorCode::RateLimited));
        }
        assert_eq!(refuse(0), None);
        assert_eq!(refuse(1_000), Some(ErrorCode::Busy));
    }
}
