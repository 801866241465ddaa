//! Which items touch which concept, and what each concept needs, by index.
//!
//! Owns those lists, in both directions. Concepts are those of the certification together with those that items name
//! freely. Must not know what a learner understands.

use super::Item;
use super::spec::ConceptSpec;
use crate::ids::{ConceptId, ConceptIx, ItemIx};

/// The concepts of a bank.
pub(super) struct ConceptIndex {
    /// In order, each once.
    ids: Vec<ConceptId>,
    /// The active items of each concept, in order of index.
    items: Lists<ItemIx>,
    /// The concepts of each item, in order of index.
    of_items: Lists<ConceptIx>,
    /// What each concept needs directly, in order of index.
    prerequisites: Lists<ConceptIx>,
}

impl ConceptIndex {
    /// `concepts`: those of the certification, checked: their prerequisites are among them.
    pub(super) fn new(concepts: &[ConceptSpec], items: &[Item]) -> Self {
        let listed = concepts.iter().map(|concept| &concept.id);
        let mut ids: Vec<&ConceptId> = listed
            .chain(items.iter().flat_map(|item| &item.concepts))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let find = |id: &ConceptId| {
            ids.binary_search(&id)
                .ok()
                .map(|place| ConceptIx(place as u32))
        };
        let all = |named: &[ConceptId]| {
            let mut found: Vec<ConceptIx> = named.iter().filter_map(find).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let of_items = Lists::new(items.iter().map(|item| all(&item.concepts)));
        let mut touching = vec![Vec::new(); ids.len()];
        for (item, ix) in items.iter().zip(0..).filter(|(item, _)| item.active) {
            for concept in all(&item.concepts) {
                touching[concept.at()].push(ItemIx(ix));
            }
        }
        let mut needed = vec![Vec::new(); ids.len()];
        for concept in concepts {
            if let Some(ix) = find(&concept.id) {
                needed[ix.at()] = all(&concept.prerequisites);
            }
        }
        Self {
            items: Lists::new(touching.into_iter()),
            of_items,
            prerequisites: Lists::new(needed.into_iter()),
            ids: ids.into_iter().cloned().collect(),
        }
    }

    pub(super) fn ids(&self) -> &[ConceptId] {
        &self.ids
    }

    pub(super) fn find(&self, id: &ConceptId) -> Option<ConceptIx> {
        let place = self.ids.binary_search(id).ok()?;
        u32::try_from(place).ok().map(ConceptIx)
    }

    pub(super) fn items(&self, concept: ConceptIx) -> &[ItemIx] {
        self.items.get(concept.at())
    }

    pub(super) fn of_item(&self, item: ItemIx) -> &[ConceptIx] {
        self.of_items.get(item.0 as usize)
    }

    pub(super) fn prerequisites(&self, concept: ConceptIx) -> &[ConceptIx] {
        self.prerequisites.get(concept.at())
    }

    pub(super) fn has_prerequisites(&self) -> bool {
        !self.prerequisites.entries.is_empty()
    }
}

/// A list for each index, end to end.
struct Lists<T> {
    /// Where each list ends; it begins where the one before ends.
    ends: Vec<u32>,
    entries: Vec<T>,
}

impl<T> Lists<T> {
    fn new(lists: impl Iterator<Item = Vec<T>>) -> Self {
        let (mut ends, mut entries) = (Vec::new(), Vec::new());
        for list in lists {
            entries.extend(list);
            ends.push(entries.len() as u32);
        }
        entries.shrink_to_fit();
        ends.shrink_to_fit();
        Self { ends, entries }
    }

    /// Empty for an index that has none.
    fn get(&self, at: usize) -> &[T] {
        let Some(end) = self.ends.get(at) else {
            return &[];
        };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.entries[start as usize..*end as usize]
    }
}
