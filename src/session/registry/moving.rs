//! Sessions on their way from one instance to another: handed over, relayed, taken, drained.
//!
//! Owns what another instance may have of this one's sessions, and the order of leaving. Must not decide where a session runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::super::activation::ActivationError;
use super::super::fleet::Errand;
use super::super::messages::{Attach, AttachRefused, HandOver, Leave, Superseded};
use super::slots::{Found, Slot};
use super::{LOOKUPS_MAX, Registry, SessionHandle};
use crate::cluster::Reply;
use crate::store::SessionId;

/// Sessions let go at once in a drain: enough to keep the store busy, few enough that none waits in silence for the others.
const DRAINED_AT_ONCE: usize = 64;

impl Registry {
    /// Joins a connection of another instance to a session that is live here; `None` when it is not.
    pub async fn attach_relayed(
        self: &Arc<Self>,
        id: SessionId,
        attach: Attach,
    ) -> Option<Result<SessionHandle, AttachRefused>> {
        let slot = self.lock().get(&id).cloned()?;
        let handle = self.claimed(&slot).await?;
        // Whoever asked may have been sent here by a directory that is behind.
        match self.is_superseded(id, &handle).await {
            Ok(false) => {}
            Ok(true) => {
                handle.addr.do_send(Superseded);
                self.forget(id, &slot);
                return None;
            }
            Err(_) => return Some(Err(AttachRefused::Busy)),
        }
        match handle.addr.send(attach).await {
            Ok(Ok(())) => Some(Ok(handle)),
            Ok(Err(AttachRefused::Leaving)) | Err(_) => None,
            Ok(Err(refused)) => Some(Err(refused)),
        }
    }

    /// Another instance wants a session: lets it go, unless it has to stay.
    pub async fn hand_over(self: &Arc<Self>, id: SessionId, errand: Errand) -> Reply {
        let slot = self.lock().get(&id).cloned();
        let Some(slot) = slot else {
            return Reply::LetGo;
        };
        match self.claimed(&slot).await {
            Some(handle) => {
                let reply = handle.addr.send(HandOver { errand }).await;
                // Gone in between.
                reply.unwrap_or(Reply::LetGo)
            }
            None => Reply::LetGo,
        }
    }

    /// The session's actor, taken from wherever it is to delete its learner's account.
    ///
    /// # Errors
    /// [`ActivationError`].
    pub(in crate::session) async fn take(
        self: &Arc<Self>,
        id: SessionId,
    ) -> Result<SessionHandle, Arc<ActivationError>> {
        for _ in 0..LOOKUPS_MAX {
            let (slot, _) = self.slot(id, Errand::Removal)?;
            match self.found(id, &slot).await {
                Ok(Found::Here(handle)) => return Ok(handle),
                // It was looked for by somebody who would not have taken it.
                Ok(Found::There(_)) => {}
                Err(error) if matches!(*error, ActivationError::Elsewhere) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Arc::new(ActivationError::Busy))
    }

    /// Lets every session go, so many at a time: flushed, released, its sockets told to reconnect elsewhere; those that are
    /// coming up as soon as they have. Each is silent only while its turn lasts. Returns when all have gone, or after `within`.
    pub async fn drain(&self, within: Duration) {
        let slots: Vec<Arc<Slot>> = {
            let slots = self.lock();
            self.draining.store(true, Ordering::Release);
            slots.values().cloned().collect()
        };
        // What waits for its turn to be claimed is not claimed any more.
        self.activations.close();
        let sessions = slots.len();
        let leaving = stream::iter(slots).for_each_concurrent(DRAINED_AT_ONCE, |slot| async move {
            if let Ok(Ok(Found::Here(handle))) = slot.brought_up.clone().await
                && handle.addr.send(Leave).await.is_err()
            {
                tracing::debug!("a session was gone before the drain came to it");
            }
        });
        if tokio::time::timeout(within, leaving).await.is_err() {
            tracing::warn!(
                sessions,
                live = self.len(),
                "drain deadline passed before every session was released"
            );
        }
    }
}
