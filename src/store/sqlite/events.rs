//! Owns the statements on events and the check of an append against the session's fence. Must not
//! know batches, retries or transactions: it is called inside one.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tracing::error;

use super::known::{Known, Tail};
use super::rows::Columns;
use super::{fault, sessions};
use crate::store::{AnswerRow, Append, EventRow, Fence, Outcome, SessionId};

macro_rules! columns {
    () => {
        "seq, epoch, claim, kind, event_version, participant, at_ms, request_id, position, item, \
         choice, correct, elapsed_ms, area, theta, standard_error, payload"
    };
}

const INSERT: &str = concat!(
    "INSERT INTO events (session, request_hash, ",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)"
);
/// Answered from the index alone but for a hit: it reads one session's entries, which are the page
/// or two the insert needs anyway.
const REPEATED: &str = "SELECT seq FROM events WHERE session = ?1 AND participant = ?2 \
     AND request_hash = ?3 AND request_id = ?4";
const ONE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM events WHERE session = ?1 AND seq = ?2"
);
const ALL: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM events WHERE session = ?1 ORDER BY seq"
);
const REWRITE_FIRST: &str = "UPDATE events SET kind = ?2, event_version = ?3, payload = ?4 \
     WHERE session = ?1 AND seq = 1";
const ANSWERS: &str = "SELECT session, seq, epoch, request_id, position FROM events \
     WHERE (session, seq) > (?1, ?2) AND kind IN ('answered', 'recorded') \
     ORDER BY session, seq LIMIT ?3";
/// The fence, read inside the writing transaction.
const FENCE: &str = "SELECT epoch, claim FROM sessions WHERE id = ?1";
const LAST: &str = "SELECT seq FROM events WHERE session = ?1 ORDER BY seq DESC LIMIT 1";
const REQUESTS: &str =
    "SELECT request_hash FROM events WHERE session = ?1 AND request_hash IS NOT NULL";

/// Stores the rows if the fence holds, inside the transaction that reads the fence.
pub(super) fn append(
    tx: &Connection,
    append: &Append,
    known: &mut Known,
) -> rusqlite::Result<Outcome> {
    let Some(fence) = fence(tx, append.session)? else {
        return Ok(Outcome::Rejected(format!(
            "session {} is not stored",
            append.session
        )));
    };
    let remembered = known.take(append.session, fence);
    let last = match &remembered {
        Some(tail) => tail.last,
        None => last(tx, append.session)?,
    };
    let stored = append.rows.partition_point(|row| row.seq <= last);
    for row in &append.rows[..stored] {
        if one(tx, append.session, row.seq)?.as_ref() != Some(row) {
            return Ok(Outcome::Fenced);
        }
    }
    // An earlier attempt whose commit was not known: stored is the truth, even if the session has
    // been claimed since.
    if stored == append.rows.len() && stored > 0 {
        return Ok(Outcome::Stored);
    }
    if fence != append.fence {
        return Ok(Outcome::Fenced);
    }
    let fresh = &append.rows[stored..];
    if let Some(first) = fresh.first()
        && first.seq != last + 1
    {
        // The row before it was given up or rejected. Storing this one would leave a gap that no
        // replay gets over.
        error!(session.id = %append.session, seq = first.seq, last, "event out of place, not stored");
        return Ok(Outcome::Unavailable);
    }
    let mut tail = match remembered {
        Some(tail) => tail,
        None => Tail::new(fence, last, requests(tx, append.session)?),
    };
    for row in fresh {
        let request = row.request_id.as_deref().map(|id| hash(id.as_bytes()));
        if request.is_some_and(|request| tail.may_have(request))
            && let Some(seq) = repeated(tx, append.session, row)?
        {
            // An error, unlike the outcomes above: rows before it may have gone in.
            return Err(fault::made(
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
                format!("event {}: its request id is that of event {seq}", row.seq),
            ));
        }
        insert(tx, append.session, row)?;
        tail.add(row.seq, request);
    }
    match &append.status {
        // What comes behind it is rare, and is looked up.
        Some(change) => sessions::change_status(tx, append.session, change)?,
        None => known.put(append.session, tail),
    }
    Ok(Outcome::Stored)
}

fn fence(tx: &Connection, session: SessionId) -> rusqlite::Result<Option<Fence>> {
    tx.prepare_cached(FENCE)?
        .query_row([session], |row| {
            Ok(Fence {
                epoch: row.get(0)?,
                claim: row.get(1)?,
            })
        })
        .optional()
}

/// The last place taken; 0 when there is none.
fn last(tx: &Connection, session: SessionId) -> rusqlite::Result<u32> {
    let last = tx
        .prepare_cached(LAST)?
        .query_row([session], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0))
}

/// Hashes of the request ids that the session has had.
fn requests(tx: &Connection, session: SessionId) -> rusqlite::Result<Vec<u32>> {
    tx.prepare_cached(REQUESTS)?
        .query_map([session], |row| row.get(0))?
        .collect()
}

/// Inserts one row, whose place and request id are known to be free.
pub(super) fn insert(tx: &Connection, session: SessionId, row: &EventRow) -> rusqlite::Result<()> {
    tx.prepare_cached(INSERT)?.execute(params![
        session,
        row.request_id.as_deref().map(|id| hash(id.as_bytes())),
        row.seq,
        row.fence.epoch,
        row.fence.claim,
        row.kind,
        row.event_version,
        row.participant,
        row.at_ms,
        row.request_id,
        row.position,
        row.item,
        row.choice,
        row.correct,
        row.elapsed_ms,
        row.area,
        row.theta,
        row.standard_error,
        row.payload,
    ])?;
    Ok(())
}

/// The place of an earlier event with the row's request id.
fn repeated(tx: &Connection, session: SessionId, row: &EventRow) -> rusqlite::Result<Option<u32>> {
    let Some(request_id) = &row.request_id else {
        return Ok(None);
    };
    tx.prepare_cached(REPEATED)?
        .query_row(
            params![
                session,
                row.participant,
                hash(request_id.as_bytes()),
                request_id
            ],
            |found| found.get(0),
        )
        .optional()
}

/// FNV-1a, 32 bits. Stored: never to be changed. It only narrows a search, whose hits are compared
/// in full.
pub(super) fn hash(request_id: &[u8]) -> u32 {
    request_id.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// The session's events in order.
pub(super) fn load(conn: &Connection, session: SessionId) -> rusqlite::Result<Vec<EventRow>> {
    conn.prepare_cached(ALL)?
        .query_map([session], event)?
        .collect()
}

/// Stored answers behind a place, in order.
pub(super) fn answers_after(
    conn: &Connection,
    after: Option<(SessionId, u32)>,
    limit: u32,
) -> rusqlite::Result<Vec<AnswerRow>> {
    let (session, seq) = after.unwrap_or((SessionId(uuid::Uuid::nil()), 0));
    conn.prepare_cached(ANSWERS)?
        .query_map(params![session, seq, limit], |row| {
            let mut columns = Columns::of(row);
            Ok(AnswerRow {
                session: columns.take()?,
                seq: columns.take()?,
                epoch: columns.take()?,
                request_id: columns.take()?,
                position: columns.take()?,
            })
        })?
        .collect()
}

/// The session's first event.
pub(super) fn first(conn: &Connection, session: SessionId) -> rusqlite::Result<EventRow> {
    conn.prepare_cached(ONE)?
        .query_row(params![session, 1], event)
}

/// Writes what was stripped of a session's first event over it: the one event that is ever changed.
pub(super) fn rewrite_first(
    tx: &Connection,
    session: SessionId,
    row: &EventRow,
) -> rusqlite::Result<()> {
    tx.prepare_cached(REWRITE_FIRST)?.execute(params![
        session,
        row.kind,
        row.event_version,
        row.payload
    ])?;
    Ok(())
}

fn one(conn: &Connection, session: SessionId, seq: u32) -> rusqlite::Result<Option<EventRow>> {
    conn.prepare_cached(ONE)?
        .query_row(params![session, seq], event)
        .optional()
}

fn event(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let mut columns = Columns::of(row);
    Ok(EventRow {
        seq: columns.take()?,
        fence: Fence {
            epoch: columns.take()?,
            claim: columns.take()?,
        },
        kind: columns.take()?,
        event_version: columns.take()?,
        participant: columns.take()?,
        at_ms: columns.take()?,
        request_id: columns.take()?,
        position: columns.take()?,
        item: columns.take()?,
        choice: columns.take()?,
        correct: columns.take()?,
        elapsed_ms: columns.take()?,
        area: columns.take()?,
        theta: columns.take()?,
        standard_error: columns.take()?,
        payload: columns.take()?,
    })
}
