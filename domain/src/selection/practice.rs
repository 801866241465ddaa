//! Choosing to learn: weak areas first, questions about as hard as the learner wants.
//!
//! Owns that policy for practice and focused sessions. Must not know how a session ends.

use super::best::Best;
use super::candidates::{Barred, Pool, least_recently_seen};
use super::criterion::Outlook;
use super::diagnostic::most_informative;
use super::{AreaSet, Choice, Reason, Situation};
use crate::ids::{AreaIx, ItemIx};
use crate::tick::Chance;

/// Every so many questions one is chosen for information, so that the estimate stays honest.
pub const PROBE_EVERY: usize = 5;
/// Least risk an area is drawn with: what is mastered still comes up now and then.
pub const RISK_FLOOR: f64 = 0.05;
/// Predicted successes this close to the best are equally good, and chance decides among them.
pub const NEAR_EQUAL: f64 = 0.02;

pub(super) fn choose(
    situation: &Situation<'_>,
    success: f64,
    areas: &[AreaIx],
    chance: &mut Chance,
) -> Option<Choice> {
    let last = situation.responses.last().map(|response| response.area);
    for pool in [Pool::Unseen, Pool::Anything] {
        let mut excluded = outside(situation, areas);
        let deferred = last.filter(|last| !excluded.contains(*last));
        if let Some(last) = deferred {
            excluded.insert(last);
        }
        // The area of the last question comes when no other has anything: interleaving beats blocking.
        while let Some(area) = draw(situation, excluded, chance) {
            if let Some(choice) = pick(situation, area, pool, success, areas, chance) {
                return Some(choice);
            }
            excluded.insert(area);
        }
        let choice = deferred.and_then(|area| pick(situation, area, pool, success, areas, chance));
        if choice.is_some() {
            return choice;
        }
    }
    None
}

fn outside(situation: &Situation<'_>, areas: &[AreaIx]) -> AreaSet {
    let mut outside = AreaSet::default();
    if !areas.is_empty() {
        for area in situation.areas().filter(|area| !areas.contains(area)) {
            outside.insert(area);
        }
    }
    outside
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
    areas: &[AreaIx],
    chance: &mut Chance,
) -> Option<Choice> {
    if pool == Pool::Anything {
        let item = least_recently_seen(situation, area, chance.bits())?;
        return Some(Choice {
            item,
            reason: Reason::LeastRecentlySeen,
        });
    }
    let (item, reason) = if (situation.responses.len() + 1).is_multiple_of(PROBE_EVERY) {
        (
            most_informative(situation, area, pool, 1, chance)?,
            Reason::Probe,
        )
    } else {
        let reason = if is_weakest(situation, area, areas) {
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

/// One of the items whose predicted success lies nearest the target.
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
    for slot in barred.open(area.items().len()) {
        best.offer(slot, -(outlook.success(slot) - success).abs());
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
fn is_weakest(situation: &Situation<'_>, area: AreaIx, areas: &[AreaIx]) -> bool {
    let in_play = |other: &AreaIx| *other != area && (areas.is_empty() || areas.contains(other));
    let mut others = situation.areas().filter(in_play).peekable();
    let score = |area: AreaIx| situation.standings[area.at()].score;
    others.peek().is_some() && others.all(|other| score(other) > score(area))
}
