//! Which area the blueprint wants next.
//!
//! Owns the rule that keeps every prefix of a session within one item of its blueprint shares. Must not
//! know items.

use super::AreaSet;
use crate::ids::AreaIx;
use crate::tick::Chance;

/// The area to serve next: of those that are behind enough to be served without getting an item ahead,
/// the one that would first fall an item behind.
///
/// Simply taking the area furthest behind lets a third one slip more than an item when there are many areas;
/// this rule holds every prefix within 1 - 1 / (2K - 2) items. When areas are excluded (no item left) the
/// bound may break; then the area furthest behind its share is taken. Ties by chance.
///
/// Source: Tijdeman (1980), "The chairman assignment problem".
pub(crate) fn next_area(
    weights: &[f64],
    served: &[u16],
    excluded: AreaSet,
    chance: &mut Chance,
) -> Option<AreaIx> {
    let total: u32 = served.iter().map(|n| u32::from(*n)).sum();
    let slack = 1.0 / (2.0 * weights.len().max(2) as f64 - 2.0);
    let behind = |k: usize| weights[k] * f64::from(total + 1) - f64::from(served[k]);
    let open = || (0..weights.len()).filter(|k| !excluded.contains(AreaIx(*k as u8)));
    // Rounding must not shut out an area that is behind by exactly the slack.
    let eligible = open().filter(|k| behind(*k) >= slack - ROUNDING);
    let urgency = |k: usize| (behind(k) - (1.0 - slack)) / weights[k];
    most(eligible, urgency, chance).or_else(|| most(open(), behind, chance))
}

/// Far above the rounding of shares over 200 items, far below a difference that matters.
const ROUNDING: f64 = 1e-9;

fn most(
    areas: impl Iterator<Item = usize>,
    score: impl Fn(usize) -> f64,
    chance: &mut Chance,
) -> Option<AreaIx> {
    let mut best: Option<(usize, f64)> = None;
    let mut tied = 0;
    for k in areas {
        let score = score(k);
        match best {
            Some((_, top)) if score < top - ROUNDING => {}
            Some((_, top)) if score <= top + ROUNDING => {
                // The n-th of equals replaces the one held with probability 1 / n: each is as likely.
                tied += 1;
                if chance.below(tied) == 0 {
                    best = Some((k, top));
                }
            }
            _ => {
                best = Some((k, score));
                tied = 1;
            }
        }
    }
    best.map(|(k, _)| AreaIx(k as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_stays_within_one_item_of_its_shares() {
        let mut chance = Chance::new(11);
        for areas in [1, 2, 3, 6, 13, 64] {
            let mut weights: Vec<f64> = (0..areas).map(|_| 0.02 + chance.unit()).collect();
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            let mut served = vec![0_u16; areas];
            for n in 1..=200_u16 {
                let area = next_area(&weights, &served, AreaSet::default(), &mut chance);
                served[area.expect("no area is excluded").at()] += 1;
                for (count, weight) in served.iter().zip(&weights) {
                    let off = f64::from(*count) - weight * f64::from(n);
                    assert!(off.abs() <= 1.0, "{areas} areas, {n} items: {off}");
                }
            }
        }
    }

    #[test]
    fn an_excluded_area_is_passed_over() {
        let mut excluded = AreaSet::default();
        excluded.insert(AreaIx(0));
        let mut chance = Chance::new(1);
        let weights = [0.9, 0.1];
        assert_eq!(
            next_area(&weights, &[0, 5], excluded, &mut chance),
            Some(AreaIx(1))
        );
        excluded.insert(AreaIx(1));
        assert_eq!(next_area(&weights, &[0, 5], excluded, &mut chance), None);
    }
}
