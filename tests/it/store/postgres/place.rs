//! Where a PostgreSQL store is opened: a database of the test's own, with the newest schema.

use std::sync::Arc;

use async_trait::async_trait;
use learnr::store::Store;
use learnr::store::postgres::{PostgresOptions, PostgresStore};

use crate::harness::postgres::{Database, left_out};
use crate::store::fixture::Place;

/// A database of its own; none where the run goes without PostgreSQL.
pub(crate) struct Fresh(Option<Database>);

impl Fresh {
    pub(crate) async fn new() -> Self {
        if left_out() {
            return Self(None);
        }
        Self(Some(Database::migrated().await))
    }

    pub(super) fn url(&self) -> &str {
        self.0.as_ref().expect("the run has PostgreSQL").url()
    }

    /// Another process's worth of store on the same database.
    pub(super) async fn store(&self) -> Arc<PostgresStore> {
        Arc::new(open(PostgresOptions::at(self.url())).await)
    }
}

#[async_trait]
impl Place for Fresh {
    async fn open(&self) -> Arc<dyn Store> {
        self.store().await
    }

    fn is_left_out(&self) -> bool {
        self.0.is_none()
    }
}

pub(super) async fn open(options: PostgresOptions) -> PostgresStore {
    let opened = PostgresStore::open(options).await;
    opened.unwrap_or_else(|error| panic!("{error}"))
}
