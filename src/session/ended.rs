//! A session that has ended: read once, for everything that hangs on its end.
//!
//! Owns the order of what follows: the roll-ups, the learner's state, the exposure counts. Each is kept from happening
//! twice by itself; none is on the answer path. Must not know when it is called for.

use std::sync::Arc;

use learnr_domain::{Event, Session};

use super::SessionContext;
use super::banks::{BankCache, BankError};
use super::learner::{LearnerError, store_learner_state};
use super::rollup::rollup;
use crate::store::record;
use crate::store::{JobId, LearnerId, SessionRollup, SessionRow, Store, StoreError};

/// Sessions a reader adds to the roll-ups before they read: what has ended since the worker last looked.
const CATCH_UP_MAX: u32 = 16;

/// A session that has ended, and its whole history.
pub(super) struct Ended {
    pub(super) session: Session,
    pub(super) events: Vec<Event>,
}

/// Why a session that has ended is not to be had.
pub(super) enum EndedError {
    Store(StoreError),
    Damaged(Box<dyn std::error::Error + Send + Sync>),
}

/// A session that has ended, replayed.
pub(super) async fn ended_session(
    store: &dyn Store,
    banks: &BankCache,
    row: &SessionRow,
) -> Result<Ended, EndedError> {
    let bank = match banks.version(&row.certification, &row.bank_version).await {
        Ok(versioned) => versioned.bank,
        Err(BankError::Store(error)) => return Err(EndedError::Store(error)),
        Err(error) => return Err(EndedError::Damaged(error.into())),
    };
    let rows = store.load_events(row.id).await.map_err(EndedError::Store)?;
    let damaged = |error: &dyn std::fmt::Display| EndedError::Damaged(error.to_string().into());
    let events = rows
        .iter()
        .map(record::event_from_row)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| damaged(&error))?;
    let session = Session::replay(Arc::clone(&bank), &events).map_err(|error| damaged(&error))?;
    Ok(Ended { session, events })
}

/// Does what follows the end of a session, and finishes the job that asks for it.
///
/// # Errors
/// [`LearnerError`]; the job is then to be tried again.
pub async fn follow_end(
    context: &SessionContext,
    row: &SessionRow,
    job: JobId,
) -> Result<(), LearnerError> {
    if row.learner.is_tombstone() {
        // The account was deleted since: there is nobody to know anything of, and nothing to replay.
        context.store.finish_job(job).await?;
        return Ok(());
    }
    let ended = read(context, row).await?;
    add(context, row, ended.as_ref()).await?;
    let session = ended.as_ref().map(|ended| (row.id, &ended.session));
    store_learner_state(&*context.store, &context.banks, row, session, job).await?;
    // After the job is finished: at worst a session is missing from the counts, never there twice.
    if let Some(ended) = &ended {
        context.exposures.count(row, &ended.session).await?;
    }
    Ok(())
}

/// Adds an ended session to the roll-ups, unless it is in them.
///
/// # Errors
/// [`StoreError`] when the store does not answer.
pub async fn roll_up(context: &SessionContext, row: &SessionRow) -> Result<(), StoreError> {
    let ended = read(context, row).await?;
    add(context, row, ended.as_ref()).await
}

/// Adds what a learner has ended in a certification and the worker has not come to yet, so that they read what they did.
/// A backlog longer than a few sessions is left to the worker.
///
/// # Errors
/// [`StoreError`] when the store does not answer.
pub async fn catch_up(
    context: &SessionContext,
    learner: LearnerId,
    certification: &str,
) -> Result<(), StoreError> {
    let of = Some((learner, certification));
    for row in context.store.sessions_to_roll_up(of, CATCH_UP_MAX).await? {
        roll_up(context, &row).await?;
    }
    Ok(())
}

/// `None` for a session that cannot be read, which is told of.
async fn read(context: &SessionContext, row: &SessionRow) -> Result<Option<Ended>, StoreError> {
    match ended_session(&*context.store, &context.banks, row).await {
        Ok(ended) => Ok(Some(ended)),
        Err(EndedError::Store(error)) => Err(error),
        Err(EndedError::Damaged(error)) => {
            tracing::error!(session.id = %row.id, %error, "ended session left out of the roll-ups");
            Ok(None)
        }
    }
}

/// One that cannot be read is marked all the same: it would be asked for again for ever.
async fn add(
    context: &SessionContext,
    row: &SessionRow,
    ended: Option<&Ended>,
) -> Result<(), StoreError> {
    let adds = ended.and_then(|ended| rollup(row, ended));
    let adds = adds.unwrap_or_else(|| SessionRollup::nothing(row));
    context.store.roll_up(adds).await.map(drop)
}
