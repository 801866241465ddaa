//! Owns the statements by which sessions leave with all their events and come in again. Must not know any file.
//!
//! Events come in through COPY into a table of the transaction, and from there in one statement.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::client::{Client, Queries, Transaction};
use bytes::BytesMut;
use futures_util::{SinkExt, pin_mut};
use uuid::Uuid;

use super::copying::{put_end, put_head, put_row};
use super::fault::Failure;
use super::partitions::{self, Month};
use super::rows::{Columns, byteas, int8, int8s, text, texts, uuid, uuids};
use super::{events, sessions};
use crate::store::whole::{Cell, TABLES, Table};
use crate::store::whole_session::OPEN_IN_THE_WAY;
use crate::store::{
    EventRow, IMPORT_ISSUER, Imported, JobKind, LearnerId, OrganizationId, SessionId, SessionRow,
    Sitter, WholeSession,
};

const AT_ONE_MOMENT: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
const UNHURRIED: &str = "SET LOCAL statement_timeout = '2min'";
const SITTERS: &str = "SELECT l.id, (SELECT min(i.subject) FROM identities i WHERE i.learner = l.id AND i.issuer = $2) \
     FROM learners l WHERE l.id = ANY($1)";
const KNOWN: &str =
    "SELECT subject, learner FROM identities WHERE issuer = $1 AND subject = ANY($2)";
const ADD_IDENTITIES: &str = "INSERT INTO identities (issuer, subject, learner, created_at) \
     SELECT $1, n.subject, n.learner, $4 FROM unnest($2, $3) AS n (subject, learner) \
     ON CONFLICT DO NOTHING RETURNING subject, learner";
const ADD_LEARNERS: &str = "INSERT INTO learners (id, organization, created_at) SELECT n.id, $2, $3 FROM unnest($1) AS n (id)";
const ADD_SESSIONS: &str = "INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, settings, \
     stream, status, epoch, claim, deadline_at, started_at, ended_at, summary) \
     SELECT n.id, n.learner, coalesce(c.organization, $15), n.certification, n.bank_version, n.kind, n.settings, n.stream, \
     n.status, n.epoch, n.claim, n.deadline_at, n.started_at, n.ended_at, n.summary \
     FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS n \
     (id, learner, certification, bank_version, kind, settings, stream, status, epoch, claim, deadline_at, started_at, \
     ended_at, summary) LEFT JOIN certifications c ON c.id = n.certification \
     ON CONFLICT DO NOTHING RETURNING id";
const INCOMING: &str = "CREATE TEMP TABLE incoming (LIKE events) ON COMMIT DROP";
const ADD_JOBS: &str = "INSERT INTO jobs (kind, session, run_at) SELECT $1, s.id, s.ended_at FROM sessions s \
     WHERE s.id = ANY($2) AND s.status = 'completed' ON CONFLICT (session, kind) DO NOTHING";

/// Sessions of a certification behind `after`, in order of id, all as they are at one moment.
pub(super) async fn export(
    client: &mut Client,
    certification: &str,
    after: Option<SessionId>,
    limit: u32,
) -> Result<Vec<WholeSession>, Failure> {
    let tx = client.transaction().await?;
    tx.driver().batch_execute(AT_ONE_MOMENT).await?;
    tx.driver().batch_execute(UNHURRIED).await?;
    let rows = sessions::of_certification(&tx, certification, after, limit).await?;
    let rows: Vec<SessionRow> = rows.into_iter().map(|vouched| vouched.row).collect();
    let sitters = sitters(&tx, &rows).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut events = by_session(events::of_sessions(&tx, &ids).await?);
    tx.commit().await?;
    let whole = rows.into_iter().map(|row| WholeSession {
        sitter: match sitters.get(&row.learner) {
            Some(Some(name)) => Sitter::Learner(name.clone()),
            Some(None) => Sitter::Learner(Sitter::pseudonym(row.learner)),
            None => Sitter::Deleted(row.learner),
        },
        events: events.remove(&row.id).unwrap_or_default(),
        row,
    });
    Ok(whole.collect())
}

async fn sitters(
    tx: &Transaction<'_>,
    rows: &[SessionRow],
) -> Result<HashMap<LearnerId, Option<String>>, Failure> {
    let learners: Vec<Uuid> = rows.iter().map(|row| row.learner.0).collect();
    let found = tx
        .query_typed(SITTERS, &[uuids(&learners), text(&IMPORT_ISSUER)])
        .await?;
    found
        .iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok((columns.take()?, columns.take()?))
        })
        .collect()
}

fn by_session(events: Vec<(SessionId, EventRow)>) -> BTreeMap<SessionId, Vec<EventRow>> {
    let mut by_session: BTreeMap<SessionId, Vec<EventRow>> = BTreeMap::new();
    for (session, event) in events {
        by_session.entry(session).or_default().push(event);
    }
    by_session
}

/// Stores sessions of different ids, each whole or not at all; what came of each, in their order.
pub(super) async fn import(
    client: &mut Client,
    sessions: &[WholeSession],
    now_ms: i64,
) -> Result<Vec<Imported>, Failure> {
    let sound = |session: &&WholeSession| session.refusal(now_ms).is_none();
    let sound = sessions.iter().filter(sound);
    let months: BTreeSet<Month> = sound.map(|session| Month::of(session.row.id.0)).collect();
    partitions::ensure(client, months).await?;
    let tx = client.transaction().await?;
    tx.driver().batch_execute(UNHURRIED).await?;
    let mut known = known(&tx, sessions).await?;
    let there = stored(&tx, sessions).await?;
    let mut outcomes = Vec::with_capacity(sessions.len());
    let mut fresh = Vec::new();
    for session in sessions {
        let outcome = if let Some(why) = session.refusal(now_ms) {
            Imported::Refused(why)
        } else if let Some((row, events)) = there.get(&session.row.id) {
            let learner = name(&session.sitter).and_then(|name| known.get(name).copied());
            session.held_against(row, events, learner)
        } else {
            fresh.push(session);
            Imported::Stored
        };
        outcomes.push(outcome);
    }
    add_learners(&tx, &fresh, &mut known, now_ms).await?;
    let added = add_sessions(&tx, &fresh, &known).await?;
    fresh.retain(|session| added.contains(&session.row.id.0));
    add_events(&tx, &fresh).await?;
    let ids: Vec<Uuid> = added.iter().copied().collect();
    let kind = JobKind::SessionEnded.as_str();
    tx.execute_typed(ADD_JOBS, &[text(&kind), uuids(&ids)])
        .await?;
    tx.commit().await?;
    for (session, outcome) in sessions.iter().zip(&mut outcomes) {
        if *outcome == Imported::Stored && !added.contains(&session.row.id.0) {
            *outcome = Imported::Refused(OPEN_IN_THE_WAY.to_owned());
        }
    }
    Ok(outcomes)
}

/// The sessions in parts, the last first, each without an id twice: what came in one part is stored in the next.
pub(super) fn of_different_ids(sessions: &[WholeSession]) -> Vec<&[WholeSession]> {
    let (mut parts, mut from, mut met) = (Vec::new(), 0, HashSet::new());
    for (place, session) in sessions.iter().enumerate() {
        if !met.insert(session.row.id) {
            parts.push(&sessions[from..place]);
            from = place;
            met = HashSet::from([session.row.id]);
        }
    }
    parts.push(&sessions[from..]);
    parts.reverse();
    parts
}

fn name(sitter: &Sitter) -> Option<&str> {
    match sitter {
        Sitter::Learner(name) => Some(name),
        Sitter::Deleted(_) => None,
    }
}

/// The learners that are behind the sitters' identities already.
async fn known(
    tx: &Transaction<'_>,
    sessions: &[WholeSession],
) -> Result<HashMap<String, LearnerId>, Failure> {
    let names = sessions.iter().filter_map(|session| name(&session.sitter));
    let names: Vec<&str> = names.collect();
    let rows = tx
        .query_typed(KNOWN, &[text(&IMPORT_ISSUER), texts(&names)])
        .await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok((columns.take()?, columns.take()?))
        })
        .collect()
}

/// Those of the sessions that are stored already.
async fn stored(
    tx: &Transaction<'_>,
    sessions: &[WholeSession],
) -> Result<HashMap<SessionId, (SessionRow, Vec<EventRow>)>, Failure> {
    let ids: Vec<Uuid> = sessions.iter().map(|session| session.row.id.0).collect();
    let rows = sessions::several_of(tx, &ids).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut events = by_session(events::of_sessions(tx, &ids).await?);
    let pairs = rows.into_iter().map(|row| {
        let events = events.remove(&row.id).unwrap_or_default();
        (row.id, (row, events))
    });
    Ok(pairs.collect())
}

async fn add_learners(
    tx: &Transaction<'_>,
    fresh: &[&WholeSession],
    known: &mut HashMap<String, LearnerId>,
    now_ms: i64,
) -> Result<(), Failure> {
    let names: BTreeSet<&str> = fresh
        .iter()
        .filter_map(|session| name(&session.sitter))
        .filter(|name| !known.contains_key(*name))
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = names.into_iter().collect();
    let ids: Vec<Uuid> = names.iter().map(|_| Uuid::new_v4()).collect();
    let new = [
        text(&IMPORT_ISSUER),
        texts(&names),
        uuids(&ids),
        int8(&now_ms),
    ];
    let rows = tx.query_typed(ADD_IDENTITIES, &new).await?;
    let mut made = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut columns = Columns::of(row);
        let (name, learner): (String, LearnerId) = (columns.take()?, columns.take()?);
        made.push(learner.0);
        known.insert(name, learner);
    }
    let organization = OrganizationId::DEFAULT;
    tx.execute_typed(
        ADD_LEARNERS,
        &[uuids(&made), uuid(&organization.0), int8(&now_ms)],
    )
    .await?;
    if made.len() < names.len() {
        // Another import was faster with some, and has committed.
        let rows = tx
            .query_typed(KNOWN, &[text(&IMPORT_ISSUER), texts(&names)])
            .await?;
        for row in &rows {
            let mut columns = Columns::of(row);
            known.insert(columns.take()?, columns.take()?);
        }
    }
    Ok(())
}

/// Stores the sessions' own rows; which of them. The others have an open one in their way.
async fn add_sessions(
    tx: &Transaction<'_>,
    fresh: &[&WholeSession],
    known: &HashMap<String, LearnerId>,
) -> Result<HashSet<Uuid>, Failure> {
    let rows = || fresh.iter().map(|session| &session.row);
    let learner = |session: &&WholeSession| match &session.sitter {
        Sitter::Deleted(tombstone) => Ok(tombstone.0),
        Sitter::Learner(name) => match known.get(name) {
            Some(learner) => Ok(learner.0),
            None => Err(Failure::passing("an identity came and went")),
        },
    };
    let ids: Vec<Uuid> = rows().map(|row| row.id.0).collect();
    let learners: Vec<Uuid> = fresh.iter().map(learner).collect::<Result<_, _>>()?;
    let certifications: Vec<&str> = rows().map(|row| row.certification.as_str()).collect();
    let versions: Vec<&str> = rows().map(|row| row.bank_version.as_str()).collect();
    let kinds: Vec<&str> = rows().map(|row| row.kind.as_str()).collect();
    let settings: Vec<&[u8]> = rows().map(|row| row.settings.as_slice()).collect();
    let streams: Vec<&str> = rows().map(|row| row.stream.as_str()).collect();
    let statuses: Vec<&str> = rows().map(|row| row.status.as_str()).collect();
    let epochs: Vec<i64> = rows().map(|row| row.fence.epoch).collect();
    let claims: Vec<i64> = rows().map(|row| row.fence.claim).collect();
    let deadlines: Vec<Option<i64>> = rows().map(|row| row.deadline_at).collect();
    let started: Vec<i64> = rows().map(|row| row.started_at).collect();
    let ended: Vec<Option<i64>> = rows().map(|row| row.ended_at).collect();
    let summaries: Vec<Option<&[u8]>> = rows().map(|row| row.summary.as_deref()).collect();
    let organization = OrganizationId::DEFAULT;
    let parameters = [
        uuids(&ids),
        uuids(&learners),
        texts(&certifications),
        texts(&versions),
        texts(&kinds),
        byteas(&settings),
        texts(&streams),
        texts(&statuses),
        int8s(&epochs),
        int8s(&claims),
        int8s(&deadlines),
        int8s(&started),
        int8s(&ended),
        byteas(&summaries),
        uuid(&organization.0),
    ];
    let added = tx.query_typed(ADD_SESSIONS, &parameters).await?;
    added.iter().map(|row| Columns::of(row).take()).collect()
}

async fn add_events(tx: &Transaction<'_>, fresh: &[&WholeSession]) -> Result<(), Failure> {
    let table = TABLES.iter().find(|table| table.name == "events");
    let table = table.ok_or_else(|| Failure::Permanent("no table of events".to_owned()))?;
    let columns = format!("{}, request_key", table.column_names());
    tx.driver().batch_execute(INCOMING).await?;
    let copy = format!("COPY incoming ({columns}) FROM STDIN (FORMAT binary)");
    let sink = tx.driver().copy_in(&copy).await?;
    pin_mut!(sink);
    let mut bytes = BytesMut::new();
    put_head(&mut bytes);
    let mut expected = 0;
    for session in fresh {
        for event in &session.events {
            let id = event.request_id.as_deref();
            let key = id.map(|id| events::request_key(event.participant, id));
            put_row(
                &mut bytes,
                table,
                &cells(table, session.row.id, event),
                Some(key),
            )?;
            expected += 1;
        }
        sink.send(bytes.split().freeze()).await?;
    }
    put_end(&mut bytes);
    sink.send(bytes.freeze()).await?;
    sink.finish().await?;
    let insert = format!(
        "INSERT INTO events ({columns}) SELECT {columns} FROM incoming ON CONFLICT DO NOTHING"
    );
    let added = tx.execute_typed(&insert, &[]).await?;
    if added != expected {
        let why = format!(
            "{added} of {expected} events went in: others were there without their session"
        );
        return Err(Failure::Permanent(why));
    }
    Ok(())
}

/// An event as a row on its way.
fn cells<'a>(table: &Table, session: SessionId, event: &'a EventRow) -> Vec<Cell<'a>> {
    let text = |text: Option<&'a str>| text.map_or(Cell::Null, |text| Cell::Text(text.as_bytes()));
    let int = |number: Option<i64>| number.map_or(Cell::Null, Cell::Int);
    let real = |number: Option<f64>| number.map_or(Cell::Null, Cell::Real);
    let cell = |name: &str| match name {
        "session" => Cell::Id(*session.0.as_bytes()),
        "seq" => Cell::Int(event.seq.into()),
        "epoch" => Cell::Int(event.fence.epoch),
        "claim" => Cell::Int(event.fence.claim),
        "at_ms" => Cell::Int(event.at_ms),
        "kind" => Cell::Text(event.kind.as_bytes()),
        "event_version" => Cell::Int(event.event_version.into()),
        "participant" => Cell::Int(event.participant.into()),
        "request_id" => text(event.request_id.as_deref()),
        "position" => int(event.position.map(i64::from)),
        "item" => text(event.item.as_deref()),
        "choice" => text(event.choice.as_deref()),
        "correct" => event.correct.map_or(Cell::Null, Cell::Flag),
        "elapsed_ms" => int(event.elapsed_ms),
        "area" => text(event.area.as_deref()),
        "theta" => real(event.theta),
        "standard_error" => real(event.standard_error),
        "payload" => Cell::Bytes(&event.payload),
        // A column that later releases add begins as they say.
        _ => Cell::Null,
    };
    let columns = table.columns.iter();
    columns.map(|column| cell(column.name)).collect()
}
