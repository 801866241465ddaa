//! What the server sends over the socket.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::code::ErrorCode;
use crate::quiz::{
    AreaScore, ExamGrid, Explanation, Progress, Question, SessionInfo, SessionStatus, Summary,
};

/// Every message the server may send, told apart by `type`.
///
/// Durable messages carry `offset` (the stored event's number) and `prev` (the offset before it meant
/// for the same audience); a gap between them means resync.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The reply to `hello`. Another one on the same socket says that the session has moved to another instance: `state` follows, and
    /// what was not acknowledged is to be sent again, as after a reconnect.
    Welcome(Welcome),
    /// All a client needs to draw itself from nothing.
    State(State),
    /// Durable: the session began.
    Started(Started),
    /// Durable: an answer is stored; what it was worth, and what follows.
    Answered(Answered),
    /// Durable: an exam's answer is stored; nothing about correctness.
    Recorded(Recorded),
    /// Taken, not stored yet. Never an acknowledgement.
    Saving(Saving),
    /// Durable: the session is over.
    Completed(Completed),
    /// Durable: paused, resumed, time credited, flagged, moved, on any device.
    SessionChanged(SessionChanged),
    /// Something was refused or failed.
    Error(Refused),
    /// The instance is leaving; reconnect after the delay.
    GoingAway(GoingAway),
    /// The reply to `ping`.
    Pong(Pong),
}

/// What was agreed and where the history stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Welcome {
    /// The session.
    pub session: SessionInfo,
    /// Names the history offsets belong to; survives takeover.
    pub stream: String,
    /// Offset of the last stored event.
    pub offset: u32,
    /// Whether the frames missed since `hello.resume` follow; when not, `state` does.
    pub recovered: bool,
    /// The server's clock, milliseconds since the epoch; trust it for timers.
    pub server_time_ms: i64,
    /// The server pings this often.
    pub heartbeat_ms: i64,
    /// The limits in force.
    pub limits: Limits,
}

/// The limits in force on this socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Limits {
    /// Largest frame a client may send, bytes.
    pub frame_bytes: u32,
    /// Answers a second, sustained.
    pub answers_per_s: u32,
    /// Answers at once.
    pub answers_burst: u32,
    /// Other messages a second.
    pub messages_per_s: u32,
    /// Frames that may wait for a slow client.
    pub outbound_frames: u32,
    /// Bytes that may wait for a slow client.
    pub outbound_bytes: u32,
    /// Sockets on one session.
    pub sockets: u32,
}

/// The whole state as of `offset`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct State {
    /// Offset of the last event in it.
    pub offset: u32,
    /// Where the session is in its life.
    pub status: SessionStatus,
    /// How far it has come.
    pub progress: Progress,
    /// Every area.
    pub competency: Vec<AreaScore>,
    /// The open question, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub question: Option<Question>,
    /// The positions of an exam; `question` is where the learner is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub exam: Option<ExamGrid>,
    /// The summary, once completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub summary: Option<Summary>,
}

/// The session began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Started {
    /// Number of the stored event.
    pub offset: u32,
    /// Offset before it for this audience.
    pub prev: u32,
    /// The first question.
    pub next: Question,
}

/// An answer is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Answered {
    /// Number of the stored event.
    pub offset: u32,
    /// Offset before it for this audience.
    pub prev: u32,
    /// The answer's.
    pub request_id: String,
    /// 1-based position answered.
    pub position: u16,
    /// Option ids that were submitted.
    pub choice: Vec<String>,
    /// Whether it was right.
    pub correct: bool,
    /// The key.
    pub correct_choice: Vec<String>,
    /// A text for each option, in the order served.
    pub explanations: Vec<Explanation>,
    /// Areas whose competency moved.
    pub competency: Vec<AreaScore>,
    /// How far the session has come.
    pub progress: Progress,
    /// The next question; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<Question>,
}

/// An exam's answer is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Recorded {
    /// Number of the stored event.
    pub offset: u32,
    /// Offset before it for this audience.
    pub prev: u32,
    /// The answer's.
    pub request_id: String,
    /// 1-based position answered.
    pub position: u16,
    /// Option ids that were submitted; they replace those recorded before.
    pub choice: Vec<String>,
    /// How far the session has come.
    pub progress: Progress,
    /// The question open from here on; absent when the open one stays: after the last position, or when another than
    /// the open one was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<Question>,
}

/// A command is taken but not stored yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Saving {
    /// The command's.
    pub request_id: String,
    /// How long it has been waiting, milliseconds.
    pub since_ms: i64,
}

/// The session is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Completed {
    /// Number of the stored event.
    pub offset: u32,
    /// Offset before it for this audience.
    pub prev: u32,
    /// What it came to.
    pub summary: Summary,
}

/// The session was paused, resumed, or given time; or the learner of an exam set a flag or moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SessionChanged {
    /// Number of the stored event.
    pub offset: u32,
    /// Offset before it for this audience.
    pub prev: u32,
    /// The command's, when a client caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request_id: Option<String>,
    /// The status from here on.
    pub status: SessionStatus,
    /// How far the session has come.
    pub progress: Progress,
    /// When the session's time runs out now, by the server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub deadline_ms: Option<i64>,
    /// The flag that was set or taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub flag: Option<Flag>,
    /// The question moved to, which is open from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub question: Option<Question>,
}

/// The mark on one question of an exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Flag {
    /// 1-based position of the question.
    pub position: u16,
    /// Whether it is marked from here on.
    pub flagged: bool,
}

/// A refusal or a fault. The socket stays open unless a close follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Refused {
    /// The command's, when it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request_id: Option<String>,
    /// What a client branches on.
    pub code: ErrorCode,
    /// What happened and what to do, for people.
    pub message: String,
    /// Whether sending the same again may succeed.
    pub retryable: bool,
    /// When to try again, milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry_after_ms: Option<i64>,
}

/// The instance is leaving.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct GoingAway {
    /// When to reconnect, milliseconds from now; already jittered.
    pub reconnect_after_ms: i64,
    /// Why, for people.
    pub reason: String,
}

/// The reply to `ping`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Pong {
    /// As the client sent it.
    pub t: i64,
    /// The server's clock, milliseconds since the epoch.
    pub server_time_ms: i64,
}

impl ServerMessage {
    /// The offset of a durable message; `None` for every other.
    #[must_use]
    pub fn offset(&self) -> Option<u32> {
        match self {
            Self::Started(m) => Some(m.offset),
            Self::Answered(m) => Some(m.offset),
            Self::Recorded(m) => Some(m.offset),
            Self::Completed(m) => Some(m.offset),
            Self::SessionChanged(m) => Some(m.offset),
            _ => None,
        }
    }
}
