//! What is believed about a learner, and what is kept of it between sessions.
//!
//! Owns the one-factor model of ability, competency scores, the learner's history with the bank, and
//! the state folded from ended sessions. Must not know how a question is chosen or a session is run.

mod beta;
mod competency;
mod history;
mod likelihood;
mod mastery;
mod posterior;
mod readiness;
mod standing;
mod state;

use crate::irt::NODES;

pub use crate::irt::Moments;
pub use competency::{AreaCompetency, AreaScore, INTERVAL, score_at};
pub use history::{EVIDENCE_AFTER_DAYS, Response, Seen};
pub use mastery::{
    BORDERLINE_WIDTH, ConceptMastery, GAP_UNDER, MASTERED_FROM, MASTERY_ANSWERS_MIN, MasteryStatus,
    PRIOR_WEIGHT,
};
pub use posterior::{AreaPrior, Posterior};
pub use readiness::{DRAWS, Exam, Readiness, Verdict};
pub use standing::{REVIEW_DAYS, ReviewsDue, Standing, StandingError};
pub use state::{DRIFT_VARIANCE_MAX, DRIFT_VARIANCE_PER_DAY, LearnerArea, LearnerState, SeenItem};

pub(crate) use competency::{expected_score, probability_below};
pub(crate) use history::{History, Mark};
pub(crate) use likelihood::{is_likelihood, smooth};
pub(crate) use mastery::Understanding;
pub(crate) use state::Sitting;

/// A likelihood over the ability nodes of one area, scaled so that its largest value is one.
pub type Likelihood = [f64; NODES];
