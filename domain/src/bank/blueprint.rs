//! How many items of each area a test of fixed length has.
//!
//! Owns the rounding of blueprint shares to whole items. Must not know items.

/// Shares whose remainders differ by less are equal: rounding must not decide who gets the last item.
const REMAINDER_UNIT: f64 = 1e-9;

/// Items of each area in a form of `length`: the blueprint shares by largest remainder, so that the counts sum to
/// `length` and each is its share rounded down or up. Equal remainders go to the earlier area.
///
/// `weights`: one for each area, positive, summing to one; empty gives empty.
///
/// Source: Hamilton's method of apportionment; Balinski & Young (2001).
pub fn blueprint_counts(weights: &[f64], length: u16) -> Vec<u16> {
    let share = |weight: &f64| weight * f64::from(length);
    let mut counts: Vec<u16> = weights
        .iter()
        .map(|weight| (share(weight) + REMAINDER_UNIT) as u16)
        .collect();
    let remainder = |k: usize| {
        let rest = share(&weights[k]) - f64::from(counts[k]);
        (rest / REMAINDER_UNIT).round() as i64
    };
    let mut order: Vec<(i64, usize)> = (0..weights.len()).map(|k| (-remainder(k), k)).collect();
    order.sort_unstable();
    let placed: u32 = counts.iter().map(|count| u32::from(*count)).sum();
    let left = u32::from(length).saturating_sub(placed) as usize;
    for (_, k) in order.into_iter().take(left) {
        counts[k] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tick::Chance;

    #[test]
    fn counts_are_the_shares_by_largest_remainder() {
        let cases: [(&[f64], u16, &[u16]); 6] = [
            (&[0.5, 0.3, 0.2], 10, &[5, 3, 2]),
            // Shares 2.5, 1.5, 1.0: equal remainders, and the earlier area gets the item.
            (&[0.5, 0.3, 0.2], 5, &[3, 1, 1]),
            // 0.29 * 100 is a hair under 29 in doubles.
            (&[0.29, 0.71], 100, &[29, 71]),
            (&[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], 500, &[167, 167, 166]),
            (&[1.0], 1, &[1]),
            (&[], 7, &[]),
        ];
        for (weights, length, expected) in cases {
            assert_eq!(blueprint_counts(weights, length), expected, "{weights:?}");
        }
    }

    #[test]
    fn counts_sum_to_the_length_and_stay_within_one_of_their_shares() {
        let mut chance = Chance::new(5);
        for areas in [1, 2, 6, 13, 64] {
            let mut weights: Vec<f64> = (0..areas).map(|_| 0.01 + chance.unit()).collect();
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
            for length in 1..=500_u16 {
                let counts = blueprint_counts(&weights, length);
                assert_eq!(counts.iter().sum::<u16>(), length);
                for (count, weight) in counts.iter().zip(&weights) {
                    let off = f64::from(*count) - weight * f64::from(length);
                    assert!(off.abs() < 1.0, "{areas} areas, {length} items: {off}");
                }
            }
        }
    }
}
