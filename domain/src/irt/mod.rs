//! Item response theory: what an answer says about ability.
//!
//! Owns the response models, estimation from a response pattern, and the quadrature over abilities and their
//! common factor that sessions use. Must not know items' texts, learners or sessions.
//!
//! As a psychometrician calls it: an [`ItemPool`] of [`ItemModel`]s, a [`Pattern`] of answers to them, an
//! [`Estimator`].
//!
//! ```
//! use learnr_domain::irt::{Estimator, ItemParameters, ItemPool, Pattern};
//!
//! let pool = ItemPool::logistic([
//!     ItemParameters::three_pl(1.2, -0.5, 0.2),
//!     ItemParameters::three_pl(0.9, 0.4, 0.25),
//! ])?;
//! let pattern = Pattern::of(&pool, [(0, 1), (1, 0)])?;
//! let estimate = Estimator::eap(61).estimate(&pattern)?;
//! assert!(estimate.theta.abs() < 0.2 && estimate.standard_error < 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod estimate;
mod factor;
mod item;
mod model;
mod partial_credit;
mod pool;
mod prior;
mod quadrature;
mod rough;
mod score;
mod screen;

pub use estimate::{Estimate, EstimateFault, Estimator, Method, Mode, RobustWeight, RunningEap};
pub use factor::{FACTOR_NODES, FactorGrid, RHO_MAX};
pub use item::{Category, ItemModel};
pub use model::{
    ItemParameters, LogLikelihood, ResponseFunction, information, log_likelihood, probability,
    response_function,
};
pub use partial_credit::{CATEGORIES_MAX, PartialCredit};
pub use pool::{ItemPool, Pattern, PoolFault};
pub use prior::{Prior, Quadrature};
pub use quadrature::{
    Moments, NODES, STEP, THETA, THETA_MAX, cumulative, moments, moments_over, quantile,
};
pub(crate) use quadrature::{dot, dot_pair, normalise, rescale};
pub use score::score_distribution;
pub use screen::Screen;
