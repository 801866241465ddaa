//! Owns the one statement that stores a batch, and what it says of each session. Must not retry, and must not decide
//! what becomes of rows that did not go in.
//!
//! Every row of a batch is committed with all others of it. A batch whose statement fails has stored nothing.

use std::collections::HashMap;

use super::client::{Client, Queries};
use uuid::Uuid;

use super::fault::Failure;
use super::known::Known;
use super::rows::{
    Columns, Parameter, booleans, byteas, float8s, int2s, int4s, int8, int8s, integer, texts, uuids,
};
use super::{events, lanes::Queued};
use crate::store::{EventRow, Fence, SessionId, StatusChange};

/// The statement of every batch. What it does is written where the function is made, in `migrations/postgres`.
const STORE: &str = "SELECT session, epoch, claim, last, stored, server FROM store_batch_v1( \
     $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
     $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)";

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
    /// Which server says so, by when it was started, in Unix microseconds.
    pub(super) server: i64,
}

/// Stores the runs whose fence holds and whose place is next; the others change nothing. `known` are places that this
/// process has stored under the fence a session had then: nobody else can have stored one since.
pub(super) async fn store(
    client: &Client,
    runs: &[Run<'_>],
    known: &Known,
) -> Result<HashMap<SessionId, Found>, Failure> {
    let heads = Heads::of(runs, known)?;
    let rows = events::Arrays::of(runs.iter().flat_map(|run| {
        let session = run.session;
        run.rows.iter().map(move |row| (session, *row))
    }))?;
    let changes = Changes::of(runs)?;
    let parameters: [Parameter<'_>; 34] = [
        uuids(&heads.sessions),
        int8s(&heads.epochs),
        int8s(&heads.claims),
        int4s(&heads.firsts),
        booleans(&heads.known),
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
        uuids(&changes.sessions),
        int8s(&changes.epochs),
        int8s(&changes.claims),
        int4s(&changes.seqs),
        texts(&changes.statuses),
        int8s(&changes.ended_at),
        int8s(&changes.deadlines),
        byteas(&changes.summaries),
        uuids(&changes.job_sessions),
        texts(&changes.job_kinds),
        int8s(&changes.job_run_at),
        int8(&known.server),
    ];
    let found = client.query_typed(STORE, &parameters).await?;
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
                server: columns.take()?,
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
    known: Vec<bool>,
}

impl Heads {
    fn of(runs: &[Run<'_>], known: &Known) -> Result<Heads, Failure> {
        let follows = |run: &Run<'_>| {
            run.first()
                .is_some_and(|first| known.precedes(run.session, run.fence, first))
        };
        Ok(Heads {
            sessions: runs.iter().map(|run| run.session.0).collect(),
            epochs: runs.iter().map(|run| run.fence.epoch).collect(),
            claims: runs.iter().map(|run| run.fence.claim).collect(),
            firsts: runs
                .iter()
                .map(|run| run.first().map(integer).transpose())
                .collect::<Result<_, _>>()?,
            known: runs.iter().map(follows).collect(),
        })
    }
}

/// One entry for each changed session, and one for each job.
#[derive(Default)]
struct Changes<'a> {
    sessions: Vec<Uuid>,
    epochs: Vec<i64>,
    claims: Vec<i64>,
    seqs: Vec<Option<i32>>,
    statuses: Vec<&'a str>,
    ended_at: Vec<Option<i64>>,
    deadlines: Vec<Option<i64>>,
    summaries: Vec<Option<&'a [u8]>>,
    job_sessions: Vec<Uuid>,
    job_kinds: Vec<&'a str>,
    job_run_at: Vec<i64>,
}

impl<'a> Changes<'a> {
    fn of(runs: &[Run<'a>]) -> Result<Changes<'a>, Failure> {
        let mut changes = Changes::default();
        for run in runs {
            let Some(change) = run.change else { continue };
            let last = run.rows.last().map(|row| integer(row.seq)).transpose()?;
            changes.sessions.push(run.session.0);
            changes.epochs.push(run.fence.epoch);
            changes.claims.push(run.fence.claim);
            changes.seqs.push(last);
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
        Ok(changes)
    }
}
