//! The integration tests: one binary, one module per subject.

mod crash;
mod harness;
mod journey;
mod store;
mod tidy;
