//! What is known of a learner: the stored fold over their ended sessions, brought up to date.
//!
//! Owns that fold. The stored row is a cache: whatever has ended since is folded on top of it.

use learnr_domain::{LearnerState, Session};

use super::banks::BankCache;
use super::ended::{EndedError, ended_session};
use crate::store::record::{self, RecordError};
use crate::store::{
    JobId, LearnerId, LearnerStateRow, SessionId, SessionRow, Store, StoreError, Watermark,
};

/// Ended sessions folded at a time. A learner has a few a day; a backlog is folded in several goes.
pub const ENDED_MAX: u32 = 100;
/// Tries to store a fold that another worker overtakes.
const STORES_MAX: usize = 8;

/// Why a learner's state is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum LearnerError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored state is damaged.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Others kept storing the same learner's state.
    #[error("the learner's state is being folded by others")]
    Overtaken,
}

struct Folded {
    state: Option<LearnerState>,
    before: Option<Watermark>,
    after: Option<Watermark>,
}

/// Everything known of a learner in a certification, from the stored state and what has ended since and is not folded yet.
///
/// # Errors
/// [`LearnerError`].
pub async fn known_at(
    store: &dyn Store,
    banks: &BankCache,
    (state, ended): (Option<LearnerStateRow>, Vec<SessionRow>),
) -> Result<Option<LearnerState>, LearnerError> {
    Ok(fold_over(store, banks, state, ended, None).await?.state)
}

/// Brings the stored state up to date and finishes the job that asked for it. `ended`: the session that asked, where
/// it was read before.
///
/// # Errors
/// [`LearnerError`]; the job is then to be tried again.
pub(super) async fn store_learner_state(
    store: &dyn Store,
    banks: &BankCache,
    session: &SessionRow,
    ended: Option<(SessionId, &Session)>,
    job: JobId,
) -> Result<(), LearnerError> {
    for _ in 0..STORES_MAX {
        let certification = &session.certification;
        let folded = fold(store, banks, session.learner, certification, ended).await?;
        let (Some(state), Some(watermark)) = (folded.state, folded.after) else {
            store.finish_job(job).await?;
            return Ok(());
        };
        let row = LearnerStateRow {
            learner: session.learner,
            certification: certification.clone(),
            watermark,
            body: record::learner_to_bytes(&state),
        };
        if store.save_learner_state(row, folded.before, job).await? {
            return Ok(());
        }
    }
    Err(LearnerError::Overtaken)
}

async fn fold(
    store: &dyn Store,
    banks: &BankCache,
    learner: LearnerId,
    certification: &str,
    read: Option<(SessionId, &Session)>,
) -> Result<Folded, LearnerError> {
    let row = store.learner_state(learner, certification).await?;
    let before = row.as_ref().map(|row| row.watermark);
    let ended = store
        .ended_sessions(learner, certification, before, ENDED_MAX)
        .await?;
    fold_over(store, banks, row, ended, read).await
}

async fn fold_over(
    store: &dyn Store,
    banks: &BankCache,
    row: Option<LearnerStateRow>,
    ended: Vec<SessionRow>,
    read: Option<(SessionId, &Session)>,
) -> Result<Folded, LearnerError> {
    let before = row.as_ref().map(|row| row.watermark);
    let mut folded = Folded {
        state: row
            .map(|row| record::learner_from_bytes(&row.body))
            .transpose()?,
        before,
        after: None,
    };
    for row in ended {
        let state = folded.state.take();
        let before = state.as_ref();
        let after = match read {
            Some((id, session)) if id == row.id => Ok(LearnerState::after(before, session)),
            _ => ended_session(store, banks, &row)
                .await
                .map(|ended| LearnerState::after(before, &ended.session)),
        };
        match after {
            Ok(after) => folded.state = Some(after),
            // One session that cannot be read must not hide all that came after it.
            Err(EndedError::Damaged(error)) => {
                tracing::error!(session.id = %row.id, %error, "ended session left out of the learner's state");
                folded.state = state;
            }
            Err(EndedError::Store(error)) => return Err(error.into()),
        }
        folded.after = row.ended_at.map(|ended_at| Watermark {
            ended_at,
            session: row.id,
        });
    }
    Ok(folded)
}
