//! Owns the faults of a store, one variant for each different reaction. Must not know which adapter
//! they come from.

use std::error::Error;
use std::io;
use std::path::PathBuf;

/// A fault of the store. Refusals of an append are [`super::AppendRefused`] and
/// [`super::Outcome`] instead.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Out of reach for now: try again later. A write may or may not have been done; the same call
    /// again finds out.
    #[error("the store is unavailable: {0}")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The store was closed: this process is shutting down.
    #[error("the store is closed")]
    Closed,
    /// Never to be stored as given.
    #[error("rejected by the store: {0}")]
    Rejected(String),
    /// Written by a newer release: start that release. Nothing was changed.
    #[error(
        "{place}: written by a newer release (schema {found}, this one knows up to {supported}): \
         start that release, or restore a backup made before the upgrade"
    )]
    NewerSchema {
        /// Path or address of the store.
        place: String,
        /// The schema found there.
        found: i64,
        /// The newest this binary knows.
        supported: i64,
    },
    /// Damaged: a person must look. Nothing was changed.
    #[error(
        "{place}: the database is damaged ({detail}): stop the server, keep a copy of it and \
         restore a backup, or recover what is readable (from a file, with sqlite3's .recover)"
    )]
    Corrupt {
        /// Path or address of the store.
        place: String,
        /// What was found.
        detail: String,
    },
    /// Something else than a LearnR database is there: choose another place. Nothing was changed.
    #[error(
        "{place}: not a LearnR database ({detail}): move it away, or set another data directory"
    )]
    Foreign {
        /// Path or address of the store.
        place: String,
        /// What was found.
        detail: String,
    },
    /// The server or the way to it is not as it has to be: a person must change something. Nothing was changed.
    #[error("{place}: {detail}: {advice}")]
    Setup {
        /// Address of the store, without a password.
        place: String,
        /// What is wrong.
        detail: String,
        /// What to do about it.
        advice: String,
    },
    /// The file or its directory cannot be used.
    #[error("{}: cannot be opened for writing: {source}: {advice}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do about it.
        advice: &'static str,
    },
}
