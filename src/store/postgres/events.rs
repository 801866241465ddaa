//! Owns the statements on events and their columns. Must not know fences, batches or retries.

use super::client::{Client, Queries};
use sha2::{Digest, Sha256};
use tokio_postgres::Row;
use uuid::Uuid;

use super::fault::Failure;
use super::rows::{Columns, int4, int8, integer, uuid, uuids};
use crate::store::{AnswerRow, EventRow, Fence, SessionId};

macro_rules! columns {
    () => {
        "seq, epoch, claim, kind, event_version::int4, participant, at_ms, request_id, position, item, \
         choice, correct, elapsed_ms, area, theta, standard_error, payload"
    };
}

/// Every event of a session, in order.
pub(super) const ALL: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM events WHERE session = $1 ORDER BY seq"
);
const BETWEEN: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM events WHERE session = $1 AND seq >= $2 AND seq < $3 ORDER BY seq"
);
const FIRSTS: &str = concat!(
    "SELECT ",
    columns!(),
    ", session FROM events WHERE session = ANY($1) AND seq = 1"
);
/// The bounds say which months are concerned.
const OF_SESSIONS: &str = concat!(
    "SELECT ",
    columns!(),
    ", session FROM events WHERE session = ANY($1) AND session >= $2 AND session <= $3 ORDER BY session, seq"
);
/// `session >= $1` by itself says which months are concerned.
const ANSWERS: &str = "SELECT session, seq, epoch, request_id, position FROM events \
     WHERE session >= $1 AND (session, seq) > ($1, $2) AND kind IN ('answered', 'recorded') \
     ORDER BY session, seq LIMIT $3";

/// Rows column by column, as one statement takes many of them.
#[derive(Default)]
pub(super) struct Arrays<'a> {
    pub(super) sessions: Vec<Uuid>,
    pub(super) seqs: Vec<i32>,
    pub(super) epochs: Vec<i64>,
    pub(super) claims: Vec<i64>,
    pub(super) event_versions: Vec<i16>,
    pub(super) participants: Vec<i32>,
    pub(super) at_ms: Vec<i64>,
    pub(super) kinds: Vec<&'a str>,
    pub(super) request_keys: Vec<Option<i64>>,
    pub(super) request_ids: Vec<Option<&'a str>>,
    pub(super) positions: Vec<Option<i32>>,
    pub(super) items: Vec<Option<&'a str>>,
    pub(super) choices: Vec<Option<&'a str>>,
    pub(super) correct: Vec<Option<bool>>,
    pub(super) elapsed_ms: Vec<Option<i64>>,
    pub(super) areas: Vec<Option<&'a str>>,
    pub(super) thetas: Vec<Option<f64>>,
    pub(super) standard_errors: Vec<Option<f64>>,
    pub(super) payloads: Vec<&'a [u8]>,
}

impl<'a> Arrays<'a> {
    pub(super) fn of(
        rows: impl Iterator<Item = (SessionId, &'a EventRow)>,
    ) -> Result<Arrays<'a>, Failure> {
        let mut arrays = Arrays::default();
        for (session, row) in rows {
            arrays.push(session, row)?;
        }
        Ok(arrays)
    }

    fn push(&mut self, session: SessionId, row: &'a EventRow) -> Result<(), Failure> {
        let request_id = row.request_id.as_deref();
        let version = stored_version(row)?;
        self.sessions.push(session.0);
        self.seqs.push(integer(row.seq)?);
        self.epochs.push(row.fence.epoch);
        self.claims.push(row.fence.claim);
        self.event_versions.push(version);
        self.participants.push(integer(row.participant)?);
        self.at_ms.push(row.at_ms);
        self.kinds.push(&row.kind);
        self.request_keys
            .push(request_id.map(|id| request_key(row.participant, id)));
        self.request_ids.push(request_id);
        self.positions.push(row.position.map(i32::from));
        self.items.push(row.item.as_deref());
        self.choices.push(row.choice.as_deref());
        self.correct.push(row.correct);
        self.elapsed_ms.push(row.elapsed_ms);
        self.areas.push(row.area.as_deref());
        self.thetas.push(row.theta);
        self.standard_errors.push(row.standard_error);
        self.payloads.push(&row.payload);
        Ok(())
    }
}

/// The version of a row as its column has it.
pub(super) fn stored_version(row: &EventRow) -> Result<i16, Failure> {
    i16::try_from(row.event_version)
        .map_err(|_| Failure::Permanent(format!("event version {}", row.event_version)))
}

/// The first 64 bits of SHA-256 over participant and request id. Stored: never to be changed.
pub(super) fn request_key(participant: u32, request_id: &str) -> i64 {
    let mut hash = Sha256::new();
    hash.update(participant.to_be_bytes());
    hash.update(request_id.as_bytes());
    let digest = hash.finalize();
    digest[..8]
        .iter()
        .fold(0, |key, byte| (key << 8) | i64::from(*byte))
}

/// The first events of some sessions.
pub(super) async fn firsts(
    client: &impl Queries,
    sessions: &[Uuid],
) -> Result<Vec<(SessionId, EventRow)>, Failure> {
    let rows = client.query_typed(FIRSTS, &[uuids(&sessions)]).await?;
    rows.iter()
        .map(|row| Ok((SessionId(row.try_get("session")?), event(row)?)))
        .collect()
}

/// The session's events in order.
pub(super) async fn load(client: &Client, session: SessionId) -> Result<Vec<EventRow>, Failure> {
    let rows = client.query_typed(ALL, &[uuid(&session.0)]).await?;
    rows.iter().map(event).collect()
}

/// The session's events from place `from` to before `to`, in order.
pub(super) async fn between(
    client: &Client,
    session: SessionId,
    (from, to): (u32, u32),
) -> Result<Vec<EventRow>, Failure> {
    let (from, to) = (integer(from)?, integer(to)?);
    let rows = client
        .query_typed(BETWEEN, &[uuid(&session.0), int4(&from), int4(&to)])
        .await?;
    rows.iter().map(event).collect()
}

/// Every event of some sessions, each session's in order.
pub(super) async fn of_sessions(
    client: &impl Queries,
    sessions: &[Uuid],
) -> Result<Vec<(SessionId, EventRow)>, Failure> {
    let (Some(first), Some(last)) = (sessions.iter().min(), sessions.iter().max()) else {
        return Ok(Vec::new());
    };
    let parameters = [uuids(&sessions), uuid(first), uuid(last)];
    let rows = client.query_typed(OF_SESSIONS, &parameters).await?;
    rows.iter()
        .map(|row| Ok((SessionId(row.try_get("session")?), event(row)?)))
        .collect()
}

/// Stored answers behind a place, in order.
pub(super) async fn answers_after(
    client: &Client,
    after: Option<(SessionId, u32)>,
    limit: u32,
) -> Result<Vec<AnswerRow>, Failure> {
    let (session, seq) = after.unwrap_or((SessionId(Uuid::nil()), 0));
    let (seq, limit) = (integer(seq)?, i64::from(limit));
    let rows = client
        .query_typed(ANSWERS, &[uuid(&session.0), int4(&seq), int8(&limit)])
        .await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(AnswerRow {
                session: columns.take()?,
                seq: columns.take()?,
                epoch: columns.take()?,
                request_id: columns.take()?,
                position: columns.take()?,
            })
        })
        .collect()
}

pub(super) fn event(row: &Row) -> Result<EventRow, Failure> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_key_is_what_it_always_was() {
        assert_eq!(request_key(0, "request-2"), request_key(0, "request-2"));
        assert_ne!(request_key(0, "request-2"), request_key(1, "request-2"));
        assert_eq!(request_key(0, ""), -2_360_060_374_177_730_597);
    }
}
