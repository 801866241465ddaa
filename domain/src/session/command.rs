//! What may be asked of a session.
//!
//! Owns the commands. Must not know who sends them or over what.

use crate::ids::{OptionId, Position, RequestId};

/// Something asked of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The learner answers the question at a position; in an exam, once more or for the first time.
    Answer {
        /// The client's name for this request.
        request_id: RequestId,
        /// The question answered.
        position: Position,
        /// The options named, in any order.
        options: Vec<OptionId>,
        /// How sure the learner is, 0 to 100 %, when they say so.
        confidence: Option<u8>,
    },
    /// The learner marks a question to come back to (exam).
    Flag {
        /// The client's name for this request.
        request_id: RequestId,
        /// The question marked.
        position: Position,
    },
    /// The learner takes such a mark away (exam).
    Unflag {
        /// The client's name for this request.
        request_id: RequestId,
        /// The question it was on.
        position: Position,
    },
    /// The learner turns to another question (exam). It has no name: doing it again comes to the same.
    GoTo {
        /// The question turned to.
        position: Position,
    },
    /// The learner stops the clock.
    Pause {
        /// The client's name for this request.
        request_id: RequestId,
    },
    /// The learner goes on.
    Resume {
        /// The client's name for this request.
        request_id: RequestId,
    },
    /// The learner ends the session.
    Finish {
        /// The client's name for this request.
        request_id: RequestId,
    },
    /// The server gives back time it took: a stall of the store, a takeover.
    CreditTime {
        /// Milliseconds given, 1 to [`super::CREDIT_MS_MAX`].
        by_ms: i64,
    },
    /// The moment of [`super::Session::next_deadline`] has come.
    DeadlinePassed,
}

impl Command {
    /// The client's name for the request, where a client sent it.
    pub fn request_id(&self) -> Option<&RequestId> {
        match self {
            Self::Answer { request_id, .. }
            | Self::Flag { request_id, .. }
            | Self::Unflag { request_id, .. }
            | Self::Pause { request_id }
            | Self::Resume { request_id }
            | Self::Finish { request_id } => Some(request_id),
            Self::GoTo { .. } | Self::CreditTime { .. } | Self::DeadlinePassed => None,
        }
    }
}
