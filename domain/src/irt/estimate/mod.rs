//! Estimating ability from a response pattern, with its standard error.
//!
//! Owns the choice of method, its range and what it does where there is nothing to find. Must not know
//! sessions, which hold their posterior on a grid of their own.
//!
//! **Constant patterns** (every answer wrong, or every one right) have no maximum of the likelihood: maximum
//! likelihood then gives the end of the range, and says so ([`Estimate::at_bound`]). MAP, EAP and (except for
//! some all-wrong patterns under guessing) WLE stay inside. **Two modes**: with guessing the likelihood may have
//! several maxima; every one in range is found, and the highest is the estimate ([`modes`] gives them all).
//! Newton's method from 0 may land in the wrong one, which is why it is not used.

mod eap;
mod objective;
mod root;

use std::fmt;

use super::pool::Pattern;
use super::prior::{Prior, Quadrature};
pub use eap::RunningEap;
use objective::Objective;
pub use objective::RobustWeight;

/// How ability is estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Maximum likelihood.
    Ml,
    /// Maximum a posteriori (Bayes modal).
    Map(Prior),
    /// Weighted likelihood, Warm (1989).
    Wle,
    /// Expected a posteriori, Bock & Mislevy (1982), by quadrature over the estimator's range.
    Eap {
        /// The prior.
        prior: Prior,
        /// Quadrature points: 33 is the habit of the field, and is off by 3e-5 where the standard error
        /// is about 0.2; 61 is not. Points farther apart than about twice the standard error of a long test show it
        /// too small: 0.13 logits for 61 over the usual range.
        points: usize,
    },
    /// Maximum likelihood with weights against answers far from expectation, Schuster & Yuan (2011).
    Robust(RobustWeight),
}

/// A method and the range it looks in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimator {
    /// The method.
    pub method: Method,
    /// The lowest ability considered, in logits.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// An ability and how sure of it one may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Ability, in logits.
    pub theta: f64,
    /// Its standard error (of EAP: the posterior standard deviation), in logits; infinite where the items
    /// carry no information there.
    pub standard_error: f64,
    /// Whether it lies at an end of the range because nothing higher was found inside.
    pub at_bound: bool,
}

/// A local maximum of what a method maximises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mode {
    /// Where, in logits.
    pub theta: f64,
    /// How high: the log likelihood, with the log prior for MAP; for the others an integral of what is set
    /// to zero, up to a constant.
    pub height: f64,
}

/// Why there is no estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstimateFault {
    /// The range is empty or not finite, or the quadrature has fewer than 2 or more than 10,001 points.
    Range,
    /// The prior's standard deviation is not positive, or something of it is not finite.
    Prior,
    /// The robust weight's tuning constant is not positive and finite.
    Weight,
    /// There is no answer, and the method has no prior that says anything without one.
    NoAnswer,
    /// The ability that an item is to be chosen for is not finite.
    Ability,
    /// The answers are impossible everywhere in range: the likelihood is zero in doubles.
    Impossible,
}

impl fmt::Display for EstimateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Range => "the range must be finite and not empty, with 2 to 10,001 points",
            Self::Prior => "the prior must be finite, its standard deviation positive",
            Self::Weight => "the tuning constant of the robust weight must be positive and finite",
            Self::NoAnswer => "without an answer only a method with a proper prior has an estimate",
            Self::Ability => "the ability an item is chosen for must be finite",
            Self::Impossible => "the likelihood of the answers is zero everywhere in range",
        })
    }
}

impl std::error::Error for EstimateFault {}

/// The range of ability unless told otherwise, in logits.
const RANGE: (f64, f64) = (-4.0, 4.0);

impl Estimator {
    /// A method over -4 to 4 logits.
    pub const fn new(method: Method) -> Self {
        Self {
            method,
            low: RANGE.0,
            high: RANGE.1,
        }
    }

    /// Maximum likelihood.
    pub const fn ml() -> Self {
        Self::new(Method::Ml)
    }

    /// Maximum a posteriori under a standard normal prior.
    pub const fn map() -> Self {
        Self::new(Method::Map(Prior::STANDARD))
    }

    /// Weighted likelihood.
    pub const fn wle() -> Self {
        Self::new(Method::Wle)
    }

    /// Expected a posteriori under a standard normal prior, with this many quadrature points.
    pub const fn eap(points: usize) -> Self {
        Self::new(Method::Eap {
            prior: Prior::STANDARD,
            points,
        })
    }

    /// The same method over another range.
    pub const fn over(self, low: f64, high: f64) -> Self {
        Self { low, high, ..self }
    }

    /// The ability of who gave these answers.
    ///
    /// # Errors
    /// [`EstimateFault`].
    pub fn estimate(&self, pattern: &Pattern<'_>) -> Result<Estimate, EstimateFault> {
        self.check_for(pattern)?;
        if let Method::Eap { prior, points } = self.method {
            let quadrature =
                Quadrature::new(points, self.low, self.high).ok_or(EstimateFault::Range)?;
            return eap::estimate(quadrature, &prior, pattern);
        }
        let objective = Objective::new(self.method, pattern);
        let (low, high) = self.bounds()?;
        let mode = root::highest(&objective, low, high);
        Ok(Estimate {
            theta: mode.theta,
            standard_error: objective.standard_error(mode.theta),
            at_bound: mode.theta <= low || mode.theta >= high,
        })
    }

    /// Every local maximum in range, ascending; the ends of the range only where nothing inside is higher
    /// beside them. Empty for EAP, which has none.
    ///
    /// # Errors
    /// [`EstimateFault`].
    pub fn modes(&self, pattern: &Pattern<'_>) -> Result<Vec<Mode>, EstimateFault> {
        self.check_for(pattern)?;
        if matches!(self.method, Method::Eap { .. }) {
            return Ok(Vec::new());
        }
        let objective = Objective::new(self.method, pattern);
        let (low, high) = self.bounds()?;
        Ok(root::modes(&objective, low, high))
    }

    /// The range, cut to where a uniform prior allows anything.
    fn bounds(&self) -> Result<(f64, f64), EstimateFault> {
        let (low, high) = match self.method {
            Method::Map(Prior::Uniform { low, high }) => (self.low.max(low), self.high.min(high)),
            _ => (self.low, self.high),
        };
        if low < high {
            Ok((low, high))
        } else {
            Err(EstimateFault::Range)
        }
    }

    /// Whether the method and its range are sound, whatever was answered.
    ///
    /// # Errors
    /// [`EstimateFault::Range`], [`EstimateFault::Prior`], [`EstimateFault::Weight`].
    pub fn check(&self) -> Result<(), EstimateFault> {
        let range = self.high - self.low;
        if !(range > 0.0 && range.is_finite()) {
            return Err(EstimateFault::Range);
        }
        match self.method {
            Method::Map(prior) | Method::Eap { prior, .. } if !prior.is_valid() => {
                Err(EstimateFault::Prior)
            }
            Method::Robust(weight) if !weight.is_valid() => Err(EstimateFault::Weight),
            Method::Eap { points, .. } if Quadrature::fits(points, self.low, self.high) => Ok(()),
            Method::Eap { .. } => Err(EstimateFault::Range),
            _ => self.bounds().map(|_| ()),
        }
    }

    fn check_for(&self, pattern: &Pattern<'_>) -> Result<(), EstimateFault> {
        self.check()?;
        let proper = match self.method {
            Method::Map(prior) => matches!(prior, Prior::Normal { .. }),
            Method::Eap { prior, .. } => !matches!(prior, Prior::Jeffreys),
            Method::Ml | Method::Wle | Method::Robust(_) => false,
        };
        if pattern.answers().is_empty() && !proper {
            return Err(EstimateFault::NoAnswer);
        }
        Ok(())
    }
}
