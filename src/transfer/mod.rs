//! `learnr backup`, `learnr restore` and `learnr copy`: a whole store into another place, and what is held against it
//! before it counts.
//!
//! Owns which way a store goes, the ledger that both ends are held to, and what is said. Reading and writing are the
//! adapters' (`store/whole`). Must not know what rows mean beyond sessions having events in order.

mod args;
mod carry;
mod command;
mod ledger;
mod report;

pub use args::{BackupArgs, CopyArgs, RestoreArgs};
pub use command::{backup, copy, restore};
pub use ledger::{Ledger, Tally};
pub use report::{Outcome, Report};
