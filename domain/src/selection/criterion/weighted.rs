//! Criteria that integrate something over ability, weighted by the likelihood or the posterior.
//!
//! Owns those integrals. But for the discrimination index, which is a variance, weights are not normalised, so
//! that values are those of the literature and of catR; the order of items is the same. Must not know how candidates are compared.

use super::{Criterion, Examinee, Rule};
use crate::irt::{ItemModel, Quadrature};

/// What is integrated.
enum Integrand {
    /// Fisher information.
    Information,
    /// Kullback-Leibler information against the estimate.
    Divergence,
    /// Squared distance of the response probability from its weighted mean.
    Discrimination,
}

pub(super) struct Weighted<'a> {
    items: &'a [ItemModel],
    quadrature: &'a Quadrature,
    theta: f64,
    weights: Vec<f64>,
    integrand: Integrand,
}

impl<'a> Weighted<'a> {
    pub(super) fn new(rule: Rule, examinee: &Examinee<'a>) -> Self {
        let (integrand, posterior) = match rule {
            Rule::PosteriorWeightedInformation => (Integrand::Information, true),
            Rule::KullbackLeibler => (Integrand::Divergence, false),
            Rule::PosteriorKullbackLeibler => (Integrand::Divergence, true),
            Rule::GlobalDiscrimination => (Integrand::Discrimination, false),
            Rule::PosteriorGlobalDiscrimination => (Integrand::Discrimination, true),
            _ => (Integrand::Information, false),
        };
        let (pattern, quadrature) = (examinee.pattern, examinee.quadrature);
        let mut weights = quadrature.likelihood(pattern);
        if posterior {
            let prior = examinee.prior_at_nodes();
            for (weight, density) in weights.iter_mut().zip(prior) {
                *weight *= density;
            }
        }
        Self {
            items: pattern.pool().items(),
            quadrature,
            theta: examinee.theta,
            weights,
            integrand,
        }
    }

    fn integrate(&self, value: impl Fn(f64) -> f64) -> f64 {
        let terms = self.quadrature.nodes().iter().zip(&self.weights);
        self.quadrature
            .integrate(terms.map(|(theta, weight)| value(*theta) * weight))
    }

    /// Sum over categories of P(estimate) ln(P(estimate) / P(theta)), integrated.
    fn divergence(&self, item: &ItemModel) -> f64 {
        let count = item.categories();
        let here: Vec<f64> = (0..count)
            .map(|k| item.probability(k, self.theta))
            .collect();
        self.integrate(|theta| {
            let terms = here.iter().enumerate().filter(|(_, p)| **p > 0.0);
            let term = |(k, p): (usize, &f64)| {
                p * libm::log(p / item.probability(k, theta).max(f64::MIN_POSITIVE))
            };
            terms.map(term).sum()
        })
    }

    /// The variance of the response probability. The index comes from models of finitely many classes: its
    /// weights are those of the nodes as such classes, not those of an integral.
    fn discrimination(&self, item: &ItemModel) -> f64 {
        let total: f64 = self.weights.iter().sum();
        if total <= 0.0 {
            return 0.0;
        }
        // Expected score over its range: for a logistic item the probability of a right answer.
        let most = (item.categories() - 1) as f64;
        let nodes = self.quadrature.nodes().iter();
        let shares: Vec<f64> = nodes
            .map(|theta| item.expected_score(*theta) / most)
            .collect();
        let terms = || shares.iter().zip(&self.weights);
        let mean = terms().map(|(share, weight)| share * weight).sum::<f64>() / total;
        let away = |(share, weight): (&f64, &f64)| (share - mean) * (share - mean) * weight;
        terms().map(away).sum::<f64>() / total
    }
}

impl Criterion for Weighted<'_> {
    fn worth(&self, item: usize) -> f64 {
        let item = &self.items[item];
        match self.integrand {
            Integrand::Information => self.integrate(|theta| item.information(theta)),
            Integrand::Divergence => self.divergence(item),
            Integrand::Discrimination => self.discrimination(item),
        }
    }
}
