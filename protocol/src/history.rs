//! What learners look back on, and what the owner of a certification sees of its use.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::quiz::{CertificationRef, ExamResult, Explanation, QuestionOption, SessionInfo};

/// A session of the caller, whatever has become of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct PastSession {
    /// The session.
    pub session: SessionInfo,
    /// When it was started, milliseconds since the epoch.
    pub started_ms: i64,
    /// When it ended, milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended_ms: Option<i64>,
    /// Questions answered; none while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub answered: Option<u16>,
    /// Of them, answered right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub correct: Option<u16>,
    /// Milliseconds from start to end, pauses left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub elapsed_ms: Option<i64>,
    /// The result of an exam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub exam: Option<ExamResult>,
}

/// The caller's sessions, newest first: one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SessionHistory {
    /// At most as many as were asked for.
    pub sessions: Vec<PastSession>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<String>,
}

/// A question the caller answered, with everything there is to say of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AnsweredQuestion {
    /// Place in the session, from 1.
    pub position: u16,
    /// Item id.
    pub item_id: String,
    /// Area id.
    pub area: String,
    /// What is asked, CommonMark.
    pub stem: String,
    /// The case it belongs to, CommonMark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stimulus: Option<String>,
    /// The options.
    pub options: Vec<QuestionOption>,
    /// Ids of the options the caller named.
    pub choice: Vec<String>,
    /// Whether they are exactly the key; absent in an exam that is not submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub correct: Option<bool>,
    /// The key; empty in an exam that is not submitted.
    pub correct_choice: Vec<String>,
    /// A text for each option; empty in an exam that is not submitted.
    pub explanations: Vec<Explanation>,
    /// Time taken, in milliseconds.
    pub elapsed_ms: i64,
    /// When it was answered, milliseconds since the epoch.
    pub answered_ms: i64,
    /// Ability in the area after the answer, in logits; absent in an exam, which is judged at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub theta: Option<f64>,
    /// Its standard error, in logits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub standard_error: Option<f64>,
}

/// A session with every answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SessionAnswers {
    /// The session.
    pub session: SessionInfo,
    /// By position; of an exam the last answer to each question. Questions without an answer are not among them.
    pub answers: Vec<AnsweredQuestion>,
}

/// Ability in an area at the end of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct CompetencyPoint {
    /// The day where the caller is, `YYYY-MM-DD`.
    pub day: String,
    /// Expected percent of the area's questions answered right, 0-100.
    pub score: f64,
    /// Lower end of the 80 % interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Ability, in logits.
    pub theta: f64,
    /// Its standard error, in logits.
    pub standard_error: f64,
}

/// An area over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AreaProgress {
    /// Area id.
    pub area: String,
    /// Title for people.
    pub title: String,
    /// Days on which an ability was estimated, in order.
    pub points: Vec<CompetencyPoint>,
}

/// The caller's competency over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct CompetencyHistory {
    /// The certification.
    pub certification: CertificationRef,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// What the caller's clock is ahead of UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// Areas with a point in the span, in the order of the certification.
    pub areas: Vec<AreaProgress>,
}

/// What the caller did on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ActivityDay {
    /// The day where the caller is, `YYYY-MM-DD`.
    pub day: String,
    /// Sessions that ended.
    pub sessions: u32,
    /// Questions answered.
    pub answers: u32,
    /// Of them, answered right.
    pub correct: u32,
    /// Time taken for them, in milliseconds.
    pub elapsed_ms: i64,
}

/// What the caller did in an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ActivityArea {
    /// Area id.
    pub area: String,
    /// Title for people.
    pub title: String,
    /// Questions answered.
    pub answers: u32,
    /// Of them, answered right.
    pub correct: u32,
    /// Time taken for them, in milliseconds.
    pub elapsed_ms: i64,
}

/// What the caller did, from sessions that ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Activity {
    /// The certification.
    pub certification: CertificationRef,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// What the caller's clock is ahead of UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// Days on which something was done, in order.
    pub days: Vec<ActivityDay>,
    /// Where the time went: areas with an answer, in the order of the certification.
    pub areas: Vec<ActivityArea>,
}

/// A concept the caller finds hard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct HardConcept {
    /// Concept id.
    pub concept: String,
    /// Title for people; the id where the certification lists no concepts.
    pub title: String,
    /// Questions of it that were answered, each time counted.
    pub answers: u32,
    /// Of them, answered right.
    pub correct: u32,
    /// Percent right, 0-100.
    pub score: f64,
    /// Percent the model expected, by the caller's ability before each answer.
    pub expected: f64,
    /// Time taken, in milliseconds.
    pub elapsed_ms: i64,
}

/// The concepts the caller gets wrong most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct HardestConcepts {
    /// The certification.
    pub certification: CertificationRef,
    /// Hardest first: by (right + 1) / (answers + 2), so that few answers weigh little.
    pub concepts: Vec<HardConcept>,
}

/// What is wrong with an item.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ItemMisfit {
    /// Who is able answers it no better: a wrong key, or another ability.
    DoesNotDiscriminate,
    /// More noise than the model allows.
    Noisy,
    /// Less noise than the model allows: it repeats other items.
    Redundant,
}

/// What the use of an item says of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ItemStatistics {
    /// Item id.
    pub item_id: String,
    /// Area id.
    pub area: String,
    /// Whether it may be served.
    pub active: bool,
    /// Ended sessions that showed it.
    pub served: i64,
    /// That as a share of the version's sessions, 0-1.
    pub exposure_rate: f64,
    /// Times it was answered.
    pub answers: i64,
    /// Of them, right.
    pub correct: i64,
    /// Share right, 0-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub p_value: Option<f64>,
    /// Mean time to an answer, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mean_elapsed_ms: Option<i64>,
    /// Answers that are evidence, first sights in 30 days: what the figures below rest on.
    pub judged: i64,
    /// Correlation of right answers with the ability that the respondents' answers before showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub discrimination: Option<f64>,
    /// Information-weighted mean square residual; 1 under the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub infit: Option<f64>,
    /// Its difference from 1 in standard errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub infit_z: Option<f64>,
    /// Mean square of standardised residuals; 1 under the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outfit: Option<f64>,
    /// Its difference from 1 in standard errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outfit_z: Option<f64>,
    /// What is wrong with it, from 30 judged answers on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub misfit: Option<ItemMisfit>,
}

/// How much a version of a certification was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct VersionUse {
    /// The version.
    pub version: String,
    /// Ended sessions with an answer.
    pub sessions: i64,
    /// Their answers.
    pub answers: i64,
    /// Of them, right.
    pub correct: i64,
    /// Time taken, in milliseconds.
    pub elapsed_ms: i64,
    /// When the latest of them ended, milliseconds since the epoch.
    pub last_ms: i64,
}

/// The items of a version, by id: one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ItemStatisticsPage {
    /// The certification.
    pub certification: CertificationRef,
    /// The version these are of.
    pub version: String,
    /// Every version that was used, latest first; at most 1,000.
    pub versions: Vec<VersionUse>,
    /// At most as many as were asked for, those never shown among them.
    pub items: Vec<ItemStatistics>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<String>,
}

/// How far a learner has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct LearnerProgress {
    /// The learner, by a random id that says nothing of them.
    pub learner: String,
    /// Ended sessions with an answer.
    pub sessions: u32,
    /// Their answers.
    pub answers: u32,
    /// Of them, right.
    pub correct: u32,
    /// Time taken, in milliseconds.
    pub elapsed_ms: i64,
    /// When the first of them ended, milliseconds since the epoch.
    pub first_ms: i64,
    /// When the latest of them ended, milliseconds since the epoch.
    pub last_ms: i64,
}

/// The learners of a certification, latest first: one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct LearnerProgressPage {
    /// The certification.
    pub certification: CertificationRef,
    /// At most as many as were asked for.
    pub learners: Vec<LearnerProgress>,
    /// Where the next page begins; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<String>,
}
