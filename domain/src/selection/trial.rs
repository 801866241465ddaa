//! Trying out new items: a few positions go to items that have no calibrated parameters yet.
//!
//! Owns when that happens and which item it is. In a bank of labels alone every item is new, and none is on trial.
//! Must not know how a difficulty is learnt from the answers.

use super::Situation;
use super::candidates::{Barred, Pool};
use crate::ids::{AreaIx, ItemIx};
use crate::tick::Chance;

/// Share of the positions given to new items: inside the 5 to 10 % that seeding takes in practice.
pub const TRIAL_SHARE: f64 = 0.075;

/// A new item of an area, at a position drawn for it: any that is open, by lot, since how much it says about
/// ability is what is not known yet.
pub(super) fn on_trial(
    situation: &Situation<'_>,
    area: AreaIx,
    chance: &mut Chance,
) -> Option<ItemIx> {
    let fresh = situation.bank.area(area).fresh();
    if fresh.is_empty() || chance.unit() >= TRIAL_SHARE {
        return None;
    }
    let barred = Barred::new(situation, area, Pool::Unseen);
    let open: Vec<u32> = fresh
        .iter()
        .copied()
        .filter(|slot| !barred.contains(*slot as usize))
        .collect();
    let slot = open.get(chance.below(open.len()))?;
    Some(situation.bank.area(area).items()[*slot as usize])
}
