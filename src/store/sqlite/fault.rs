//! Owns what an error of SQLite means to us. Must not decide how often to retry.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

use crate::store::StoreError;

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The statement is at fault, whenever it is run.
    Permanent,
    /// A stored value does not fit its meaning: someone else wrote it. Only who reads it is harmed.
    Unreadable,
    /// The database is damaged, or not one.
    Damaged,
    /// The surroundings are at fault: disk, locks, memory, rights. May pass.
    Transient,
}

pub(super) fn classify(error: &Error) -> Class {
    let Some(code) = error.sqlite_error_code() else {
        return match error {
            Error::FromSqlConversionFailure(..)
            | Error::InvalidColumnType(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..) => Class::Unreadable,
            _ => Class::Permanent,
        };
    };
    match code {
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Class::Damaged,
        ErrorCode::ConstraintViolation
        | ErrorCode::TypeMismatch
        | ErrorCode::TooBig
        | ErrorCode::ParameterOutOfRange
        | ErrorCode::ApiMisuse
        | ErrorCode::Unknown => Class::Permanent,
        _ => Class::Transient,
    }
}

/// An error as SQLite would report it, for what SQLite cannot check by itself.
pub(super) fn made(code: i32, detail: String) -> Error {
    Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(detail))
}

/// The store's error for one of SQLite's.
pub(super) fn store_error(path: &Path, error: &Error) -> StoreError {
    match classify(error) {
        Class::Permanent => StoreError::Rejected(error.to_string()),
        Class::Unreadable | Class::Damaged => StoreError::Corrupt {
            place: path.display().to_string(),
            detail: error.to_string(),
        },
        Class::Transient => StoreError::Unavailable(error.to_string().into()),
    }
}
