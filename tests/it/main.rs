//! The integration tests: one binary, one module per subject.

mod store;
mod tidy;
