//! Item parameters from answers: penalised marginal maximum likelihood, and what belongs to it.
//!
//! Owns estimation, standard errors and fit of items, and what may be published of them. Must not know
//! learners, sessions or where answers are kept. Interfaces take items by number, so that any table will do.
//!
//! As a psychometrician calls it: [`Responses`], an [`ItemStart`] for each item, [`Options`], [`calibrate`].
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use learnr_domain::calibration::{Discrimination, ItemStart, Options, Responses, calibrate};
//! use learnr_domain::irt::ItemParameters;
//!
//! let mut responses = Responses::new(2);
//! responses.push(&[(0, true), (1, false)], 40.0)?; // forty respondents alike
//! responses.push(&[(0, true), (1, true)], 30.0)?;
//! responses.push(&[(0, false)], 20.0)?; // who were not asked the second item
//! let starts = [ItemStart::at(ItemParameters::rasch(0.0)); 2];
//! let options = Options {
//!     discrimination: Discrimination::Fixed,
//!     ..Options::default()
//! };
//! let got = calibrate(&responses, &starts, &options, &mut |_| ControlFlow::Continue(()))?;
//! assert!(got.converged && got.items[0].parameters.b < got.items[1].parameters.b);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
    FitSums, ITEM_REST_MIN, ItemFit, JUDGED_ANSWERS_MIN, MEAN_SQUARE_RANGE, Misfit,
    STANDARDISED_MAX,
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
