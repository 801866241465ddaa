//! Item parameters from answers: penalised marginal maximum likelihood, and what belongs to it.
//!
//! Owns estimation, standard errors and fit of items, and what may be published of them. Must not know
//! learners, sessions or where answers are kept. Interfaces take items by number, so that any table will do.

mod em;
mod errors;
mod expectation;
mod failure;
mod fit;
mod maximisation;
mod nodes;
mod options;
mod plan;
mod plausibility;
mod responses;
mod streaming;
mod structure;
mod sufficiency;
mod sums;

pub use em::{CalibratedItem, Calibration, Progress, calibrate};
pub use errors::StandardErrors;
pub use failure::Failure;
pub use fit::{
    ITEM_REST_MIN, ItemFit, JUDGED_ANSWERS_MIN, MEAN_SQUARE_RANGE, Misfit, STANDARDISED_MAX,
};
pub use options::{
    Beta, CYCLES_MAX, Discrimination, Gaussian, Guessing, HERMITE_POINTS_MAX, ItemStart, Options,
    POINTS_MAX, Penalties, Quadrature, RANGE_MAX,
};
pub use plan::Status;
pub use plausibility::{Plausibility, PlausibilityRule, TimedResponse, Verdict};
pub use responses::{ANSWERS_MAX, Count, ResponseFault, Responses};
pub use streaming::StreamingDifficulty;
pub use structure::{
    Estimate, STRUCTURE_ANSWERS_MAX, STRUCTURE_SEQUENCES_MIN, Sequence, Sitting, Structure,
    StructureItem, estimate_structure,
};
pub use sufficiency::{Kept, Requirements, Withheld};
pub use sums::{SumScore, SumScores};
