//! Where a learner stands in a certification, between sessions.
//!
//! Owns the putting together of competency, mastery, readiness and the review schedule from what is kept of the
//! learner. Must not know how it is shown.

use std::fmt;

use super::competency::AreaCompetency;
use super::mastery::{ConceptMastery, Understanding};
use super::posterior::Posterior;
use super::readiness::{Exam, Readiness};
use super::state::LearnerState;
use crate::bank::Bank;
use crate::ids::{AreaIx, ConceptIx, ItemIx};
use crate::irt::RHO_MAX;
use crate::review::due_at;
use crate::tick::{DAY_MS, Millis};

/// Days ahead that the review schedule is told for.
pub const REVIEW_DAYS: usize = 7;

/// Where a learner stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Every area, in the order of the certification.
    pub areas: Vec<AreaCompetency>,
    /// Every concept with a question that can be served, in order of id.
    pub concepts: Vec<ConceptMastery>,
    /// Whether they would pass the exam now.
    pub readiness: Readiness,
    /// What they should go over.
    pub reviews: ReviewsDue,
}

/// Reviews that are due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewsDue {
    /// Now.
    pub now: u32,
    /// Further ones within each of the next days of 24 hours.
    pub next_days: [u32; REVIEW_DAYS],
}

/// What is kept of the learner is damaged, or rho out of range; the text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingError(String);

impl fmt::Display for StandingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StandingError {}

impl Standing {
    /// Where a learner stands at `now`; one without sessions is `None`, and of them only the prior is known. `rho` is
    /// the correlation of area abilities, 0 to 0.9.
    ///
    /// # Errors
    /// [`StandingError`] when a likelihood or a memory is damaged, or rho out of range.
    pub fn new(
        bank: &Bank,
        learner: Option<&LearnerState>,
        rho: f64,
        now: Millis,
    ) -> Result<Self, StandingError> {
        if !(0.0..=RHO_MAX).contains(&rho) {
            return Err(StandingError(format!(
                "rho must be 0 to {RHO_MAX}, got {rho}"
            )));
        }
        let nothing = LearnerState::default();
        let learner = learner.unwrap_or(&nothing);
        learner.check().map_err(StandingError)?;
        let (prior, seen) = learner.opening(bank, now);
        let posterior = Posterior::new(bank.factor_grid(rho), &prior);
        let mut abilities = Vec::with_capacity(bank.areas().len());
        let mut areas = Vec::with_capacity(bank.areas().len());
        posterior.each_ability(bank.areas().len(), |area, masses| {
            let (curve, answers) = (bank.area(area).curve(), posterior.answers(area));
            areas.push(AreaCompetency::new(area, masses, curve, answers));
            abilities.push(*masses);
        });
        let left = left_unanswered(bank, learner);
        let credit = |item: ItemIx| {
            let place = seen.binary_search_by_key(&item, |seen| seen.item).ok()?;
            let answered = left.binary_search(&item).is_err();
            answered.then(|| seen[place].credit)
        };
        let understanding = Understanding {
            bank,
            ability: |area: AreaIx| &abilities[area.at()],
            credit,
        };
        let concepts = (0..bank.concepts().len() as u32).map(ConceptIx);
        let mut reviews = ReviewsDue::default();
        for seen in seen.iter().filter(|seen| bank.item(seen.item).active) {
            if let Some(days) = seen.stability_days {
                reviews.count(due_at(seen.at, days), now);
            }
        }
        Ok(Self {
            areas,
            concepts: concepts
                .filter_map(|concept| understanding.of(concept))
                .collect(),
            readiness: Exam::new(bank).readiness(&posterior),
            reviews,
        })
    }
}

/// Items that were seen and never answered, in order: they say nothing of a concept.
fn left_unanswered(bank: &Bank, learner: &LearnerState) -> Vec<ItemIx> {
    let left = learner.seen.iter().filter(|seen| seen.times == 0);
    let mut items: Vec<ItemIx> = left.filter_map(|seen| bank.find(&seen.item)).collect();
    items.sort_unstable();
    items
}

impl ReviewsDue {
    fn count(&mut self, due: Millis, now: Millis) {
        let ahead_ms = due.since(now);
        if ahead_ms <= 0 {
            self.now += 1;
            return;
        }
        // The last moment of a day is its own.
        let day = usize::try_from((ahead_ms - 1) / DAY_MS).unwrap_or(usize::MAX);
        if let Some(count) = self.next_days.get_mut(day) {
            *count += 1;
        }
    }
}
