//! Owns the statements on background work. Must not know how the work is done.

use super::client::{Client, Queries};

use super::fault::Failure;
use super::rows::{Columns, int8, text};
use crate::store::{Job, JobId, JobKind};

/// Those that somebody else leases at the moment are passed over, not waited for.
const LEASE: &str = "WITH due AS (SELECT id, run_at FROM jobs WHERE NOT finished AND run_at <= $1 \
     ORDER BY run_at, id LIMIT $2 FOR UPDATE SKIP LOCKED), \
     leased AS (UPDATE jobs j SET run_at = $3, attempts = j.attempts + 1 FROM due WHERE j.id = due.id \
     RETURNING due.run_at AS was, j.id, j.kind, j.session, j.attempts) \
     SELECT id, kind, session, attempts FROM leased ORDER BY was, id";
const FINISH: &str =
    "UPDATE jobs SET finished = true, last_error = NULL WHERE id = $1 AND NOT finished";
const RETRY: &str = "UPDATE jobs SET run_at = $2, last_error = $3 WHERE id = $1 AND NOT finished";
const GIVE_UP: &str =
    "UPDATE jobs SET finished = true, last_error = $2 WHERE id = $1 AND NOT finished";
const SWEEP: &str = "INSERT INTO jobs (kind, session, run_at) \
     SELECT $1, s.id, s.ended_at FROM sessions s \
     LEFT JOIN jobs j ON j.session = s.id AND j.kind = $1 \
     WHERE s.status = 'completed' AND s.ended_at >= $2 AND j.id IS NULL \
     ORDER BY s.ended_at LIMIT $3 ON CONFLICT (session, kind) DO NOTHING";

/// Leases due jobs until `until_ms`.
pub(super) async fn lease(
    client: &Client,
    now_ms: i64,
    limit: u32,
    until_ms: i64,
) -> Result<Vec<Job>, Failure> {
    let limit = i64::from(limit);
    let parameters = [int8(&now_ms), int8(&limit), int8(&until_ms)];
    let rows = client.query_typed(LEASE, &parameters).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(Job {
                id: columns.take()?,
                kind: columns.take()?,
                session: columns.take()?,
                attempts: columns.take()?,
            })
        })
        .collect()
}

pub(super) async fn finish(client: &impl Queries, job: JobId) -> Result<bool, Failure> {
    Ok(client.execute_typed(FINISH, &[int8(&job.0)]).await? == 1)
}

/// Notes a failure; without a time to try again the job is over.
pub(super) async fn fail(
    client: &Client,
    job: JobId,
    error: &str,
    retry_at: Option<i64>,
) -> Result<(), Failure> {
    match retry_at {
        Some(at) => {
            let parameters = [int8(&job.0), int8(&at), text(&error)];
            client.execute_typed(RETRY, &parameters).await?
        }
        None => {
            client
                .execute_typed(GIVE_UP, &[int8(&job.0), text(&error)])
                .await?
        }
    };
    Ok(())
}

/// Adds the job that completed sessions lack.
pub(super) async fn sweep(
    client: &Client,
    kind: JobKind,
    ended_since: i64,
    limit: u32,
) -> Result<u64, Failure> {
    let (kind, limit) = (kind.as_str(), i64::from(limit));
    let parameters = [text(&kind), int8(&ended_since), int8(&limit)];
    Ok(client.execute_typed(SWEEP, &parameters).await?)
}
