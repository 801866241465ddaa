//! Owns the statements on one learner's own history. Must not write.

use rusqlite::{Connection, Row, params};

use super::super::rows::Columns;
use super::super::sessions::{select, session};
use crate::store::{
    AreaActivity, ConceptRow, DayActivity, DayCompetency, DaySpan, LearnerId, SessionFilter,
    SessionId, SessionMark, SessionRow, StoredAbility, StoredAnswer, Totals,
};

/// Columns of a stored answer, as [`answer`] takes them.
macro_rules! answer_columns {
    () => {
        "events.seq, events.kind = 'recorded', events.at_ms, events.position, events.item, \
         events.choice, events.correct, events.elapsed_ms, events.area, events.theta, \
         events.standard_error"
    };
}
pub(super) use answer_columns;

const ANSWERS: &str = concat!(
    "SELECT ",
    answer_columns!(),
    " FROM events WHERE session = ?1 AND kind IN ('answered', 'recorded') ORDER BY seq"
);
const BY_DAY: &str = "SELECT (quarter + ?5) / 96 AS day, sum(sessions), sum(answers), \
     sum(correct), sum(elapsed_ms) FROM learner_activity \
     WHERE learner = ?1 AND certification = ?2 AND quarter >= ?3 AND quarter < ?4 \
     GROUP BY day ORDER BY day";
const BY_AREA: &str = "SELECT area, sum(answers), sum(correct), sum(elapsed_ms) \
     FROM learner_activity WHERE learner = ?1 AND certification = ?2 AND quarter >= ?3 \
     AND quarter < ?4 AND area <> '' GROUP BY area HAVING sum(answers) > 0 ORDER BY area";
/// Columns beside a lone `max()` are those of its row: SQLite promises that.
const COMPETENCY: &str = "SELECT (quarter + ?5) / 96 AS day, area, theta, standard_error, \
     max(theta_at) FROM learner_activity WHERE learner = ?1 AND certification = ?2 \
     AND quarter >= ?3 AND quarter < ?4 AND theta IS NOT NULL GROUP BY day, area \
     ORDER BY day, area";
const HARDEST: &str = "SELECT concept, answers, correct, elapsed_ms, expected \
     FROM learner_concepts WHERE learner = ?1 AND certification = ?2 AND answers >= ?3 \
     ORDER BY (correct + 1.0) / (answers + 2.0), answers DESC, concept LIMIT ?4";

pub(super) fn sessions(
    conn: &Connection,
    learner: LearnerId,
    filter: &SessionFilter,
    before: Option<SessionMark>,
    limit: u32,
) -> rusqlite::Result<Vec<SessionRow>> {
    let sql = select!(
        "WHERE learner = ?1 AND (?2 IS NULL OR certification = ?2) \
         AND (?3 IS NULL OR status = ?3) AND (started_at, id) < (?4, ?5) \
         ORDER BY started_at DESC, id DESC LIMIT ?6"
    );
    // After every beginning there is: no time is later.
    let (started_at, id) = before.map_or((i64::MAX, Vec::new()), |mark| {
        (mark.started_at, mark.session.0.as_bytes().to_vec())
    });
    conn.prepare_cached(sql)?
        .query_map(
            params![
                learner,
                filter.certification,
                filter.status,
                started_at,
                id,
                limit
            ],
            session,
        )?
        .collect()
}

pub(super) fn answers(
    conn: &Connection,
    session: SessionId,
) -> rusqlite::Result<Vec<StoredAnswer>> {
    conn.prepare_cached(ANSWERS)?
        .query_map([session], |row| answer(&mut Columns::of(row)))?
        .collect()
}

/// Takes the columns of `answer_columns`.
pub(super) fn answer(columns: &mut Columns<'_, '_>) -> rusqlite::Result<StoredAnswer> {
    Ok(StoredAnswer {
        seq: columns.take()?,
        recorded: columns.take()?,
        at_ms: columns.take()?,
        position: columns.take()?,
        item: columns.take()?,
        choice: columns.take()?,
        correct: columns.take()?,
        elapsed_ms: columns.take()?,
        area: columns.take()?,
        theta: columns.take()?,
        standard_error: columns.take()?,
    })
}

pub(super) fn activity_by_day(
    conn: &Connection,
    learner: LearnerId,
    certification: &str,
    days: DaySpan,
) -> rusqlite::Result<Vec<DayActivity>> {
    let (first, end) = days.quarters();
    conn.prepare_cached(BY_DAY)?
        .query_map(
            params![learner, certification, first, end, days.offset_quarters],
            |row| {
                let mut columns = Columns::of(row);
                Ok(DayActivity {
                    day: columns.take()?,
                    sessions: columns.take()?,
                    totals: totals(&mut columns)?,
                })
            },
        )?
        .collect()
}

pub(super) fn activity_by_area(
    conn: &Connection,
    learner: LearnerId,
    certification: &str,
    days: DaySpan,
) -> rusqlite::Result<Vec<AreaActivity>> {
    let (first, end) = days.quarters();
    conn.prepare_cached(BY_AREA)?
        .query_map(params![learner, certification, first, end], |row| {
            let mut columns = Columns::of(row);
            Ok(AreaActivity {
                area: columns.take()?,
                totals: totals(&mut columns)?,
            })
        })?
        .collect()
}

pub(super) fn competency_by_day(
    conn: &Connection,
    learner: LearnerId,
    certification: &str,
    days: DaySpan,
) -> rusqlite::Result<Vec<DayCompetency>> {
    let (first, end) = days.quarters();
    let competency = |row: &Row<'_>| {
        let mut columns = Columns::of(row);
        Ok(DayCompetency {
            day: columns.take()?,
            area: columns.take()?,
            ability: StoredAbility {
                theta: columns.take()?,
                standard_error: columns.take()?,
                at_ms: columns.take()?,
            },
        })
    };
    conn.prepare_cached(COMPETENCY)?
        .query_map(
            params![learner, certification, first, end, days.offset_quarters],
            competency,
        )?
        .collect()
}

pub(super) fn hardest_concepts(
    conn: &Connection,
    learner: LearnerId,
    certification: &str,
    answers_min: u32,
    limit: u32,
) -> rusqlite::Result<Vec<ConceptRow>> {
    conn.prepare_cached(HARDEST)?
        .query_map(params![learner, certification, answers_min, limit], |row| {
            let mut columns = Columns::of(row);
            Ok(ConceptRow {
                concept: columns.take()?,
                totals: totals(&mut columns)?,
                expected: columns.take()?,
            })
        })?
        .collect()
}

/// Takes answers, right answers and milliseconds.
pub(super) fn totals(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Totals> {
    Ok(Totals {
        answers: columns.take()?,
        correct: columns.take()?,
        elapsed_ms: columns.take()?,
    })
}
