//! What the number of right answers alone says about ability.
//!
//! Owns the table from sum scores to ability. Must not know which items were right.

use super::failure::Failure;
use super::nodes::Nodes;
use super::options::{Options, Quadrature};
use crate::irt::{ItemParameters, probability, score_distribution};

/// What one sum score says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SumScore {
    /// Posterior mean of ability, in logits.
    pub eap: f64,
    /// Posterior standard deviation, in logits.
    pub standard_deviation: f64,
    /// Share of respondents expected to have it, when ability is N(0, 1).
    pub share: f64,
}

/// A table of the posteriors of every sum score of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct SumScores(Vec<SumScore>);

impl SumScores {
    /// The table for a form of these items. O(points x items^2).
    ///
    /// # Errors
    /// [`Failure::Option`] or [`Failure::Start`] for a quadrature or an item out of range.
    ///
    /// Source: Thissen, Pommerich, Billeaud & Williams (1995), over Lord & Wingersky (1984). Checked against
    /// mirt: case C24.
    pub fn new(items: &[ItemParameters], quadrature: Quadrature) -> Result<Self, Failure> {
        Options {
            quadrature,
            ..Options::default()
        }
        .check()?;
        if let Some(item) = items.iter().position(|item| !item.is_valid()) {
            let parameters = items[item];
            return Err(Failure::Start { item, parameters });
        }
        let nodes = Nodes::new(quadrature);
        let mut sums = vec![[0.0; 3]; items.len() + 1];
        for (theta, prior) in nodes.masses() {
            let chances: Vec<f64> = items.iter().map(|item| probability(item, theta)).collect();
            for (sums, mass) in sums.iter_mut().zip(score_distribution(&chances)) {
                for (power, sum) in [1.0, theta, theta * theta].into_iter().zip(sums) {
                    *sum += prior * mass * power;
                }
            }
        }
        let score = |[share, first, second]: [f64; 3]| {
            // A score nobody is expected to have says nothing.
            if share <= 0.0 {
                return SumScore {
                    eap: 0.0,
                    standard_deviation: 1.0,
                    share: 0.0,
                };
            }
            let eap = first / share;
            SumScore {
                eap,
                standard_deviation: (second / share - eap * eap).max(0.0).sqrt(),
                share,
            }
        };
        Ok(Self(sums.into_iter().map(score).collect()))
    }

    /// One entry for each sum, 0 to the number of items.
    pub fn scores(&self) -> &[SumScore] {
        &self.0
    }
}
