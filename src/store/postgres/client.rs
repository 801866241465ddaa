//! Owns what is asked of one connection: statements with typed parameters, prepared by name where the connection leads
//! straight to a server. Must not contain statements, and must not know what they do.
//!
//! Behind a pooler in transaction mode a statement prepared by name is not there the next time, so every statement is
//! sent whole and planned anew. Which of the two it is, is asked when the connection is made: see `direct`.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio_postgres::{Error, GenericClient, Row, Statement};

use super::rows::Parameter;

/// Statements prepared on one connection. Those beyond it are sent whole: only statements put together for one use
/// could ever be so many.
const STATEMENTS_MAX: usize = 256;

/// A connection's client.
pub(super) struct Client {
    inner: tokio_postgres::Client,
    /// `None` where nothing may be prepared by name.
    prepared: Option<Prepared>,
}

/// A transaction on it; rolled back unless committed.
pub(super) struct Transaction<'a> {
    inner: tokio_postgres::Transaction<'a>,
    prepared: Option<&'a Prepared>,
}

/// What is prepared on a connection, by its text.
#[derive(Default)]
pub(super) struct Prepared(Mutex<HashMap<Box<str>, Statement>>);

impl Client {
    /// `prepares`: whether a statement prepared on it is still there the next time.
    pub(super) fn of(inner: tokio_postgres::Client, prepares: bool) -> Client {
        Client {
            inner,
            prepared: prepares.then(Prepared::default),
        }
    }

    pub(super) async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        Ok(Transaction {
            inner: self.inner.transaction().await?,
            prepared: self.prepared.as_ref(),
        })
    }
}

impl Transaction<'_> {
    pub(super) async fn commit(self) -> Result<(), Error> {
        self.inner.commit().await
    }
}

/// What can be asked, in a transaction and outside.
pub(super) trait Queries: Sync {
    /// The driver's side of it, for what is no query of this kind.
    type Driver: GenericClient + Sync;

    /// The same.
    fn driver(&self) -> &Self::Driver;

    /// What is prepared on its connection.
    fn prepared(&self) -> Option<&Prepared>;

    /// The statement prepared by name, when it may be. Prepares it the first time, which is a round trip of its own.
    fn ready(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> impl Future<Output = Result<Option<Statement>, Error>> + Send {
        async move {
            let Some(prepared) = self.prepared() else {
                return Ok(None);
            };
            if let Some(statement) = prepared.get(sql) {
                return Ok(Some(statement));
            }
            if prepared.is_full() {
                return Ok(None);
            }
            let types: Vec<_> = parameters.iter().map(|(_, of)| of.clone()).collect();
            let statement = self.driver().prepare_typed(sql, &types).await?;
            prepared.put(sql, statement.clone());
            Ok(Some(statement))
        }
    }

    /// Every row.
    fn query_typed(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> impl Future<Output = Result<Vec<Row>, Error>> + Send {
        async move {
            match self.ready(sql, parameters).await? {
                Some(statement) => {
                    let values: Vec<_> = parameters.iter().map(|(value, _)| *value).collect();
                    self.driver().query(&statement, &values).await
                }
                None => self.driver().query_typed(sql, parameters).await,
            }
        }
    }

    /// The row, which has to be there.
    fn query_typed_one(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> impl Future<Output = Result<Row, Error>> + Send {
        async move {
            match self.ready(sql, parameters).await? {
                Some(statement) => {
                    let values: Vec<_> = parameters.iter().map(|(value, _)| *value).collect();
                    self.driver().query_one(&statement, &values).await
                }
                None => self.driver().query_typed_one(sql, parameters).await,
            }
        }
    }

    /// The row, if there is one.
    fn query_typed_opt(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> impl Future<Output = Result<Option<Row>, Error>> + Send {
        async move {
            match self.ready(sql, parameters).await? {
                Some(statement) => {
                    let values: Vec<_> = parameters.iter().map(|(value, _)| *value).collect();
                    self.driver().query_opt(&statement, &values).await
                }
                None => self.driver().query_typed_opt(sql, parameters).await,
            }
        }
    }

    /// How many rows it changed.
    fn execute_typed(
        &self,
        sql: &str,
        parameters: &[Parameter<'_>],
    ) -> impl Future<Output = Result<u64, Error>> + Send {
        async move {
            match self.ready(sql, parameters).await? {
                Some(statement) => {
                    let values: Vec<_> = parameters.iter().map(|(value, _)| *value).collect();
                    self.driver().execute(&statement, &values).await
                }
                None => self.driver().execute_typed(sql, parameters).await,
            }
        }
    }
}

impl Queries for Client {
    type Driver = tokio_postgres::Client;

    fn driver(&self) -> &Self::Driver {
        &self.inner
    }

    fn prepared(&self) -> Option<&Prepared> {
        self.prepared.as_ref()
    }
}

impl<'a> Queries for Transaction<'a> {
    type Driver = tokio_postgres::Transaction<'a>;

    fn driver(&self) -> &Self::Driver {
        &self.inner
    }

    fn prepared(&self) -> Option<&Prepared> {
        self.prepared
    }
}

impl Prepared {
    fn get(&self, sql: &str) -> Option<Statement> {
        self.lock().get(sql).cloned()
    }

    fn is_full(&self) -> bool {
        self.lock().len() >= STATEMENTS_MAX
    }

    fn put(&self, sql: &str, statement: Statement) {
        self.lock().insert(sql.into(), statement);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Box<str>, Statement>> {
        // Whoever panicked had put in whole statements.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
