//! Criteria that look one answer ahead: expected posterior variance, expected information.
//!
//! Owns the sum over the answers that may come. Must not know how candidates are compared.

use super::{Criterion, Examinee, Predictive};
use crate::irt::{Estimator, ItemModel, Pattern, Quadrature};

/// Minimum expected posterior variance over any quadrature and any model; sessions have a faster form of the
/// same in [`super::Outlook`].
pub(super) struct Variance<'a> {
    items: &'a [ItemModel],
    quadrature: &'a Quadrature,
    theta: f64,
    posterior: Vec<f64>,
    predictive: Predictive,
}

impl<'a> Variance<'a> {
    pub(super) fn new(predictive: Predictive, examinee: &Examinee<'a>) -> Self {
        let (pattern, quadrature) = (examinee.pattern, examinee.quadrature);
        let mut posterior = quadrature.likelihood(pattern);
        for (mass, density) in posterior.iter_mut().zip(examinee.prior_at_nodes()) {
            *mass *= density;
        }
        Self {
            items: pattern.pool().items(),
            quadrature,
            theta: examinee.theta,
            posterior,
            predictive,
        }
    }

    /// Mass and variance of the posterior after category `k`.
    fn after(&self, item: &ItemModel, k: usize) -> (f64, f64) {
        let nodes = self.quadrature.nodes();
        let masses: Vec<f64> = nodes
            .iter()
            .zip(&self.posterior)
            .map(|(theta, mass)| mass * item.probability(k, *theta))
            .collect();
        let terms = || nodes.iter().zip(&masses);
        let total = self.quadrature.integrate(masses.iter().copied());
        if total <= 0.0 {
            return (0.0, 0.0);
        }
        let first = terms().map(|(theta, mass)| theta * mass);
        let mean = self.quadrature.integrate(first) / total;
        let square = terms().map(|(theta, mass)| (theta - mean) * (theta - mean) * mass);
        (total, self.quadrature.integrate(square) / total)
    }
}

impl Criterion for Variance<'_> {
    fn worth(&self, item: usize) -> f64 {
        let item = &self.items[item];
        let total = self.quadrature.integrate(self.posterior.iter().copied());
        let mut expected = 0.0;
        for k in 0..item.categories() {
            let (mass, variance) = self.after(item, k);
            let chance = match self.predictive {
                Predictive::Posterior if total > 0.0 => mass / total,
                Predictive::Posterior => 0.0,
                Predictive::PointEstimate => item.probability(k, self.theta),
            };
            expected += chance * variance;
        }
        -expected
    }
}

/// Maximum expected information: of the item, at the ability estimated after each answer to it.
pub(super) struct Information<'a> {
    pattern: &'a Pattern<'a>,
    theta: f64,
    observed: bool,
    estimator: Estimator,
}

impl<'a> Information<'a> {
    pub(super) fn new(observed: bool, estimator: Estimator, examinee: &Examinee<'a>) -> Self {
        Self {
            pattern: examinee.pattern,
            theta: examinee.theta,
            observed,
            estimator,
        }
    }
}

impl Criterion for Information<'_> {
    fn worth(&self, item: usize) -> f64 {
        let model = &self.pattern.pool().items()[item];
        let mut expected = 0.0;
        for k in 0..model.categories() {
            let mut after = self.pattern.clone();
            // An item answered before, or an answer without an estimate, says nothing more.
            let estimate = after.answer(item, k as u8).ok();
            let Some(estimate) = estimate.and_then(|()| self.estimator.estimate(&after).ok())
            else {
                continue;
            };
            let information = if self.observed {
                model.observed_information(k, estimate.theta)
            } else {
                model.information(estimate.theta)
            };
            expected += model.probability(k, self.theta) * information;
        }
        expected
    }
}
