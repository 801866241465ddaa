//! Owns the one statement that stores a batch, and what it says of each session. Must not retry, and must not decide
//! what becomes of rows that did not go in.
//!
//! The statement locks the sessions concerned, in order of id, and the insert joins what that lock returned: it never
//! reads `sessions` again. With a second read a stale owner's row went in behind a claim that was committing. `FOR
//! SHARE` conflicts with a claim, which `FOR KEY SHARE` does not.

use std::collections::HashMap;

use tokio_postgres::Client;
use uuid::Uuid;

use super::fault::Failure;
use super::rows::{
    Columns, booleans, byteas, float8s, int2s, int4s, int8s, integer, texts, uuid, uuids,
};
use super::{events, lanes::Queued};
use crate::store::{EventRow, Fence, SessionId, StatusChange};

/// Locks, and tells the last place of each session. `$5` and `$6` bound the ids, so that only the months concerned
/// are planned.
macro_rules! held {
    () => {
        "WITH runs AS (SELECT * FROM unnest($1::uuid[], $2::int8[], $3::int8[], $4::int4[]) \
             AS r(session, epoch, claim, first)), \
         held AS MATERIALIZED (SELECT s.id, s.epoch, s.claim FROM sessions s \
             WHERE s.id = ANY($1) ORDER BY s.id FOR SHARE), \
         heads AS MATERIALIZED (SELECT h.id, h.epoch, h.claim, coalesce((SELECT e.seq FROM events e \
             WHERE e.session = h.id AND e.session BETWEEN $5 AND $6 ORDER BY e.seq DESC LIMIT 1), 0) AS last \
             FROM held h), \
         due AS MATERIALIZED (SELECT r.session, r.epoch, r.claim FROM runs r JOIN heads h ON h.id = r.session \
             WHERE h.epoch = r.epoch AND h.claim = r.claim AND (r.first IS NULL OR h.last = r.first - 1)), \
         stored AS (INSERT INTO events (session, epoch, claim, seq, event_version, participant, at_ms, kind, \
             request_key, request_id, position, item, choice, correct, elapsed_ms, area, theta, standard_error, payload) \
             SELECT d.session, d.epoch, d.claim, e.seq, e.event_version, e.participant, e.at_ms, e.kind, \
             e.request_key, e.request_id, e.position, e.item, e.choice, e.correct, e.elapsed_ms, e.area, e.theta, \
             e.standard_error, e.payload \
             FROM unnest($7::uuid[], $8::int4[], $9::int2[], $10::int4[], $11::int8[], $12::text[], $13::int8[], \
             $14::text[], $15::int4[], $16::text[], $17::text[], $18::bool[], $19::int8[], $20::text[], \
             $21::float8[], $22::float8[], $23::bytea[]) \
             AS e(session, seq, event_version, participant, at_ms, kind, request_key, request_id, position, item, \
             choice, correct, elapsed_ms, area, theta, standard_error, payload) \
             JOIN due d ON d.session = e.session \
             ON CONFLICT (session, seq) DO NOTHING RETURNING session)"
    };
}

macro_rules! told {
    () => {
        "SELECT h.id, h.epoch, h.claim, h.last, coalesce(s.stored, 0) FROM heads h \
         LEFT JOIN (SELECT session, count(*) AS stored FROM stored GROUP BY session) s ON s.session = h.id"
    };
}

/// The statement of every batch that changes no session's row; public for benchmarks that run it bare.
pub const BATCH_STATEMENT: &str = concat!(held!(), " ", told!());

/// The same, with changes of the sessions' rows and their jobs, for sessions whose fence held.
const STORE_AND_CHANGE: &str = concat!(
    held!(),
    ", changed AS (UPDATE sessions s SET status = c.status, ended_at = c.ended_at, deadline_at = c.deadline_at, \
     summary = coalesce(c.summary, s.summary) \
     FROM unnest($24::uuid[], $25::text[], $26::int8[], $27::int8[], $28::bytea[]) \
     AS c(session, status, ended_at, deadline_at, summary) JOIN due d ON d.session = c.session \
     WHERE s.id = d.session AND s.epoch = d.epoch AND s.claim = d.claim RETURNING s.id), \
     added AS (INSERT INTO jobs (session, kind, run_at) SELECT j.session, j.kind, j.run_at \
     FROM unnest($29::uuid[], $30::text[], $31::int8[]) AS j(session, kind, run_at) \
     JOIN changed ON changed.id = j.session ON CONFLICT (session, kind) DO NOTHING) ",
    told!()
);

/// Contiguous rows of one session under one fence, from one or several appends.
pub(super) struct Run<'a> {
    pub(super) session: SessionId,
    pub(super) fence: Fence,
    pub(super) rows: Vec<&'a EventRow>,
    pub(super) change: Option<&'a StatusChange>,
    /// Which appends of the batch it is made of, each with where its rows end.
    pub(super) appends: Vec<(usize, usize)>,
}

impl<'a> Run<'a> {
    fn of(place: usize, queued: &'a Queued) -> Run<'a> {
        let append = &queued.append;
        Run {
            session: append.session,
            fence: append.fence,
            rows: append.rows.iter().collect(),
            change: append.status.as_ref(),
            appends: vec![(place, append.rows.len())],
        }
    }

    /// Whether the rows of an append go on where the run ends. Behind a change of status nothing does.
    fn takes(&self, queued: &Queued) -> bool {
        let next = self.rows.last().map(|row| row.seq + 1);
        let first = queued.append.rows.first().map(|row| row.seq);
        self.change.is_none()
            && self.fence == queued.append.fence
            && next.is_some()
            && next == first
    }

    fn take(&mut self, place: usize, queued: &'a Queued) {
        self.rows.extend(&queued.append.rows);
        self.change = queued.append.status.as_ref();
        self.appends.push((place, self.rows.len()));
    }

    /// Its first place; `None` for a change of status alone.
    pub(super) fn first(&self) -> Option<u32> {
        self.rows.first().map(|row| row.seq)
    }
}

/// The appends of a batch as runs, at most one for each session in a round: what does not go on where the session's
/// run ends waits for the next.
pub(super) fn rounds(batch: &[Queued]) -> Vec<Vec<Run<'_>>> {
    let mut rounds: Vec<Vec<Run<'_>>> = Vec::new();
    // Where the latest run of each session is.
    let mut latest: HashMap<SessionId, (usize, usize)> = HashMap::with_capacity(batch.len());
    for (place, queued) in batch.iter().enumerate() {
        let session = queued.append.session;
        let found = latest.get(&session).copied();
        if let Some((round, run)) = found
            && rounds[round][run].takes(queued)
        {
            rounds[round][run].take(place, queued);
            continue;
        }
        let round = found.map_or(0, |(round, _)| round + 1);
        if rounds.len() == round {
            rounds.push(Vec::with_capacity(batch.len()));
        }
        latest.insert(session, (round, rounds[round].len()));
        rounds[round].push(Run::of(place, queued));
    }
    rounds
}

/// What the statement says of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The fence it had, behind every claim that was committing.
    pub(super) fence: Fence,
    /// Its last place before.
    pub(super) last: u32,
    /// How many rows went in.
    pub(super) stored: usize,
}

/// Stores the runs whose fence holds and whose place is next; the others change nothing. In one statement: all that
/// goes in is committed together.
pub(super) async fn store(
    client: &Client,
    runs: &[Run<'_>],
) -> Result<HashMap<SessionId, Found>, Failure> {
    let heads = Heads::of(runs)?;
    let rows = events::Arrays::of(runs.iter().flat_map(|run| {
        let session = run.session;
        run.rows.iter().map(move |row| (session, *row))
    }))?;
    let mut parameters = vec![
        uuids(&heads.sessions),
        int8s(&heads.epochs),
        int8s(&heads.claims),
        int4s(&heads.firsts),
        uuid(&heads.lowest),
        uuid(&heads.highest),
        uuids(&rows.sessions),
        int4s(&rows.seqs),
        int2s(&rows.event_versions),
        int4s(&rows.participants),
        int8s(&rows.at_ms),
        texts(&rows.kinds),
        int8s(&rows.request_keys),
        texts(&rows.request_ids),
        int4s(&rows.positions),
        texts(&rows.items),
        texts(&rows.choices),
        booleans(&rows.correct),
        int8s(&rows.elapsed_ms),
        texts(&rows.areas),
        float8s(&rows.thetas),
        float8s(&rows.standard_errors),
        byteas(&rows.payloads),
    ];
    let changes = Changes::of(runs);
    let sql = match changes.sessions.is_empty() {
        true => BATCH_STATEMENT,
        false => {
            parameters.extend([
                uuids(&changes.sessions),
                texts(&changes.statuses),
                int8s(&changes.ended_at),
                int8s(&changes.deadlines),
                byteas(&changes.summaries),
                uuids(&changes.job_sessions),
                texts(&changes.job_kinds),
                int8s(&changes.job_run_at),
            ]);
            STORE_AND_CHANGE
        }
    };
    let found = client.query_typed(sql, &parameters).await?;
    found
        .iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            let session: SessionId = columns.take()?;
            let found = Found {
                fence: Fence {
                    epoch: columns.take()?,
                    claim: columns.take()?,
                },
                last: columns.take()?,
                stored: usize::try_from(columns.take::<i64>()?).unwrap_or(0),
            };
            Ok((session, found))
        })
        .collect()
}

/// One entry for each run.
struct Heads {
    sessions: Vec<Uuid>,
    epochs: Vec<i64>,
    claims: Vec<i64>,
    firsts: Vec<Option<i32>>,
    lowest: Uuid,
    highest: Uuid,
}

impl Heads {
    fn of(runs: &[Run<'_>]) -> Result<Heads, Failure> {
        let sessions: Vec<Uuid> = runs.iter().map(|run| run.session.0).collect();
        Ok(Heads {
            epochs: runs.iter().map(|run| run.fence.epoch).collect(),
            claims: runs.iter().map(|run| run.fence.claim).collect(),
            firsts: runs
                .iter()
                .map(|run| run.first().map(integer).transpose())
                .collect::<Result<_, _>>()?,
            lowest: sessions.iter().min().copied().unwrap_or_default(),
            highest: sessions.iter().max().copied().unwrap_or_default(),
            sessions,
        })
    }
}

/// One entry for each changed session, and one for each job.
#[derive(Default)]
struct Changes<'a> {
    sessions: Vec<Uuid>,
    statuses: Vec<&'a str>,
    ended_at: Vec<Option<i64>>,
    deadlines: Vec<Option<i64>>,
    summaries: Vec<Option<&'a [u8]>>,
    job_sessions: Vec<Uuid>,
    job_kinds: Vec<&'a str>,
    job_run_at: Vec<i64>,
}

impl<'a> Changes<'a> {
    fn of(runs: &[Run<'a>]) -> Changes<'a> {
        let mut changes = Changes::default();
        for run in runs {
            let Some(change) = run.change else { continue };
            changes.sessions.push(run.session.0);
            changes.statuses.push(change.status.as_str());
            changes.ended_at.push(change.ended_at);
            changes.deadlines.push(change.deadline_at);
            changes.summaries.push(change.summary.as_deref());
            for kind in &change.jobs {
                changes.job_sessions.push(run.session.0);
                changes.job_kinds.push(kind.as_str());
                changes.job_run_at.push(change.ended_at.unwrap_or(0));
            }
        }
        changes
    }
}
