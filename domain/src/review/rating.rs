//! What an answer says about memory.
//!
//! Owns that reading of an answer. Must not know the model that takes it in.

/// How well an item was remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rating {
    /// Not: a wrong answer.
    Again,
    /// With effort: a right answer that took longer than the exam gives for a question.
    Hard,
    /// A right answer.
    Good,
    /// Without any effort. Nobody says so of an answer to a question: [`Rating::of`] never gives it. It is here for
    /// histories kept by other programs.
    Easy,
}

impl Rating {
    /// The rating of an answer; `slow` as [`crate::bank::Certification::is_slow`] judges its time.
    pub fn of(correct: bool, slow: bool) -> Self {
        match (correct, slow) {
            (false, _) => Self::Again,
            (true, true) => Self::Hard,
            (true, false) => Self::Good,
        }
    }

    /// The number FSRS has for it.
    pub(super) fn grade(self) -> u32 {
        match self {
            Self::Again => 1,
            Self::Hard => 2,
            Self::Good => 3,
            Self::Easy => 4,
        }
    }
}
