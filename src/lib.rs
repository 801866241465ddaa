//! LearnR
pub mod store;
