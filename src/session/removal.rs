//! Deleting a learner's account while they may be in the middle of a session.
//!
//! Owns the order: what is open is ended where it is owned, the store forgets, and whoever is live here still is shown
//! out. That nothing is written afterwards is the store's to prove, not this file's: it fences every session.

use std::sync::Arc;
use std::time::Duration;

use actix::{ActorFutureExt, Context, Handler, Message, ResponseActFuture, WrapFuture};
use learnr_domain::{Command, RequestId};
use learnr_protocol::CloseCode;
use uuid::Uuid;

use super::activation::ActivationError;
use super::actor::SessionActor;
use super::ended::roll_up;
use super::history::has_ended;
use super::registry::Registry;
use crate::store::{Holdings, LearnerId, SessionId, SessionStatus, StoreError, record};

/// Longest that one session may take to end. Beyond it the store closes it as it stands.
const END_WITHIN: Duration = Duration::from_secs(5);

/// The account is being deleted: the session is told to end, unless the store has closed it already, and to let go.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Remove {
    /// Whether the session may still be written.
    pub(super) end: bool,
}

/// Deletes a learner and says what was kept of them; `None` when there is no such learner, or no longer. May be called
/// again whatever came of it before.
///
/// # Errors
/// [`StoreError`]; sessions may have ended, and nothing was deleted, or as [`StoreError::Unavailable`] says.
pub async fn delete_learner(
    registry: &Arc<Registry>,
    learner: LearnerId,
) -> Result<Option<Holdings>, StoreError> {
    let store = Arc::clone(&registry.context().store);
    for row in store.open_sessions(learner).await? {
        end(registry, row.id).await;
        keep_count(registry, row.id).await?;
    }
    let deleted = store.delete_learner(learner, record::strip).await?;
    // Some came between the ending and the deletion, and sessions that had ended keep their sockets for a while.
    let shown_out = tokio::time::timeout(END_WITHIN, show_out(registry, learner));
    if shown_out.await.is_err() {
        // Fenced, they can do nothing but be told at their next answer.
        tracing::warn!("sockets of a deleted account may not have been told yet");
    }
    Ok(deleted)
}

async fn show_out(registry: &Arc<Registry>, learner: LearnerId) {
    for handle in registry.live_of(learner).await {
        if handle.addr.send(Remove { end: false }).await.is_err() {
            tracing::debug!("a session of a deleted account was gone by itself");
        }
    }
}

/// Ends a session through its owner: the actor here, or one that takes it over from wherever it was. What cannot be
/// brought up cannot be ended in order; the store closes it.
async fn end(registry: &Arc<Registry>, id: SessionId) {
    let ending = async {
        let handle = registry.take(id).await?;
        // Gone in between, it is closed by the store.
        Ok::<_, Arc<ActivationError>>(handle.addr.send(Remove { end: true }).await.is_ok())
    };
    match tokio::time::timeout(END_WITHIN, ending).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            tracing::info!(session.id = %id, %error, "session of a deleted account is closed as it stands");
        }
        Err(_) => {
            tracing::warn!(session.id = %id, "session of a deleted account did not end in time and is closed as it stands");
        }
    }
}

/// Adds a session to the roll-ups while it can still be replayed: what owners see of their questions has its answers.
async fn keep_count(registry: &Arc<Registry>, id: SessionId) -> Result<(), StoreError> {
    let context = registry.context();
    let row = context.store.session(id).await?;
    match row.filter(|row| row.status == SessionStatus::Completed) {
        Some(row) => roll_up(context, &row).await,
        None => Ok(()),
    }
}

impl SessionActor {
    /// Ends the session like its learner would.
    fn finish(&mut self, ctx: &mut Context<Self>) {
        if has_ended(&self.session) {
            return;
        }
        let request_id = RequestId::new(format!("account-deleted-{}", Uuid::new_v4().simple()));
        let finish = Command::Finish {
            request_id: request_id.expect("52 plain letters are a request id"),
        };
        self.carry_out(&finish, None, ctx);
    }
}

impl Handler<Remove> for SessionActor {
    type Result = ResponseActFuture<Self, ()>;

    fn handle(&mut self, remove: Remove, ctx: &mut Self::Context) -> Self::Result {
        if !remove.end {
            self.abandon(CloseCode::Removed, ctx);
            return Box::pin(async {}.into_actor(self));
        }
        // No new commands from here on; the end comes behind what the writer has.
        self.leaving = true;
        let store = Arc::clone(&self.context.store);
        let (id, fence) = (self.id, self.fence);
        let before = self.flushed();
        let ended = before.into_actor(self).then(|(), actor, ctx| {
            actor.finish(ctx);
            actor.flushed().into_actor(actor)
        });
        let released = ended.then(move |(), actor, _| {
            async move { store.release(id, fence).await }.into_actor(actor)
        });
        Box::pin(released.map(|released, actor, ctx| {
            if let Err(error) = released {
                tracing::warn!(session.id = %actor.id, %error, "session of a deleted account not released");
            }
            actor.abandon(CloseCode::Removed, ctx);
        }))
    }
}
