//! Owns the statements on one learner's own history. Must not write.

use super::super::client::{Client, Queries};
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::fault::Failure;
use super::super::rows::{Columns, Parameter, int8, text, uuid};
use super::super::sessions::{columns, select, several};
use crate::store::{
    AreaActivity, ConceptRow, DayActivity, DayCompetency, DaySpan, LearnerId, SessionFilter,
    SessionId, SessionMark, SessionRow, StoredAbility, StoredAnswer, Totals,
};

/// Columns of a stored answer, as [`answer`] takes them.
macro_rules! answer_columns {
    () => {
        "e.seq, e.kind = 'recorded', e.at_ms, e.position, e.item, e.choice, e.correct, e.elapsed_ms, e.area, \
         e.theta, e.standard_error"
    };
}
pub(super) use answer_columns;

const SESSIONS: &str = select!(
    "WHERE s.learner = $1 AND ($2::text IS NULL OR s.certification = $2) AND ($3::text IS NULL OR s.status = $3) \
     AND (s.started_at, s.id) < ($4, $5) ORDER BY s.started_at DESC, s.id DESC LIMIT $6"
);
const ANSWERS: &str = concat!(
    "SELECT ",
    answer_columns!(),
    " FROM events e WHERE e.session = $1 AND e.kind IN ('answered', 'recorded') ORDER BY e.seq"
);
const BY_DAY: &str = "SELECT (quarter + $5) / 96 AS day, sum(sessions)::int4, sum(answers)::int4, sum(correct)::int4, \
     sum(elapsed_ms)::int8 FROM learner_activity \
     WHERE learner = $1 AND certification = $2 AND quarter >= $3 AND quarter < $4 GROUP BY day ORDER BY day";
const BY_AREA: &str = "SELECT area, sum(answers)::int4, sum(correct)::int4, sum(elapsed_ms)::int8 \
     FROM learner_activity WHERE learner = $1 AND certification = $2 AND quarter >= $3 AND quarter < $4 \
     AND area <> '' GROUP BY area HAVING sum(answers) > 0 ORDER BY area";
const COMPETENCY: &str = "SELECT DISTINCT ON (day, area) (quarter + $5) / 96 AS day, area, theta, standard_error, \
     theta_at FROM learner_activity WHERE learner = $1 AND certification = $2 AND quarter >= $3 AND quarter < $4 \
     AND theta IS NOT NULL ORDER BY day, area, theta_at DESC";
const HARDEST: &str = "SELECT concept, answers::int4, correct::int4, elapsed_ms, expected FROM learner_concepts \
     WHERE learner = $1 AND certification = $2 AND answers >= $3 \
     ORDER BY (correct + 1)::float8 / (answers + 2), answers DESC, concept LIMIT $4";

pub(super) async fn sessions(
    client: &Client,
    learner: LearnerId,
    filter: &SessionFilter,
    before: Option<SessionMark>,
    limit: u32,
) -> Result<Vec<SessionRow>, Failure> {
    let status = filter.status.map(|status| status.as_str());
    // After every beginning there is: no time is later.
    let (started_at, id) = before.map_or((i64::MAX, Uuid::max()), |mark| {
        (mark.started_at, mark.session.0)
    });
    let limit = i64::from(limit);
    let parameters = [
        uuid(&learner.0),
        text(&filter.certification),
        text(&status),
        int8(&started_at),
        uuid(&id),
        int8(&limit),
    ];
    several(client, SESSIONS, &parameters).await
}

pub(super) async fn answers(
    client: &Client,
    session: SessionId,
) -> Result<Vec<StoredAnswer>, Failure> {
    let rows = client.query_typed(ANSWERS, &[uuid(&session.0)]).await?;
    rows.iter()
        .map(|row| answer(&mut Columns::of(row)))
        .collect()
}

/// Takes the columns of `answer_columns`.
pub(super) fn answer(columns: &mut Columns<'_>) -> Result<StoredAnswer, Failure> {
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

pub(super) async fn activity_by_day(
    client: &Client,
    whose: (LearnerId, &str),
    days: DaySpan,
) -> Result<Vec<DayActivity>, Failure> {
    let rows = in_span(client, BY_DAY, whose, days, true).await?;
    let day = |row: &Row| {
        let mut columns = Columns::of(row);
        Ok(DayActivity {
            day: columns.take()?,
            sessions: columns.take()?,
            totals: totals(&mut columns)?,
        })
    };
    rows.iter().map(day).collect()
}

pub(super) async fn activity_by_area(
    client: &Client,
    whose: (LearnerId, &str),
    days: DaySpan,
) -> Result<Vec<AreaActivity>, Failure> {
    let rows = in_span(client, BY_AREA, whose, days, false).await?;
    let area = |row: &Row| {
        let mut columns = Columns::of(row);
        Ok(AreaActivity {
            area: columns.take()?,
            totals: totals(&mut columns)?,
        })
    };
    rows.iter().map(area).collect()
}

pub(super) async fn competency_by_day(
    client: &Client,
    whose: (LearnerId, &str),
    days: DaySpan,
) -> Result<Vec<DayCompetency>, Failure> {
    let rows = in_span(client, COMPETENCY, whose, days, true).await?;
    let competency = |row: &Row| {
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
    rows.iter().map(competency).collect()
}

/// Rows of the learner's activity in a span; `cut`: whether the statement cuts days, and takes the offset for it.
async fn in_span(
    client: &Client,
    sql: &str,
    (learner, certification): (LearnerId, &str),
    days: DaySpan,
    cut: bool,
) -> Result<Vec<Row>, Failure> {
    let (first, end) = days.quarters();
    let mut parameters: Vec<Parameter<'_>> = vec![
        uuid(&learner.0),
        text(&certification),
        int8(&first),
        int8(&end),
    ];
    if cut {
        parameters.push(int8(&days.offset_quarters));
    }
    Ok(client.query_typed(sql, &parameters).await?)
}

pub(super) async fn hardest_concepts(
    client: &Client,
    (learner, certification): (LearnerId, &str),
    answers_min: u32,
    limit: u32,
) -> Result<Vec<ConceptRow>, Failure> {
    let (answers_min, limit) = (i64::from(answers_min), i64::from(limit));
    let parameters = [
        uuid(&learner.0),
        text(&certification),
        int8(&answers_min),
        int8(&limit),
    ];
    let rows = client.query_typed(HARDEST, &parameters).await?;
    let concept = |row: &Row| {
        let mut columns = Columns::of(row);
        Ok(ConceptRow {
            concept: columns.take()?,
            totals: totals(&mut columns)?,
            expected: columns.take()?,
        })
    };
    rows.iter().map(concept).collect()
}

/// Takes answers, right answers and milliseconds.
pub(super) fn totals(columns: &mut Columns<'_>) -> Result<Totals, Failure> {
    Ok(Totals {
        answers: columns.take()?,
        correct: columns.take()?,
        elapsed_ms: columns.take()?,
    })
}
