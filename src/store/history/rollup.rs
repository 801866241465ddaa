//! Owns the stored shape of what one ended session adds to the roll-ups. Must not know how it is reckoned.

use learnr_domain::calibration::FitSums;

use crate::store::{LearnerId, SessionId};

/// Counts that add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Questions answered; of an exam the last answer to each.
    pub answers: u32,
    /// Of them, answered right.
    pub correct: u32,
    /// Time taken for them, in milliseconds.
    pub elapsed_ms: i64,
}

impl Totals {
    /// Counts one answer.
    pub fn count(&mut self, correct: bool, elapsed_ms: i64) {
        self.answers += 1;
        self.correct += u32::from(correct);
        self.elapsed_ms = self.elapsed_ms.saturating_add(elapsed_ms);
    }
}

/// An ability as it was estimated at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredAbility {
    /// Ability in logits; finite.
    pub theta: f64,
    /// Its standard error in logits; finite.
    pub standard_error: f64,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
}

/// What a session adds to a quarter of an hour of its learner in one area.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityIncrement {
    /// Quarters of an hour since the epoch.
    pub quarter: i64,
    /// The area; empty where the session as a whole is counted.
    pub area: String,
    /// Sessions that ended.
    pub sessions: u32,
    /// Answers.
    pub totals: Totals,
    /// The last ability in the area; a later one that is stored stays.
    pub ability: Option<StoredAbility>,
}

/// What a session adds to a concept of its learner.
#[derive(Debug, Clone, PartialEq)]
pub struct ConceptIncrement {
    /// The concept.
    pub concept: String,
    /// Answers to items of it.
    pub totals: Totals,
    /// Right answers the model expected.
    pub expected: f64,
}

/// What a session adds to an item of its version.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemIncrement {
    /// The item.
    pub item: String,
    /// Times it was shown.
    pub served: u32,
    /// Answers to it.
    pub totals: Totals,
    /// Of those that are evidence, how they fit the model.
    pub fit: FitSums,
}

/// What one ended session adds to the roll-ups.
///
/// Each list names a key once, and stands in order of keys: adapters lock rows in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRollup {
    /// Which session.
    pub session: SessionId,
    /// Whose it is, as it was read.
    pub learner: LearnerId,
    /// Its certification.
    pub certification: String,
    /// The version of its bank.
    pub version: String,
    /// When it ended, in Unix milliseconds.
    pub ended_at: i64,
    /// All its answers.
    pub totals: Totals,
    /// By quarter of an hour and area.
    pub activity: Vec<ActivityIncrement>,
    /// By concept.
    pub concepts: Vec<ConceptIncrement>,
    /// By item.
    pub items: Vec<ItemIncrement>,
}

impl SessionRollup {
    /// A session that adds nothing and is only marked, so that nobody asks for it again.
    #[must_use]
    pub fn nothing(session: &crate::store::SessionRow) -> SessionRollup {
        SessionRollup {
            session: session.id,
            learner: session.learner,
            certification: session.certification.clone(),
            version: session.bank_version.clone(),
            ended_at: session.ended_at.unwrap_or(session.started_at),
            totals: Totals::default(),
            activity: Vec::new(),
            concepts: Vec::new(),
            items: Vec::new(),
        }
    }

    /// Rows it changes, for writers that count what waits for them.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.activity.len() + self.concepts.len() + self.items.len() + 3
    }
}
