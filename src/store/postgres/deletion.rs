//! Owns the statements that delete an account, and those that say what is kept of one. Must not know what is in a
//! session's beginning: the caller strips it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::client::{Client, Queries, Transaction};
use uuid::Uuid;

use super::events;
use super::fault::Failure;
use super::learners;
use super::rows::{Columns, byteas, int2s, int8, texts, uuid, uuids};
use crate::store::deletion::Tombstone;
use crate::store::{
    Beginning, EventRow, Holdings, Kept, LearnerId, SessionId, Strip, TABLES_OF_LEARNERS,
};

/// Once locked, a session being created or a state being saved is there, or finds nobody.
const LOCK: &str = "SELECT id FROM learners WHERE id = $1 FOR UPDATE";
/// In the order in which batches lock them.
const SESSIONS: &str =
    "SELECT id, settings FROM sessions WHERE learner = $1 ORDER BY id FOR UPDATE";
/// One more epoch under a claim that nobody was given: whoever owns it is fenced. What is not in the roll-ups never
/// will be: it cannot be replayed.
const ENTOMB: &str = "UPDATE sessions s SET learner = $1, settings = stripped.settings, summary = NULL, \
     status = CASE WHEN s.status IN ('open', 'paused') THEN 'faulted' ELSE s.status END, epoch = s.epoch + 1, \
     claim = $2, owner_node = NULL, owner_incarnation = NULL, owner_address = NULL, deadline_at = NULL, rolled_up = true \
     FROM unnest($3, $4) AS stripped (id, settings) WHERE s.id = stripped.id";
const REWRITE_FIRST: &str = "UPDATE events e SET kind = stripped.kind, event_version = stripped.event_version, \
     payload = stripped.payload \
     FROM unnest($1, $2, $3, $4) AS stripped (session, kind, event_version, payload) \
     WHERE e.session = stripped.session AND e.seq = 1";
const DELETE_LEARNER: &str = "DELETE FROM learners WHERE id = $1";
/// Sessions stripped at a time: each may begin with a megabyte.
const SLICE: usize = 32;

/// How much is kept of a learner.
pub(super) async fn holdings(
    client: &impl Queries,
    learner: LearnerId,
) -> Result<Option<Holdings>, Failure> {
    if !learners::exists(client, learner).await? {
        return Ok(None);
    }
    let mut holdings = Holdings::default();
    for (table, kept) in TABLES_OF_LEARNERS {
        let sql = format!("SELECT count(*) FROM {table} WHERE learner = $1");
        let row = client.query_typed_one(&sql, &[uuid(&learner.0)]).await?;
        let rows: i64 = row.try_get(0)?;
        holdings.add(*kept, rows.unsigned_abs());
    }
    Ok(Some(holdings))
}

/// Deletes a learner, with a tombstone in their place. `found` is what an
/// earlier attempt of this call found: one whose commit was not known finds nobody again.
pub(super) async fn delete(
    client: &mut Client,
    learner: LearnerId,
    tombstone: Tombstone,
    strip: Strip,
    found: &Mutex<Option<Holdings>>,
) -> Result<Option<Holdings>, Failure> {
    let earlier = || found.lock().unwrap_or_else(PoisonError::into_inner);
    let tx = client.transaction().await?;
    // What adds a session to the roll-ups locks it before its learner: so does this. Those created in between have not
    // ended, and are locked with the rest below.
    tx.query_typed(SESSIONS, &[uuid(&learner.0)]).await?;
    if tx
        .query_typed_opt(LOCK, &[uuid(&learner.0)])
        .await?
        .is_none()
    {
        return Ok(*earlier());
    }
    let holdings = holdings(&tx, learner).await?;
    for (table, kept) in TABLES_OF_LEARNERS {
        let sql = match kept {
            Kept::Sessions => {
                entomb(&tx, learner, tombstone, strip).await?;
                continue;
            }
            Kept::Reports => format!("UPDATE {table} SET learner = NULL WHERE learner = $1"),
            _ => format!("DELETE FROM {table} WHERE learner = $1"),
        };
        tx.execute_typed(&sql, &[uuid(&learner.0)]).await?;
    }
    tx.execute_typed(DELETE_LEARNER, &[uuid(&learner.0)])
        .await?;
    *earlier() = holdings;
    tx.commit().await?;
    Ok(holdings)
}

/// Takes the learner out of their sessions, a slice at a time.
async fn entomb(
    tx: &Transaction<'_>,
    learner: LearnerId,
    tombstone: Tombstone,
    strip: Strip,
) -> Result<(), Failure> {
    let rows = tx.query_typed(SESSIONS, &[uuid(&learner.0)]).await?;
    let sessions = rows.iter().map(|row| {
        let mut columns = Columns::of(row);
        Ok((columns.take()?, columns.take()?))
    });
    let sessions = sessions.collect::<Result<Vec<(SessionId, Vec<u8>)>, Failure>>()?;
    for slice in sessions.chunks(SLICE) {
        entomb_slice(tx, slice, tombstone, strip).await?;
    }
    Ok(())
}

async fn entomb_slice(
    tx: &Transaction<'_>,
    slice: &[(SessionId, Vec<u8>)],
    tombstone: Tombstone,
    strip: Strip,
) -> Result<(), Failure> {
    let ids: Vec<Uuid> = slice.iter().map(|(id, _)| id.0).collect();
    let mut firsts: HashMap<SessionId, EventRow> =
        events::firsts(tx, &ids).await?.into_iter().collect();
    let (mut all_settings, mut stripped) = (Vec::new(), Vec::new());
    for (id, settings) in slice {
        // A session without a beginning is damage that this is not the place to tell of.
        let Some(started) = firsts.remove(id) else {
            all_settings.push(Vec::new());
            continue;
        };
        let settings = settings.clone();
        let beginning = strip(Beginning { settings, started });
        all_settings.push(beginning.settings);
        stripped.push((id.0, beginning.started));
    }
    let parameters = [
        uuid(&tombstone.learner.0),
        int8(&tombstone.claim),
        uuids(&ids),
        byteas(&all_settings),
    ];
    tx.execute_typed(ENTOMB, &parameters).await?;
    rewrite(tx, &stripped).await
}

async fn rewrite(tx: &Transaction<'_>, firsts: &[(Uuid, EventRow)]) -> Result<(), Failure> {
    let sessions: Vec<Uuid> = firsts.iter().map(|(id, _)| *id).collect();
    let kinds: Vec<&str> = firsts.iter().map(|(_, row)| row.kind.as_str()).collect();
    let payloads: Vec<&[u8]> = firsts.iter().map(|(_, row)| &row.payload[..]).collect();
    let versions = firsts.iter().map(|(_, row)| events::stored_version(row));
    let versions = versions.collect::<Result<Vec<i16>, Failure>>()?;
    let parameters = [
        uuids(&sessions),
        texts(&kinds),
        int2s(&versions),
        byteas(&payloads),
    ];
    tx.execute_typed(REWRITE_FIRST, &parameters).await?;
    Ok(())
}
