//! The distribution of a number-right score when every item's chance of a right answer is known.
//!
//! Owns the Lord-Wingersky recursion. Must not know where the chances come from.

/// Chance of each number of right answers, 0 to the number of items, when item i is answered right with
/// chance `probabilities[i]` independently of the others (the Poisson binomial distribution).
///
/// One more mass than there are items; they sum to one up to rounding, and no items give `[1.0]`. A chance
/// outside 0 to 1 counts as the nearer end, and one that is not a number as 0, so that masses always are
/// masses. O(n^2) time.
///
/// Source: Lord & Wingersky (1984), "Comparison of IRT true-score and equipercentile observed-score
/// equatings". Checked through the sum-score EAPs and expected counts of case C24.
pub fn score_distribution(probabilities: &[f64]) -> Vec<f64> {
    let mut masses = vec![0.0; probabilities.len() + 1];
    masses[0] = 1.0;
    for (taken, chance) in probabilities.iter().enumerate() {
        let p = if *chance > 0.0 { chance.min(1.0) } else { 0.0 };
        let q = 1.0 - p;
        // From the top, so that each mass is still the one before this item when it is read.
        masses[taken + 1] = masses[taken] * p;
        for score in (1..=taken).rev() {
            masses[score] = masses[score] * q + masses[score - 1] * p;
        }
        masses[0] *= q;
    }
    masses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f64], expected: &[f64]) {
        assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-15, "{got} for {expected}");
        }
    }

    #[test]
    fn equal_chances_give_the_binomial_distribution() {
        close(&score_distribution(&[]), &[1.0]);
        close(&score_distribution(&[0.3]), &[0.7, 0.3]);
        close(
            &score_distribution(&[0.5; 4]),
            &[0.062_5, 0.25, 0.375, 0.25, 0.062_5],
        );
    }

    #[test]
    fn unequal_chances_agree_with_adding_up_every_pattern() {
        let chances = [0.1, 0.35, 0.6, 0.99, 0.5];
        let mut expected = [0.0; 6];
        for pattern in 0_u32..32 {
            let says = |i: usize| {
                if pattern >> i & 1 == 1 {
                    chances[i]
                } else {
                    1.0 - chances[i]
                }
            };
            expected[pattern.count_ones() as usize] += (0..5).map(says).product::<f64>();
        }
        close(&score_distribution(&chances), &expected);
    }

    #[test]
    fn chances_that_are_none_still_leave_masses() {
        close(
            &score_distribution(&[2.0, -1.0, f64::NAN]),
            &[0.0, 1.0, 0.0, 0.0],
        );
        let long = score_distribution(&[1e-300; 500]);
        assert!(long.iter().all(|mass| (0.0..=1.0).contains(mass)));
        assert!((long.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
