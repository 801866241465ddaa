//! Choosing to learn: what is due for review first, then weak areas, with questions about as hard as the learner
//! wants.
//!
//! Owns that policy for practice and focused sessions. Must not know how a session ends.

use super::best::Best;
use super::candidates::{Barred, Pool, least_recently_seen};
use super::criterion::Outlook;
use super::diagnostic::most_informative;
use super::due::most_overdue;
use super::prerequisites::{Prerequisites, UNREADY_PENALTY};
use super::trial::on_trial;
use super::{AreaSet, Choice, Reason, Situation};
use crate::ids::{AreaIx, ItemIx};
use crate::tick::Chance;

/// Every so many questions one is chosen for information, so that the estimate stays honest.
pub const PROBE_EVERY: usize = 5;
/// Least risk an area is drawn with: what is mastered still comes up now and then.
pub const RISK_FLOOR: f64 = 0.05;
/// Predicted successes this close to the best are equally good, and chance decides among them.
pub const NEAR_EQUAL: f64 = 0.02;

/// What practice is held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aim {
    /// Predicted success to come near to.
    pub(crate) success: f64,
    /// Whether the session has room for another review.
    pub(crate) reviews: bool,
}

pub(super) fn choose(situation: &Situation<'_>, aim: Aim, chance: &mut Chance) -> Option<Choice> {
    let outside = situation.scope.outside(situation.bank);
    let last = situation.responses.last().map(|response| response.area);
    let last = last.filter(|last| !outside.contains(*last));
    let mut elsewhere = outside;
    let mut all_but_last = outside;
    for area in situation.areas() {
        match last {
            Some(last) if last == area => elsewhere.insert(area),
            _ => all_but_last.insert(area),
        }
    }
    let reviews = aim.reviews && !is_probe(situation) && !situation.history.marks().is_empty();
    if reviews && let Some(choice) = review(situation, elsewhere, chance) {
        return Some(choice);
    }
    for pool in [Pool::Unseen, Pool::Anything] {
        let mut excluded = elsewhere;
        // The area of the last question comes when no other has anything: interleaving beats blocking.
        while let Some(area) = draw(situation, excluded, chance) {
            if let Some(choice) = pick(situation, area, pool, aim.success, chance) {
                return Some(choice);
            }
            excluded.insert(area);
        }
        if reviews && let Some(choice) = review(situation, all_but_last, chance) {
            return Some(choice);
        }
        let choice = last.and_then(|area| pick(situation, area, pool, aim.success, chance));
        if choice.is_some() {
            return choice;
        }
    }
    None
}

fn is_probe(situation: &Situation<'_>) -> bool {
    (situation.responses.len() + 1).is_multiple_of(PROBE_EVERY)
}

fn review(situation: &Situation<'_>, excluded: AreaSet, chance: &mut Chance) -> Option<Choice> {
    let item = most_overdue(situation, excluded, chance.bits())?;
    Some(Choice {
        item,
        reason: Reason::DueForReview,
    })
}

/// Draws an area by blueprint share times the risk of failing it.
fn draw(situation: &Situation<'_>, excluded: AreaSet, chance: &mut Chance) -> Option<AreaIx> {
    let open = || situation.areas().filter(|area| !excluded.contains(*area));
    let weight = |area: AreaIx| {
        situation.bank.area(area).weight * situation.standings[area.at()].risk.max(RISK_FLOOR)
    };
    let total: f64 = open().map(weight).sum();
    let mut left = chance.unit() * total;
    let mut drawn = None;
    for area in open() {
        drawn = Some(area);
        left -= weight(area);
        if left < 0.0 {
            break;
        }
    }
    drawn
}

fn pick(
    situation: &Situation<'_>,
    area: AreaIx,
    pool: Pool,
    success: f64,
    chance: &mut Chance,
) -> Option<Choice> {
    if pool == Pool::Anything {
        let item = least_recently_seen(situation, area, chance.bits())?;
        return Some(Choice {
            item,
            reason: Reason::LeastRecentlySeen,
        });
    }
    if let Some(item) = on_trial(situation, area, chance) {
        return Some(Choice {
            item,
            reason: Reason::Trial,
        });
    }
    let (item, reason) = if is_probe(situation) {
        (
            most_informative(situation, area, pool, 1, chance)?,
            Reason::Probe,
        )
    } else {
        let reason = if is_weakest(situation, area) {
            Reason::WeakestArea
        } else {
            Reason::TargetDifficulty
        };
        (
            nearest_target(situation, area, pool, success, chance)?,
            reason,
        )
    };
    Some(Choice {
        item,
        reason: situation.reason(area, reason),
    })
}

/// One of the items whose predicted success lies nearest the target, those that the learner is not ready for counted
/// as further away.
fn nearest_target(
    situation: &Situation<'_>,
    area: AreaIx,
    pool: Pool,
    success: f64,
    chance: &mut Chance,
) -> Option<ItemIx> {
    let barred = Barred::new(situation, area, pool);
    let masses = situation.posterior.ability(area);
    let area = situation.bank.area(area);
    let outlook = Outlook::new(masses, area.curves(), area.screen());
    let mut best = Best::new(chance.bits());
    let open = || barred.open(area.items().len());
    let distance = |slot: usize| (outlook.success(slot) - success).abs();
    match Prerequisites::new(situation) {
        None => open().for_each(|slot| best.offer(slot, -distance(slot))),
        Some(mut prerequisites) => {
            let distances: Vec<(usize, f64)> = open().map(|slot| (slot, distance(slot))).collect();
            let least = distances
                .iter()
                .map(|(_, distance)| *distance)
                .fold(f64::INFINITY, f64::min);
            // Further away than this, no penalty of the nearest makes an item its equal.
            let reach = least + UNREADY_PENALTY + NEAR_EQUAL;
            for (slot, distance) in distances
                .into_iter()
                .filter(|(_, distance)| *distance <= reach)
            {
                best.offer(
                    slot,
                    -(distance + prerequisites.penalty(area.items()[slot])),
                );
            }
        }
    }
    let (top, _) = best.entries().first()?;
    let near = best
        .entries()
        .iter()
        .take_while(|(score, _)| top - score <= NEAR_EQUAL)
        .count();
    let (_, slot) = best.entries()[chance.below(near)];
    Some(area.items()[slot])
}

/// Whether no area in play has a lower score. A lone area is not called weak.
fn is_weakest(situation: &Situation<'_>, area: AreaIx) -> bool {
    let outside = situation.scope.outside(situation.bank);
    let in_play = |other: &AreaIx| *other != area && !outside.contains(*other);
    let mut others = situation.areas().filter(in_play).peekable();
    let score = |area: AreaIx| situation.standings[area.at()].score;
    others.peek().is_some() && others.all(|other| score(other) > score(area))
}
