//! Owns the database's schema: which migrations there are, and their running, once however many instances start at
//! the same moment. Must not contain SQL of its own beyond that.
//!
//! Expand, then contract: a migration that an older binary cannot work beside names the first schema that can.

use super::client::{Client, Queries};
use tracing::info;

use super::fault::Failure;
use super::rows::{int8, text};
use super::setup;
use crate::store::StoreError;

/// A step of the schema.
struct Migration {
    name: &'static str,
    sql: &'static str,
    /// The oldest schema whose binaries still work after it: the first one, until something is taken away.
    works_from: i64,
}

macro_rules! migration {
    ($name:literal, works_from: $works_from:literal) => {
        Migration {
            name: $name,
            sql: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
            works_from: $works_from,
        }
    };
}

/// Every migration there has been, in order. Append only.
const MIGRATIONS: &[Migration] = &[
    migration!("20261125190000_initial", works_from: 1),
    migration!("20261125193000_history", works_from: 1),
    migration!("20261126120000_accounts", works_from: 1),
];

/// The newest schema this binary knows.
pub(super) const SUPPORTED: i64 = MIGRATIONS.len() as i64;

/// Held by whoever migrates, until its transaction ends. The number is ours alone in a database of ours.
pub(super) const MIGRATING: &str = "SELECT pg_advisory_xact_lock(5136152271503443)";
const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version bigint PRIMARY KEY,
    name text NOT NULL,
    works_from bigint NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)";
const THERE: &str = "SELECT to_regclass('schema_migrations') IS NOT NULL, \
     to_regclass('sessions') IS NOT NULL OR to_regclass('events') IS NOT NULL";
const STATE: &str =
    "SELECT coalesce(max(version), 0), coalesce(max(works_from), 0) FROM schema_migrations";
const NOTE: &str = "INSERT INTO schema_migrations (version, name, works_from) VALUES ($1, $2, $3)";

/// How far the database's schema is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) version: i64,
    /// Binaries that know at least this schema work.
    works_from: i64,
}

/// How many migrations the database has had.
pub(super) async fn state(client: &Client) -> Result<State, Failure> {
    let row = client.query_typed_one(THERE, &[]).await?;
    if !row.try_get::<_, bool>(0)? {
        return Ok(State {
            version: 0,
            works_from: 0,
        });
    }
    let row = client.query_typed_one(STATE, &[]).await?;
    Ok(State {
        version: row.try_get(0)?,
        works_from: row.try_get(1)?,
    })
}

/// Whether tables of ours' names are there that no migration of ours made.
async fn foreign(client: &Client) -> Result<bool, Failure> {
    let row = client.query_typed_one(THERE, &[]).await?;
    Ok(!row.try_get::<_, bool>(0)? && row.try_get::<_, bool>(1)?)
}

/// Why this binary must not use a database of that schema.
pub(super) fn refusal(state: State, place: &str) -> Option<StoreError> {
    if state.version < SUPPORTED {
        return Some(StoreError::Setup {
            place: place.to_owned(),
            detail: format!(
                "its schema is {}, this release needs {SUPPORTED}",
                state.version
            ),
            advice:
                "run `learnr migrate` with the same DATABASE_URL, or start without --no-migrate"
                    .to_owned(),
        });
    }
    (state.works_from > SUPPORTED).then(|| StoreError::NewerSchema {
        place: place.to_owned(),
        found: state.version,
        supported: SUPPORTED,
    })
}

/// Brings the database to the newest schema this binary knows, each migration in a transaction of its own. Others that
/// do the same at the moment are waited for.
///
/// # Errors
/// [`StoreError::NewerSchema`], [`StoreError::Foreign`], [`StoreError::Setup`] where rights are missing.
pub(super) async fn migrate(client: &mut Client, place: &str) -> Result<(), StoreError> {
    let failed = |failure: Failure| setup::refusal(failure, place);
    if foreign(client).await.map_err(failed)? {
        return Err(StoreError::Foreign {
            place: place.to_owned(),
            detail: "it has tables named sessions or events that LearnR did not make".to_owned(),
        });
    }
    for (number, migration) in (1..).zip(MIGRATIONS) {
        if apply(client, number, migration).await.map_err(failed)? {
            info!(migration = migration.name, "database migrated");
        }
    }
    Ok(())
}

/// Applies a migration unless the database has had it: read behind the lock, since another instance may have done it
/// while this one waited.
async fn apply(client: &mut Client, number: i64, migration: &Migration) -> Result<bool, Failure> {
    if state(client).await?.version >= number {
        return Ok(false);
    }
    let tx = client.transaction().await?;
    // A migration may take as long as it takes, and waits as long for those of others.
    tx.driver().batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        .await?;
    tx.driver().batch_execute(MIGRATING).await?;
    tx.driver().batch_execute(LEDGER).await?;
    let version: i64 = tx.query_typed_one(STATE, &[]).await?.try_get(0)?;
    if version >= number {
        return Ok(false);
    }
    tx.driver().batch_execute(migration.sql).await?;
    tx.execute_typed(
        NOTE,
        &[
            int8(&number),
            text(&migration.name),
            int8(&migration.works_from),
        ],
    )
    .await?;
    tx.commit().await?;
    Ok(true)
}
