//! A store as a whole, on its way to another place: every table, row by row, in one snapshot.
//!
//! Owns the list of tables, the encoding in which rows travel between adapters, and what reads and what takes a
//! whole store. Must not know which adapters there are, nor what rows mean.

mod rows;
mod tables;

use async_trait::async_trait;

pub use rows::{Cell, Damaged, Encoder, ROWS_BYTES, Rows};
pub use tables::{Column, Kind, TABLES, Table};

use super::StoreError;

/// Tables of who is signed in and of what lets somebody in for a while, those that refer to others first. Of another day they are worth
/// less than nothing: devices that were signed out since would be signed in again, and tokens that were spent could be spent again.
pub static SIGNED_IN: &[&str] = &["refresh_tokens", "sign_ins", "mail_tokens"];

/// Every row of a store as it was at one moment, whoever writes to it meanwhile.
#[async_trait]
pub trait Source: Send {
    /// About how many rows there are: for saying how far the work is, and no more.
    async fn rows_about(&mut self) -> Result<u64, StoreError>;

    /// The next rows: of one table, tables in the order of [`TABLES`], rows in the order of their key. `None` at
    /// the end, every time.
    async fn next(&mut self) -> Result<Option<Rows>, StoreError>;
}

/// An empty place that takes a whole store. Dropped before [`Target::keep`], it is as it was before.
#[async_trait]
pub trait Target: Send {
    /// Takes rows in the order in which a [`Source`] gives them.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] for a row that this store cannot hold, which it names.
    async fn put(&mut self, rows: Rows) -> Result<(), StoreError>;

    /// Everything put, read again from where it will be kept.
    async fn read_back(&mut self) -> Result<Box<dyn Source + '_>, StoreError>;

    /// Empties tables once everything was read back; how many rows of each go.
    async fn empty(&mut self, tables: &[&'static str]) -> Result<Vec<u64>, StoreError>;

    /// Makes it last, all at once.
    async fn keep(self: Box<Self>) -> Result<(), StoreError>;
}
