//! Where a learner stands in a certification, between sessions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::quiz::CertificationRef;

/// What may be said of a concept.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MasteryStatus {
    /// Too little is known.
    Uncertain,
    /// The whole interval lies under 60 %.
    Gap,
    /// The interval is narrow, and lies neither under 60 % nor over 80 %.
    Borderline,
    /// The whole interval lies over 80 %.
    Mastered,
}

/// What may be said of passing the exam.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The interval spans 50 %: not enough evidence yet.
    NotEnoughEvidence,
    /// The whole interval lies over 50 %.
    LikelyToPass,
    /// The whole interval lies under 50 %.
    LikelyToFail,
}

/// A learner's competency in one area: expected percent of its questions answered right, with its 80 % interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AreaStanding {
    /// Area id.
    pub area: String,
    /// Title for people.
    pub title: String,
    /// Expected percent right, 0-100.
    pub score: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Answers it rests on.
    pub answers: u32,
}

/// A learner's mastery of one concept, with its 80 % interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ConceptStanding {
    /// Concept id.
    pub concept: String,
    /// Title for people; the id where the certification lists no concepts.
    pub title: String,
    /// Expected percent right, 0-100.
    pub score: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Questions of it that were answered.
    pub answers: u32,
    /// What may be said of it.
    pub status: MasteryStatus,
}

/// Whether the learner would pass the exam now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Readiness {
    /// Chance to pass in percent, 0-100.
    pub pass: f64,
    /// Lower end of its 80 % interval, over what is not known of the learner's abilities.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Expected percent of the exam answered right.
    pub score: f64,
    /// What may be said; never more than the interval does.
    pub verdict: Verdict,
}

/// Questions due for review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ReviewsDue {
    /// Now.
    pub now: u32,
    /// Further ones in each of the next seven days of 24 hours.
    pub next_days: Vec<u32>,
}

/// Where the caller stands in a certification: every session that has ended counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Standing {
    /// The certification.
    pub certification: CertificationRef,
    /// Every area, in the order of the certification.
    pub areas: Vec<AreaStanding>,
    /// Every concept that a question can be served of, in order of id; at most 10,000.
    pub concepts: Vec<ConceptStanding>,
    /// Whether they would pass the exam now.
    pub readiness: Readiness,
    /// What they should go over.
    pub reviews: ReviewsDue,
}
