//! Owns the statements on background work. Must not know how the work is done.

use rusqlite::{Connection, params};

use crate::store::{Job, JobId, JobKind, SessionId};

const ADD: &str = "INSERT INTO jobs (kind, session, run_at) VALUES (?1, ?2, ?3) \
     ON CONFLICT (session, kind) DO NOTHING";
const DUE: &str = "SELECT id, kind, session, attempts + 1 FROM jobs \
     WHERE finished = 0 AND run_at <= ?1 ORDER BY run_at, id LIMIT ?2";
const LEASE: &str = "UPDATE jobs SET run_at = ?2, attempts = ?3 WHERE id = ?1";
const FINISH: &str =
    "UPDATE jobs SET finished = 1, last_error = NULL WHERE id = ?1 AND finished = 0";
const RETRY: &str = "UPDATE jobs SET run_at = ?2, last_error = ?3 WHERE id = ?1 AND finished = 0";
const GIVE_UP: &str =
    "UPDATE jobs SET finished = 1, last_error = ?2 WHERE id = ?1 AND finished = 0";
const SWEEP: &str = "INSERT INTO jobs (kind, session, run_at) \
     SELECT ?1, sessions.id, sessions.ended_at FROM sessions \
     LEFT JOIN jobs ON jobs.session = sessions.id AND jobs.kind = ?1 \
     WHERE sessions.status = 'completed' AND sessions.ended_at >= ?2 AND jobs.id IS NULL \
     ORDER BY sessions.ended_at LIMIT ?3";

pub(super) fn add(
    tx: &Connection,
    session: SessionId,
    kind: JobKind,
    run_at: i64,
) -> rusqlite::Result<()> {
    tx.prepare_cached(ADD)?
        .execute(params![kind, session, run_at])?;
    Ok(())
}

/// Leases due jobs until `until_ms`.
pub(super) fn lease(
    tx: &Connection,
    now_ms: i64,
    limit: u32,
    until_ms: i64,
) -> rusqlite::Result<Vec<Job>> {
    let due = tx
        .prepare_cached(DUE)?
        .query_map(params![now_ms, limit], |row| {
            Ok(Job {
                id: row.get(0)?,
                kind: row.get(1)?,
                session: row.get(2)?,
                attempts: row.get(3)?,
            })
        })?
        .collect::<rusqlite::Result<Vec<Job>>>()?;
    let mut lease = tx.prepare_cached(LEASE)?;
    for job in &due {
        lease.execute(params![job.id, until_ms, job.attempts])?;
    }
    Ok(due)
}

pub(super) fn finish(tx: &Connection, job: JobId) -> rusqlite::Result<bool> {
    Ok(tx.prepare_cached(FINISH)?.execute([job])? == 1)
}

/// Notes a failure; without a time to try again the job is over.
pub(super) fn fail(
    tx: &Connection,
    job: JobId,
    error: &str,
    retry_at: Option<i64>,
) -> rusqlite::Result<()> {
    match retry_at {
        Some(at) => tx.prepare_cached(RETRY)?.execute(params![job, at, error])?,
        None => tx.prepare_cached(GIVE_UP)?.execute(params![job, error])?,
    };
    Ok(())
}

/// Adds the job that completed sessions lack.
pub(super) fn sweep(
    tx: &Connection,
    kind: JobKind,
    ended_since: i64,
    limit: u32,
) -> rusqlite::Result<u64> {
    let added = tx
        .prepare_cached(SWEEP)?
        .execute(params![kind, ended_since, limit])?;
    Ok(added as u64)
}
