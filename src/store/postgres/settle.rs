//! Owns what becomes of each append of a batch: stored, fenced, to be tried again, out of place. Must not retry what
//! fails.

use super::client::Client;
use tracing::error;

use super::batch::{self, Found, Run};
use super::events;
use super::fault::Failure;
use super::known::Known;
use super::lanes::Queued;
use crate::store::Outcome;

/// Statements for one run: its rows, and what of them an earlier attempt left out.
const STATEMENTS_MAX: usize = 3;

/// Stores a batch; one outcome for each append, in order. Rows of one append are stored together or not at all.
///
/// # Errors
/// [`Failure::Permanent`] when a row of it can never be stored: then nothing of its round was.
pub(super) async fn outcomes(
    client: &Client,
    batch: &[Queued],
    known: &mut Known,
) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = vec![Outcome::Unavailable; batch.len()];
    for round in batch::rounds(batch) {
        let found = batch::store(client, &round, known).await?;
        for run in round {
            let found = found.get(&run.session).copied();
            let (session, fence) = (run.session, run.fence);
            let last = run.rows.last().map(|row| row.seq);
            // Looked up again unless everything goes as it should.
            known.forget(session);
            let whole = found.filter(|found| found.stored == run.rows.len());
            settle(client, run, found, &mut outcomes).await?;
            if let (Some(last), Some(found)) = (last, whole) {
                known.note(found.server, session, fence, last);
            }
        }
    }
    Ok(outcomes)
}

/// Notes the outcome of each append of a run.
async fn settle(
    client: &Client,
    mut run: Run<'_>,
    mut found: Option<Found>,
    outcomes: &mut [Outcome],
) -> Result<(), Failure> {
    // Rows at the beginning of the run that are known to be stored.
    let mut stored = 0;
    for _ in 0..STATEMENTS_MAX {
        let Some(session) = found else {
            let outcome = Outcome::Rejected(format!("session {} is not stored", run.session));
            note(&run, 0, &outcome, outcomes);
            return Ok(());
        };
        let held = session.fence == run.fence;
        let (first, rows) = (
            run.rows.get(stored).map(|row| row.seq),
            run.rows.len() - stored,
        );
        let Some(first) = first.filter(|_| session.stored < rows) else {
            // Everything went in; or there was but a change of status, which goes with the fence.
            let outcome = if held || rows > 0 {
                Outcome::Stored
            } else {
                Outcome::Fenced
            };
            note(&run, stored, &outcome, outcomes);
            return Ok(());
        };
        // Not all went in: an earlier attempt whose commit was not known, another owner, or a gap. Stored is the
        // truth, even if the session has been claimed since.
        let there = events::between(client, run.session, (first, first + rows as u32)).await?;
        let equal = there
            .iter()
            .zip(&run.rows[stored..])
            .take_while(|(stored, row)| *stored == **row)
            .count();
        let differs = equal < there.len();
        stored += equal;
        note_stored(&run, stored, outcomes);
        if stored == run.rows.len() {
            return Ok(());
        }
        if differs || !held {
            note(&run, stored, &Outcome::Fenced, outcomes);
            return Ok(());
        }
        if equal == 0 && session.last + 1 < first {
            // The row before it was given up or rejected. Storing this one would leave a gap that no replay gets over.
            error!(session.id = %run.session, seq = first, last = session.last, "event out of place, not stored");
            note(&run, stored, &Outcome::Unavailable, outcomes);
            return Ok(());
        }
        let rest = Run {
            session: run.session,
            fence: run.fence,
            rows: run.rows.split_off(stored),
            change: run.change,
            appends: Vec::new(),
        };
        found = batch::store(client, std::slice::from_ref(&rest), &Known::default())
            .await?
            .remove(&rest.session);
        run.rows.extend(rest.rows);
    }
    Err(Failure::passing(
        "rows of a session neither go in nor are there",
    ))
}

/// Notes appends whose rows are all among the first `stored`.
fn note_stored(run: &Run<'_>, stored: usize, outcomes: &mut [Outcome]) {
    for &(append, _) in run.appends.iter().filter(|(_, end)| *end <= stored) {
        outcomes[append] = Outcome::Stored;
    }
}

/// Notes the outcome of every append with rows behind the first `stored`, or without rows.
fn note(run: &Run<'_>, stored: usize, outcome: &Outcome, outcomes: &mut [Outcome]) {
    for &(append, end) in &run.appends {
        if end > stored || end == 0 {
            outcomes[append] = outcome.clone();
        }
    }
}
