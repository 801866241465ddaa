//! Owns the statements on sessions. Must not know batches or retries: what writes runs inside a
//! transaction, and finds out by itself whether an earlier attempt was done.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::Columns;
use super::{events, jobs, learners};
use crate::store::{
    Created, FIRST_EPOCH, Fence, LearnerId, NewSession, Owner, SessionId, SessionRow,
    SessionStatus, StatusChange, VouchedSession, Watermark,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, learner, organization, certification, bank_version, kind, settings, \
             stream, status, epoch, claim, owner_node, owner_incarnation, owner_address, \
             deadline_at, started_at, ended_at, summary FROM sessions ",
            $rest
        )
    };
}
pub(super) use select;

const INSERT: &str = "INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, settings, \
     stream, status, epoch, claim, deadline_at, started_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
     ON CONFLICT (learner, certification, kind) WHERE status IN ('open', 'paused') DO NOTHING";
const CLAIM: &str = "UPDATE sessions SET epoch = epoch + 1, claim = ?3, owner_node = ?4, \
     owner_incarnation = ?5, owner_address = ?6 WHERE id = ?1 AND epoch = ?2 RETURNING epoch";
const RELEASE: &str = "UPDATE sessions SET owner_node = NULL, owner_incarnation = NULL, \
     owner_address = NULL WHERE id = ?1 AND epoch = ?2 AND claim = ?3";
const ISSUERS: &str = "SELECT DISTINCT issuer FROM identities WHERE learner = ?1 ORDER BY issuer";
const HAS_ACCOUNT: &str = "SELECT 1 FROM accounts WHERE learner = ?1";
const CHANGE_STATUS: &str = "UPDATE sessions SET status = ?2, ended_at = ?3, deadline_at = ?4, \
     summary = coalesce(?5, summary) WHERE id = ?1";

/// Creates a session with its first event, or returns the open one in its way.
pub(super) fn create(tx: &Connection, new: &NewSession) -> rusqlite::Result<Created> {
    if !learners::exists(tx, new.learner)? {
        return Ok(Created::NoLearner);
    }
    if let Some(row) = one(tx, new.id)?
        && row.fence.claim == new.claim
    {
        // An earlier attempt of this very call was committed.
        return Ok(Created::New(row));
    }
    let inserted = tx.prepare_cached(INSERT)?.execute(params![
        new.id,
        new.learner,
        new.organization,
        new.certification,
        new.bank_version,
        new.kind,
        new.settings,
        new.stream,
        SessionStatus::Open,
        FIRST_EPOCH,
        new.claim,
        new.deadline_at,
        new.started_at,
    ])?;
    if inserted == 0 {
        let open = select!(
            "WHERE learner = ?1 AND certification = ?2 AND kind = ?3 \
             AND status IN ('open', 'paused')"
        );
        return tx
            .prepare_cached(open)?
            .query_row(params![new.learner, new.certification, new.kind], session)
            .map(Created::Open);
    }
    events::insert(tx, new.id, &new.started)?;
    Ok(Created::New(new.row()))
}

/// Takes a session over from whoever claimed it at `seen_epoch`.
pub(super) fn claim(
    tx: &Connection,
    id: SessionId,
    seen_epoch: i64,
    claim: i64,
    owner: &Owner,
) -> rusqlite::Result<Option<Fence>> {
    let epoch = tx
        .prepare_cached(CLAIM)?
        .query_row(
            params![
                id,
                seen_epoch,
                claim,
                owner.node,
                owner.incarnation,
                owner.address
            ],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(epoch) = epoch {
        return Ok(Some(Fence { epoch, claim }));
    }
    // The random value tells an earlier attempt of this very claim from somebody else's.
    let held = one(tx, id)?.filter(|row| {
        row.fence.claim == claim
            && row.fence.epoch == seen_epoch + 1
            && row.owner.as_ref() == Some(owner)
    });
    Ok(held.map(|row| row.fence))
}

/// Makes a session ownerless under its fence.
pub(super) fn release(tx: &Connection, id: SessionId, fence: Fence) -> rusqlite::Result<bool> {
    let released = tx
        .prepare_cached(RELEASE)?
        .execute(params![id, fence.epoch, fence.claim])?;
    Ok(released == 1)
}

/// Changes the session's row; the fence has been checked in this transaction.
pub(super) fn change_status(
    tx: &Connection,
    id: SessionId,
    change: &StatusChange,
) -> rusqlite::Result<()> {
    tx.prepare_cached(CHANGE_STATUS)?.execute(params![
        id,
        change.status,
        change.ended_at,
        change.deadline_at,
        change.summary
    ])?;
    for kind in &change.jobs {
        jobs::add(tx, id, *kind, change.ended_at.unwrap_or(0))?;
    }
    Ok(())
}

pub(super) fn one(conn: &Connection, id: SessionId) -> rusqlite::Result<Option<SessionRow>> {
    conn.prepare_cached(select!("WHERE id = ?1"))?
        .query_row([id], session)
        .optional()
}

pub(super) fn open_of(conn: &Connection, learner: LearnerId) -> rusqlite::Result<Vec<SessionRow>> {
    let sql = select!(
        "WHERE learner = ?1 AND status IN ('open', 'paused') ORDER BY started_at DESC, id DESC"
    );
    conn.prepare_cached(sql)?
        .query_map([learner], session)?
        .collect()
}

pub(super) fn ended_of(
    conn: &Connection,
    learner: LearnerId,
    certification: &str,
    after: Option<Watermark>,
    limit: u32,
) -> rusqlite::Result<Vec<SessionRow>> {
    let sql = select!(
        "WHERE learner = ?1 AND certification = ?2 AND status = 'completed' \
         AND (ended_at, id) > (?3, ?4) ORDER BY ended_at, id LIMIT ?5"
    );
    // Before every end there is: no id is shorter than nothing.
    let (ended_at, id) = after.map_or((i64::MIN, Vec::new()), |mark| {
        (mark.ended_at, mark.session.0.as_bytes().to_vec())
    });
    conn.prepare_cached(sql)?
        .query_map(
            params![learner, certification, ended_at, id, limit],
            session,
        )?
        .collect()
}

/// A scan over ids: calibration reads nearly all of them, and is the only one who asks.
pub(super) fn of_certification(
    conn: &Connection,
    certification: &str,
    after: Option<SessionId>,
    limit: u32,
) -> rusqlite::Result<Vec<VouchedSession>> {
    let sql = select!("WHERE certification = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
    let after = after.map_or_else(Vec::new, |id| id.0.as_bytes().to_vec());
    let rows: Vec<SessionRow> = conn
        .prepare_cached(sql)?
        .query_map(params![certification, after, limit], session)?
        .collect::<rusqlite::Result<_>>()?;
    let mut issuers = conn.prepare_cached(ISSUERS)?;
    let mut accounts = conn.prepare_cached(HAS_ACCOUNT)?;
    rows.into_iter()
        .map(|row| {
            let of_learner = issuers.query_map([row.learner], |row| row.get(0))?;
            let issuers = of_learner.collect::<rusqlite::Result<_>>()?;
            let has_account = accounts.exists([row.learner])?;
            Ok(VouchedSession {
                row,
                issuers,
                has_account,
            })
        })
        .collect()
}

pub(super) fn past_deadline(
    conn: &Connection,
    now_ms: i64,
    limit: u32,
) -> rusqlite::Result<Vec<SessionRow>> {
    let sql = select!(
        "WHERE status IN ('open', 'paused') AND deadline_at IS NOT NULL AND deadline_at <= ?1 \
         ORDER BY deadline_at LIMIT ?2"
    );
    conn.prepare_cached(sql)?
        .query_map(params![now_ms, limit], session)?
        .collect()
}

pub(super) fn session(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    let mut columns = Columns::of(row);
    Ok(SessionRow {
        id: columns.take()?,
        learner: columns.take()?,
        organization: columns.take()?,
        certification: columns.take()?,
        bank_version: columns.take()?,
        kind: columns.take()?,
        settings: columns.take()?,
        stream: columns.take()?,
        status: columns.take()?,
        fence: Fence {
            epoch: columns.take()?,
            claim: columns.take()?,
        },
        owner: owner(columns.take()?, columns.take()?, columns.take()?),
        deadline_at: columns.take()?,
        started_at: columns.take()?,
        ended_at: columns.take()?,
        summary: columns.take()?,
    })
}

fn owner(node: Option<String>, incarnation: Option<i64>, address: Option<String>) -> Option<Owner> {
    Some(Owner {
        node: node?,
        incarnation: incarnation?,
        address: address?,
    })
}
