//! Shapes that the socket and REST share: the session, its questions, scores and summary.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What kind of run a session is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// Questions near the learner's level over all areas; people learn while they answer.
    Practice,
    /// Where do I stand: balanced by blueprint, most informative question first.
    Diagnostic,
    /// Practice inside chosen areas.
    Focused,
    /// What was missed before.
    Review,
    /// A fixed set of questions by blueprint, in any order, judged as a whole when it is submitted.
    Exam,
}

/// Where a session is in its life.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Questions are being served.
    Open,
    /// The clocks stand still.
    Paused,
    /// Over.
    Completed,
    /// Stopped by a fault that needs an operator; nothing acknowledged is lost.
    Faulted,
}

/// How many options a question takes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// Exactly one.
    One,
    /// One or more; right only when all keys and nothing else are chosen.
    Many,
}

/// Why this question was chosen.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nothing is known of the learner yet.
    New,
    /// The area was furthest under its share of the blueprint; or the exam's blueprint wants it.
    Balance,
    /// It tells most about the learner's level.
    Information,
    /// One in five of a practice session is asked to measure rather than to train.
    Probe,
    /// Its difficulty suits the learner now.
    TargetDifficulty,
    /// It is in an area the learner is most likely to fail.
    WeakestArea,
    /// Its review is due.
    DueForReview,
    /// The learner missed it before.
    Missed,
    /// It is new, and is asked to learn how hard it is.
    Trial,
    /// Everything else has been seen; this one longest ago.
    LeastRecentlySeen,
}

/// Why a session ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// All its questions were answered.
    Length,
    /// The learner finished it.
    Finished,
    /// The measurement was precise enough.
    Precise,
    /// Its time ran out.
    Time,
    /// No question was left to ask.
    NoItems,
}

/// A certification, by id and title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct CertificationRef {
    /// Stable id.
    pub id: String,
    /// Title for people.
    pub title: String,
}

/// What a session was started with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Settings {
    /// Most questions it will ask.
    pub length: u16,
    /// Areas it stays inside; empty for all, unless it stays with concepts.
    pub areas: Vec<String>,
    /// Concepts it stays with, beside the areas; none by default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub concepts: Vec<String>,
    /// Time allowed for the whole session in milliseconds, before any multiplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub time_limit_ms: Option<i64>,
    /// The learner's multiplier on time limits.
    pub time_multiplier: f64,
}

/// A session as its learner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SessionInfo {
    /// Session id, a UUID.
    pub id: String,
    /// What kind of run it is.
    pub kind: SessionKind,
    /// What it is about.
    pub certification: CertificationRef,
    /// What it was started with.
    pub settings: Settings,
    /// Where it is in its life.
    pub status: SessionStatus,
}

/// One option of a question, in the order served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct QuestionOption {
    /// Opaque id; it says nothing about the key.
    pub id: String,
    /// CommonMark.
    pub text: String,
}

/// A question being served. The key is not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Question {
    /// 1-based position in the session.
    pub position: u16,
    /// Stable id of the item.
    pub item_id: String,
    /// CommonMark.
    pub stem: String,
    /// CommonMark: a case the stem refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stimulus: Option<String>,
    /// In the order served; the same after every reconnect.
    pub options: Vec<QuestionOption>,
    /// How many options it takes.
    pub select: Select,
    /// Id of its knowledge area.
    pub area: String,
    /// When the session's time runs out, by the server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub deadline_ms: Option<i64>,
    /// Why it was chosen.
    pub reason: Reason,
    /// Option ids recorded for it so far, in an exam; absent while there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub choice: Vec<String>,
}

/// Where an exam stands, position by position: what its overview shows. Nothing in it says what is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExamGrid {
    /// Positions with an answer recorded, ascending. The exam has as many positions as `progress.length`.
    pub answered: Vec<u16>,
    /// Positions marked to come back to, ascending.
    pub flagged: Vec<u16>,
}

/// What a submitted exam came to: questions without an answer count as wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExamResult {
    /// Questions of the exam.
    pub questions: u16,
    /// Of those, answered right.
    pub correct: u16,
    /// Right answers that pass.
    pub needed: u16,
    /// Percent of the questions answered right, 0-100.
    pub score: f64,
    /// Whether it is passed.
    pub passed: bool,
}

/// The text that goes with one option, once the answer is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Explanation {
    /// The option it explains.
    pub option_id: String,
    /// CommonMark; empty when the author gave none.
    pub text: String,
}

/// Competency in one area: expected percent correct on its items, never without its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AreaScore {
    /// Area id.
    pub area: String,
    /// Expected percent correct, 0-100.
    pub score: f64,
    /// Lower end of the 80 % interval, 0-100.
    pub low: f64,
    /// Upper end of the 80 % interval, 0-100.
    pub high: f64,
}

/// How far a session has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Progress {
    /// Answers stored.
    pub answered: u16,
    /// Of those, right; 0 until an exam is submitted.
    pub correct: u16,
    /// Most questions the session will ask.
    pub length: u16,
}

/// One area's part in a summary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AreaResult {
    /// Area id.
    pub area: String,
    /// Area title.
    pub title: String,
    /// Answers in this session.
    pub answered: u16,
    /// Of those, right.
    pub correct: u16,
    /// Competency when the session began.
    pub before: AreaScore,
    /// Competency when it ended.
    pub after: AreaScore,
}

/// What a session came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Summary {
    /// Why it ended.
    pub reason: EndReason,
    /// Answers stored.
    pub answered: u16,
    /// Of those, right.
    pub correct: u16,
    /// Time spent on questions, pauses left out, in milliseconds.
    pub elapsed_ms: i64,
    /// Every area of the certification, in its order.
    pub areas: Vec<AreaResult>,
    /// The result, of an exam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub exam: Option<ExamResult>,
}
