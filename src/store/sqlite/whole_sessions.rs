//! Owns the statements by which sessions leave with all their events and come in again. Must not know any file.

use rusqlite::{Connection, OptionalExtension, params};

use super::fault::{Class, classify};
use super::{events, jobs, learners, sessions};
use crate::store::whole_session::OPEN_IN_THE_WAY;
use crate::store::{
    IMPORT_ISSUER, Imported, JobKind, LearnerId, OrganizationId, SessionId, SessionStatus, Sitter,
    WholeSession,
};

const IMPORTED_AS: &str =
    "SELECT subject FROM identities WHERE learner = ?1 AND issuer = ?2 ORDER BY subject LIMIT 1";
const IS_THERE: &str = "SELECT 1 FROM learners WHERE id = ?1";
const OPEN: &str = "SELECT 1 FROM sessions WHERE learner = ?1 AND certification = ?2 AND kind = ?3 \
     AND status IN ('open', 'paused')";
const OWNER: &str = "SELECT organization FROM certifications WHERE id = ?1";
const INSERT: &str = "INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, settings, \
     stream, status, epoch, claim, deadline_at, started_at, ended_at, summary) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

/// Sessions of a certification behind `after`, in order of id, each as it is at one moment.
pub(super) fn export(
    conn: &Connection,
    certification: &str,
    after: Option<SessionId>,
    limit: u32,
) -> rusqlite::Result<Vec<WholeSession>> {
    let moment = conn.unchecked_transaction()?;
    let rows = sessions::of_certification(&moment, certification, after, limit)?;
    let whole = rows.into_iter().map(|vouched| {
        let row = vouched.row;
        Ok(WholeSession {
            sitter: sitter(&moment, row.learner)?,
            events: events::load(&moment, row.id)?,
            row,
        })
    });
    whole.collect()
}

fn sitter(conn: &Connection, learner: LearnerId) -> rusqlite::Result<Sitter> {
    let name: Option<String> = conn
        .prepare_cached(IMPORTED_AS)?
        .query_row(params![learner, IMPORT_ISSUER], |row| row.get(0))
        .optional()?;
    if let Some(name) = name {
        return Ok(Sitter::Learner(name));
    }
    Ok(match conn.prepare_cached(IS_THERE)?.exists([learner])? {
        true => Sitter::Learner(Sitter::pseudonym(learner)),
        false => Sitter::Deleted(learner),
    })
}

/// Stores sessions, each whole or not at all; what came of each, in their order.
pub(super) fn import(
    tx: &Connection,
    sessions: &[WholeSession],
    now_ms: i64,
) -> rusqlite::Result<Vec<Imported>> {
    let mut outcomes = Vec::with_capacity(sessions.len());
    for session in sessions {
        if let Some(why) = session.refusal(now_ms) {
            outcomes.push(Imported::Refused(why));
            continue;
        }
        tx.prepare_cached("SAVEPOINT session")?.execute([])?;
        let outcome = match one(tx, session, now_ms) {
            Ok(outcome) => outcome,
            // Some faults make SQLite undo the whole transaction by itself.
            Err(error) if tx.is_autocommit() || classify(&error) != Class::Permanent => {
                return Err(error);
            }
            Err(error) => Imported::Refused(error.to_string()),
        };
        if matches!(outcome, Imported::Refused(_)) {
            tx.prepare_cached("ROLLBACK TO session")?.execute([])?;
        }
        tx.prepare_cached("RELEASE session")?.execute([])?;
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn one(tx: &Connection, session: &WholeSession, now_ms: i64) -> rusqlite::Result<Imported> {
    let row = &session.row;
    let identity = session.sitter.identity();
    let known = match &identity {
        Some(identity) => learners::known(tx, identity)?,
        None => None,
    };
    if let Some(stored) = sessions::one(tx, row.id)? {
        let events = events::load(tx, row.id)?;
        return Ok(session.held_against(&stored, &events, known));
    }
    let learner = match (&session.sitter, &identity) {
        (Sitter::Deleted(tombstone), _) => *tombstone,
        (_, Some(identity)) => {
            let fresh = LearnerId(uuid::Uuid::new_v4());
            learners::known_or_new(tx, identity, fresh, now_ms)?
        }
        (Sitter::Learner(_), None) => return Ok(Imported::Refused("nobody's".to_owned())),
    };
    let is_open = matches!(row.status, SessionStatus::Open | SessionStatus::Paused);
    if is_open
        && tx
            .prepare_cached(OPEN)?
            .exists(params![learner, row.certification, row.kind])?
    {
        return Ok(Imported::Refused(OPEN_IN_THE_WAY.to_owned()));
    }
    insert(tx, session, learner)?;
    for event in &session.events {
        events::insert(tx, row.id, event)?;
    }
    if let (SessionStatus::Completed, Some(ended_at)) = (row.status, row.ended_at) {
        jobs::add(tx, row.id, JobKind::SessionEnded, ended_at)?;
    }
    Ok(Imported::Stored)
}

fn insert(tx: &Connection, session: &WholeSession, learner: LearnerId) -> rusqlite::Result<()> {
    let row = &session.row;
    let organization: OrganizationId = tx
        .prepare_cached(OWNER)?
        .query_row([&row.certification], |found| found.get(0))
        .optional()?
        .unwrap_or(OrganizationId::DEFAULT);
    tx.prepare_cached(INSERT)?.execute(params![
        row.id,
        learner,
        organization,
        row.certification,
        row.bank_version,
        row.kind,
        row.settings,
        row.stream,
        row.status,
        row.fence.epoch,
        row.fence.claim,
        row.deadline_at,
        row.started_at,
        row.ended_at,
        row.summary,
    ])?;
    Ok(())
}
