//! Owns the statements on learners, identities and learner states. Must not know how a state is
//! folded.

use rusqlite::{Connection, OptionalExtension, params};

use super::{jobs, sessions};
use crate::store::{
    Claimant, IDENTITIES_MAX, Identity, IdentityRow, JobId, LearnerId, LearnerRow, LearnerStateRow,
    OrganizationId, StartingPoint, Watermark,
};

const KNOWN: &str = "SELECT learner FROM identities WHERE issuer = ?1 AND subject = ?2";
const ADD_LEARNER: &str = "INSERT INTO learners (id, organization, created_at) VALUES (?1, ?2, ?3)";
const ADD_IDENTITY: &str =
    "INSERT INTO identities (issuer, subject, learner, created_at) VALUES (?1, ?2, ?3, ?4)";
const STARTING: &str = "SELECT EXISTS (SELECT 1 FROM accounts WHERE learner = ?1), time_multiplier, \
     (SELECT current_version FROM certifications WHERE id = ?2), \
     (SELECT body FROM preferences WHERE learner = ?1) \
     FROM learners WHERE id = ?1 AND (?3 IS NULL OR EXISTS \
     (SELECT 1 FROM sign_ins WHERE id = ?3 AND learner = ?1 AND expires_at > ?4))";
const SET_MULTIPLIER: &str = "UPDATE learners SET time_multiplier = ?2 WHERE id = ?1";
const STATE: &str = "SELECT watermark_ended_at, watermark_session, body FROM learner_states \
     WHERE learner = ?1 AND certification = ?2";
const EXISTS: &str = "SELECT 1 FROM learners WHERE id = ?1";
const ONE: &str = "SELECT organization, created_at, time_multiplier FROM learners WHERE id = ?1";
const IDENTITIES: &str = "SELECT issuer, subject, created_at FROM identities WHERE learner = ?1 \
     ORDER BY issuer, subject LIMIT ?2";
const STATES: &str = "SELECT certification, watermark_ended_at, watermark_session, body \
     FROM learner_states WHERE learner = ?1 AND certification > ?2 ORDER BY certification LIMIT ?3";
const SAVE_STATE: &str = "INSERT INTO learner_states \
     (learner, certification, watermark_ended_at, watermark_session, body) \
     VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (learner, certification) DO UPDATE SET \
     watermark_ended_at = ?3, watermark_session = ?4, body = ?5";

pub(super) fn known(conn: &Connection, identity: &Identity) -> rusqlite::Result<Option<LearnerId>> {
    conn.prepare_cached(KNOWN)?
        .query_row([&identity.issuer, &identity.subject], |row| row.get(0))
        .optional()
}

/// The learner behind an identity, or a new one with the id `fresh`.
pub(super) fn known_or_new(
    tx: &Connection,
    identity: &Identity,
    fresh: LearnerId,
    now_ms: i64,
) -> rusqlite::Result<LearnerId> {
    if let Some(learner) = known(tx, identity)? {
        return Ok(learner);
    }
    add(tx, fresh, now_ms)?;
    tx.prepare_cached(ADD_IDENTITY)?.execute(params![
        identity.issuer,
        identity.subject,
        fresh,
        now_ms
    ])?;
    Ok(fresh)
}

/// Stores a new learner.
pub(super) fn add(tx: &Connection, fresh: LearnerId, now_ms: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(ADD_LEARNER)?
        .execute(params![fresh, OrganizationId::DEFAULT, now_ms])?;
    Ok(())
}

/// What a session begins from. What is folded between the statements is among the sessions ended since, once more.
pub(super) fn starting_point(
    conn: &Connection,
    claimant: Claimant,
    certification: &str,
    limit: u32,
) -> rusqlite::Result<Option<StartingPoint>> {
    let Claimant {
        learner,
        sign_in,
        now_ms,
    } = claimant;
    let found = conn
        .prepare_cached(STARTING)?
        .query_row(params![learner, certification, sign_in, now_ms], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((has_account, time_multiplier, bank_version, preferences)) = found else {
        return Ok(None);
    };
    let state = state(conn, learner, certification)?;
    let after = state.as_ref().map(|state| state.watermark);
    Ok(Some(StartingPoint {
        has_account,
        preferences,
        bank_version,
        time_multiplier,
        ended: sessions::ended_of(conn, learner, certification, after, limit)?,
        state,
    }))
}

/// Whether there is such a learner.
pub(super) fn set_time_multiplier(
    tx: &Connection,
    learner: LearnerId,
    multiplier: f64,
) -> rusqlite::Result<bool> {
    let changed = tx
        .prepare_cached(SET_MULTIPLIER)?
        .execute(params![learner, multiplier])?;
    Ok(changed > 0)
}

/// Whether there is such a learner.
pub(super) fn exists(conn: &Connection, learner: LearnerId) -> rusqlite::Result<bool> {
    conn.prepare_cached(EXISTS)?.exists([learner])
}

pub(super) fn one(conn: &Connection, learner: LearnerId) -> rusqlite::Result<Option<LearnerRow>> {
    let found = conn
        .prepare_cached(ONE)?
        .query_row([learner], |row| {
            Ok(LearnerRow {
                id: learner,
                organization: row.get(0)?,
                created_at: row.get(1)?,
                time_multiplier: row.get(2)?,
                identities: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut found) = found else {
        return Ok(None);
    };
    found.identities = conn
        .prepare_cached(IDENTITIES)?
        .query_map(params![learner, IDENTITIES_MAX], |row| {
            let identity = Identity {
                issuer: row.get(0)?,
                subject: row.get(1)?,
            };
            Ok(IdentityRow {
                identity,
                created_at: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(found))
}

/// The learner's states behind a certification.
pub(super) fn states(
    conn: &Connection,
    learner: LearnerId,
    after: Option<&str>,
    limit: u32,
) -> rusqlite::Result<Vec<LearnerStateRow>> {
    conn.prepare_cached(STATES)?
        .query_map(params![learner, after.unwrap_or_default(), limit], |row| {
            Ok(LearnerStateRow {
                learner,
                certification: row.get(0)?,
                watermark: Watermark {
                    ended_at: row.get(1)?,
                    session: row.get(2)?,
                },
                body: row.get(3)?,
            })
        })?
        .collect()
}

pub(super) fn state(
    conn: &Connection,
    learner: LearnerId,
    certification: &str,
) -> rusqlite::Result<Option<LearnerStateRow>> {
    conn.prepare_cached(STATE)?
        .query_row(params![learner, certification], |row| {
            Ok(LearnerStateRow {
                learner,
                certification: certification.to_owned(),
                watermark: Watermark {
                    ended_at: row.get(0)?,
                    session: row.get(1)?,
                },
                body: row.get(2)?,
            })
        })
        .optional()
}

/// Stores a state over the one with the watermark `expected`, and finishes the job it came from.
pub(super) fn save_state(
    tx: &Connection,
    row: &LearnerStateRow,
    expected: Option<Watermark>,
    job: JobId,
) -> rusqlite::Result<bool> {
    let stored = state(tx, row.learner, &row.certification)?;
    // The same state again is an earlier attempt of this call.
    let again = stored.as_ref() == Some(row);
    if stored.map(|state| state.watermark) != expected && !again {
        return Ok(false);
    }
    if !exists(tx, row.learner)? {
        // Deleted while the state was being folded.
        return Ok(false);
    }
    tx.prepare_cached(SAVE_STATE)?.execute(params![
        row.learner,
        row.certification,
        row.watermark.ended_at,
        row.watermark.session,
        row.body
    ])?;
    jobs::finish(tx, job)?;
    Ok(true)
}
