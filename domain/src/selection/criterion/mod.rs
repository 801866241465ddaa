//! What asking an item is worth: one trait, and the criteria of the field behind it.
//!
//! Owns the arithmetic of candidates. Must not know which candidates there are, blueprints, or why a session
//! is held. Sessions use [`Outlook`] (minimum expected posterior variance on the grid of abilities); the
//! others are for simulation and for holding this engine against other programs.

mod chance;
mod expected;
mod information;
mod outlook;
mod weighted;

use std::ops::Range;

use super::best::{BEST_MAX, Best};
use crate::irt::{EstimateFault, Estimator, Pattern, Prior, Quadrature};

pub use outlook::Outlook;

/// A criterion made ready for one examinee at one moment.
pub trait Criterion {
    /// What asking an item is worth now; the item worth most is asked. Where the field takes the item with
    /// the smallest value (expected posterior variance, distances), this is minus that value. Of a criterion that
    /// [`Rule::prepare`] made, an item that the pool does not have is worth minus infinity.
    fn worth(&self, item: usize) -> f64;

    /// Offers those of `items` that are open to `best`. Whether one is open is asked as late as possible.
    fn rank(&self, items: Range<usize>, open: &dyn Fn(usize) -> bool, best: &mut Best) {
        for item in items.filter(|item| open(*item)) {
            best.offer(item, self.worth(item));
        }
    }
}

/// A criterion that is asked of no other items than its pool has.
struct OfPool<'a> {
    items: usize,
    criterion: Box<dyn Criterion + 'a>,
}

impl Criterion for OfPool<'_> {
    fn worth(&self, item: usize) -> f64 {
        if item < self.items {
            self.criterion.worth(item)
        } else {
            f64::NEG_INFINITY
        }
    }

    fn rank(&self, items: Range<usize>, open: &dyn Fn(usize) -> bool, best: &mut Best) {
        let known = items.start.min(self.items)..items.end.min(self.items);
        if !known.is_empty() {
            self.criterion.rank(known, open, best);
        }
    }
}

/// Worths this close to the best, as a share of it, are not told apart by single precision.
const ALIKE: f64 = 1e-4;

/// Ranks by rough worths, `rough[k]` that of item `k`, then the best eight by exact ones; or, where more than eight are
/// too near the best for rough worths to tell, all of those.
fn rank_twice(
    rough: &[f32],
    items: Range<usize>,
    open: &dyn Fn(usize) -> bool,
    best: &mut Best,
    worth: impl Fn(usize) -> f64,
) {
    let mut screened = best.emptied();
    let candidates = || rough[items.clone()].iter().zip(items.clone());
    for (rough, item) in candidates() {
        let rough = f64::from(*rough);
        if screened.may_take(rough) && open(item) {
            screened.offer(item, rough);
        }
    }
    let entries = screened.entries();
    let floor = entries
        .first()
        .map_or(0.0, |(most, _)| most * (1.0 - ALIKE));
    let crowded = entries.len() == BEST_MAX && entries[BEST_MAX - 1].0 >= floor;
    if !crowded {
        for (_, item) in entries {
            best.offer(*item, worth(*item));
        }
        return;
    }
    for (rough, item) in candidates() {
        if f64::from(*rough) >= floor && open(item) {
            best.offer(item, worth(item));
        }
    }
}

/// What a criterion may look at.
#[derive(Clone, Copy, Debug)]
pub struct Examinee<'a> {
    /// The answers so far, and the pool.
    pub pattern: &'a Pattern<'a>,
    /// The ability estimate after them, in logits.
    pub theta: f64,
    /// Where likelihoods and posteriors are integrated.
    pub quadrature: &'a Quadrature,
    /// The prior of those criteria that have one.
    pub prior: Prior,
}

impl Examinee<'_> {
    fn prior_at_nodes(&self) -> Vec<f64> {
        match self.prior {
            Prior::Jeffreys => self.quadrature.jeffreys(self.pattern),
            prior => self.quadrature.prior(&prior),
        }
    }
}

/// Over which distribution the next answer is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Predictive {
    /// The posterior: what Bayes' rule asks for, and what sessions do.
    Posterior,
    /// The point estimate alone, as catR does.
    PointEstimate,
}

/// A criterion by name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Maximum Fisher information at the estimate (MFI).
    MaximumInformation,
    /// Difficulty nearest the estimate (Urry 1970).
    Urry,
    /// Most informative ability nearest the estimate.
    NearestOptimum,
    /// Information weighted by the likelihood (MLWI, Veerkamp & Berger 1997).
    LikelihoodWeightedInformation,
    /// Information weighted by the posterior (MPWI, van der Linden 1998).
    PosteriorWeightedInformation,
    /// Kullback-Leibler information weighted by the likelihood (Chang & Ying 1996).
    KullbackLeibler,
    /// The same weighted by the posterior.
    PosteriorKullbackLeibler,
    /// Variance of the response probability under the likelihood (GDI, Kaplan et al. 2015).
    GlobalDiscrimination,
    /// The same under the posterior.
    PosteriorGlobalDiscrimination,
    /// Minimum expected posterior variance (MEPV, van der Linden & Pashley 2010).
    ExpectedPosteriorVariance(Predictive),
    /// Maximum expected information of the item after its answer (MEI, van der Linden 1998).
    ExpectedInformation {
        /// Whether the information is the observed one.
        observed: bool,
        /// How the ability after each answer is estimated.
        estimator: Estimator,
    },
    /// Chance at first, information more and more (Revuelta & Ponsoda 1998; Barrada et al. 2008).
    Progressive {
        /// Seed of what is left to chance.
        seed: u64,
        /// Planned length of the test; more than the pool has items counts as all of them.
        length: usize,
        /// The acceleration parameter: 1 shifts evenly, more shifts late.
        acceleration: f64,
    },
    /// Drawn in proportion to a power of the information that grows with the position (Barrada et al. 2008).
    Proportional {
        /// Seed of what is left to chance.
        seed: u64,
        /// Planned length of the test; as for [`Rule::Progressive`].
        length: usize,
        /// The acceleration parameter.
        acceleration: f64,
    },
    /// Chance alone.
    Random {
        /// Its seed.
        seed: u64,
    },
}

impl Rule {
    /// The criterion ready for this examinee.
    ///
    /// # Errors
    /// [`EstimateFault::Ability`] where the examinee's is not finite, [`EstimateFault::Prior`] where their prior is
    /// not valid, and others where the rule estimates abilities and cannot.
    pub fn prepare<'a>(
        &self,
        examinee: &Examinee<'a>,
    ) -> Result<Box<dyn Criterion + 'a>, EstimateFault> {
        if !examinee.theta.is_finite() {
            return Err(EstimateFault::Ability);
        }
        if !examinee.prior.is_valid() {
            return Err(EstimateFault::Prior);
        }
        Ok(Box::new(OfPool {
            items: examinee.pattern.pool().items().len(),
            criterion: self.criterion(examinee)?,
        }))
    }

    fn criterion<'a>(
        &self,
        examinee: &Examinee<'a>,
    ) -> Result<Box<dyn Criterion + 'a>, EstimateFault> {
        Ok(match *self {
            Self::MaximumInformation => Box::new(information::AtEstimate::new(examinee)),
            Self::Urry => Box::new(information::Difficulty::new(examinee)),
            Self::NearestOptimum => Box::new(information::Optimum::new(examinee)),
            Self::LikelihoodWeightedInformation
            | Self::PosteriorWeightedInformation
            | Self::KullbackLeibler
            | Self::PosteriorKullbackLeibler
            | Self::GlobalDiscrimination
            | Self::PosteriorGlobalDiscrimination => {
                Box::new(weighted::Weighted::new(*self, examinee))
            }
            Self::ExpectedPosteriorVariance(predictive) => {
                Box::new(expected::Variance::new(predictive, examinee))
            }
            Self::ExpectedInformation {
                observed,
                estimator,
            } => {
                // Found now rather than in the middle of a ranking.
                estimator
                    .estimate(examinee.pattern)
                    .or_else(fine_when_empty)?;
                Box::new(expected::Information::new(observed, estimator, examinee))
            }
            Self::Progressive {
                seed,
                length,
                acceleration,
            } => {
                let length = chance::planned(examinee, length);
                let share = chance::share(examinee, length, acceleration);
                Box::new(chance::Progressive::new(seed, share, examinee))
            }
            Self::Proportional {
                seed,
                length,
                acceleration,
            } => {
                let length = chance::planned(examinee, length);
                let power = chance::share(examinee, length, acceleration) * length as f64;
                Box::new(chance::Proportional::new(seed, power, examinee))
            }
            Self::Random { seed } => Box::new(chance::Random { seed }),
        })
    }
}

/// A pattern without answers is no fault here: the one answer looked ahead to makes it a pattern.
fn fine_when_empty(fault: EstimateFault) -> Result<crate::irt::Estimate, EstimateFault> {
    match fault {
        EstimateFault::NoAnswer => Ok(crate::irt::Estimate {
            theta: 0.0,
            standard_error: f64::INFINITY,
            at_bound: false,
        }),
        fault => Err(fault),
    }
}
