//! Expected a posteriori: the mean and standard deviation of the posterior, by quadrature.
//!
//! Owns that sum. Must not know how the prior or the range were chosen.

use super::{Estimate, EstimateFault};
use crate::irt::item::ItemModel;
use crate::irt::pool::Pattern;
use crate::irt::prior::{Prior, Quadrature};

/// A posterior that takes in answers one at a time, at the same cost for each.
///
/// Where a test estimates ability after every answer this is the way to do it; the result is that of
/// [`super::Estimator::estimate`] over the same answers, bit for bit.
#[derive(Clone, Debug)]
pub struct RunningEap {
    quadrature: Quadrature,
    masses: Vec<f64>,
}

impl RunningEap {
    /// The prior, over the nodes of `quadrature`, which is kept. Jeffreys' prior depends on the answers: here it counts as flat.
    pub fn new(quadrature: Quadrature, prior: &Prior) -> Self {
        let masses = match prior {
            Prior::Jeffreys => vec![1.0; quadrature.nodes().len()],
            prior => quadrature.prior(prior),
        };
        Self { quadrature, masses }
    }

    /// Takes in the answer to one item.
    pub fn observe(&mut self, item: &ItemModel, category: usize) {
        self.quadrature.take_in(&mut self.masses, item, category);
    }

    /// Posterior mean and standard deviation.
    ///
    /// # Errors
    /// [`EstimateFault::Impossible`].
    pub fn estimate(&self) -> Result<Estimate, EstimateFault> {
        let moments = moments(&self.quadrature, &self.masses);
        let (theta, standard_error) = moments.ok_or(EstimateFault::Impossible)?;
        Ok(Estimate {
            theta,
            standard_error,
            at_bound: false,
        })
    }
}

pub(super) fn estimate(
    quadrature: Quadrature,
    prior: &Prior,
    pattern: &Pattern<'_>,
) -> Result<Estimate, EstimateFault> {
    let jeffreys = matches!(prior, Prior::Jeffreys).then(|| quadrature.jeffreys(pattern));
    let mut running = RunningEap::new(quadrature, prior);
    for (mass, density) in running.masses.iter_mut().zip(jeffreys.iter().flatten()) {
        *mass *= density;
    }
    for (item, category) in pattern.models() {
        running.observe(item, category);
    }
    running.estimate()
}

/// Mean and standard deviation of a density known up to a factor; `None` when it is zero everywhere.
fn moments(quadrature: &Quadrature, density: &[f64]) -> Option<(f64, f64)> {
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
