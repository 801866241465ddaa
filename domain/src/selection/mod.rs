//! Choosing the next question.
//!
//! Owns the policies: which area, which item in it, and the reason shown to the learner. Must not know
//! commands, events or how a session ends. Reads the learner model and the bank, changes neither, and
//! leaves to chance only what it draws from the generator it is given.

mod balance;
mod best;
mod candidates;
mod content;
pub mod criterion;
mod diagnostic;
mod due;
pub mod exposure;
mod feasible;
mod form;
mod practice;
mod prerequisites;
mod review;
mod scope;
mod trial;

use crate::bank::Bank;
use crate::ids::{AreaIx, ItemIx};
use crate::learner::{History, Posterior, Response, expected_score, probability_below};
use crate::tick::{Chance, Millis};

pub(crate) use balance::next_area;
pub use best::{BEST_MAX, Best};
pub use content::ContentBalance;
pub use practice::{NEAR_EQUAL, PROBE_EVERY, RISK_FLOOR};
pub use prerequisites::UNREADY_PENALTY;
pub use trial::TRIAL_SHARE;

pub(crate) use practice::Aim;
pub(crate) use scope::Scope;

pub(crate) use form::{Brief, assemble};

/// Why a question was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Nothing is known of the area yet.
    New,
    /// The blueprint wants a question from this area: one that this session had not touched, or any of an exam.
    Balance,
    /// The answer will say most about ability in its area.
    Information,
    /// As `Information`, in the middle of practice.
    Probe,
    /// About as hard as the learner asked for.
    TargetDifficulty,
    /// From the area that is weakest now.
    WeakestArea,
    /// The review schedule wants it now.
    DueForReview,
    /// Answered wrong last time.
    Missed,
    /// A new question, asked to learn how hard it is.
    Trial,
    /// Every other question was seen before; this one longest ago.
    LeastRecentlySeen,
}

/// How questions are chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Policy {
    /// Blueprint proportions, most informative first.
    Diagnostic,
    /// What is due for review, then near a success rate, weak areas first.
    Practice(Aim),
    /// What was answered wrong last time, oldest first.
    Review,
}

/// A question chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) item: ItemIx,
    pub(crate) reason: Reason,
}

/// Where the learner stands in an area.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// Expected share of the area's items answered right.
    pub(crate) score: f64,
    /// Probability that this share lies under the pass mark.
    pub(crate) risk: f64,
}

impl Standing {
    pub(crate) fn new(bank: &Bank, area: AreaIx, masses: &[f64; crate::irt::NODES]) -> Self {
        let curve = bank.area(area).curve();
        Self {
            score: expected_score(masses, curve),
            risk: probability_below(masses, curve, bank.certification().pass_mark),
        }
    }
}

/// Everything a choice may look at.
#[derive(Clone, Copy)]
pub(crate) struct Situation<'a> {
    pub(crate) bank: &'a Bank,
    pub(crate) history: &'a History,
    pub(crate) posterior: &'a Posterior,
    /// One for each area of the bank.
    pub(crate) standings: &'a [Standing],
    /// The answers of this session, in order.
    pub(crate) responses: &'a [Response],
    /// Items that exposure control keeps out of measuring, in order.
    pub(crate) ineligible: &'a [ItemIx],
    /// Questions the session will have at most.
    pub(crate) length: u16,
    /// What the session keeps to.
    pub(crate) scope: Scope<'a>,
    pub(crate) now: Millis,
}

impl Situation<'_> {
    /// `New` where nothing is known of the area, else `otherwise`.
    fn reason(&self, area: AreaIx, otherwise: Reason) -> Reason {
        if self.posterior.answers(area) == 0 {
            Reason::New
        } else {
            otherwise
        }
    }

    fn areas(&self) -> impl Iterator<Item = AreaIx> + use<> {
        (0..self.bank.areas().len() as u8).map(AreaIx)
    }
}

/// Chooses a question that this session has not served, nor an enemy of; `None` when there is none.
pub(crate) fn choose(
    situation: &Situation<'_>,
    policy: Policy,
    chance: &mut Chance,
) -> Option<Choice> {
    match policy {
        Policy::Diagnostic => diagnostic::choose(situation, chance),
        Policy::Practice(aim) => practice::choose(situation, aim, chance),
        Policy::Review => review::choose(situation, chance),
    }
}

/// A set of areas, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AreaSet(u64);

impl AreaSet {
    pub(crate) fn insert(&mut self, area: AreaIx) {
        self.0 |= 1 << area.0;
    }

    pub(crate) fn contains(self, area: AreaIx) -> bool {
        self.0 & (1 << area.0) != 0
    }
}
