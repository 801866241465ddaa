//! Assembling the fixed form of an exam.
//!
//! Owns which items an exam asks and in which order: blueprint counts, no two enemies, what the learner has not
//! seen and exposure control allows first, by lot and by information around the pass mark. Must not know commands,
//! events or how an exam is sat.

use std::collections::BTreeMap;

use super::{Choice, Reason};
use crate::bank::{Bank, blueprint_counts};
use crate::ids::{AreaIx, ItemIx};
use crate::irt::{THETA_MAX, information};
use crate::learner::History;
use crate::tick::Chance;

/// What a form is assembled from.
#[derive(Clone, Copy)]
pub(crate) struct Brief<'a> {
    pub(crate) bank: &'a Bank,
    pub(crate) history: &'a History,
    /// Items that exposure control keeps from this session, ascending. They come only when there is no other
    /// that the learner has not seen.
    pub(crate) ineligible: &'a [ItemIx],
    /// Items of the form.
    pub(crate) length: u16,
}

/// Why no form can be assembled: an area, or the whole bank, has too few items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shortage {
    /// Where; `None` for the whole bank.
    pub(crate) area: Option<AreaIx>,
    /// Items the form needs of it.
    pub(crate) needed: u16,
    /// Items it could have: active, and no two of them enemies.
    pub(crate) found: u32,
}

/// Draws tried before enemies are given way to first.
const DRAWS_MAX: usize = 8;
/// Where information is looked at, as distance from the pass mark in logits, and with which weight: near it the
/// decision falls, and beside it the score should mean something too.
const AROUND_PASS_MARK: [(f64, f64); 3] = [(-1.0, 0.25), (0.0, 0.5), (1.0, 0.25)];
/// Least information an item is drawn with, per squared logit, so that every item can come.
const INFORMATION_FLOOR: f64 = 1e-3;

/// The items of an exam in the order they are asked.
///
/// Each area has its [`blueprint_counts`]. Within an area come first the items the learner has not seen and
/// exposure control allows, then the others not seen, then the least recently seen. Among equals they are drawn
/// without replacement, with chances proportional to their information around the pass mark (Efraimidis & Spirakis
/// 2006), so that forms are good and yet differ. No item stands beside its enemy. The order is drawn, and items of
/// one case stay together, in the order of their ids.
pub(crate) fn assemble(brief: &Brief<'_>, chance: &mut Chance) -> Result<Vec<Choice>, Shortage> {
    let weights: Vec<f64> = brief.bank.areas().iter().map(|area| area.weight).collect();
    let counts = blueprint_counts(&weights, brief.length);
    feasible(brief, &counts)?;
    let theta = pass_mark_ability(brief.bank);
    let mut drawn = Err(Shortage {
        area: None,
        needed: brief.length,
        found: 0,
    });
    for draw in 0..=DRAWS_MAX {
        let ranked = rank(brief, theta, draw == DRAWS_MAX, chance);
        drawn = fill(brief.bank, &counts, &ranked);
        if drawn.is_ok() {
            break;
        }
    }
    Ok(arrange(brief, drawn?, chance))
}

/// Whether there are enough items, enemies left aside: the common case is refused with its figures.
fn feasible(brief: &Brief<'_>, counts: &[u16]) -> Result<(), Shortage> {
    let shortage = |area, needed: u16, found: usize| match found < usize::from(needed) {
        true => Err(Shortage {
            area,
            needed,
            found: found as u32,
        }),
        false => Ok(()),
    };
    let items = brief.bank.areas().iter().map(|area| area.items().len());
    shortage(None, brief.length, items.clone().sum())?;
    for ((count, found), ix) in counts.iter().zip(items).zip(0..) {
        shortage(Some(AreaIx(ix)), *count, found)?;
    }
    Ok(())
}

/// The ability whose expected share of right answers over the blueprint is the pass mark, kept on the grid.
fn pass_mark_ability(bank: &Bank) -> f64 {
    let mark = bank.certification().pass_mark;
    let end = || {
        let passes_anyway = bank.expected_share(0) >= mark;
        if passes_anyway { -THETA_MAX } else { THETA_MAX }
    };
    bank.ability_at_mark(mark).unwrap_or_else(end)
}

/// The active items of each area, the one to take first in front.
///
/// `careful`: items with few enemies come first, whatever else speaks for others: a set without enemies is found
/// that way when chance does not find one.
fn rank(brief: &Brief<'_>, theta: f64, careful: bool, chance: &mut Chance) -> Vec<Vec<ItemIx>> {
    let mut ranked = Vec::with_capacity(brief.bank.areas().len());
    for area in brief.bank.areas() {
        let mut keyed: Vec<(usize, u64, f64, ItemIx)> = Vec::with_capacity(area.items().len());
        for ix in area.items() {
            let item = brief.bank.item(*ix);
            let worth: f64 = AROUND_PASS_MARK
                .iter()
                .map(|(off, weight)| weight * information(&item.parameters, theta + off))
                .sum();
            // An exponential of rate `worth`: the smallest of many is each one's with chance worth / sum.
            let lot = -libm::log(1.0 - chance.unit()) / worth.max(INFORMATION_FLOOR);
            let enemies = if careful { item.enemies.len() } else { 0 };
            keyed.push((enemies, staleness(brief, *ix), lot, *ix));
        }
        keyed.sort_by(|x, y| {
            let by_lot = || x.2.total_cmp(&y.2).then(x.3.cmp(&y.3));
            (x.0, x.1).cmp(&(y.0, y.1)).then_with(by_lot)
        });
        ranked.push(keyed.into_iter().map(|key| key.3).collect());
    }
    ranked
}

/// 0 not seen and eligible, 1 not seen, and more the later it was seen.
fn staleness(brief: &Brief<'_>, item: ItemIx) -> u64 {
    match brief.history.mark(item) {
        Some(mark) => 2 + u64::from(mark.minute()),
        None => u64::from(brief.ineligible.binary_search(&item).is_ok()),
    }
}

/// Takes the first of each area that are no enemies of those taken; areas with the least to spare first.
fn fill(bank: &Bank, counts: &[u16], ranked: &[Vec<ItemIx>]) -> Result<Vec<ItemIx>, Shortage> {
    let mut areas: Vec<usize> = (0..counts.len()).collect();
    areas.sort_by_key(|k| ranked[*k].len().saturating_sub(usize::from(counts[*k])));
    let mut barred = vec![false; bank.items().len()];
    let mut taken = Vec::new();
    for k in areas {
        let before = taken.len();
        for item in &ranked[k] {
            if taken.len() - before == usize::from(counts[k]) {
                break;
            }
            if !barred[item.0 as usize] {
                taken.push(*item);
                for enemy in &bank.item(*item).enemies {
                    barred[enemy.0 as usize] = true;
                }
            }
        }
        let found = taken.len() - before;
        if found < usize::from(counts[k]) {
            return Err(Shortage {
                area: Some(AreaIx(k as u8)),
                needed: counts[k],
                found: found as u32,
            });
        }
    }
    Ok(taken)
}

/// Draws the order: cases as a whole, every other item by itself.
fn arrange(brief: &Brief<'_>, mut items: Vec<ItemIx>, chance: &mut Chance) -> Vec<Choice> {
    items.sort_unstable();
    let mut cases: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<ItemIx>> = Vec::with_capacity(items.len());
    for item in items {
        match brief.bank.item(item).stimulus.as_deref() {
            Some(stimulus) => {
                let group = *cases.entry(stimulus).or_insert(groups.len());
                if group == groups.len() {
                    groups.push(Vec::new());
                }
                groups[group].push(item);
            }
            None => groups.push(vec![item]),
        }
    }
    chance.shuffle(&mut groups);
    let choice = |item| Choice {
        item,
        reason: match brief.history.mark(item) {
            Some(_) => Reason::LeastRecentlySeen,
            None => Reason::Balance,
        },
    };
    groups.into_iter().flatten().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::{
        AreaSpec, CertificationSpec, Difficulty, ItemSpec, Label, OptionSpec, Select,
    };
    use crate::ids::{AreaId, CertificationId, ItemId, OptionId};
    use crate::learner::Seen;
    use crate::tick::Millis;

    /// Items of one area, all alike.
    fn bank(items: usize) -> Bank {
        let area = AreaId::new("a").expect("a legal id");
        let option = |ix: usize| OptionSpec {
            id: OptionId::new(format!("o{ix}")).expect("a legal id"),
            text: "Option".into(),
            correct: ix == 0,
            explanation: String::new(),
        };
        let item = |k: usize| ItemSpec {
            id: ItemId::new(format!("i{k:03}")).expect("a legal id"),
            area: area.clone(),
            stem: "Question?".into(),
            stimulus: None,
            options: (0..2).map(option).collect(),
            select: Select::One,
            concepts: Vec::new(),
            difficulty: Difficulty::Label(Label::Medium),
            source: None,
            enemies: Vec::new(),
            fixed_order: false,
            active: true,
        };
        let certification = CertificationSpec {
            id: CertificationId::new("c").expect("a legal id"),
            title: "C".into(),
            description: String::new(),
            areas: vec![AreaSpec {
                id: area.clone(),
                title: "A".into(),
                weight: 1.0,
            }],
            concepts: Vec::new(),
            pass_mark: 0.7,
            exam_length: 10,
            exam_minutes: 10,
        };
        Bank::build(certification, (0..items).map(item).collect()).expect("a valid bank")
    }

    #[test]
    fn what_exposure_control_keeps_back_comes_only_when_nothing_else_is_unseen() {
        let bank = bank(20);
        let seen: Vec<Seen> = (0..4)
            .map(|k| Seen {
                item: ItemIx(k),
                at: Millis(1_700_000_000_000 + i64::from(k) * 60_000),
                correct: true,
                credit: true,
                stability_days: None,
            })
            .collect();
        let history = History::new(&seen);
        let ineligible: Vec<ItemIx> = (4..12).map(ItemIx).collect();
        let form = |length| {
            let brief = Brief {
                bank: &bank,
                history: &history,
                ineligible: &ineligible,
                length,
            };
            let choices = assemble(&brief, &mut Chance::new(u64::from(length))).expect("a form");
            let mut items: Vec<u32> = choices.iter().map(|choice| choice.item.0).collect();
            items.sort_unstable();
            items
        };
        assert_eq!(form(8), (12..20).collect::<Vec<_>>());
        let ten = form(10);
        assert!(ten.iter().all(|item| *item >= 4), "no seen one: {ten:?}");
        assert_eq!(ten.iter().filter(|item| **item >= 12).count(), 8);
        let eighteen = form(18);
        let recent = eighteen.iter().filter(|item| **item < 4);
        assert!(recent.copied().eq([0, 1]), "the two seen longest ago");
    }
}
