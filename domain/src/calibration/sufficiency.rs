//! What of a calibration may be published.
//!
//! Owns the figures below which it is not, and the words for why. Must not know how versions are stored.

use std::fmt;

use super::em::{CalibratedItem, Calibration};
use super::plan::Status;

/// What is asked of answers before parameters made of them are used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requirements {
    /// Respondents, by weight. 200 is the least that is recommended for a 2PL held by penalties.
    pub respondents_min: f64,
    /// Answers to an item; below them it keeps its label. 50 leave a difficulty uncertain by about 0.35 logits.
    pub answers_min: f64,
}

impl Default for Requirements {
    fn default() -> Self {
        Self {
            respondents_min: 200.0,
            answers_min: 50.0,
        }
    }
}

/// Why an item keeps what it had.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kept {
    /// Too few answers.
    TooFewAnswers {
        /// How many there are.
        answers: f64,
        /// How many are needed.
        needed: f64,
    },
    /// An estimate lies at the bound of the search.
    AtBound,
    /// It was not estimated: all its answers are right, or all wrong.
    NeverVaried,
}

/// Why nothing is published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Withheld {
    /// Too few respondents.
    TooFewRespondents {
        /// How many there are.
        respondents: f64,
        /// How many are needed.
        needed: f64,
    },
    /// Every item keeps what it had.
    NothingLeft {
        /// How many items there are.
        items: usize,
        /// Answers an item needs.
        answers_needed: f64,
    },
    /// The estimates had not settled.
    NotConverged {
        /// Cycles done.
        cycles: u32,
        /// How far the last moved a parameter.
        change: f64,
    },
}

impl Requirements {
    /// Why nothing can come of so few respondents, asked before any work is done.
    ///
    /// # Errors
    /// [`Withheld::TooFewRespondents`].
    pub fn respondents(&self, respondents: f64) -> Result<(), Withheld> {
        // Written so that what is no number is too few.
        if respondents >= self.respondents_min {
            return Ok(());
        }
        Err(Withheld::TooFewRespondents {
            respondents,
            needed: self.respondents_min,
        })
    }

    /// Why an item keeps what it had; `None` when its estimate may be used.
    pub fn keeps(&self, item: &CalibratedItem) -> Option<Kept> {
        match item.status {
            _ if item.count.answers < self.answers_min => Some(Kept::TooFewAnswers {
                answers: item.count.answers,
                needed: self.answers_min,
            }),
            Status::AtBound => Some(Kept::AtBound),
            Status::NotAnswered | Status::NeverVaried => Some(Kept::NeverVaried),
            Status::Estimated => None,
        }
    }

    /// For each item, why it keeps what it had.
    ///
    /// # Errors
    /// [`Withheld`] when nothing may be published.
    pub fn publishable(&self, calibration: &Calibration) -> Result<Vec<Option<Kept>>, Withheld> {
        if !calibration.converged {
            return Err(Withheld::NotConverged {
                cycles: calibration.cycles,
                change: calibration.change,
            });
        }
        let kept: Vec<Option<Kept>> = calibration
            .items
            .iter()
            .map(|item| self.keeps(item))
            .collect();
        if kept.iter().all(Option::is_some) {
            return Err(Withheld::NothingLeft {
                items: kept.len(),
                answers_needed: self.answers_min,
            });
        }
        Ok(kept)
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewAnswers { answers, needed } => {
                write!(f, "{answers} answers, {needed} are needed")
            }
            Self::AtBound => write!(f, "the answers do not say where its estimate ends"),
            Self::NeverVaried => write!(f, "its answers are all right or all wrong"),
        }
    }
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewRespondents {
                respondents,
                needed,
            } => write!(f, "{respondents} respondents, {needed} are needed"),
            Self::NothingLeft {
                items,
                answers_needed,
            } => write!(
                f,
                "none of {items} questions has the {answers_needed} answers it needs"
            ),
            Self::NotConverged { cycles, change } => {
                write!(
                    f,
                    "not settled after {cycles} cycles: the last still moved by {change:.1e}"
                )
            }
        }
    }
}

impl std::error::Error for Withheld {}
