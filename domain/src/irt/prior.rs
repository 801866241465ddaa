//! What is believed of ability before any answer, and integration over it.
//!
//! Owns prior densities and evenly spaced quadrature. Must not know items or answers, but for the one prior
//! that is made of them.

use super::item::ItemModel;
use super::pool::Pattern;

/// Prior distribution of ability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prior {
    /// Normal.
    Normal {
        /// Its mean, in logits.
        mean: f64,
        /// Its standard deviation, in logits.
        sd: f64,
    },
    /// Uniform between two abilities, in logits.
    Uniform {
        /// The lower one.
        low: f64,
        /// The upper one.
        high: f64,
    },
    /// Jeffreys' prior: the square root of the information of the items answered.
    Jeffreys,
}

impl Prior {
    /// The standard normal.
    pub const STANDARD: Self = Self::Normal { mean: 0.0, sd: 1.0 };

    /// Whether it is a distribution: finite, and its spread positive.
    pub fn is_valid(&self) -> bool {
        match self {
            Self::Normal { mean, sd } => mean.is_finite() && *sd > 0.0 && sd.is_finite(),
            Self::Uniform { low, high } => high - low > 0.0 && (high - low).is_finite(),
            Self::Jeffreys => true,
        }
    }

    /// The density at `theta`; Jeffreys' depends on the items answered and is 1 here, see
    /// [`Quadrature::jeffreys`].
    pub fn density(&self, theta: f64) -> f64 {
        match self {
            Self::Normal { mean, sd } => {
                let z = (theta - mean) / sd;
                libm::exp(-0.5 * z * z) / (sd * SQRT_TAU)
            }
            Self::Uniform { low, high } if (*low..=*high).contains(&theta) => 1.0 / (high - low),
            Self::Uniform { .. } => 0.0,
            Self::Jeffreys => 1.0,
        }
    }
}

/// The square root of 2 pi.
const SQRT_TAU: f64 = 2.506_628_274_631_000_7;

/// Below this, far above the smallest double, masses are scaled up.
const SMALL: f64 = 1e-150;
/// 2^500.
const GROWTH: f64 = f64::from_bits((1023 + 500) << 52);

/// Evenly spaced nodes with the weights of the trapezoid rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Quadrature {
    nodes: Vec<f64>,
    step: f64,
}

impl Quadrature {
    /// `points` nodes from `low` to `high`.
    ///
    /// `None` for fewer than 2 or more than 10,001 points, or a range that is empty or not finite.
    pub fn new(points: usize, low: f64, high: f64) -> Option<Self> {
        if !Self::fits(points, low, high) {
            return None;
        }
        let step = (high - low) / (points - 1) as f64;
        Some(Self {
            nodes: (0..points).map(|j| low + step * j as f64).collect(),
            step,
        })
    }

    pub(super) fn fits(points: usize, low: f64, high: f64) -> bool {
        let range = high - low;
        (2..=10_001).contains(&points) && range > 0.0 && range.is_finite()
    }

    /// The nodes, in logits, ascending.
    pub fn nodes(&self) -> &[f64] {
        &self.nodes
    }

    /// The integral of a function given by its values at the nodes.
    pub fn integrate(&self, values: impl ExactSizeIterator<Item = f64>) -> f64 {
        let last = self.nodes.len() - 1;
        let mut sum = 0.0;
        for (j, value) in values.enumerate() {
            sum += if j == 0 || j == last {
                0.5 * value
            } else {
                value
            };
        }
        sum * self.step
    }

    /// The likelihood of a pattern at every node; of one so improbable that doubles could not hold it, that times
    /// a power of two.
    pub fn likelihood(&self, pattern: &Pattern<'_>) -> Vec<f64> {
        let mut likelihood = vec![1.0; self.nodes.len()];
        for (item, category) in pattern.models() {
            self.take_in(&mut likelihood, item, category);
        }
        likelihood
    }

    /// Multiplies masses at the nodes by the probability of an answer.
    pub(super) fn take_in(&self, masses: &mut [f64], item: &ItemModel, category: usize) {
        let mut largest = 0.0_f64;
        for (mass, theta) in masses.iter_mut().zip(&self.nodes) {
            *mass *= item.probability(category, *theta);
            largest = largest.max(*mass);
        }
        // Long patterns leave the range of a double; scaled by a power of two, not one bit is lost.
        if largest < SMALL {
            masses.iter_mut().for_each(|mass| *mass *= GROWTH);
        }
    }

    /// The prior density at every node.
    pub fn prior(&self, prior: &Prior) -> Vec<f64> {
        self.nodes
            .iter()
            .map(|theta| prior.density(*theta))
            .collect()
    }

    /// Jeffreys' prior for the items of a pattern at every node: the square root of their information.
    pub fn jeffreys(&self, pattern: &Pattern<'_>) -> Vec<f64> {
        let at =
            |theta: &f64| -> f64 { pattern.models().map(|(i, _)| i.information(*theta)).sum() };
        self.nodes.iter().map(|theta| at(theta).sqrt()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normal_density_integrates_to_one() {
        let quadrature = Quadrature::new(33, -4.0, 4.0).expect("a range");
        let prior = quadrature.prior(&Prior::STANDARD);
        // 1 minus the mass outside four standard deviations, 6.3e-5.
        assert!((quadrature.integrate(prior.into_iter()) - 1.0).abs() < 7e-5);
    }

    #[test]
    fn a_range_without_room_is_refused() {
        for (points, low, high) in [
            (1, -4.0, 4.0),
            (20_000, -4.0, 4.0),
            (33, 4.0, -4.0),
            (33, f64::NAN, 4.0),
            (33, f64::NEG_INFINITY, 4.0),
        ] {
            assert!(Quadrature::new(points, low, high).is_none());
        }
    }
}
