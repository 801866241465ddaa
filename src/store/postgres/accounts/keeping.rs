//! Owns the statements on what learners prefer, mark and complain of. Must not know what any of it says.

use tokio_postgres::Row;

use super::super::client::{Client, Queries};
use super::super::fault::Failure;
use super::super::learners;
use super::super::rows::{Columns, bytes, int8, text, uuid};
use super::earlier::Earlier;
use crate::store::{
    BookmarkRow, ItemReportRow, LearnerId, NewItemReport, OwnReportRow, PreferencesRow,
    REMINDED_APART_MS, REPORTS_OF_NOBODY_MS, Reminder,
};

const PREFERENCES: &str = "SELECT body, changed_at, remind_at FROM preferences WHERE learner = $1";
/// Deleted meanwhile, the learner is not there to be locked: so for everything that is kept here.
const SAVE_PREFERENCES: &str = "WITH alive AS (SELECT id FROM learners WHERE id = $1 FOR KEY SHARE) \
     INSERT INTO preferences AS p (learner, body, changed_at, remind_at) SELECT id, $2, $3, $4 FROM alive \
     ON CONFLICT (learner) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at, \
     remind_at = CASE WHEN excluded.remind_at < p.reminded_at + $5 THEN excluded.remind_at + 86400000 \
     ELSE excluded.remind_at END";
/// By whole days, to the first evening that has not come yet. Those that somebody else claims are passed over.
const TAKE_REMINDERS: &str = "WITH due AS (SELECT learner, remind_at FROM preferences WHERE remind_at <= $1 \
     ORDER BY remind_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) UPDATE preferences p \
     SET remind_at = p.remind_at + 86400000 * (1 + ($1 - p.remind_at) / 86400000), reminded_at = $1 \
     FROM due WHERE p.learner = due.learner RETURNING p.learner, due.remind_at, p.remind_at, p.body";
const MOVE_REMINDER: &str =
    "UPDATE preferences SET remind_at = $3 WHERE learner = $1 AND remind_at = $2";
const STOP_REMINDERS: &str =
    "UPDATE preferences SET remind_at = NULL WHERE learner = $1 AND remind_at IS NOT NULL";
/// When a question was first marked stays.
const SAVE_BOOKMARK: &str = "WITH alive AS (SELECT id FROM learners WHERE id = $1 FOR KEY SHARE) \
     INSERT INTO bookmarks (learner, certification, item, version, note, created_at, changed_at) \
     SELECT id, $2, $3, $4, $5, $6, $7 FROM alive ON CONFLICT (learner, certification, item) \
     DO UPDATE SET version = excluded.version, note = excluded.note, changed_at = excluded.changed_at";
const DROP_BOOKMARK: &str =
    "DELETE FROM bookmarks WHERE learner = $1 AND certification = $2 AND item = $3";
const BOOKMARKS: &str = "SELECT certification, item, version, note, created_at, changed_at FROM bookmarks \
     WHERE learner = $1 AND certification = $2 AND item > $3 ORDER BY item LIMIT $4";
const ALL_BOOKMARKS: &str = "SELECT certification, item, version, note, created_at, changed_at FROM bookmarks \
     WHERE learner = $1 AND (certification, item) > ($2, $3) ORDER BY certification, item LIMIT $4";
/// In place of what they said before, under a number of its own, so that it comes first again. The very same is an
/// earlier attempt of this call.
const REPORT: &str = "WITH alive AS (SELECT id FROM learners WHERE id = $1 FOR KEY SHARE) \
     INSERT INTO item_reports AS r (learner, certification, version, item, reason, note, reported_at) \
     SELECT id, $2, $3, $4, $5, $6, $7 FROM alive ON CONFLICT (learner, certification, version, item) \
     DO UPDATE SET id = excluded.id, reason = excluded.reason, note = excluded.note, \
     reported_at = excluded.reported_at \
     WHERE (r.reason, r.note, r.reported_at) <> (excluded.reason, excluded.note, excluded.reported_at)";
const REPORTS: &str = "SELECT id, version, item, reason, note, reported_at FROM item_reports \
     WHERE certification = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
/// One learner's are few enough to be sorted.
const REPORTS_OF: &str = "SELECT certification, id, version, item, reason, note, reported_at \
     FROM item_reports WHERE learner = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
/// Those that somebody holds are left for the next time.
const SWEEP: &str = "WITH past AS (SELECT id FROM item_reports WHERE learner IS NULL AND reported_at <= $1 \
     ORDER BY reported_at LIMIT $2 FOR UPDATE SKIP LOCKED) DELETE FROM item_reports r USING past WHERE r.id = past.id";

pub(super) async fn preferences(
    client: &Client,
    learner: LearnerId,
) -> Result<Option<PreferencesRow>, Failure> {
    let row = client
        .query_typed_opt(PREFERENCES, &[uuid(&learner.0)])
        .await?;
    row.map(|row| {
        let mut columns = Columns::of(&row);
        Ok(PreferencesRow {
            body: columns.take()?,
            changed_at: columns.take()?,
            remind_at: columns.take()?,
        })
    })
    .transpose()
}

/// Whether there is such a learner.
pub(super) async fn save_preferences(
    client: &Client,
    learner: LearnerId,
    preferences: &PreferencesRow,
) -> Result<bool, Failure> {
    let parameters = [
        uuid(&learner.0),
        bytes(&preferences.body),
        int8(&preferences.changed_at),
        int8(&preferences.remind_at),
        int8(&REMINDED_APART_MS),
    ];
    Ok(client.execute_typed(SAVE_PREFERENCES, &parameters).await? > 0)
}

/// Claims those whose time has come, and moves them to another day. Of an attempt whose commit was not known nobody is reminded today.
pub(super) async fn take_reminders(
    client: &Client,
    now_ms: i64,
    limit: u32,
) -> Result<Vec<Reminder>, Failure> {
    let limit = i64::from(limit);
    let parameters = [int8(&now_ms), int8(&limit)];
    let rows = client.query_typed(TAKE_REMINDERS, &parameters).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(Reminder {
                learner: columns.take()?,
                due_at: columns.take()?,
                next_at: columns.take()?,
                body: columns.take()?,
            })
        })
        .collect()
}

/// Moves who was claimed, unless somebody else did.
pub(super) async fn move_reminder(
    client: &Client,
    learner: LearnerId,
    [next_at, to]: [i64; 2],
) -> Result<(), Failure> {
    let parameters = [uuid(&learner.0), int8(&next_at), int8(&to)];
    client.execute_typed(MOVE_REMINDER, &parameters).await?;
    Ok(())
}

/// Ends somebody's reminders.
pub(super) async fn stop_reminders(client: &Client, learner: LearnerId) -> Result<(), Failure> {
    let parameters = [uuid(&learner.0)];
    client.execute_typed(STOP_REMINDERS, &parameters).await?;
    Ok(())
}

/// Whether there is such a learner.
pub(super) async fn save_bookmark(
    client: &Client,
    learner: LearnerId,
    bookmark: &BookmarkRow,
) -> Result<bool, Failure> {
    let parameters = [
        uuid(&learner.0),
        text(&bookmark.certification),
        text(&bookmark.item),
        text(&bookmark.version),
        text(&bookmark.note),
        int8(&bookmark.created_at),
        int8(&bookmark.changed_at),
    ];
    Ok(client.execute_typed(SAVE_BOOKMARK, &parameters).await? > 0)
}

/// Whether there was a mark, for this attempt or an earlier one.
pub(super) async fn drop_bookmark(
    client: &mut Client,
    learner: LearnerId,
    [certification, item]: [&str; 2],
    earlier: &Earlier<bool>,
) -> Result<bool, Failure> {
    let before = earlier.get().unwrap_or_default();
    let tx = client.transaction().await?;
    let parameters = [uuid(&learner.0), text(&certification), text(&item)];
    let dropped = tx.execute_typed(DROP_BOOKMARK, &parameters).await? > 0 || before;
    earlier.note(dropped);
    tx.commit().await?;
    Ok(dropped)
}

pub(super) async fn bookmarks(
    client: &Client,
    learner: LearnerId,
    [certification, after]: [&str; 2],
    limit: u32,
) -> Result<Vec<BookmarkRow>, Failure> {
    let limit = i64::from(limit);
    let parameters = [
        uuid(&learner.0),
        text(&certification),
        text(&after),
        int8(&limit),
    ];
    let rows = client.query_typed(BOOKMARKS, &parameters).await?;
    rows.iter().map(bookmark).collect()
}

/// A learner's marks in every certification.
pub(super) async fn all_bookmarks(
    client: &Client,
    learner: LearnerId,
    [certification, item]: [&str; 2],
    limit: u32,
) -> Result<Vec<BookmarkRow>, Failure> {
    let limit = i64::from(limit);
    let parameters = [
        uuid(&learner.0),
        text(&certification),
        text(&item),
        int8(&limit),
    ];
    let rows = client.query_typed(ALL_BOOKMARKS, &parameters).await?;
    rows.iter().map(bookmark).collect()
}

fn bookmark(row: &Row) -> Result<BookmarkRow, Failure> {
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

/// Stores a report in place of what its learner said of the same version of the question.
pub(super) async fn report(client: &Client, report: &NewItemReport) -> Result<(), Failure> {
    let parameters = [
        uuid(&report.learner.0),
        text(&report.certification),
        text(&report.version),
        text(&report.item),
        text(&report.reason),
        text(&report.note),
        int8(&report.reported_at),
    ];
    if client.execute_typed(REPORT, &parameters).await? == 0 {
        return learners::known(client, report.learner).await;
    }
    Ok(())
}

/// What was said of a certification's questions, latest first.
pub(super) async fn reports(
    client: &Client,
    certification: &str,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<ItemReportRow>, Failure> {
    let (before, limit) = (before.unwrap_or(i64::MAX), i64::from(limit));
    let parameters = [text(&certification), int8(&before), int8(&limit)];
    let rows = client.query_typed(REPORTS, &parameters).await?;
    rows.iter().map(|row| said(&mut Columns::of(row))).collect()
}

/// What a learner said of questions, latest first.
pub(super) async fn reports_of(
    client: &Client,
    learner: LearnerId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<OwnReportRow>, Failure> {
    let (before, limit) = (before.unwrap_or(i64::MAX), i64::from(limit));
    let parameters = [uuid(&learner.0), int8(&before), int8(&limit)];
    let rows = client.query_typed(REPORTS_OF, &parameters).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(OwnReportRow {
                certification: columns.take()?,
                report: said(&mut columns)?,
            })
        })
        .collect()
}

/// Drops what nobody that is there any more said of questions long ago, at most `limit`; how many.
pub(super) async fn sweep(client: &Client, now_ms: i64, limit: u32) -> Result<u64, Failure> {
    let (until, limit) = (
        now_ms.saturating_sub(REPORTS_OF_NOBODY_MS),
        i64::from(limit),
    );
    let parameters = [int8(&until), int8(&limit)];
    Ok(client.execute_typed(SWEEP, &parameters).await?)
}

fn said(columns: &mut Columns<'_>) -> Result<ItemReportRow, Failure> {
    Ok(ItemReportRow {
        id: columns.take()?,
        version: columns.take()?,
        item: columns.take()?,
        reason: columns.take()?,
        note: columns.take()?,
        reported_at: columns.take()?,
    })
}
