//! Mastery of a concept: what is believed of the share of its questions the learner would get right.
//!
//! Owns that belief and the words for it. Must not know how questions are chosen, though what is not mastered
//! matters there.

use super::beta::Beta;
use super::competency::INTERVAL;
use crate::bank::Bank;
use crate::ids::{AreaIx, ConceptIx, ItemIx};
use crate::irt::{self, NODES};

/// Answers that the area's prediction counts as: little, so that a handful of answers to the concept's own questions
/// outweighs it. The prediction rests in part on the same answers.
pub const PRIOR_WEIGHT: f64 = 2.0;
/// Share of right answers from which a concept is mastered.
pub const MASTERED_FROM: f64 = 0.80;
/// Share of right answers under which it is a gap.
pub const GAP_UNDER: f64 = 0.60;
/// An interval in neither that is at most this wide says that the concept lies between.
pub const BORDERLINE_WIDTH: f64 = 0.35;
/// Questions of its own to have been answered before a concept is called anything but uncertain.
pub const MASTERY_ANSWERS_MIN: u32 = 3;

/// What may be said of a concept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MasteryStatus {
    /// Too little is known.
    Uncertain,
    /// The whole interval lies under [`GAP_UNDER`].
    Gap,
    /// The interval is narrow, and lies neither under the one mark nor over the other.
    Borderline,
    /// The whole interval lies over [`MASTERED_FROM`].
    Mastered,
}

/// What is known of a learner in one concept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConceptMastery {
    /// The concept.
    pub concept: ConceptIx,
    /// Expected share of its questions answered right, 0 to 1.
    pub score: f64,
    /// Lower end of its [`INTERVAL`].
    pub low: f64,
    /// Upper end of its [`INTERVAL`].
    pub high: f64,
    /// Questions of the concept that were answered.
    pub answers: u32,
    /// Of them, to the learner's credit: see [`super::SeenItem::credit`].
    pub credits: u32,
    /// What may be said of it.
    pub status: MasteryStatus,
}

/// What is known of the concept of a bank, whoever asks: the area's abilities and the credit for each item met.
pub(crate) struct Understanding<'a, Ability, Credit> {
    pub(crate) bank: &'a Bank,
    /// Posterior masses of an area's ability.
    pub(crate) ability: Ability,
    /// Credit for an item, where it was met.
    pub(crate) credit: Credit,
}

impl<'a, Ability, Credit> Understanding<'a, Ability, Credit>
where
    Ability: Fn(AreaIx) -> &'a [f64; NODES],
    Credit: Fn(ItemIx) -> Option<bool>,
{
    /// What may be said of a concept; `None` when no question of it can be served.
    pub(crate) fn of(&self, concept: ConceptIx) -> Option<ConceptMastery> {
        let (belief, answers, credits) = self.belief(concept)?;
        let tail = (1.0 - INTERVAL) / 2.0;
        let (low, high) = (belief.quantile(tail), belief.quantile(1.0 - tail));
        let score = belief.mean();
        Some(ConceptMastery {
            concept,
            score,
            // The mean of a very skewed belief lies outside the interval.
            low: low.min(score),
            high: high.max(score),
            answers,
            credits,
            status: status(low, high, answers),
        })
    }

    /// Probability that the share of a concept's questions the learner would get right lies under
    /// [`MASTERED_FROM`]; `None` when no question of it can be served.
    pub(crate) fn doubt(&self, concept: ConceptIx) -> Option<f64> {
        self.belief(concept)
            .map(|(belief, ..)| belief.cumulative(MASTERED_FROM))
    }

    /// Prior mean: the predicted success on the concept's questions; one observation for each of them that was met.
    fn belief(&self, concept: ConceptIx) -> Option<(Beta, u32, u32)> {
        let items = self.bank.concept_items(concept);
        let (mut expected, mut answers, mut credits) = (0.0, 0, 0);
        for item in items {
            let curve = self.bank.curve(*item)?;
            expected += irt::dot(curve, (self.ability)(self.bank.item(*item).area));
            if let Some(credit) = (self.credit)(*item) {
                answers += 1;
                credits += u32::from(credit);
            }
        }
        if items.is_empty() {
            return None;
        }
        // At the ends of the scale a parameter of zero would be no distribution.
        let mean = (expected / items.len() as f64).clamp(MEAN_MIN, 1.0 - MEAN_MIN);
        let belief = Beta {
            a: PRIOR_WEIGHT * mean + f64::from(credits),
            b: PRIOR_WEIGHT * (1.0 - mean) + f64::from(answers - credits),
        };
        Some((belief, answers, credits))
    }
}

/// Least prior mean, and least distance of it from 1.
const MEAN_MIN: f64 = 0.01;

fn status(low: f64, high: f64, answers: u32) -> MasteryStatus {
    if answers < MASTERY_ANSWERS_MIN {
        MasteryStatus::Uncertain
    } else if low >= MASTERED_FROM {
        MasteryStatus::Mastered
    } else if high <= GAP_UNDER {
        MasteryStatus::Gap
    } else if high - low <= BORDERLINE_WIDTH {
        MasteryStatus::Borderline
    } else {
        MasteryStatus::Uncertain
    }
}
