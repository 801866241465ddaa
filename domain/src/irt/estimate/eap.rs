//! Expected a posteriori: the mean and standard deviation of the posterior, by quadrature.
//!
//! Owns that sum. Must not know how the prior or the range were chosen.

use super::{Estimate, EstimateFault};
use crate::irt::pool::Pattern;
use crate::irt::prior::{Prior, Quadrature};

pub(super) fn estimate(
    quadrature: &Quadrature,
    prior: &Prior,
    pattern: &Pattern<'_>,
) -> Result<Estimate, EstimateFault> {
    let mut posterior = quadrature.prior(prior, pattern);
    for (item, category) in pattern.models() {
        let mut largest = 0.0_f64;
        for (mass, theta) in posterior.iter_mut().zip(quadrature.nodes()) {
            *mass *= item.probability(category, *theta);
            largest = largest.max(*mass);
        }
        // Long patterns leave the range of a double; scaled by a power of two, not one bit is lost.
        if largest < SMALL {
            posterior.iter_mut().for_each(|mass| *mass *= GROWTH);
        }
    }
    let moments = moments(quadrature, &posterior).ok_or(EstimateFault::Impossible)?;
    Ok(Estimate {
        theta: moments.0,
        standard_error: moments.1,
        at_bound: false,
    })
}

/// Mean and standard deviation of a density known up to a factor; `None` when it is zero everywhere.
pub(super) fn moments(quadrature: &Quadrature, density: &[f64]) -> Option<(f64, f64)> {
    let nodes = quadrature.nodes();
    let total = quadrature.integrate(density.iter().copied());
    if !(total > 0.0 && total.is_finite()) {
        return None;
    }
    let terms = || nodes.iter().zip(density);
    let mean = quadrature.integrate(terms().map(|(theta, mass)| theta * mass)) / total;
    let spread = terms().map(|(theta, mass)| (theta - mean) * (theta - mean) * mass);
    Some((mean, (quadrature.integrate(spread) / total).sqrt()))
}

/// Below this, far above the smallest double, masses are scaled up.
const SMALL: f64 = 1e-150;
/// 2^500.
const GROWTH: f64 = f64::from_bits((1023 + 500) << 52);
