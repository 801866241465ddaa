//! Owns the statements on what admins did. Must not decide what is worth writing down.

use rusqlite::{Connection, params};

use super::super::rows::Columns;
use crate::store::{AuditRow, NewAudit};

const ADD: &str = "INSERT INTO audit_log (at, actor, via, action, target, detail) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
/// The very same under the number that an earlier attempt was given. Another process may have been given it since.
const IS_THERE: &str = "SELECT 1 FROM audit_log WHERE at = ?1 AND actor IS ?2 AND via = ?3 \
     AND action = ?4 AND target = ?5 AND detail = ?6 AND id = ?7";
const LIST: &str = "SELECT id, at, actor, via, action, target, detail FROM audit_log \
     WHERE id < ?1 ORDER BY id DESC LIMIT ?2";

/// Writes down what an admin did, once however often it is tried. `earlier`: the number that the attempt before gave it.
pub(super) fn add_once(
    tx: &Connection,
    entry: &NewAudit,
    earlier: &mut Option<i64>,
) -> rusqlite::Result<()> {
    if let Some(id) = *earlier {
        let there = tx.prepare_cached(IS_THERE)?.exists(params![
            entry.at,
            entry.actor,
            entry.via,
            entry.action,
            entry.target,
            entry.detail,
            id
        ])?;
        if there {
            return Ok(());
        }
    }
    *earlier = Some(add(tx, entry)?);
    Ok(())
}

/// Writes down what an admin did in this transaction; its number.
pub(super) fn add(tx: &Connection, entry: &NewAudit) -> rusqlite::Result<i64> {
    tx.prepare_cached(ADD)?.execute(params![
        entry.at,
        entry.actor,
        entry.via,
        entry.action,
        entry.target,
        entry.detail
    ])?;
    Ok(tx.last_insert_rowid())
}

/// What admins did, latest first.
pub(super) fn list(
    conn: &Connection,
    before: Option<i64>,
    limit: u32,
) -> rusqlite::Result<Vec<AuditRow>> {
    conn.prepare_cached(LIST)?
        .query_map(params![before.unwrap_or(i64::MAX), limit], |row| {
            let mut columns = Columns::of(row);
            Ok(AuditRow {
                id: columns.take()?,
                entry: NewAudit {
                    at: columns.take()?,
                    actor: columns.take()?,
                    via: columns.take()?,
                    action: columns.take()?,
                    target: columns.take()?,
                    detail: columns.take()?,
                },
            })
        })?
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CREATE TABLE audit_log (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor BLOB, \
         via TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL)";

    fn entry(action: &str) -> NewAudit {
        NewAudit {
            at: 1,
            actor: None,
            via: "command-line".to_owned(),
            action: action.to_owned(),
            target: String::new(),
            detail: String::new(),
        }
    }

    fn actions(conn: &Connection) -> Vec<String> {
        let rows = list(conn, None, 10).expect("it can be read");
        rows.into_iter().map(|row| row.entry.action).collect()
    }

    #[test]
    fn what_is_tried_again_is_written_down_once_whether_it_was_done_or_not() {
        let conn = Connection::open_in_memory().expect("memory");
        conn.execute_batch(TABLE).expect("a table");
        let mut earlier = None;
        // Done, and not heard of.
        for _ in 0..2 {
            add_once(&conn, &entry("a"), &mut earlier).expect("written");
        }
        assert_eq!(actions(&conn), ["a"]);
        // Not done; then somebody else is given its number.
        let mut earlier = None;
        conn.execute_batch("BEGIN").expect("begun");
        add_once(&conn, &entry("b"), &mut earlier).expect("written");
        conn.execute_batch("ROLLBACK").expect("undone");
        add(&conn, &entry("c")).expect("written");
        for _ in 0..2 {
            add_once(&conn, &entry("b"), &mut earlier).expect("written");
        }
        assert_eq!(actions(&conn), ["b", "c", "a"]);
    }
}
