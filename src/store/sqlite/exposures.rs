//! Owns the statements on exposure counts. Must not know what they mean or how they grow.

use rusqlite::{Connection, OptionalExtension, params};

use crate::store::ExposureRow;

const FIND: &str =
    "SELECT examinees, body FROM exposures WHERE certification = ?1 AND version = ?2";
const SAVE: &str = "INSERT INTO exposures (certification, version, examinees, body) \
     VALUES (?1, ?2, ?3, ?4) ON CONFLICT (certification, version) DO UPDATE SET \
     examinees = ?3, body = ?4";

pub(super) fn find(
    conn: &Connection,
    certification: &str,
    version: &str,
) -> rusqlite::Result<Option<ExposureRow>> {
    conn.prepare_cached(FIND)?
        .query_row([certification, version], |row| {
            Ok(ExposureRow {
                certification: certification.to_owned(),
                version: version.to_owned(),
                examinees: row.get(0)?,
                body: row.get(1)?,
            })
        })
        .optional()
}

/// Stores counts over those of `expected` examinees.
pub(super) fn save(
    tx: &Connection,
    row: &ExposureRow,
    expected: Option<i64>,
) -> rusqlite::Result<bool> {
    let stored = find(tx, &row.certification, &row.version)?;
    // The same row again is an earlier attempt of this call.
    if stored.as_ref() == Some(row) {
        return Ok(true);
    }
    if stored.map(|stored| stored.examinees) != expected {
        return Ok(false);
    }
    tx.prepare_cached(SAVE)?.execute(params![
        row.certification,
        row.version,
        row.examinees,
        row.body
    ])?;
    Ok(true)
}
