//! Owns what an error of PostgreSQL or of its driver means to us. Must not decide how often to retry.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::store::StoreError;

/// Why a statement did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The surroundings are at fault: network, restart, locks, disk, rights. May pass. Whether the statement was done
    /// is not known.
    #[error("{}", told(&**.0))]
    Transient(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The values are at fault, whenever they are sent. Nothing was done.
    #[error("{0}")]
    Permanent(String),
    /// A stored value does not fit its meaning: someone else wrote it.
    #[error("{0}")]
    Unreadable(String),
    /// The store is being closed.
    #[error("the store is closed")]
    Closed,
}

impl Failure {
    /// A fault of the surroundings that the driver did not report.
    pub(super) fn passing(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
        Failure::Transient(what.into())
    }

    /// The SQLSTATE behind it.
    pub(super) fn code(&self) -> Option<SqlState> {
        let Failure::Transient(source) = self else {
            return None;
        };
        let error = source.downcast_ref::<Error>()?;
        error.code().cloned()
    }

    /// Whether a row's partition is missing.
    pub(super) fn lacks_partition(&self) -> bool {
        let Failure::Transient(source) = self else {
            return false;
        };
        source.downcast_ref::<Error>().is_some_and(no_partition)
    }

    /// The store's error for it.
    pub(super) fn into_store_error(self, place: &str) -> StoreError {
        match self {
            Failure::Transient(source) => StoreError::Unavailable(told(&*source).into()),
            Failure::Permanent(detail) => StoreError::Rejected(detail),
            Failure::Unreadable(detail) => StoreError::Corrupt {
                place: place.to_owned(),
                detail,
            },
            Failure::Closed => StoreError::Closed,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        if let Some(code) = error.code() {
            return match &code.code()[..2] {
                // Values out of range, constraints, limits of the program: the rows are at fault. No partition for a
                // row looks like a constraint without a name, and is not the row's fault.
                "22" | "54" => Failure::Permanent(reported(&error)),
                "23" if !no_partition(&error) => Failure::Permanent(reported(&error)),
                _ => Failure::Transient(error.into()),
            };
        }
        let io = error
            .source()
            .is_some_and(<dyn std::error::Error>::is::<io::Error>);
        let text = error.to_string();
        if io || error.is_closed() {
            Failure::Transient(error.into())
        } else if text.starts_with("error serializing") {
            Failure::Permanent(chain(&error))
        } else if text.starts_with("error deserializing") {
            Failure::Unreadable(chain(&error))
        } else {
            Failure::Transient(error.into())
        }
    }
}

/// Whether the row's partition is missing.
fn no_partition(error: &Error) -> bool {
    error
        .as_db_error()
        .is_some_and(|db| *db.code() == SqlState::CHECK_VIOLATION && db.constraint().is_none())
}

/// What the server said, with the constraint; never a value of a row, which its detail may have.
fn reported(error: &Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => chain(error),
    }
}

/// An error and what caused it, in one line.
fn told(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    match error.downcast_ref::<Error>() {
        Some(error) => reported(error),
        None => error.to_string(),
    }
}

fn chain(error: &Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
