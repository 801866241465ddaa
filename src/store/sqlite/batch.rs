//! Owns one transaction of many writes, where one that fails harms no other. Must not retry.

use std::path::Path;

use rusqlite::Connection;
use tracing::error;

use super::events;
use super::fault::{Class, classify, store_error};
use super::known::Known;
use super::queue::{Queued, Work};
use crate::store::Outcome;

/// Does every write of the batch in one transaction and notes each result in it. `before_commit`
/// is for faults; without them it does nothing.
///
/// # Errors
/// What may pass: nothing is stored then, and the batch may be tried again.
pub(super) fn attempt(
    conn: &Connection,
    path: &Path,
    batch: &mut Vec<Queued>,
    known: &mut Known,
    before_commit: impl FnOnce(&mut Vec<Queued>),
) -> rusqlite::Result<()> {
    let done = run(conn, path, batch, known).and_then(|()| {
        before_commit(batch);
        conn.prepare_cached("COMMIT")?.execute([]).map(drop)
    });
    if done.is_err() {
        known.clear();
    }
    if done.is_err() && !conn.is_autocommit() {
        // A commit that failed halfway is still open, and must not hold the lock or keep its rows.
        conn.execute_batch("ROLLBACK")?;
    }
    done
}

fn run(
    conn: &Connection,
    path: &Path,
    batch: &mut [Queued],
    known: &mut Known,
) -> rusqlite::Result<()> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    for queued in batch {
        match &mut queued.work {
            Work::Append {
                append, outcome, ..
            } => {
                // One row is one statement, which SQLite undoes by itself when it fails.
                let alone = append.rows.len() <= 1 && append.status.is_none();
                let result = guarded(conn, alone, || events::append(conn, append, known))?;
                *outcome = Some(result.unwrap_or_else(|error| {
                    let session = append.session;
                    error!(session.id = %session, %error, "append rejected");
                    Outcome::Rejected(error.to_string())
                }));
            }
            Work::Other(write) => {
                if let Err(error) = guarded(conn, false, || write.run(conn))? {
                    write.fail(store_error(path, &error));
                }
            }
        }
    }
    Ok(())
}

/// Runs one write so that a permanent failure undoes it alone. The outer result is for the batch,
/// the inner one for the write.
fn guarded<T>(
    conn: &Connection,
    alone: bool,
    run: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<rusqlite::Result<T>> {
    if !alone {
        conn.prepare_cached("SAVEPOINT one")?.execute([])?;
    }
    let result = match run() {
        Ok(value) => Ok(value),
        // Some faults make SQLite undo the whole transaction by itself.
        Err(error) if conn.is_autocommit() => return Err(error),
        Err(error) => match classify(&error) {
            Class::Damaged | Class::Transient => return Err(error),
            Class::Permanent | Class::Unreadable => Err(error),
        },
    };
    if !alone {
        if result.is_err() {
            conn.prepare_cached("ROLLBACK TO one")?.execute([])?;
        }
        conn.prepare_cached("RELEASE one")?.execute([])?;
    }
    Ok(result)
}
