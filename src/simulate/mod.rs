//! `learnr simulate`: what an adaptive test over a bank comes to, before anybody takes it.
//!
//! Owns reading banks of parameters, running simulations in threads, and what is shown of them: a table, JSON, a
//! page with plots. What is simulated and every figure is the domain's.

mod args;
mod command;
mod figures;
mod json;
mod page;
mod plot;
mod report;
mod request;
mod table;
mod text;

pub use args::{Blueprint, CriterionName, EngineName, EstimatorName, Generate, SimulateArgs};
pub use command::simulate;
