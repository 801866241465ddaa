//! Owns the statements on what the owner of a certification looks at. Must not write.

use learnr_domain::calibration::FitSums;
use rusqlite::{Connection, params};

use super::super::rows::Columns;
use super::learner::{answer, answer_columns, totals};
use crate::store::{
    EndedSpan, ExportMark, ExportedAnswer, ItemStatisticsRow, LearnerProgressRow, ProgressMark,
    VersionStatisticsRow,
};

/// Versions listed at most.
const VERSIONS_MAX: u32 = 1_000;

const VERSIONS: &str = "SELECT version, sessions, answers, correct, elapsed_ms, last_at \
     FROM version_statistics WHERE certification = ?1 ORDER BY last_at DESC, version LIMIT ?2";
const ITEMS: &str = "SELECT item, served, answers, correct, elapsed_ms, judged, squares, \
     variances, square_variances, standardised, standardised_variances, judged_right, ability, \
     ability_squares, ability_right FROM item_statistics \
     WHERE certification = ?1 AND version = ?2 AND item > ?3 ORDER BY item LIMIT ?4";
const LEARNERS: &str = "SELECT learner, sessions, answers, correct, elapsed_ms, first_at, last_at \
     FROM learner_progress WHERE certification = ?1 AND (last_at, learner) < (?2, ?3) \
     ORDER BY last_at DESC, learner DESC LIMIT ?4";
/// Sessions in order of their index, and the events of each in order of theirs: nothing is sorted, and a page reads no
/// more than itself.
const EXPORT: &str = concat!(
    "SELECT sessions.id, sessions.learner, sessions.bank_version, sessions.kind, \
     sessions.ended_at, ",
    answer_columns!(),
    " FROM sessions CROSS JOIN events ON events.session = sessions.id \
     WHERE sessions.status = 'completed' AND sessions.certification = ?1 \
     AND (sessions.ended_at, sessions.id) >= (?2, ?3) AND sessions.ended_at < ?4 \
     AND events.kind IN ('answered', 'recorded') \
     AND events.seq > iif(sessions.id = ?3 AND sessions.ended_at = ?2, ?5, 0) \
     ORDER BY sessions.ended_at, sessions.id, events.seq LIMIT ?6"
);

pub(super) fn versions(
    conn: &Connection,
    certification: &str,
) -> rusqlite::Result<Vec<VersionStatisticsRow>> {
    conn.prepare_cached(VERSIONS)?
        .query_map(params![certification, VERSIONS_MAX], |row| {
            let mut columns = Columns::of(row);
            Ok(VersionStatisticsRow {
                version: columns.take()?,
                sessions: columns.take()?,
                answers: columns.take()?,
                correct: columns.take()?,
                elapsed_ms: columns.take()?,
                last_at: columns.take()?,
            })
        })?
        .collect()
}

/// Items of a certification and version behind an id.
pub(super) fn items(
    conn: &Connection,
    [certification, version, after]: [&str; 3],
    limit: u32,
) -> rusqlite::Result<Vec<ItemStatisticsRow>> {
    conn.prepare_cached(ITEMS)?
        .query_map(params![certification, version, after, limit], |row| {
            let mut columns = Columns::of(row);
            Ok(ItemStatisticsRow {
                item: columns.take()?,
                served: columns.take()?,
                answers: columns.take()?,
                correct: columns.take()?,
                elapsed_ms: columns.take()?,
                fit: FitSums {
                    answers: columns.take()?,
                    squares: columns.take()?,
                    variances: columns.take()?,
                    square_variances: columns.take()?,
                    standardised: columns.take()?,
                    standardised_variances: columns.take()?,
                    right: columns.take()?,
                    ability: columns.take()?,
                    ability_squares: columns.take()?,
                    together: columns.take()?,
                },
            })
        })?
        .collect()
}

pub(super) fn learners(
    conn: &Connection,
    certification: &str,
    before: Option<ProgressMark>,
    limit: u32,
) -> rusqlite::Result<Vec<LearnerProgressRow>> {
    let (last_at, learner) = before.map_or((i64::MAX, Vec::new()), |mark| {
        (mark.last_at, mark.learner.0.as_bytes().to_vec())
    });
    conn.prepare_cached(LEARNERS)?
        .query_map(params![certification, last_at, learner, limit], |row| {
            let mut columns = Columns::of(row);
            Ok(LearnerProgressRow {
                learner: columns.take()?,
                sessions: columns.take()?,
                totals: totals(&mut columns)?,
                first_at: columns.take()?,
                last_at: columns.take()?,
            })
        })?
        .collect()
}

pub(super) fn answers(
    conn: &Connection,
    certification: &str,
    ended: EndedSpan,
    after: Option<ExportMark>,
    limit: u32,
) -> rusqlite::Result<Vec<ExportedAnswer>> {
    let (ended_at, session, seq) = after.map_or((ended.from_ms, Vec::new(), 0), |mark| {
        (mark.ended_at, mark.session.0.as_bytes().to_vec(), mark.seq)
    });
    conn.prepare_cached(EXPORT)?
        .query_map(
            params![certification, ended_at, session, ended.to_ms, seq, limit],
            |row| {
                let mut columns = Columns::of(row);
                Ok(ExportedAnswer {
                    session: columns.take()?,
                    learner: columns.take()?,
                    version: columns.take()?,
                    kind: columns.take()?,
                    ended_at: columns.take()?,
                    answer: answer(&mut columns)?,
                })
            },
        )?
        .collect()
}
