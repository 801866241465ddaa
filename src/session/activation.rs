//! Bringing a session to life: see that it can run here, claim it, then read its events, then fold them.
//!
//! Owns the order of those steps. The load is a separate statement after the claim has returned, so that
//! it sees every answer a former owner acknowledged. Nobody is fenced, as far as can be told before, for a session
//! that this binary cannot run: one of another engine version, with an event or a setting it does not know.

use std::sync::Arc;

use learnr_domain::{Bank, ReplayError, Session};
use uuid::Uuid;

use super::banks::BankError;
use super::fleet::Errand;
use super::history::{self, History};
use super::{SessionContext, view};
use crate::store::record::{self, RecordError};
use crate::store::{EventRow, Fence, SessionId, SessionRow, SessionStatus, StoreError};

/// Why a session cannot be brought up.
#[derive(Debug, thiserror::Error)]
pub enum ActivationError {
    /// There is no such session.
    #[error("no such session")]
    NotFound,
    /// It was stopped by a fault and needs an operator.
    #[error("the session was stopped by a fault")]
    Faulted,
    /// Its learner's account was deleted: what it began from is gone.
    #[error("the account of the session's learner was deleted")]
    Deleted,
    /// This instance holds as many sessions as it may, or others keep claiming this one.
    #[error("too busy to bring the session up")]
    Busy,
    /// This instance is leaving.
    #[error("the instance is draining")]
    Draining,
    /// Another instance has it, and it stays there.
    #[error("the session runs on another instance")]
    Elsewhere,
    /// The certification it is about cannot be loaded.
    #[error(transparent)]
    Bank(#[from] BankError),
    /// A stored event cannot be read.
    #[error("a stored event cannot be read: {0}")]
    Record(#[from] RecordError),
    /// The stored events are not the history of a session.
    #[error("the stored events cannot be replayed: {0}")]
    Replay(#[from] ReplayError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A session claimed and replayed, ready for its actor.
pub(super) struct Activated {
    pub(super) context: Arc<SessionContext>,
    pub(super) row: SessionRow,
    pub(super) info: learnr_protocol::SessionInfo,
    pub(super) fence: Fence,
    pub(super) session: Session,
    pub(super) history: History,
    /// The former owner did not release it: it died, and its learner waited.
    pub(super) taken_over: bool,
    /// What it was brought up for.
    pub(super) errand: Errand,
}

/// A session as it was before a claim, seen to be one that can run here.
pub(super) struct Candidate {
    pub(super) row: SessionRow,
    bank: Arc<Bank>,
    info: learnr_protocol::SessionInfo,
}

impl Candidate {
    /// Reads a session, and sees whether it can run here.
    pub(super) async fn read(
        context: &Arc<SessionContext>,
        id: SessionId,
    ) -> Result<Self, ActivationError> {
        let row = stored(context, id).await?;
        let bank = context
            .banks
            .version(&row.certification, &row.bank_version)
            .await?
            .bank;
        let info = view::session_info(&row, &bank)?;
        Ok(Self { row, bank, info })
    }

    /// Claims it and replays it; `None` when somebody has claimed it since it was read.
    pub(super) async fn claim(
        self,
        context: &Arc<SessionContext>,
        errand: Errand,
    ) -> Result<Option<Activated>, ActivationError> {
        let Self { row, bank, info } = self;
        let id = row.id;
        if row.owner.is_some() {
            fold(&context.store.load_events(id).await?, &bank)?;
        }
        let claimed = context
            .store
            .claim_and_load(id, row.fence.epoch, random_claim(), context.owner.clone())
            .await?;
        let Some((fence, rows)) = claimed else {
            return Ok(None);
        };
        let (session, history) = match fold(&rows, &bank) {
            Ok(loaded) => loaded,
            Err(error) => {
                release(context, id, fence).await;
                return Err(error);
            }
        };
        context.fleet.note(id, &context.owner, fence);
        let taken_over = row.owner.is_some();
        tracing::debug!(session.id = %id, epoch = fence.epoch, taken_over, "session activated");
        let outcome = if taken_over { "taken_over" } else { "claimed" };
        metrics::counter!("learnr_claims_total", "outcome" => outcome).increment(1);
        metrics::counter!("learnr_sessions_activated_total").increment(1);
        Ok(Some(Activated {
            context: Arc::clone(context),
            row,
            info,
            fence,
            session,
            history,
            taken_over,
            errand,
        }))
    }
}

/// The session's row as it is before a claim.
async fn stored(context: &SessionContext, id: SessionId) -> Result<SessionRow, ActivationError> {
    let row = context
        .store
        .session(id)
        .await?
        .ok_or(ActivationError::NotFound)?;
    if row.learner.is_tombstone() {
        return Err(ActivationError::Deleted);
    }
    if row.status == SessionStatus::Faulted {
        return Err(ActivationError::Faulted);
    }
    Ok(row)
}

fn fold(rows: &[EventRow], bank: &Arc<Bank>) -> Result<(Session, History), ActivationError> {
    let events = rows
        .iter()
        .map(record::event_from_row)
        .collect::<Result<Vec<_>, _>>();
    let events = match events {
        // Between the look at the row and this one.
        Err(RecordError::Stripped) => return Err(ActivationError::Deleted),
        events => events?,
    };
    let mut history = History::default();
    let session = history::replay(Arc::clone(bank), events, |entry| history.push(entry))?;
    Ok((session, history))
}

/// Gives a session back that was claimed and cannot be run.
async fn release(context: &SessionContext, id: SessionId, fence: Fence) {
    if let Err(error) = context.store.release(id, fence).await {
        // Whoever claims it next takes it for abandoned, which it is.
        tracing::warn!(session.id = %id, %error, "session not released");
    }
}

/// 63 random bits that tell this claim from every other.
pub(crate) fn random_claim() -> i64 {
    let (high, low) = Uuid::new_v4().as_u64_pair();
    i64::try_from((high.rotate_left(32) ^ low) >> 1).expect("63 bits fit")
}
