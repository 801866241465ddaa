//! `learnr calibrate` as a person meets it: on a store that simulated learners have filled through real sessions.

mod carried;
mod leavers;
mod new_questions;
mod publishing;
mod refusals;
pub(crate) mod school;
