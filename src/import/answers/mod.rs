//! Answers in and out of a store, a session a line: `learnr export --answers` and `learnr import --answers`.
//!
//! Owns the file: a header, a line of JSON for each session with all its events, a last line that counts them. Read and
//! written as it goes: however long it is, a few sessions are in memory. Whether sessions fit together is the store's.
//! A learner is a name that says nothing of who they are.

mod export;
mod import;
mod line;
mod lines;
mod reading;
mod report;
mod table;

pub(super) use export::export;
pub(super) use import::import;
