//! What is estimated, how it is held near what is known beforehand, and how exactly.
//!
//! Owns those choices, their defaults and their checks. Must not know answers.

use super::failure::Failure;
use crate::irt::ItemParameters;

/// Most quadrature points.
pub const POINTS_MAX: usize = 201;
/// Most Gauss-Hermite points.
pub const HERMITE_POINTS_MAX: usize = 61;
/// Widest quadrature, in logits either way.
pub const RANGE_MAX: f64 = 10.0;
/// Most cycles.
pub const CYCLES_MAX: u32 = 100_000;

/// How discriminations are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discrimination {
    /// Each stays at its start: with all at 1, the Rasch model.
    Fixed,
    /// One, the same for all items: the 1PL.
    Common,
    /// One for each item: the 2PL and 3PL.
    Free,
}

/// How the lower asymptote of an item is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guessing {
    /// It stays at its start; 0 for the 2PL.
    Fixed,
    /// It is estimated, from its start or from 0.05 when that is lower.
    Estimated,
}

/// What is known of an item beforehand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemStart {
    /// Where estimation begins, and what the penalty on difficulty pulls to: the author's label. `d` must be 1.
    pub parameters: ItemParameters,
    /// How `c` is treated.
    pub guessing: Guessing,
}

impl ItemStart {
    /// Begins at these parameters; c is fixed.
    pub const fn at(parameters: ItemParameters) -> Self {
        Self {
            parameters,
            guessing: Guessing::Fixed,
        }
    }
}

/// A Gaussian penalty: the logarithm of a normal density.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaussian {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation, positive.
    pub standard_deviation: f64,
}

/// The logarithm of a beta density on c; both parameters at least 1, so that it has no pole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    /// The exponent of c, plus one.
    pub alpha: f64,
    /// The exponent of 1 - c, plus one.
    pub beta: f64,
}

/// What holds estimates near what is known beforehand; each may be left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalties {
    /// On ln a.
    pub log_discrimination: Option<Gaussian>,
    /// Standard deviation, in logits, of b around its start.
    pub difficulty: Option<f64>,
    /// On c where it is estimated.
    pub guessing: Option<Beta>,
}

impl Penalties {
    /// No penalties: maximum likelihood, as reference programs estimate. Items without a single right, or a
    /// single wrong, answer then stay at their start.
    pub const NONE: Self = Self {
        log_discrimination: None,
        difficulty: None,
        guessing: None,
    };

    /// Those of this engine: ln a ~ N(0, 0.3^2), b ~ N(label, 1), c ~ Beta(5, 17), whose mode is 0.2.
    pub const STANDARD: Self = Self {
        log_discrimination: Some(Gaussian {
            mean: 0.0,
            standard_deviation: 0.3,
        }),
        difficulty: Some(1.0),
        guessing: Some(Beta {
            alpha: 5.0,
            beta: 17.0,
        }),
    };
}

/// The abilities integrated over, with the masses of N(0, 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quadrature {
    /// Evenly spaced, with normal densities normalised on them: right also for steep items, where the posterior
    /// is narrow.
    Even {
        /// How many, 3 to [`POINTS_MAX`].
        points: usize,
        /// The outermost lie at plus and minus this, in logits; above 0, at most [`RANGE_MAX`].
        range: f64,
    },
    /// Gauss-Hermite: exact for polynomials, too coarse for items steeper than about 3; for comparison with
    /// programs that use it, as ltm does.
    GaussHermite {
        /// How many, 3 to [`HERMITE_POINTS_MAX`].
        points: usize,
    },
}

/// How to calibrate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How discriminations are treated.
    pub discrimination: Discrimination,
    /// What holds estimates.
    pub penalties: Penalties,
    /// Abilities integrated over.
    pub quadrature: Quadrature,
    /// Most passes over the answers, 1 to [`CYCLES_MAX`]; beyond them the result says that it did not converge.
    pub cycles_max: u32,
    /// Converged when one EM step moves none of ln a, b and logit c by more than this; above 0.
    pub tolerance: f64,
}

impl Default for Options {
    /// The penalised 2PL (3PL with the c of the starts), on 41 points from -5 to 5, to 1e-4 within 500 cycles.
    fn default() -> Self {
        Self {
            discrimination: Discrimination::Free,
            penalties: Penalties::STANDARD,
            quadrature: Quadrature::Even {
                points: 41,
                range: 5.0,
            },
            cycles_max: 500,
            tolerance: 1e-4,
        }
    }
}

impl Options {
    /// Maximum likelihood of these discriminations, integrated as reference programs do: 61 points, -6 to 6.
    pub fn unpenalised(discrimination: Discrimination) -> Self {
        Self {
            discrimination,
            penalties: Penalties::NONE,
            quadrature: Quadrature::Even {
                points: 61,
                range: 6.0,
            },
            cycles_max: 5_000,
            tolerance: 1e-7,
        }
    }

    /// Refuses what is out of range, not a number included.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        let refuse = |option: &'static str, got: f64| Err(Failure::Option { option, got });
        let (points, most) = match self.quadrature {
            Quadrature::Even { points, .. } => (points, POINTS_MAX),
            Quadrature::GaussHermite { points } => (points, HERMITE_POINTS_MAX),
        };
        if !(3..=most).contains(&points) {
            return refuse("quadrature points", points as f64);
        }
        if let Quadrature::Even { range, .. } = self.quadrature
            && !(positive(range) && range <= RANGE_MAX)
        {
            return refuse("quadrature range", range);
        }
        if !(1..=CYCLES_MAX).contains(&self.cycles_max) {
            return refuse("cycles", f64::from(self.cycles_max));
        }
        if !positive(self.tolerance) {
            return refuse("tolerance", self.tolerance);
        }
        if let Some(Gaussian {
            mean,
            standard_deviation,
        }) = self.penalties.log_discrimination
        {
            if !mean.is_finite() {
                return refuse("mean of ln a", mean);
            }
            if !positive(standard_deviation) {
                return refuse("standard deviation of ln a", standard_deviation);
            }
        }
        if let Some(sd) = self.penalties.difficulty.filter(|sd| !positive(*sd)) {
            return refuse("standard deviation of b", sd);
        }
        if let Some(Beta { alpha, beta }) = self.penalties.guessing
            && let Some(got) = [alpha, beta]
                .into_iter()
                .find(|x| !(*x >= 1.0 && x.is_finite()))
        {
            return refuse("beta parameter of c", got);
        }
        Ok(())
    }
}
