//! `learnr calibrate`: item parameters from stored answers, published as a new version or not at all.
//!
//! Owns which stored answers are evidence, the order of the work and what is said of it. The mathematics is the
//! domain's, storing the store's. Must not know sessions in memory: it reads what they wrote.

mod args;
mod command;
mod estimate;
mod evidence;
mod found;
mod gather;
mod new_questions;
mod outcome;
mod publish;
mod report;
mod stream;

pub use args::CalibrateArgs;
pub use command::calibrate;
pub use outcome::{Outcome, Report};
