//! Owns connections to a database that is being made, and to the empty one whose place it takes. Must not know what
//! it is made from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::fault::{Class, classify, store_error};
use super::open::{self, PAGE_BYTES, WRITER_CACHE_KIB};
use super::schema;
use crate::store::StoreError;
use crate::store::whole::TABLES;

/// A connection to a database that is being made and that nobody else knows of: no journal, since a crash leaves
/// nothing that anybody would go on with, and no waiting for the disk before all of it is there.
pub(super) fn unjournaled(path: &Path) -> rusqlite::Result<Connection> {
    let conn = open::connect(path, WRITER_CACHE_KIB)?;
    conn.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    conn.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "OFF")?;
    Ok(conn)
}

/// Makes a new database recognisably ours.
pub(super) fn mark(conn: &Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "page_size", PAGE_BYTES)?;
    conn.pragma_update(None, "application_id", schema::APPLICATION_ID)
}

/// Holds the store at `path` so that nobody begins to use it, and makes sure that there is nothing in it but its
/// tables. `None` when there is no file.
///
/// # Errors
/// [`StoreError::Setup`] when there is something in it, or somebody uses it; whatever opening it comes to.
pub(super) fn hold_empty(path: &Path) -> Result<Option<Connection>, StoreError> {
    let refused = |detail: String, advice: &str| StoreError::Setup {
        place: path.display().to_string(),
        detail,
        advice: advice.to_owned(),
    };
    let bytes = match fs::metadata(path) {
        Ok(file) => Some(file.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => {
            return Err(StoreError::Io {
                path: path.to_owned(),
                source,
                advice: open::ADVICE,
            });
        }
    };
    if bytes.unwrap_or_default() == 0 {
        let log = PathBuf::from(format!("{}-wal", path.display()));
        if log.exists() {
            let log = log.display();
            let detail = format!(
                "beside it lies the log of another database ({log}), which would be read into this one"
            );
            return Err(refused(detail, "move it away"));
        }
        if bytes.is_none() {
            return Ok(None);
        }
    } else {
        open::recognise(path)?;
    }
    let conn = open::connect(path, WRITER_CACHE_KIB).map_err(|error| store_error(path, &error))?;
    let in_use = || {
        refused(
            "somebody is using it".to_owned(),
            "stop the server or the command that does",
        )
    };
    let held = exclusive(&conn).map_err(|error| match classify(&error) {
        Class::Transient => in_use(),
        _ => store_error(path, &error),
    })?;
    if !held {
        return Err(in_use());
    }
    match contents(&conn).map_err(|error| store_error(path, &error))? {
        None => Ok(Some(conn)),
        Some(what) => Err(refused(
            format!("there is something in this store ({what}), and nothing is ever put over it"),
            "name an empty place, or move it away",
        )),
    }
}

/// Keeps everybody else out; whether that was to be had.
fn exclusive(conn: &Connection) -> rusqlite::Result<bool> {
    conn.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    // Nobody can have it open, for its log goes with this.
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    conn.execute_batch("BEGIN EXCLUSIVE")?;
    Ok(mode == "delete")
}

/// What is in a store beside its tables and the organization that every store has.
fn contents(conn: &Connection) -> rusqlite::Result<Option<String>> {
    let mut found = Vec::new();
    for table in TABLES {
        let name = table.name;
        let known: bool = conn.query_row(
            "SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = ?1",
            [name],
            |row| row.get(0),
        )?;
        if !known {
            continue;
        }
        let rows: i64 = conn.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| {
            row.get(0)
        })?;
        let of_every_store = i64::from(name == "organizations");
        if rows > of_every_store {
            found.push(format!("{name}: {rows}"));
        }
    }
    Ok((!found.is_empty()).then(|| found.join(", ")))
}
