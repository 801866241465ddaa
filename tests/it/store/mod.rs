//! The store's contract, and what only one adapter promises.

mod contract;
mod fixture;
mod postgres;
mod sqlite;
#[cfg(feature = "faults")]
mod sqlite_faults;
