//! Owns the statements on what learners prefer, mark and complain of. Must not know what any of it says.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::rows::Columns;
use crate::store::{
    BookmarkRow, ItemReportRow, LearnerId, NewItemReport, OwnReportRow, PreferencesRow,
    REMINDED_APART_MS, REPORTS_OF_NOBODY_MS, Reminder,
};

const PREFERENCES: &str = "SELECT body, changed_at, remind_at FROM preferences WHERE learner = ?1";
const SAVE_PREFERENCES: &str = "INSERT INTO preferences (learner, body, changed_at, remind_at) \
     SELECT id, ?2, ?3, ?4 FROM learners WHERE id = ?1 \
     ON CONFLICT (learner) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at, \
     remind_at = CASE WHEN excluded.remind_at < reminded_at + ?5 THEN excluded.remind_at + 86400000 \
     ELSE excluded.remind_at END";
const TO_REMIND: &str = "SELECT learner, remind_at, body FROM preferences WHERE remind_at <= ?1 \
     ORDER BY remind_at LIMIT ?2";
/// By whole days, to the first evening that has not come yet.
const REMIND_LATER: &str = "UPDATE preferences \
     SET remind_at = remind_at + 86400000 * (1 + (?2 - remind_at) / 86400000), reminded_at = ?2 \
     WHERE learner = ?1 RETURNING remind_at";
const MOVE_REMINDER: &str =
    "UPDATE preferences SET remind_at = ?3 WHERE learner = ?1 AND remind_at = ?2";
const STOP_REMINDERS: &str =
    "UPDATE preferences SET remind_at = NULL WHERE learner = ?1 AND remind_at IS NOT NULL";
/// When a question was first marked stays.
const SAVE_BOOKMARK: &str = "INSERT INTO bookmarks \
     (learner, certification, item, version, note, created_at, changed_at) \
     SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM learners WHERE id = ?1 \
     ON CONFLICT (learner, certification, item) \
     DO UPDATE SET version = excluded.version, note = excluded.note, changed_at = excluded.changed_at";
const DROP_BOOKMARK: &str =
    "DELETE FROM bookmarks WHERE learner = ?1 AND certification = ?2 AND item = ?3";
const BOOKMARKS: &str = "SELECT certification, item, version, note, created_at, changed_at FROM bookmarks \
     WHERE learner = ?1 AND certification = ?2 AND item > ?3 ORDER BY item LIMIT ?4";
const ALL_BOOKMARKS: &str = "SELECT certification, item, version, note, created_at, changed_at FROM bookmarks \
     WHERE learner = ?1 AND (certification, item) > (?2, ?3) ORDER BY certification, item LIMIT ?4";
const DROP_REPORT: &str = "DELETE FROM item_reports \
     WHERE learner = ?1 AND certification = ?2 AND version = ?3 AND item = ?4";
const ADD_REPORT: &str = "INSERT INTO item_reports \
     (learner, certification, version, item, reason, note, reported_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const REPORTS: &str = "SELECT id, version, item, reason, note, reported_at FROM item_reports \
     WHERE certification = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
/// One learner's are few enough to be sorted.
const REPORTS_OF: &str = "SELECT certification, id, version, item, reason, note, reported_at \
     FROM item_reports WHERE learner = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
const SWEEP: &str = "DELETE FROM item_reports WHERE id IN (SELECT id FROM item_reports \
     WHERE learner IS NULL AND reported_at <= ?1 ORDER BY reported_at LIMIT ?2)";

pub(super) fn preferences(
    conn: &Connection,
    learner: LearnerId,
) -> rusqlite::Result<Option<PreferencesRow>> {
    conn.prepare_cached(PREFERENCES)?
        .query_row([learner], |row| {
            Ok(PreferencesRow {
                body: row.get(0)?,
                changed_at: row.get(1)?,
                remind_at: row.get(2)?,
            })
        })
        .optional()
}

/// Whether there is such a learner.
pub(super) fn save_preferences(
    tx: &Connection,
    learner: LearnerId,
    preferences: &PreferencesRow,
) -> rusqlite::Result<bool> {
    let saved = tx.prepare_cached(SAVE_PREFERENCES)?.execute(params![
        learner,
        preferences.body,
        preferences.changed_at,
        preferences.remind_at,
        REMINDED_APART_MS
    ])?;
    Ok(saved > 0)
}

/// Claims those whose time has come, and moves them to another day.
pub(super) fn take_reminders(
    tx: &Connection,
    now_ms: i64,
    limit: u32,
) -> rusqlite::Result<Vec<Reminder>> {
    let mut due: Vec<Reminder> = tx
        .prepare_cached(TO_REMIND)?
        .query_map(params![now_ms, limit], |row| {
            Ok(Reminder {
                learner: row.get(0)?,
                due_at: row.get(1)?,
                next_at: row.get(1)?,
                body: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut later = tx.prepare_cached(REMIND_LATER)?;
    for one in &mut due {
        let claimed = params![one.learner, now_ms];
        one.next_at = later.query_row(claimed, |row| row.get(0))?;
    }
    Ok(due)
}

/// Moves who was claimed, unless somebody else did.
pub(super) fn move_reminder(
    tx: &Connection,
    learner: LearnerId,
    [next_at, to]: [i64; 2],
) -> rusqlite::Result<()> {
    tx.prepare_cached(MOVE_REMINDER)?
        .execute(params![learner, next_at, to])?;
    Ok(())
}

/// Ends somebody's reminders.
pub(super) fn stop_reminders(tx: &Connection, learner: LearnerId) -> rusqlite::Result<()> {
    tx.prepare_cached(STOP_REMINDERS)?
        .execute(params![learner])?;
    Ok(())
}

/// Whether there is such a learner.
pub(super) fn save_bookmark(
    tx: &Connection,
    learner: LearnerId,
    bookmark: &BookmarkRow,
) -> rusqlite::Result<bool> {
    let saved = tx.prepare_cached(SAVE_BOOKMARK)?.execute(params![
        learner,
        bookmark.certification,
        bookmark.item,
        bookmark.version,
        bookmark.note,
        bookmark.created_at,
        bookmark.changed_at
    ])?;
    Ok(saved > 0)
}

/// Whether there was a mark.
pub(super) fn drop_bookmark(
    tx: &Connection,
    learner: LearnerId,
    certification: &str,
    item: &str,
) -> rusqlite::Result<bool> {
    let dropped =
        tx.prepare_cached(DROP_BOOKMARK)?
            .execute(params![learner, certification, item])?;
    Ok(dropped > 0)
}

pub(super) fn bookmarks(
    conn: &Connection,
    learner: LearnerId,
    certification: &str,
    after: &str,
    limit: u32,
) -> rusqlite::Result<Vec<BookmarkRow>> {
    conn.prepare_cached(BOOKMARKS)?
        .query_map(params![learner, certification, after, limit], bookmark)?
        .collect()
}

/// A learner's marks in every certification.
pub(super) fn all_bookmarks(
    conn: &Connection,
    learner: LearnerId,
    [certification, item]: [&str; 2],
    limit: u32,
) -> rusqlite::Result<Vec<BookmarkRow>> {
    conn.prepare_cached(ALL_BOOKMARKS)?
        .query_map(params![learner, certification, item, limit], bookmark)?
        .collect()
}

fn bookmark(row: &Row<'_>) -> rusqlite::Result<BookmarkRow> {
    let mut columns = Columns::of(row);
    Ok(BookmarkRow {
        certification: columns.take()?,
        item: columns.take()?,
        version: columns.take()?,
        note: columns.take()?,
        created_at: columns.take()?,
        changed_at: columns.take()?,
    })
}

/// Stores a report in place of what its learner said of the same version of the question. It gets a number of its own,
/// so that it comes first again.
pub(super) fn report(tx: &Connection, report: &NewItemReport) -> rusqlite::Result<()> {
    tx.prepare_cached(DROP_REPORT)?.execute(params![
        report.learner,
        report.certification,
        report.version,
        report.item
    ])?;
    tx.prepare_cached(ADD_REPORT)?.execute(params![
        report.learner,
        report.certification,
        report.version,
        report.item,
        report.reason,
        report.note,
        report.reported_at
    ])?;
    Ok(())
}

/// What was said of a certification's questions, latest first.
pub(super) fn reports(
    conn: &Connection,
    certification: &str,
    before: Option<i64>,
    limit: u32,
) -> rusqlite::Result<Vec<ItemReportRow>> {
    let before = before.unwrap_or(i64::MAX);
    conn.prepare_cached(REPORTS)?
        .query_map(params![certification, before, limit], |row| {
            said(&mut Columns::of(row))
        })?
        .collect()
}

/// What a learner said of questions, latest first.
pub(super) fn reports_of(
    conn: &Connection,
    learner: LearnerId,
    before: Option<i64>,
    limit: u32,
) -> rusqlite::Result<Vec<OwnReportRow>> {
    let before = before.unwrap_or(i64::MAX);
    conn.prepare_cached(REPORTS_OF)?
        .query_map(params![learner, before, limit], |row| {
            let mut columns = Columns::of(row);
            Ok(OwnReportRow {
                certification: columns.take()?,
                report: said(&mut columns)?,
            })
        })?
        .collect()
}

/// Drops what nobody that is there any more said of questions long ago, at most `limit`; how many.
pub(super) fn sweep(tx: &Connection, now_ms: i64, limit: u32) -> rusqlite::Result<u64> {
    let until = now_ms.saturating_sub(REPORTS_OF_NOBODY_MS);
    let dropped = tx.prepare_cached(SWEEP)?.execute(params![until, limit])?;
    Ok(dropped as u64)
}

fn said(columns: &mut Columns<'_, '_>) -> rusqlite::Result<ItemReportRow> {
    Ok(ItemReportRow {
        id: columns.take()?,
        version: columns.take()?,
        item: columns.take()?,
        reason: columns.take()?,
        note: columns.take()?,
        reported_at: columns.take()?,
    })
}
