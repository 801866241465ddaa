//! The integration tests: one binary, one module per subject.

mod abuse;
mod bad_input;
mod calibrate;
mod chaos;
mod cluster;
mod content;
mod crash;
mod exam;
mod exposure;
mod fleet;
mod golden;
mod harness;
mod history;
mod import;
mod journey;
mod leaving;
mod leaving_for_good;
mod postgres;
mod proxy;
mod published;
mod simulate;
mod standing;
mod store;
mod tidy;
mod time;
mod transfer;
