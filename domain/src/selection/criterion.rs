//! What an item is worth: expected posterior variance, and predicted success.
//!
//! Owns the arithmetic of one candidate. Must not know which candidates there are.

use crate::irt::{NODES, THETA, dot, dot_pair};

/// A posterior of ability prepared for scoring many candidates.
pub(super) struct Outlook {
    masses: [f64; NODES],
    weighted: [f64; NODES],
    mean: f64,
}

impl Outlook {
    /// `masses` must sum to one.
    pub(super) fn new(masses: [f64; NODES]) -> Self {
        Self {
            weighted: std::array::from_fn(|j| masses[j] * THETA[j]),
            mean: dot(&masses, &THETA),
            masses,
        }
    }

    /// Probability of a right answer under the posterior.
    pub(super) fn success(&self, curve: &[f64; NODES]) -> f64 {
        dot(curve, &self.masses)
    }

    /// E of the squared posterior mean after the answer: largest where the expected posterior variance
    /// is smallest, since that is E(theta^2) minus this.
    ///
    /// With p = sum w P, s = sum w P theta and m = sum w theta it is s^2 / p + (m - s)^2 / (1 - p).
    /// Source: van der Linden & Pashley (2010), minimum expected posterior variance.
    pub(super) fn explained(&self, curve: &[f64; NODES]) -> f64 {
        let (p, s) = dot_pair(curve, &self.masses, &self.weighted);
        let rest = self.mean - s;
        let right = if p > 0.0 { s * s / p } else { 0.0 };
        let wrong = if p < 1.0 {
            rest * rest / (1.0 - p)
        } else {
            0.0
        };
        right + wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irt::{ItemParameters, moments, normalise, probability};

    #[test]
    fn the_short_form_is_the_expected_posterior_variance() {
        let mut masses: [f64; NODES] =
            std::array::from_fn(|j| libm::exp(-0.5 * (THETA[j] - 0.7) * (THETA[j] - 0.7)));
        normalise(&mut masses);
        let outlook = Outlook::new(masses);
        let square: f64 = masses.iter().zip(&THETA).map(|(w, t)| w * t * t).sum();
        for (a, b, c) in [
            (1.0, 0.0, 0.25),
            (2.3, 1.1, 0.0),
            (0.4, -3.0, 0.5),
            (10.0, 10.0, 0.0),
        ] {
            let item = ItemParameters::three_pl(a, b, c);
            let curve = THETA.map(|theta| probability(&item, theta));
            let mut expected = 0.0;
            for correct in [true, false] {
                let mut after: [f64; NODES] = std::array::from_fn(|j| {
                    masses[j] * if correct { curve[j] } else { 1.0 - curve[j] }
                });
                let chance: f64 = after.iter().sum();
                normalise(&mut after);
                let sd = moments(&after).standard_deviation;
                expected += chance * sd * sd;
            }
            let got = square - outlook.explained(&curve);
            assert!(
                (got - expected).abs() < 1e-12,
                "{item:?}: {got} for {expected}"
            );
        }
    }
}
