//! Owns the statements on what the owner of a certification looks at. Must not write.

use super::super::client::{Client, Queries};
use learnr_domain::calibration::FitSums;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::fault::Failure;
use super::super::rows::{Columns, int4, int8, integer, text, uuid};
use super::learner::{answer, answer_columns, totals};
use crate::store::{
    EndedSpan, ExportMark, ExportedAnswer, ItemStatisticsRow, LearnerProgressRow, ProgressMark,
    VersionStatisticsRow,
};

/// Versions listed at most.
const VERSIONS_MAX: i64 = 1_000;

const VERSIONS: &str = "SELECT version, sessions, answers, correct, elapsed_ms, last_at FROM version_statistics \
     WHERE certification = $1 ORDER BY last_at DESC, version LIMIT $2";
const ITEMS: &str = "SELECT item, served, answers, correct, elapsed_ms, judged, squares, variances, square_variances, \
     standardised, standardised_variances, judged_right, ability, ability_squares, ability_right FROM item_statistics \
     WHERE certification = $1 AND version = $2 AND item > $3 ORDER BY item LIMIT $4";
const LEARNERS: &str = "SELECT learner, sessions::int4, answers::int4, correct::int4, elapsed_ms, first_at, last_at \
     FROM learner_progress WHERE certification = $1 AND (last_at, learner) < ($2, $3) \
     ORDER BY last_at DESC, learner DESC LIMIT $4";
/// A page is done before workers for it have started: those alone took 30 ms of 65 at ten million answers.
const ALONE: &str = "SET LOCAL max_parallel_workers_per_gather = 0";
/// Sessions in order of their index, and the events of each in order of theirs, from the one partition that has them: a
/// page reads no more than itself.
const EXPORT: &str = concat!(
    "SELECT s.id, s.learner, s.bank_version, s.kind, s.ended_at, e.* FROM sessions s \
     CROSS JOIN LATERAL (SELECT ",
    answer_columns!(),
    " FROM events e WHERE e.session = s.id AND e.kind IN ('answered', 'recorded') \
     AND e.seq > CASE WHEN s.ended_at = $2 AND s.id = $3 THEN $5 ELSE 0 END) e \
     WHERE s.status = 'completed' AND s.certification = $1 AND (s.ended_at, s.id) >= ($2, $3) AND s.ended_at < $4 \
     ORDER BY s.ended_at, s.id, e.seq LIMIT $6"
);

pub(super) async fn versions(
    client: &Client,
    certification: &str,
) -> Result<Vec<VersionStatisticsRow>, Failure> {
    let parameters = [text(&certification), int8(&VERSIONS_MAX)];
    let rows = client.query_typed(VERSIONS, &parameters).await?;
    let version = |row: &Row| {
        let mut columns = Columns::of(row);
        Ok(VersionStatisticsRow {
            version: columns.take()?,
            sessions: columns.take()?,
            answers: columns.take()?,
            correct: columns.take()?,
            elapsed_ms: columns.take()?,
            last_at: columns.take()?,
        })
    };
    rows.iter().map(version).collect()
}

/// Items of a certification and version behind an id.
pub(super) async fn items(
    client: &Client,
    [certification, version, after]: [&str; 3],
    limit: u32,
) -> Result<Vec<ItemStatisticsRow>, Failure> {
    let limit = i64::from(limit);
    let parameters = [
        text(&certification),
        text(&version),
        text(&after),
        int8(&limit),
    ];
    let rows = client.query_typed(ITEMS, &parameters).await?;
    let item = |row: &Row| {
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
    };
    rows.iter().map(item).collect()
}

pub(super) async fn learners(
    client: &Client,
    certification: &str,
    before: Option<ProgressMark>,
    limit: u32,
) -> Result<Vec<LearnerProgressRow>, Failure> {
    let (last_at, learner) = before.map_or((i64::MAX, Uuid::max()), |mark| {
        (mark.last_at, mark.learner.0)
    });
    let limit = i64::from(limit);
    let parameters = [
        text(&certification),
        int8(&last_at),
        uuid(&learner),
        int8(&limit),
    ];
    let rows = client.query_typed(LEARNERS, &parameters).await?;
    let progress = |row: &Row| {
        let mut columns = Columns::of(row);
        Ok(LearnerProgressRow {
            learner: columns.take()?,
            sessions: columns.take()?,
            totals: totals(&mut columns)?,
            first_at: columns.take()?,
            last_at: columns.take()?,
        })
    };
    rows.iter().map(progress).collect()
}

pub(super) async fn answers(
    client: &mut Client,
    certification: &str,
    ended: EndedSpan,
    after: Option<ExportMark>,
    limit: u32,
) -> Result<Vec<ExportedAnswer>, Failure> {
    let (ended_at, session, seq) = after.map_or((ended.from_ms, Uuid::nil(), 0), |mark| {
        (mark.ended_at, mark.session.0, mark.seq)
    });
    let (seq, limit) = (integer(seq)?, i64::from(limit));
    let parameters = [
        text(&certification),
        int8(&ended_at),
        uuid(&session),
        int8(&ended.to_ms),
        int4(&seq),
        int8(&limit),
    ];
    let tx = client.transaction().await?;
    tx.driver().batch_execute(ALONE).await?;
    let rows = tx.query_typed(EXPORT, &parameters).await?;
    tx.commit().await?;
    let exported = |row: &Row| {
        let mut columns = Columns::of(row);
        Ok(ExportedAnswer {
            session: columns.take()?,
            learner: columns.take()?,
            version: columns.take()?,
            kind: columns.take()?,
            ended_at: columns.take()?,
            answer: answer(&mut columns)?,
        })
    };
    rows.iter().map(exported).collect()
}
