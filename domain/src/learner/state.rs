//! What is kept of a learner between sessions: a fold over ended sessions, in order.
//!
//! Owns that fold and what a session begins from. Keyed by ids, not indices, so that it survives a new bank.
//! Must not know how it is stored.

use super::Likelihood;
use super::history::{Response, Seen, is_first_sight, minute};
use super::likelihood::{is_likelihood, revise, smooth};
use super::posterior::AreaPrior;
use crate::bank::Bank;
use crate::ids::{AreaId, ItemId};
use crate::irt::NODES;
use crate::review::{Memory, Rating, Scheduler};
use crate::tick::{DAY_MS, Millis};

/// Variance, in squared logits, by which an ability may move in a day without practice here.
pub const DRIFT_VARIANCE_PER_DAY: f64 = 0.01;
/// Most that absence can add, in squared logits: half the prior variance, so that what was known fades and
/// is not forgotten.
pub const DRIFT_VARIANCE_MAX: f64 = 0.5;

/// A learner in one certification.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LearnerState {
    /// The areas ever touched, in order of id.
    pub areas: Vec<LearnerArea>,
    /// The items ever answered, in order of id.
    pub seen: Vec<SeenItem>,
    /// The last event folded in.
    pub updated_at: Millis,
}

/// What is known of one area.
#[derive(Clone, Debug, PartialEq)]
pub struct LearnerArea {
    /// The area.
    pub area: AreaId,
    /// Likelihood of all answers that were evidence.
    pub likelihood: Box<Likelihood>,
    /// How many they are.
    pub answers: u32,
}

/// An item answered before.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenItem {
    /// The item.
    pub item: ItemId,
    /// When it was answered last.
    pub at: Millis,
    /// Whether that answer was right.
    pub correct: bool,
    /// How often it was answered; 0 while it was only left unanswered, in an exam.
    pub times: u32,
    /// Whether the item is to the learner's credit: answered right last time, and not merely recognised. A right
    /// answer to one missed before counts only where it is evidence; a wrong one always does. Leaving it unanswered
    /// changes nothing.
    pub credit: bool,
    /// How well it is remembered.
    pub memory: Memory,
}

impl SeenItem {
    /// An item of which only the last answer is known, as stored before there was a review schedule: its memory is
    /// that of a first answer.
    pub fn from_last_answer(item: ItemId, at: Millis, correct: bool, times: u32) -> Self {
        Self {
            item,
            at,
            correct,
            times,
            credit: correct,
            memory: Scheduler::default().first(Rating::of(correct, false)),
        }
    }

    /// An item met for the first time, no answer counted yet.
    fn met(item: ItemId, response: &Response, scheduler: &Scheduler) -> Self {
        Self {
            item,
            at: response.at,
            correct: response.correct,
            times: 0,
            credit: response.correct,
            memory: scheduler.first(Rating::of(response.correct, response.slow)),
        }
    }

    /// Takes in another answer, `fresh` where it is evidence.
    fn take(&mut self, response: &Response, fresh: bool, scheduler: &Scheduler) {
        self.times = self.times.saturating_add(1);
        if response.at >= self.at {
            self.credit = response.correct && (fresh || self.credit);
        }
        self.meet(response, scheduler);
    }

    /// Takes in that it was met, answered or not.
    fn meet(&mut self, response: &Response, scheduler: &Scheduler) {
        let days = response.at.since(self.at).max(0) / DAY_MS;
        let rating = Rating::of(response.correct, response.slow);
        let days = u32::try_from(days).unwrap_or(u32::MAX);
        self.memory = scheduler.after(&self.memory, rating, days);
        // One given before the last, in a session beside it, has trained memory and says nothing newer.
        if response.at >= self.at {
            self.at = response.at;
            self.correct = response.correct;
        }
    }
}

/// The part of a session that its fold into a learner needs.
pub(crate) struct Sitting<'a> {
    pub(crate) bank: &'a Bank,
    pub(crate) responses: &'a [Response],
    /// Questions left without an answer: missed, and no evidence.
    pub(crate) unanswered: &'a [Response],
    pub(crate) started_at: Millis,
    pub(crate) ended_at: Millis,
    pub(crate) drift: f64,
}

impl LearnerState {
    /// Whether every likelihood is one (finite, nowhere negative, somewhere positive) and every memory in range.
    pub(crate) fn check(&self) -> Result<(), String> {
        for area in &self.areas {
            if !is_likelihood(&area.likelihood) {
                return Err(format!(
                    "learner state: likelihood of area {} is damaged",
                    area.area
                ));
            }
        }
        match self.seen.iter().find(|seen| !seen.memory.is_valid()) {
            Some(seen) => Err(format!(
                "learner state: memory of item {} is damaged",
                seen.item
            )),
            None => Ok(()),
        }
    }

    /// What a session at `now` begins from: likelihoods smoothed by the days gone by, and the history. Areas
    /// and items that the bank no longer has are left out; both lists come in order of index.
    pub(crate) fn opening(&self, bank: &Bank, now: Millis) -> (Vec<AreaPrior>, Vec<Seen>) {
        let variance = drift_between(self.updated_at, now);
        let mut prior = Vec::with_capacity(self.areas.len());
        for known in &self.areas {
            if let Some(area) = bank.find_area(&known.area) {
                let mut likelihood = known.likelihood.clone();
                smooth(&mut likelihood, variance);
                prior.push(AreaPrior {
                    area,
                    likelihood,
                    answers: known.answers,
                });
            }
        }
        prior.sort_by_key(|prior| prior.area);
        prior.dedup_by_key(|prior| prior.area);
        let mut seen: Vec<Seen> = self
            .seen
            .iter()
            .filter_map(|seen| {
                let item = bank.find(&seen.item)?;
                Some(Seen {
                    item,
                    at: seen.at,
                    correct: seen.correct,
                    credit: seen.credit,
                    stability_days: Some(seen.memory.stability_days),
                })
            })
            .collect();
        seen.sort_by_key(|seen| seen.item);
        seen.dedup_by_key(|seen| seen.item);
        (prior, seen)
    }

    /// Folds the answers of one session into what was known before it.
    ///
    /// Answers are applied again, not copied over, so that sessions which overlapped in time each count, and
    /// an item both served is evidence once.
    pub(crate) fn fold(previous: Option<&Self>, sitting: &Sitting<'_>) -> Self {
        let mut state = previous.cloned().unwrap_or_default();
        // A store may sort text by other rules than ours; a sorted list costs one pass.
        state.areas.sort_by(|x, y| x.area.cmp(&y.area));
        state.seen.sort_by(|x, y| x.item.cmp(&y.item));
        if previous.is_some() {
            let variance = drift_between(state.updated_at, sitting.started_at);
            for area in &mut state.areas {
                smooth(&mut area.likelihood, variance);
            }
        }
        let scheduler = Scheduler::default();
        for response in sitting.responses {
            state.take(response, sitting, &scheduler);
        }
        for response in sitting.unanswered {
            state.leave(response, sitting, &scheduler);
        }
        state.updated_at = state.updated_at.max(sitting.ended_at);
        state
    }

    fn take(&mut self, response: &Response, sitting: &Sitting<'_>, scheduler: &Scheduler) {
        let item = sitting.bank.item(response.item);
        let place = self.seen.binary_search_by(|seen| seen.item.cmp(&item.id));
        // The session judged by the history it began with; this also counts sessions beside it.
        let fresh = response.evidence
            && place.ok().is_none_or(|k| {
                let SeenItem { at, memory, .. } = &self.seen[k];
                is_first_sight(minute(*at), Some(memory.stability_days), response.at)
            });
        if fresh && let Some(curve) = sitting.bank.curve(response.item) {
            let area = self.area(&sitting.bank.area(response.area).id);
            revise(&mut area.likelihood, curve, response.correct, sitting.drift);
            area.answers = area.answers.saturating_add(1);
        }
        match place {
            Ok(k) => self.seen[k].take(response, fresh, scheduler),
            Err(k) => {
                let first = SeenItem {
                    times: 1,
                    ..SeenItem::met(item.id.clone(), response, scheduler)
                };
                self.seen.insert(k, first);
            }
        }
    }

    /// Takes in a question left without an answer: its key is told, so that it is seen, and to be gone over.
    fn leave(&mut self, response: &Response, sitting: &Sitting<'_>, scheduler: &Scheduler) {
        let id = &sitting.bank.item(response.item).id;
        match self.seen.binary_search_by(|seen| seen.item.cmp(id)) {
            Ok(k) => self.seen[k].meet(response, scheduler),
            Err(k) => {
                let met = SeenItem::met(id.clone(), response, scheduler);
                self.seen.insert(k, met);
            }
        }
    }

    fn area(&mut self, id: &AreaId) -> &mut LearnerArea {
        let k = match self.areas.binary_search_by(|area| area.area.cmp(id)) {
            Ok(k) => k,
            Err(k) => {
                let flat = LearnerArea {
                    area: id.clone(),
                    likelihood: Box::new([1.0; NODES]),
                    answers: 0,
                };
                self.areas.insert(k, flat);
                k
            }
        };
        &mut self.areas[k]
    }
}

/// Variance of drift over the time between two moments; none when the second lies first.
fn drift_between(earlier: Millis, later: Millis) -> f64 {
    let days = later.since(earlier).max(0) as f64 / DAY_MS as f64;
    (days * DRIFT_VARIANCE_PER_DAY).min(DRIFT_VARIANCE_MAX)
}
