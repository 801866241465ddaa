//! The store's contract, and what only one adapter promises.

pub(crate) mod contract;
pub(crate) mod fixture;
mod postgres;
mod sqlite;
#[cfg(feature = "faults")]
mod sqlite_faults;
#[cfg(feature = "faults")]
mod sqlite_unheard;
