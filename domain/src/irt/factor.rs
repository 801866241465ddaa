//! The prior of one area's ability given the common factor: theta = sqrt(rho) g + sqrt(1 - rho) e.
//!
//! Owns that table, which depends on rho alone and is shared by every session with the same rho. Must
//! not know how many areas there are or what was answered.

use super::quadrature::{NODES, THETA, THETA_MAX, add_scaled, dot, normalise};

/// Number of nodes of the common factor, 0.4 logits apart on -4 to 4.
pub const FACTOR_NODES: usize = 21;

/// Largest correlation the grid of 0.4 logits resolves: there the error of the marginal is under 1e-4.
pub const RHO_MAX: f64 = 0.9;

/// Prior masses over the common factor g, and over an area's ability given g.
///
/// Each row is normalised on the grid, so that masses sum to one exactly where a normal density cut at
/// the ends of the grid would not; the marginal of an ability is then N(0, 1) to the grid's accuracy.
#[derive(Debug)]
pub struct FactorGrid {
    rho: f64,
    nodes: [f64; NODES],
    factor: [f64; FACTOR_NODES],
    conditional: [[f64; NODES]; FACTOR_NODES],
    mean: [f64; FACTOR_NODES],
    square: [f64; FACTOR_NODES],
}

impl FactorGrid {
    /// The grid sessions use, for a correlation `rho` of 0 to [`RHO_MAX`] between the abilities of two areas:
    /// abilities and factor from -4 to 4. Posterior variances are within 5e-5 of the exact ones. One outside counts
    /// as the nearer end, and one that is not a number as 0.
    pub fn new(rho: f64) -> Self {
        let factor = std::array::from_fn(|m| (m as f64 - 10.0) / 2.5);
        Self::of(rho, THETA, factor)
    }

    /// The grid over abilities from -`theta_max` to `theta_max` and a factor from -`factor_max` to
    /// `factor_max`, in logits; one that is not positive and finite counts as the 4 of sessions, and `rho` as in
    /// [`FactorGrid::new`]. With 5 and 4.5 posterior moments are within 1e-5 of the exact ones.
    /// A posterior over another grid than that of sessions is read with [`crate::irt::moments_over`] and
    /// [`crate::learner::Posterior::composite`]: competency, readiness and banks' curves are of the sessions' grid.
    pub fn over(rho: f64, theta_max: f64, factor_max: f64) -> Self {
        let sound = |end: f64| {
            if end > 0.0 && end.is_finite() {
                end
            } else {
                THETA_MAX
            }
        };
        let (theta_max, factor_max) = (sound(theta_max), sound(factor_max));
        let nodes = std::array::from_fn(|j| theta_max * (j as f64 - 20.0) / 20.0);
        let factor = std::array::from_fn(|m| factor_max * (m as f64 - 10.0) / 10.0);
        Self::of(rho, nodes, factor)
    }

    fn of(rho: f64, nodes: [f64; NODES], factor: [f64; FACTOR_NODES]) -> Self {
        let rho = if rho > 0.0 { rho.min(RHO_MAX) } else { 0.0 };
        let mut grid = Self {
            rho,
            nodes,
            factor: factor.map(|g| libm::exp(-0.5 * g * g)),
            conditional: [[0.0; NODES]; FACTOR_NODES],
            mean: [0.0; FACTOR_NODES],
            square: [0.0; FACTOR_NODES],
        };
        let loading = rho.sqrt();
        for (m, g) in factor.iter().enumerate() {
            let row = &mut grid.conditional[m];
            for (mass, theta) in row.iter_mut().zip(&nodes) {
                let residual = theta - loading * g;
                *mass = libm::exp(-0.5 * residual * residual / (1.0 - rho));
            }
            normalise(row);
            grid.mean[m] = dot(row, &nodes);
            grid.square[m] = row.iter().zip(&nodes).map(|(p, t)| p * t * t).sum();
        }
        normalise(&mut grid.factor);
        grid
    }

    /// The abilities of its nodes, in logits, ascending.
    pub fn nodes(&self) -> &[f64; NODES] {
        &self.nodes
    }

    /// Correlation between the abilities of two areas.
    pub fn rho(&self) -> f64 {
        self.rho
    }

    /// Prior masses of the factor.
    pub fn factor(&self) -> &[f64; FACTOR_NODES] {
        &self.factor
    }

    /// Mean and mean square of ability given each node of the factor, before any answer.
    pub(crate) fn prior_moments(&self, m: usize) -> (f64, f64) {
        (self.mean[m], self.square[m])
    }

    /// Prior masses of ability given node `m` of the factor.
    pub(crate) fn given(&self, m: usize) -> &[f64; NODES] {
        &self.conditional[m]
    }

    /// What a likelihood over ability says about the factor: its expectation given each node.
    pub(crate) fn message(&self, likelihood: &[f64; NODES]) -> [f64; FACTOR_NODES] {
        std::array::from_fn(|m| dot(&self.conditional[m], likelihood))
    }

    /// Masses of ability when the factor has these weights, not normalised.
    pub(crate) fn mix(&self, weights: &[f64; FACTOR_NODES]) -> [f64; NODES] {
        let mut masses = [0.0; NODES];
        for (row, weight) in self.conditional.iter().zip(weights) {
            add_scaled(&mut masses, row, *weight);
        }
        masses
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irt::moments;

    #[test]
    fn the_prior_marginal_of_an_ability_is_standard_normal() {
        let mut normal: [f64; NODES] =
            std::array::from_fn(|j| libm::exp(-0.5 * THETA[j] * THETA[j]));
        normalise(&mut normal);
        for rho in [0.0, 0.3, 0.5, 0.7, RHO_MAX] {
            let grid = FactorGrid::new(rho);
            let marginal = grid.mix(grid.factor());
            assert!((marginal.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            for (got, expected) in marginal.iter().zip(&normal) {
                assert!(
                    (got - expected).abs() < 1e-4,
                    "rho {rho}: {got} for {expected}"
                );
            }
            let moments = moments(&marginal);
            assert!(moments.mean.abs() < 1e-12);
            assert!(
                (moments.standard_deviation - 1.0).abs() < 2e-3,
                "rho {rho}: {moments:?}"
            );
        }
    }
}
