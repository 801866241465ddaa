//! Shapes of the REST routes a session needs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::code::ErrorCode;
use crate::quiz::{AreaScore, Explanation, Progress, Question, SessionInfo, SessionKind, Summary};

/// A new guest and the token that is theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct GuestCreated {
    /// Bearer token for every other route; keep it, it cannot be asked for again.
    pub token: String,
    /// When it expires, milliseconds since the epoch.
    pub expires_ms: i64,
}

/// One knowledge area of a certification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AreaInfo {
    /// Area id.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Share of the blueprint, 0-1.
    pub weight: f64,
    /// Questions in it.
    pub items: u32,
}

/// A certification a learner can choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct CertificationInfo {
    /// Certification id.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// What it is, CommonMark.
    pub description: String,
    /// Questions that can be served.
    pub items: u32,
    /// Share of right answers that passes, 0-1.
    pub pass_mark: f64,
    /// Its areas, in its order.
    pub areas: Vec<AreaInfo>,
}

/// Every certification, by title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct CertificationList {
    /// At most 1,000.
    pub certifications: Vec<CertificationInfo>,
}

/// What to start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// Certification id.
    pub certification: String,
    /// What kind of run.
    pub kind: SessionKind,
    /// Most questions, 5-200; by default 20, or 30 for a diagnostic. An exam has 1-500, by default as many as its
    /// certification says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub length: Option<u16>,
    /// Area ids; `focused` needs an area or a concept, every other kind refuses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub areas: Vec<String>,
    /// Concept ids, at most 64; `focused` needs an area or a concept, every other kind refuses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub concepts: Vec<String>,
    /// Time for the whole session in minutes, 1-600; none by default, and for an exam as its certification says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub time_limit_minutes: Option<u16>,
}

/// Where to connect, and the ticket to say `hello` with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SessionTicket {
    /// Session id, a UUID.
    pub session_id: String,
    /// Path of its socket.
    pub path: String,
    /// One-use ticket.
    pub ticket: String,
    /// When the ticket expires, milliseconds since the epoch.
    pub expires_ms: i64,
    /// Whether an open session of this kind was there already and is being resumed.
    pub resumed: bool,
}

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SessionView {
    /// The session.
    pub session: SessionInfo,
    /// Number of the last stored event.
    pub offset: u32,
    /// How far it has come.
    pub progress: Progress,
    /// Every area.
    pub competency: Vec<AreaScore>,
    /// When it was started, milliseconds since the epoch.
    pub started_ms: i64,
    /// When it ended, milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended_ms: Option<i64>,
}

/// What an ended session came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SessionSummary {
    /// The session.
    pub session: SessionInfo,
    /// What it came to.
    pub summary: Summary,
}

/// An ended session, question by question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SessionReview {
    /// The session.
    pub session: SessionInfo,
    /// In the order they were asked: every question of an exam; of any other kind those that were answered.
    pub questions: Vec<ReviewedQuestion>,
}

/// A question of an ended session, with everything there is to say of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ReviewedQuestion {
    /// The question as it was served, with the learner's `choice`; without one it was not answered.
    pub question: Question,
    /// Whether it was answered right.
    pub correct: bool,
    /// The key; empty where the question was not answered, since a key is told for an answer.
    pub correct_choice: Vec<String>,
    /// A text for each option, in the order served; empty where the question was not answered.
    pub explanations: Vec<Explanation>,
    /// Whether the learner had marked it to come back to, in an exam.
    pub flagged: bool,
    /// Time taken to answer, in milliseconds; 0 where it was not answered.
    pub elapsed_ms: i64,
}

/// The caller's sessions that have not ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct OpenSessions {
    /// Newest first.
    pub sessions: Vec<SessionInfo>,
}

/// What the web client needs to find its server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ClientConfig {
    /// Origin of the REST routes; empty for the page's own.
    pub api_origin: String,
    /// Version of the server.
    pub version: String,
}

/// Whether the instance can serve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Health {
    /// `ok`, or what is wrong in one word.
    pub status: String,
    /// Version of the server.
    pub version: String,
}

/// The envelope of every REST error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ErrorEnvelope {
    /// The error.
    pub error: ErrorBody,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ErrorBody {
    /// What a client branches on.
    pub code: ErrorCode,
    /// What happened and what to do, for people.
    pub message: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// More, by code: the field at fault, the time to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "unknown")]
    #[schema(value_type = Option<Object>)]
    pub details: Option<serde_json::Value>,
    /// Names the request in the log.
    pub request_id: String,
}
