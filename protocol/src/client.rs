//! What a client sends over the socket.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Every message a client may send, told apart by `type`.
///
/// Unknown fields are ignored; an unknown `type` is refused with `unknown_type` and the socket stays open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first frame, within 5 s of connecting, or the socket is closed with 4502.
    Hello(Hello),
    /// Submits an answer; accepted once, and in an exam again until it is submitted. The same `request_id` again gets
    /// the same reply.
    Answer(Answer),
    /// Marks a position to come back to (exam sessions).
    Flag {
        /// Chosen by the client, unique in the session.
        request_id: String,
        /// 1-based position of the question.
        position: u16,
    },
    /// Removes a mark (exam sessions).
    Unflag {
        /// Chosen by the client, unique in the session.
        request_id: String,
        /// 1-based position of the question.
        position: u16,
    },
    /// Moves to another position (exam sessions). It has no `request_id`: the reply is `session_changed` with the
    /// question, on every device, and sending it again comes to the same.
    GoTo {
        /// 1-based position of the question.
        position: u16,
    },
    /// Stops the clocks; answers are refused with `paused` until `resume`. An exam is not paused: `not_supported`.
    Pause {
        /// Chosen by the client, unique in the session.
        request_id: String,
    },
    /// Starts the clocks again.
    Resume {
        /// Chosen by the client, unique in the session.
        request_id: String,
    },
    /// Ends the session, or submits an exam.
    Finish {
        /// Chosen by the client, unique in the session.
        request_id: String,
    },
    /// Asks for `pong`, which passes every other frame.
    Ping {
        /// Any number; it comes back unchanged, so that the client can measure its round trip.
        t: i64,
    },
}

/// Who is connecting, and where they left off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Hello {
    /// One-use ticket from `POST /v1/sessions` or `POST /v1/sessions/{id}/tickets`.
    pub ticket: String,
    /// What the client has already, when it is coming back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resume: Option<ResumePoint>,
    /// Name and version of the client, for logs: `learnr-web/0.1.0`.
    pub client: String,
}

/// The last durable frame a client holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ResumePoint {
    /// The history the offset belongs to, as `welcome` named it.
    pub stream: String,
    /// Offset of the last durable frame received; 0 for none.
    pub offset: u32,
}

/// An answer to the question at `position`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Answer {
    /// Chosen by the client, unique in the session, at most 64 bytes.
    pub request_id: String,
    /// 1-based position of the question.
    pub position: u16,
    /// What was submitted.
    pub response: Response,
    /// How sure the learner is, 0-100; stored, never scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confidence: Option<u8>,
}

/// The submitted response, tagged so that other kinds of question can follow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Response {
    /// One or several of the options served.
    Choice {
        /// Option ids as `question.options` gave them, at most 8.
        options: Vec<String>,
    },
}

impl ClientMessage {
    /// The `request_id` the message carries, if its type has one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Answer(answer) => Some(&answer.request_id),
            Self::Flag { request_id, .. }
            | Self::Unflag { request_id, .. }
            | Self::Pause { request_id }
            | Self::Resume { request_id }
            | Self::Finish { request_id } => Some(request_id),
            Self::Hello(_) | Self::GoTo { .. } | Self::Ping { .. } => None,
        }
    }
}
