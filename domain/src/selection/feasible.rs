//! Whether the rest of a blueprint can still be met after an item is served.
//!
//! Owns that check. It is greedy: it counts what is left in each area and looks no further. Must not know how
//! items are ranked.

use super::Situation;
use super::candidates::{Barred, Pool};
use crate::ids::{AreaIx, ItemIx};

/// Whether every area keeps enough items for what its share still asks of the session once `item` is served,
/// which bars its enemies. An area already short is no reason against an item.
pub(super) fn leaves_enough(situation: &Situation<'_>, item: ItemIx) -> bool {
    let bank = situation.bank;
    let own = bank.item(item);
    if own.enemies.is_empty() {
        return true;
    }
    let mut areas: Vec<AreaIx> = own
        .enemies
        .iter()
        .map(|enemy| bank.item(*enemy).area)
        .collect();
    areas.sort_unstable();
    areas.dedup();
    areas.into_iter().all(|area| {
        let barred = Barred::new(situation, area, Pool::Evidence);
        let open = barred.open_count(bank.area(area).items().len());
        let is_open = |item: ItemIx| {
            let place = bank.place(item).filter(|place| place.area == area);
            place.is_some_and(|place| !barred.contains(place.slot))
        };
        let lost = own.enemies.iter().filter(|enemy| is_open(**enemy)).count();
        let (asked, taken) = if own.area == area { (1, 1) } else { (0, 0) };
        let needed = still_needed(situation, area);
        open < needed || open - lost - taken >= needed.saturating_sub(asked)
    })
}

/// Items that an area's share of the session's length still asks for, at least.
fn still_needed(situation: &Situation<'_>, area: AreaIx) -> usize {
    let share = situation.bank.area(area).weight * f64::from(situation.length);
    let served = situation.responses.iter().filter(|r| r.area == area);
    (share as usize).saturating_sub(served.count())
}
