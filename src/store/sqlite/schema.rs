//! Owns the migrations and how a database's place among them is known. Must not know what the
//! tables are for.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};
use tracing::info;

use super::fault::store_error;
use crate::store::StoreError;

/// `application_id` of a LearnR database: "LrnR".
pub(super) const APPLICATION_ID: i32 = 0x4c72_6e52;

/// Every migration, oldest first. `user_version` counts those a database has had.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "20261123120000_initial",
        include_str!("../../../migrations/sqlite/20261123120000_initial.sql"),
    ),
    (
        "20261125160000_exposures",
        include_str!("../../../migrations/sqlite/20261125160000_exposures.sql"),
    ),
    (
        "20261125170000_calibrations",
        include_str!("../../../migrations/sqlite/20261125170000_calibrations.sql"),
    ),
    (
        "20261125180000_time_multiplier",
        include_str!("../../../migrations/sqlite/20261125180000_time_multiplier.sql"),
    ),
    (
        "20261125193000_history",
        include_str!("../../../migrations/sqlite/20261125193000_history.sql"),
    ),
    (
        "20261126120000_accounts",
        include_str!("../../../migrations/sqlite/20261126120000_accounts.sql"),
    ),
];

/// The newest schema this binary knows.
pub(super) const SUPPORTED: i64 = MIGRATIONS.len() as i64;

/// How many migrations the database has had.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings the database to the newest schema, each migration in a transaction of its own.
pub(super) fn migrate(conn: &mut Connection, path: &Path) -> Result<(), StoreError> {
    for (number, (name, sql)) in (1..).zip(MIGRATIONS) {
        let applied = apply(conn, number, sql).map_err(|error| store_error(path, &error))?;
        if applied {
            info!(migration = name, "database migrated");
        }
    }
    Ok(())
}

/// Applies migration `number` unless the database has had it; read inside the transaction, since
/// another process may be migrating too.
fn apply(conn: &mut Connection, number: i64, sql: &str) -> rusqlite::Result<bool> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if version(&tx)? >= number {
        return Ok(false);
    }
    tx.execute_batch(sql)?;
    tx.pragma_update(None, "user_version", number)?;
    tx.commit()?;
    Ok(true)
}
