//! Minimum expected posterior variance on the grid of abilities that sessions use.
//!
//! Owns the short form of it, in single precision for all candidates and in double for the best. Must not
//! know which candidates there are.

use std::ops::Range;

use super::super::best::Best;
use super::{Criterion, rank_twice};
use crate::irt::{NODES, Screen, THETA, dot, dot_pair};

/// A posterior of ability prepared for scoring many items, whose probabilities of a right answer at the nodes
/// are `curves`.
pub struct Outlook<'a> {
    curves: &'a [[f64; NODES]],
    screen: &'a Screen,
    masses: [f64; NODES],
    centred: [f64; NODES],
}

impl<'a> Outlook<'a> {
    /// `masses` must sum to one; `screen` must be made of the same curves.
    pub fn new(masses: [f64; NODES], curves: &'a [[f64; NODES]], screen: &'a Screen) -> Self {
        let mean = dot(&masses, &THETA);
        Self {
            curves,
            screen,
            centred: std::array::from_fn(|j| masses[j] * (THETA[j] - mean)),
            masses,
        }
    }

    /// Probability of a right answer to an item under the posterior.
    pub fn success(&self, item: usize) -> f64 {
        dot(&self.curves[item], &self.masses)
    }
}

impl Criterion for Outlook<'_> {
    /// By how much the answer is expected to lower the posterior variance: the item that is expected to leave
    /// the least has the most.
    ///
    /// With p = sum w P and s = sum w P (theta - mean) it is s^2 / (p (1 - p)), the squared covariance of
    /// ability and answer over the answer's variance. Source: van der Linden & Pashley (2010).
    fn worth(&self, item: usize) -> f64 {
        let (p, s) = dot_pair(&self.curves[item], &self.masses, &self.centred);
        let spread = p * (1.0 - p);
        if spread > 0.0 { s * s / spread } else { 0.0 }
    }

    fn rank(&self, items: Range<usize>, open: &dyn Fn(usize) -> bool, best: &mut Best) {
        let mut rough = Vec::new();
        self.screen
            .explained(&self.masses, &self.centred, &mut rough);
        rank_twice(&rough, items, open, best, |item| self.worth(item));
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
        let items = [
            (1.0, 0.0, 0.25),
            (2.3, 1.1, 0.0),
            (0.4, -3.0, 0.5),
            (10.0, 10.0, 0.0),
        ];
        let curves = items.map(|(a, b, c)| {
            THETA.map(|theta| probability(&ItemParameters::three_pl(a, b, c), theta))
        });
        let screen = Screen::new(&curves);
        let outlook = Outlook::new(masses, &curves, &screen);
        let before = moments(&masses).standard_deviation;
        for (k, curve) in curves.iter().enumerate() {
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
            let got = before * before - outlook.worth(k);
            assert!((got - expected).abs() < 1e-12, "{k}: {got} for {expected}");
        }
    }
}
