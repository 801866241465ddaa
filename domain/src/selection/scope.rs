//! What a session keeps to: everything, or chosen areas and concepts.
//!
//! Owns that rule. Must not know how an item is chosen inside it.

use super::AreaSet;
use crate::bank::Bank;
use crate::ids::{AreaIx, ConceptIx, ItemIx};

/// The areas and concepts a session keeps to; everything when neither is named.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope<'a> {
    pub(crate) areas: &'a [AreaIx],
    pub(crate) concepts: &'a [ConceptIx],
}

impl Scope<'_> {
    /// Whether every item of an area belongs to it.
    pub(super) fn has_area(&self, area: AreaIx) -> bool {
        (self.areas.is_empty() && self.concepts.is_empty()) || self.areas.contains(&area)
    }

    /// Whether an item belongs to it: by its area, or by one of its concepts.
    pub(super) fn has(&self, bank: &Bank, item: ItemIx) -> bool {
        self.has_area(bank.item(item).area)
            || bank
                .item_concepts(item)
                .iter()
                .any(|concept| self.concepts.contains(concept))
    }

    /// The areas without any item of it.
    pub(super) fn outside(&self, bank: &Bank) -> AreaSet {
        let mut inside = AreaSet::default();
        for item in self
            .concepts
            .iter()
            .flat_map(|concept| bank.concept_items(*concept))
        {
            inside.insert(bank.item(*item).area);
        }
        let mut outside = AreaSet::default();
        for area in (0..bank.areas().len() as u8).map(AreaIx) {
            if !self.has_area(area) && !inside.contains(area) {
                outside.insert(area);
            }
        }
        outside
    }
}
