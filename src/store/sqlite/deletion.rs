//! Owns the statements that delete an account, and those that say what is kept of one. Must not know what is in a
//! session's beginning: the caller strips it.

use rusqlite::{Connection, OptionalExtension, params};

use super::{events, learners};
use crate::store::deletion::Tombstone;
use crate::store::{Beginning, Holdings, Kept, LearnerId, SessionId, Strip, TABLES_OF_LEARNERS};

const SESSIONS: &str = "SELECT id, settings FROM sessions WHERE learner = ?1";
/// One more epoch under a claim that nobody was given: whoever owns it is fenced. What is not in the roll-ups never
/// will be: it cannot be replayed.
const ENTOMB: &str = "UPDATE sessions SET learner = ?2, settings = ?3, summary = NULL, \
     status = CASE WHEN status IN ('open', 'paused') THEN 'faulted' ELSE status END, \
     epoch = epoch + 1, claim = ?4, owner_node = NULL, owner_incarnation = NULL, \
     owner_address = NULL, deadline_at = NULL, rolled_up = 1 WHERE id = ?1";
const DELETE_LEARNER: &str = "DELETE FROM learners WHERE id = ?1";

/// How much is kept of a learner.
pub(super) fn holdings(
    conn: &Connection,
    learner: LearnerId,
) -> rusqlite::Result<Option<Holdings>> {
    if !learners::exists(conn, learner)? {
        return Ok(None);
    }
    let mut holdings = Holdings::default();
    for (table, kept) in TABLES_OF_LEARNERS {
        let sql = format!("SELECT count(*) FROM {table} WHERE learner = ?1");
        let rows: i64 = conn
            .prepare_cached(&sql)?
            .query_row([learner], |row| row.get(0))?;
        holdings.add(*kept, rows.unsigned_abs());
    }
    Ok(Some(holdings))
}

/// Deletes a learner, with a tombstone in their place.
pub(super) fn delete(
    tx: &Connection,
    learner: LearnerId,
    tombstone: Tombstone,
    strip: Strip,
) -> rusqlite::Result<Option<Holdings>> {
    let Some(holdings) = holdings(tx, learner)? else {
        return Ok(None);
    };
    for (table, kept) in TABLES_OF_LEARNERS {
        let sql = match kept {
            Kept::Sessions => {
                entomb(tx, learner, tombstone, strip)?;
                continue;
            }
            Kept::Reports => format!("UPDATE {table} SET learner = NULL WHERE learner = ?1"),
            _ => format!("DELETE FROM {table} WHERE learner = ?1"),
        };
        tx.prepare_cached(&sql)?.execute([learner])?;
    }
    tx.prepare_cached(DELETE_LEARNER)?.execute([learner])?;
    Ok(Some(holdings))
}

/// Takes the learner out of their sessions, one after the other: of what is stripped, one is in memory.
fn entomb(
    tx: &Connection,
    learner: LearnerId,
    tombstone: Tombstone,
    strip: Strip,
) -> rusqlite::Result<()> {
    let sessions = tx
        .prepare_cached(SESSIONS)?
        .query_map([learner], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(SessionId, Vec<u8>)>>>()?;
    for (id, settings) in sessions {
        let stripped = match events::first(tx, id).optional()? {
            Some(started) => {
                let stripped = strip(Beginning { settings, started });
                events::rewrite_first(tx, id, &stripped.started)?;
                stripped.settings
            }
            // Damage that this is not the place to tell of.
            None => Vec::new(),
        };
        tx.prepare_cached(ENTOMB)?.execute(params![
            id,
            tombstone.learner,
            stripped,
            tombstone.claim
        ])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::schema;
    use super::*;

    #[test]
    fn every_table_that_names_learners_is_listed() {
        let mut conn = Connection::open_in_memory().expect("memory is there");
        schema::migrate(&mut conn, Path::new(":memory:")).expect("the migrations are sound");
        let sql = "SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c \
                   WHERE t.type = 'table' AND c.name = 'learner' ORDER BY t.name";
        let mut found = conn.prepare(sql).expect("SQL");
        let found = found.query_map([], |row| row.get(0)).expect("rows");
        let found: Vec<String> = found.map(|name| name.expect("a name")).collect();
        let mut listed: Vec<&str> = TABLES_OF_LEARNERS.iter().map(|(table, _)| *table).collect();
        listed.sort_unstable();
        assert_eq!(
            found, listed,
            "add it to TABLES_OF_LEARNERS in store/deletion.rs, and to docs/privacy.md"
        );
    }
}
