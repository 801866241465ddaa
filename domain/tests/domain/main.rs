//! Tests of the domain through its public interface: properties, tables, reference integrations, simulations.

mod ability;
mod bad_input;
mod bank_faults;
mod calibration;
mod choosing;
mod exam;
mod fixture;
mod golden;
mod lifecycle;
mod mastery;
mod measuring;
mod memory;
mod practising;
mod predicting;
mod properties;
mod psychometrics;
mod readiness;
mod recovery;
mod reference;
mod refusals;
mod remembering;
mod returning;
mod reviewing;
mod simulation;
mod standing;
