//! Which review is due, the least remembered first.
//!
//! Owns that choice. Must not know how many reviews a session has room for.

use super::{AreaSet, Situation};
use crate::ids::ItemIx;
use crate::tick::mix;

/// The item due for review that is least remembered, among those this session may still serve in areas not excluded.
/// Equals, as the questions of one sitting are, by lot.
pub(super) fn most_overdue(
    situation: &Situation<'_>,
    excluded: AreaSet,
    salt: u64,
) -> Option<ItemIx> {
    let closed = closed(situation);
    let lot = |item: ItemIx| mix(salt ^ mix(u64::from(item.0)));
    let mut best: Option<(f64, ItemIx)> = None;
    for mark in situation.history.marks() {
        let Some(overdue) = mark.overdue(situation.now) else {
            continue;
        };
        let precedes = |(most, item): (f64, ItemIx)| {
            overdue > most || (overdue == most && lot(mark.item) < lot(item))
        };
        if !best.is_none_or(precedes) {
            continue;
        }
        let Some(place) = situation.bank.place(mark.item) else {
            continue;
        };
        if !excluded.contains(place.area)
            && closed.binary_search(&mark.item).is_err()
            && situation.scope.has(situation.bank, mark.item)
        {
            best = Some((overdue, mark.item));
        }
    }
    best.map(|(_, item)| item)
}

/// The items that this session has served, and their enemies, in order.
fn closed(situation: &Situation<'_>) -> Vec<ItemIx> {
    let mut closed = Vec::with_capacity(situation.responses.len());
    for response in situation.responses {
        closed.push(response.item);
        closed.extend_from_slice(&situation.bank.item(response.item).enemies);
    }
    closed.sort_unstable();
    closed
}
