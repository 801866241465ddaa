//! Owns which system of record is meant, and its opening. Must not know what is done with it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::postgres::{PostgresOptions, PostgresStore};
use super::sqlite::{SqliteOptions, SqliteStore};
use super::{Store, StoreError};

/// Where a store is.
#[derive(Debug, Clone)]
pub enum Place {
    /// One SQLite file on this machine.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(Box<PostgresOptions>),
}

impl Place {
    /// The place somebody names: an address that begins with postgres://, a database file, or the folder of one.
    #[must_use]
    pub fn named(name: &str) -> Place {
        if name.starts_with("postgres://") || name.starts_with("postgresql://") {
            return Place::Server(Box::new(PostgresOptions::at(name)));
        }
        let path = Path::new(name);
        match path.is_dir() || path.extension().is_none() {
            true => Place::File(SqliteStore::file_in(path)),
            false => Place::File(path.to_owned()),
        }
    }

    /// Opens the store, made where it is missing and brought to the newest schema.
    ///
    /// # Errors
    /// Those of [`SqliteStore::open`] and [`PostgresStore::open`].
    pub async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        match self {
            Place::File(path) => {
                let path = path.clone();
                let opening = tokio::task::spawn_blocking(move || {
                    SqliteStore::open(&path, SqliteOptions::default())
                });
                let store = opening
                    .await
                    .map_err(|error| StoreError::Unavailable(error.into()))??;
                Ok(Arc::new(store))
            }
            Place::Server(options) => Ok(Arc::new(PostgresStore::open((**options).clone()).await?)),
        }
    }

    /// Opens a store that is there already.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when there is no such file, and those of [`Place::open`].
    pub async fn open_existing(&self) -> Result<Arc<dyn Store>, StoreError> {
        if self.is_missing() {
            return Err(StoreError::Setup {
                place: self.to_string(),
                detail: "there is no database".to_owned(),
                advice: "name the folder of one with --data, or its address with DATABASE_URL"
                    .to_owned(),
            });
        }
        self.open().await
    }

    /// Whether opening would make the database.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        match self {
            Place::File(path) => !path.exists(),
            Place::Server(_) => false,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File(path) => path.display().fmt(f),
            Place::Server(options) => options.shown().fmt(f),
        }
    }
}
