//! Choosing to measure: blueprint proportions, then the item with the least expected posterior variance among those
//! that exposure control lets in and that leave the rest of the blueprint feasible.
//!
//! Owns that policy and how much of it is left to chance in the first positions. Must not know why the
//! session is held.

use super::balance::next_area;
use super::best::Best;
use super::candidates::{Barred, Pool, least_recently_seen};
use super::criterion::{Criterion, Outlook};
use super::feasible::leaves_enough;
use super::trial::on_trial;
use super::{AreaSet, Choice, Reason, Situation};
use crate::ids::{AreaIx, ItemIx};
use crate::tick::Chance;

/// Among how many of the best items chance decides at each of the first positions; afterwards the best is
/// taken. Keeps everyone's first question from being the same (randomesque selection, Kingsbury & Zara 1989).
const AMONG_BEST: [usize; 5] = [5, 4, 3, 2, 1];

pub(super) fn choose(situation: &Situation<'_>, chance: &mut Chance) -> Option<Choice> {
    let weights: Vec<f64> = situation
        .bank
        .areas()
        .iter()
        .map(|area| area.weight)
        .collect();
    let mut served = vec![0_u16; weights.len()];
    for response in situation.responses {
        served[response.area.at()] += 1;
    }
    let among = AMONG_BEST
        .get(situation.responses.len())
        .copied()
        .unwrap_or(1);
    let mut exhausted = AreaSet::default();
    while let Some(area) = next_area(&weights, &served, exhausted, chance) {
        if let Some(item) = on_trial(situation, area, chance) {
            return Some(Choice {
                item,
                reason: Reason::Trial,
            });
        }
        if let Some(item) = measuring(situation, area, among, chance) {
            let met = served[area.at()] > 0;
            let reason = if met {
                Reason::Information
            } else {
                Reason::Balance
            };
            return Some(Choice {
                item,
                reason: situation.reason(area, reason),
            });
        }
        exhausted.insert(area);
    }
    // Everything was met within thirty days: rather an old question than a stranded learner.
    let mut exhausted = AreaSet::default();
    while let Some(area) = next_area(&weights, &served, exhausted, chance) {
        if let Some(item) = least_recently_seen(situation, area, chance.bits()) {
            return Some(Choice {
                item,
                reason: Reason::LeastRecentlySeen,
            });
        }
        exhausted.insert(area);
    }
    None
}

/// One of the most informative items of an area. Where exposure control leaves none, it gives way: the blueprint
/// counts for more.
fn measuring(
    situation: &Situation<'_>,
    area: AreaIx,
    among: usize,
    chance: &mut Chance,
) -> Option<ItemIx> {
    let barred = Barred::new(situation, area, Pool::Evidence);
    if !situation.ineligible.is_empty() {
        let eligible = barred.clone().and_ineligible(situation, area);
        let item = best_of(situation, area, &eligible, among, chance);
        if item.is_some() {
            return item;
        }
    }
    best_of(situation, area, &barred, among, chance)
}

/// One of the `among` items of an area whose answers leave the least posterior variance to expect.
pub(super) fn most_informative(
    situation: &Situation<'_>,
    area: AreaIx,
    pool: Pool,
    among: usize,
    chance: &mut Chance,
) -> Option<ItemIx> {
    let barred = Barred::new(situation, area, pool);
    best_of(situation, area, &barred, among, chance)
}

fn best_of(
    situation: &Situation<'_>,
    area: AreaIx,
    barred: &Barred,
    among: usize,
    chance: &mut Chance,
) -> Option<ItemIx> {
    let masses = situation.posterior.ability(area);
    let area = situation.bank.area(area);
    let outlook = Outlook::new(masses, area.curves(), area.screen());
    let mut best = Best::new(chance.bits());
    let open = |slot: usize| !barred.contains(slot);
    outlook.rank(0..area.items().len(), &open, &mut best);
    let items = || best.entries().iter().map(|(_, slot)| area.items()[*slot]);
    let mut fitting: Vec<ItemIx> = items()
        .filter(|item| leaves_enough(situation, *item))
        .collect();
    if fitting.is_empty() {
        fitting = items().collect();
    }
    fitting.truncate(among);
    fitting.get(chance.below(fitting.len())).copied()
}
