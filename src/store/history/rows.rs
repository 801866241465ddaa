//! Owns what history is asked by and the rows it is answered in. Must not know who may see them.

use learnr_domain::calibration::FitSums;

use super::rollup::{StoredAbility, Totals};
use crate::store::{LearnerId, SessionId, SessionStatus};

/// Milliseconds of the quarter of an hour that activity is counted by.
pub const QUARTER_MS: i64 = 900_000;
/// Quarters of an hour in a day.
pub const QUARTERS_PER_DAY: i64 = 96;

/// What a list of sessions is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// One certification.
    pub certification: Option<String>,
    /// One status.
    pub status: Option<SessionStatus>,
}

/// A place in a list of sessions by their beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionMark {
    /// When the session began, in Unix milliseconds.
    pub started_at: i64,
    /// Which session.
    pub session: SessionId,
}

/// One stored answer. Of a session still under way its key is not to be told before it is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAnswer {
    /// Its place in the session's events.
    pub seq: u32,
    /// Whether it was recorded in an exam, to be judged at the end: a later one for its position replaces it.
    pub recorded: bool,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// Place of the question in the session.
    pub position: u16,
    /// The item.
    pub item: String,
    /// Ids of the options named, separated by spaces.
    pub choice: String,
    /// Whether they are exactly the key.
    pub correct: bool,
    /// Time taken, in milliseconds.
    pub elapsed_ms: i64,
    /// Knowledge area of the item.
    pub area: String,
    /// Ability in that area after the answer, in logits; `None` in an exam.
    pub theta: Option<f64>,
    /// Its standard error in logits.
    pub standard_error: Option<f64>,
}

/// Days as they are where the learner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySpan {
    /// First day, counted from 1970-01-01 of the local calendar.
    pub first: i64,
    /// Last day, the same way; it belongs to the span.
    pub last: i64,
    /// What local time is ahead of UTC, in quarters of an hour.
    pub offset_quarters: i64,
}

impl DaySpan {
    /// The quarters of an hour of the span, since the epoch: the first, and the first one after it.
    #[must_use]
    pub fn quarters(&self) -> (i64, i64) {
        let begin = |day: i64| {
            day.saturating_mul(QUARTERS_PER_DAY)
                .saturating_sub(self.offset_quarters)
        };
        (begin(self.first), begin(self.last.saturating_add(1)))
    }
}

/// What a learner did on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayActivity {
    /// The day, as [`DaySpan`] counts them.
    pub day: i64,
    /// Sessions that ended.
    pub sessions: u32,
    /// Answers, at the time they were given.
    pub totals: Totals,
}

/// What a learner did in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaActivity {
    /// The area.
    pub area: String,
    /// Answers.
    pub totals: Totals,
}

/// The last ability of a day in an area.
#[derive(Debug, Clone, PartialEq)]
pub struct DayCompetency {
    /// The day, as [`DaySpan`] counts them.
    pub day: i64,
    /// The area.
    pub area: String,
    /// The ability.
    pub ability: StoredAbility,
}

/// A learner's answers to items of a concept.
#[derive(Debug, Clone, PartialEq)]
pub struct ConceptRow {
    /// The concept.
    pub concept: String,
    /// The answers.
    pub totals: Totals,
    /// Right answers the model expected of them.
    pub expected: f64,
}

/// What is known of a version's use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionStatisticsRow {
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
    /// When the latest of them ended, in Unix milliseconds.
    pub last_at: i64,
}

/// What is known of an item's use in a version.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemStatisticsRow {
    /// The item.
    pub item: String,
    /// Times it was shown in ended sessions.
    pub served: i64,
    /// Times it was answered.
    pub answers: i64,
    /// Of them, right.
    pub correct: i64,
    /// Time taken, in milliseconds.
    pub elapsed_ms: i64,
    /// How the answers that are evidence fit the model.
    pub fit: FitSums,
}

/// A place in the list of learners by their latest session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressMark {
    /// When the learner's latest session ended, in Unix milliseconds.
    pub last_at: i64,
    /// The learner.
    pub learner: LearnerId,
}

/// How far a learner has come in a certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnerProgressRow {
    /// The learner.
    pub learner: LearnerId,
    /// Ended sessions.
    pub sessions: u32,
    /// Their answers.
    pub totals: Totals,
    /// When the first of them ended, in Unix milliseconds.
    pub first_at: i64,
    /// When the latest of them ended, in Unix milliseconds.
    pub last_at: i64,
}

/// Sessions by their end, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSpan {
    /// The first moment of the span.
    pub from_ms: i64,
    /// The first moment after it.
    pub to_ms: i64,
}

/// A place in an export of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportMark {
    /// When the answer's session ended, in Unix milliseconds.
    pub ended_at: i64,
    /// The session.
    pub session: SessionId,
    /// The answer's place in it.
    pub seq: u32,
}

/// One answer of an export.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedAnswer {
    /// Its session.
    pub session: SessionId,
    /// Whose it was; a random id where the account was deleted.
    pub learner: LearnerId,
    /// The version of the bank.
    pub version: String,
    /// Kind of session.
    pub kind: String,
    /// When the session ended, in Unix milliseconds.
    pub ended_at: i64,
    /// The answer.
    pub answer: StoredAnswer,
}

impl ExportedAnswer {
    /// Its place in the export.
    #[must_use]
    pub fn mark(&self) -> ExportMark {
        ExportMark {
            ended_at: self.ended_at,
            session: self.session,
            seq: self.answer.seq,
        }
    }
}
