//! The exact posterior of the one-factor model: one likelihood per touched area, one grid over the factor.
//!
//! Given the common factor g the areas are independent, so each area sends one message over the nodes of g
//! and no joint grid over areas is needed. Owns that arithmetic. Must not know the bank or the session.

use std::sync::Arc;

use super::Likelihood;
use super::likelihood::revise;
use crate::ids::AreaIx;
use crate::irt::{self, FACTOR_NODES, FactorGrid, Moments, NODES};

/// What earlier sessions say about one area.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaPrior {
    /// The area.
    pub area: AreaIx,
    /// Likelihood of everything answered so far, smoothed to the start of the session.
    pub likelihood: Box<Likelihood>,
    /// Answers behind it.
    pub answers: u32,
}

/// What is known of one touched area.
#[derive(Clone, Debug)]
pub(crate) struct Belief {
    pub(crate) area: AreaIx,
    pub(crate) answers: u32,
    pub(crate) likelihood: Likelihood,
    /// What the likelihood says about the factor; kept because it changes only with this area's answers.
    pub(crate) message: [f64; FACTOR_NODES],
}

/// The joint posterior of all area abilities and their common factor.
///
/// Untouched areas store nothing. 520 bytes for each touched area.
#[derive(Clone, Debug)]
pub struct Posterior {
    grid: Arc<FactorGrid>,
    beliefs: Vec<Belief>,
}

impl Posterior {
    /// The posterior before the first answer of a session. `prior` may be in any order; of two entries
    /// for one area the later counts.
    pub fn new(grid: Arc<FactorGrid>, prior: &[AreaPrior]) -> Self {
        let mut posterior = Self {
            grid,
            beliefs: Vec::with_capacity(prior.len()),
        };
        for area in prior {
            let k = posterior.belief(area.area);
            let message = posterior.grid.message(&area.likelihood);
            let belief = &mut posterior.beliefs[k];
            belief.likelihood = *area.likelihood;
            belief.answers = area.answers;
            belief.message = message;
        }
        posterior
    }

    /// Takes in one answer: `curve` is the item's probability of a right answer at each node, `drift` the
    /// variance (squared logits) by which ability may have moved afterwards: none where it is not positive, and
    /// 1,000 at most.
    pub fn observe(&mut self, area: AreaIx, curve: &[f64; NODES], correct: bool, drift: f64) {
        let k = self.belief(area);
        let belief = &mut self.beliefs[k];
        revise(&mut belief.likelihood, curve, correct, drift);
        belief.answers = belief.answers.saturating_add(1);
        belief.message = self.grid.message(&belief.likelihood);
    }

    /// Answers behind what is known of an area.
    pub fn answers(&self, area: AreaIx) -> u32 {
        self.find(area).map_or(0, |k| self.beliefs[k].answers)
    }

    /// The likelihood of an area; `None` when it was never touched.
    pub fn likelihood(&self, area: AreaIx) -> Option<&Likelihood> {
        self.find(area).ok().map(|k| &self.beliefs[k].likelihood)
    }

    /// Posterior masses of an area's ability; they sum to one.
    pub fn ability(&self, area: AreaIx) -> [f64; NODES] {
        self.ability_given(&self.factor_weights(), area)
    }

    /// Hands each of the first `areas` areas, with the posterior masses of its ability, to `take`.
    /// Cheaper than as many calls of [`Posterior::ability`].
    pub fn each_ability(&self, areas: usize, mut take: impl FnMut(AreaIx, &[f64; NODES])) {
        let weights = self.factor_weights();
        let mut untouched = None;
        for area in (0..=u8::MAX).map(AreaIx).take(areas) {
            if self.find(area).is_ok() {
                take(area, &self.ability_given(&weights, area));
            } else {
                let masses = untouched.get_or_insert_with(|| self.ability_given(&weights, area));
                take(area, masses);
            }
        }
    }

    /// Posterior masses of the common factor; they sum to one.
    pub fn factor(&self) -> [f64; FACTOR_NODES] {
        let mut weights = self.factor_weights();
        irt::normalise(&mut weights);
        weights
    }

    /// Mean and standard deviation of the weighted sum of area abilities; one weight per area.
    pub fn composite(&self, weights: &[f64]) -> Moments {
        let factor = self.factor();
        // Given the factor the areas are independent: means add, and so do variances.
        let (mut mean, mut variance) = ([0.0; FACTOR_NODES], [0.0; FACTOR_NODES]);
        for (area, weight) in (0..=u8::MAX).map(AreaIx).zip(weights) {
            let belief = self.find(area).ok().map(|k| &self.beliefs[k]);
            let moments = belief.map(|belief| self.conditional_moments(belief));
            for m in 0..FACTOR_NODES {
                let (first, second) = moments
                    .as_ref()
                    .map_or_else(|| self.grid.prior_moments(m), |all| all[m]);
                mean[m] += weight * first;
                variance[m] += weight * weight * (second - first * first).max(0.0);
            }
        }
        let overall: f64 = (0..FACTOR_NODES).map(|m| factor[m] * mean[m]).sum();
        let spread: f64 = (0..FACTOR_NODES)
            .map(|m| factor[m] * (variance[m] + (mean[m] - overall) * (mean[m] - overall)))
            .sum();
        Moments {
            mean: overall,
            standard_deviation: spread.sqrt(),
        }
    }

    /// Posterior masses of an area's ability given a node of the factor; they sum to one.
    pub(crate) fn ability_given_factor(&self, node: usize, area: AreaIx) -> [f64; NODES] {
        let prior = self.grid.given(node);
        let Ok(k) = self.find(area) else {
            return *prior;
        };
        let belief = &self.beliefs[k];
        if belief.message[node] <= 0.0 {
            return *prior;
        }
        let mut masses: [f64; NODES] = std::array::from_fn(|j| prior[j] * belief.likelihood[j]);
        irt::normalise(&mut masses);
        masses
    }

    pub(crate) fn beliefs(&self) -> &[Belief] {
        &self.beliefs
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.beliefs.capacity() * size_of::<Belief>()
    }

    fn find(&self, area: AreaIx) -> Result<usize, usize> {
        self.beliefs
            .binary_search_by_key(&area, |belief| belief.area)
    }

    fn belief(&mut self, area: AreaIx) -> usize {
        match self.find(area) {
            Ok(k) => k,
            Err(k) => {
                // One at a time: doubling would hold up to 64 unused areas for the session's life.
                self.beliefs.reserve_exact(1);
                let flat = Belief {
                    area,
                    answers: 0,
                    likelihood: [1.0; NODES],
                    message: [1.0; FACTOR_NODES],
                };
                self.beliefs.insert(k, flat);
                k
            }
        }
    }

    /// Masses of the factor up to a constant; the largest is one, so nothing underflows over 64 areas.
    fn factor_weights(&self) -> [f64; FACTOR_NODES] {
        let mut weights = *self.grid.factor();
        for belief in &self.beliefs {
            for (weight, message) in weights.iter_mut().zip(&belief.message) {
                *weight *= message;
            }
            irt::rescale(&mut weights);
        }
        weights
    }

    fn ability_given(&self, weights: &[f64; FACTOR_NODES], area: AreaIx) -> [f64; NODES] {
        let mut masses = match self.find(area) {
            Err(_) => self.grid.mix(weights),
            Ok(k) => {
                let belief = &self.beliefs[k];
                // What all other areas say: the area's own message comes back out by division. It is never
                // zero where the weight is not, since a row of the grid is positive at every node.
                let mut others = *weights;
                for (other, message) in others.iter_mut().zip(&belief.message) {
                    *other = if *message > 0.0 {
                        *other / message
                    } else {
                        0.0
                    };
                }
                irt::rescale(&mut others);
                let mut masses = self.grid.mix(&others);
                for (mass, likelihood) in masses.iter_mut().zip(&belief.likelihood) {
                    *mass *= likelihood;
                }
                masses
            }
        };
        irt::normalise(&mut masses);
        masses
    }

    /// Mean and mean square of a touched area's ability given each node of the factor.
    fn conditional_moments(&self, belief: &Belief) -> [(f64, f64); FACTOR_NODES] {
        let nodes = self.grid.nodes();
        let first: [f64; NODES] = std::array::from_fn(|j| belief.likelihood[j] * nodes[j]);
        let second: [f64; NODES] = std::array::from_fn(|j| first[j] * nodes[j]);
        std::array::from_fn(|m| {
            let total = belief.message[m];
            let (first, second) = irt::dot_pair(self.grid.given(m), &first, &second);
            if total > 0.0 {
                (first / total, second / total)
            } else {
                self.grid.prior_moments(m)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_answers_the_posterior_is_the_prior() {
        let posterior = Posterior::new(Arc::new(FactorGrid::new(0.5)), &[]);
        let moments = irt::moments(&posterior.ability(AreaIx(3)));
        assert!(moments.mean.abs() < 1e-12);
        assert!((moments.standard_deviation - 1.0).abs() < 1e-3);
        // Var of the mean of two abilities correlated 0.5: (1 + 1 + 2 * 0.5) / 4.
        let composite = posterior.composite(&[0.5, 0.5]);
        assert!((composite.standard_deviation - 0.75_f64.sqrt()).abs() < 1e-3);
    }
}
