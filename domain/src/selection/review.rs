//! Choosing to go over mistakes: items whose last answer was wrong, oldest first.
//!
//! Owns that policy. Must not know the review schedule, which is another reason to serve an item again.

use super::{Choice, Reason, Situation};
use crate::ids::ItemIx;
use crate::tick::{Chance, mix};

pub(super) fn choose(situation: &Situation<'_>, chance: &mut Chance) -> Option<Choice> {
    let salt = chance.bits();
    let missed = situation
        .history
        .marks()
        .iter()
        .filter(|mark| !mark.correct());
    let open = missed.filter(|mark| is_open(situation, mark.item));
    let oldest = open.min_by_key(|mark| (mark.minute(), mix(salt ^ u64::from(mark.item.0))))?;
    Some(Choice {
        item: oldest.item,
        reason: Reason::Missed,
    })
}

fn is_open(situation: &Situation<'_>, item: ItemIx) -> bool {
    let clashes = |served: ItemIx| {
        served == item
            || situation
                .bank
                .item(served)
                .enemies
                .binary_search(&item)
                .is_ok()
    };
    situation.bank.place(item).is_some()
        && !situation
            .responses
            .iter()
            .any(|response| clashes(response.item))
}
