//! Random deviates from the seeded generator.
//!
//! Owns the transformations from uniform to other distributions. Must not know what is drawn.

use crate::tick::Chance;

/// A standard normal deviate. Draws two uniforms and uses both, so that each call takes the same number.
///
/// Source: Box & Muller (1958).
pub(super) fn normal(chance: &mut Chance) -> f64 {
    // One minus a number under one is never zero, and its logarithm finite.
    let radius = (-2.0 * libm::log(1.0 - chance.unit())).sqrt();
    radius * libm::cos(std::f64::consts::TAU * chance.unit())
}

/// A uniform deviate in `[low, high)`.
pub(super) fn uniform(chance: &mut Chance, low: f64, high: f64) -> f64 {
    low + (high - low) * chance.unit()
}

/// The normal distribution function. Source: Abramowitz & Stegun (1964), 26.2.29, by the complementary
/// error function, which keeps its digits in both tails.
pub(super) fn normal_cumulative(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_deviates_have_the_moments_of_a_normal() {
        let mut chance = Chance::new(5);
        let draws: Vec<f64> = (0..20_000).map(|_| normal(&mut chance)).collect();
        let moment = |power: i32| draws.iter().map(|z| z.powi(power)).sum::<f64>() / 20_000.0;
        // Four standard errors: sqrt(1, 2, 15, 96) / sqrt(20000) each.
        assert!(moment(1).abs() < 0.03, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.04, "{}", moment(2));
        assert!(moment(3).abs() < 0.11, "{}", moment(3));
        assert!((moment(4) - 3.0).abs() < 0.28, "{}", moment(4));
    }

    #[test]
    fn the_distribution_function_gives_the_tabled_values() {
        for (z, expected) in [
            (0.0, 0.5),
            (1.0, 0.841_344_746_068_542_9),
            (-1.644_853_626_951_472_7, 0.05),
            (-8.0, 6.220_960_574_271_785e-16),
        ] {
            let got = normal_cumulative(z);
            assert!((got - expected).abs() <= 1e-12 * expected, "{z}: {got}");
        }
        assert_eq!(normal_cumulative(f64::NEG_INFINITY), 0.0);
    }
}
