//! How far a learner is from being ready for an item: whether what its concepts need first is mastered.
//!
//! Owns that soft weight, which never excludes an item. Must not know why an item is considered.

use super::Situation;
use crate::ids::{AreaIx, ConceptIx, ItemIx};
use crate::irt::NODES;
use crate::learner::Understanding;

/// By how much an item counts as further from the target success when a concept it needs first is certainly not
/// mastered: as if it were that much harder or easier than wanted. In between in proportion to the doubt.
pub const UNREADY_PENALTY: f64 = 0.15;

/// The doubts about the concepts needed, worked out as they are asked for.
pub(super) struct Prerequisites<'a> {
    situation: &'a Situation<'a>,
    /// Posterior masses of every area's ability.
    abilities: Vec<[f64; NODES]>,
    /// Credit for each item of the bank that was met, this session's answers included.
    credits: Vec<Option<bool>>,
    /// One for each concept, not a number until it is asked for. Where concepts need each other they are those of
    /// the certification, ten thousand at most.
    doubts: Vec<f64>,
}

impl<'a> Prerequisites<'a> {
    /// `None` where no concept needs another.
    pub(super) fn new(situation: &'a Situation<'a>) -> Option<Self> {
        if !situation.bank.has_prerequisites() {
            return None;
        }
        let areas = situation.bank.areas().len();
        let mut abilities = Vec::with_capacity(areas);
        situation
            .posterior
            .each_ability(areas, |_, masses| abilities.push(*masses));
        let mut credits = vec![None; situation.bank.items().len()];
        for mark in situation.history.marks() {
            credits[mark.item.0 as usize] = Some(mark.credit());
        }
        for response in situation.responses {
            let credit = &mut credits[response.item.0 as usize];
            // As the learner's state will have it once the session is folded in.
            *credit = Some(response.correct && (response.evidence || *credit == Some(true)));
        }
        Some(Self {
            situation,
            abilities,
            credits,
            doubts: vec![f64::NAN; situation.bank.concepts().len()],
        })
    }

    /// What an item's score is lowered by, 0 to [`UNREADY_PENALTY`].
    pub(super) fn penalty(&mut self, item: ItemIx) -> f64 {
        let bank = self.situation.bank;
        let own = bank.item_concepts(item);
        let mut doubt: f64 = 0.0;
        for needed in own.iter().flat_map(|concept| bank.prerequisites(*concept)) {
            if own.binary_search(needed).is_err() {
                doubt = doubt.max(self.doubt(*needed));
            }
        }
        UNREADY_PENALTY * doubt
    }

    fn doubt(&mut self, concept: ConceptIx) -> f64 {
        let known = self.doubts[concept.at()];
        if !known.is_nan() {
            return known;
        }
        let understanding = Understanding {
            bank: self.situation.bank,
            ability: |area: AreaIx| &self.abilities[area.at()],
            credit: |item: ItemIx| self.credits[item.0 as usize],
        };
        // What nobody can be asked about stands in nobody's way.
        let doubt = understanding.doubt(concept).unwrap_or(0.0);
        self.doubts[concept.at()] = doubt;
        doubt
    }
}
