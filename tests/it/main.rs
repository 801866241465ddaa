//! The integration tests: one binary, one module per subject.

mod abuse;
mod bad_input;
mod content;
mod crash;
mod exam;
mod exposure;
mod golden;
mod harness;
mod import;
mod journey;
mod leaving;
mod published;
mod standing;
mod simulate;
mod store;
mod tidy;
mod time;
