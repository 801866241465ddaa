//! Item response theory: what an answer says about ability.
//!
//! Owns the response model and the quadrature over abilities and their common factor. Must not know
//! items' texts, learners or sessions. Other response models (partial credit) go beside `model`.

mod factor;
mod model;
mod quadrature;

pub use factor::{FACTOR_NODES, FactorGrid, RHO_MAX};
pub use model::{
    ItemParameters, LogLikelihood, ResponseFunction, information, log_likelihood, probability,
    response_function,
};
pub use quadrature::{Moments, NODES, STEP, THETA, THETA_MAX, cumulative, moments, quantile};
pub(crate) use quadrature::{dot, dot_pair, normalise, rescale};
