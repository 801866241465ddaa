//! The sessions live on this instance: at most one actor each, found by id, activated by whoever asks first.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use actix::{Addr, Arbiter, ArbiterHandle};
use futures_util::FutureExt;
use futures_util::future::Shared;
use tokio::sync::{Semaphore, oneshot};

use super::SessionContext;
use super::activation::{self, ActivationError};
use super::actor::SessionActor;
use super::messages::{Attach, AttachRefused, Leave};
use crate::store::{LearnerId, SessionId};

/// Messages that may wait for one session's actor; one more is refused as busy.
pub(super) const PERMITS_MAX: usize = 16;
/// Claims and loads under way at once: a storm of reconnects queues here, not at the store.
const ACTIVATIONS_MAX: usize = 256;
/// How often a session is looked up again when its actor was letting go.
const LOOKUPS_MAX: usize = 4;

/// A live session, wherever its actor runs.
#[derive(Clone)]
pub struct SessionHandle {
    /// The actor.
    pub addr: Addr<SessionActor>,
    /// Its places for waiting messages: take one for each message.
    pub permits: Arc<Semaphore>,
    /// Whose session it is.
    pub(super) learner: LearnerId,
}

/// What came of bringing a session up, once: everyone who waits for it hears the same.
type BroughtUp = Result<SessionHandle, Arc<ActivationError>>;

/// A session's place, from the first who asks for it to the end of its actor.
struct Slot {
    brought_up: Shared<oneshot::Receiver<BroughtUp>>,
}

/// Every session live here.
pub struct Registry {
    context: Arc<SessionContext>,
    arbiters: Vec<Arbiter>,
    slots: Mutex<HashMap<SessionId, Arc<Slot>>>,
    activations: Semaphore,
    draining: AtomicBool,
}

impl Registry {
    /// An empty registry whose actors run on `threads` threads of their own, pinned by session id.
    #[must_use]
    pub fn new(context: Arc<SessionContext>, threads: usize) -> Arc<Self> {
        Arc::new(Self {
            context,
            arbiters: (0..threads.max(1)).map(|_| Arbiter::new()).collect(),
            slots: Mutex::default(),
            activations: Semaphore::new(ACTIVATIONS_MAX),
            draining: AtomicBool::new(false),
        })
    }

    /// What the sessions share.
    #[must_use]
    pub fn context(&self) -> &Arc<SessionContext> {
        &self.context
    }

    /// How many sessions are live.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether no session is live.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the instance is leaving.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Joins a connection to its session, which is claimed and replayed first when it is not live.
    ///
    /// # Errors
    /// [`ActivationError`] when there is no such session or it cannot be brought up, and
    /// [`AttachRefused`] inside `Ok` when the session refuses the connection.
    pub async fn attach(
        self: &Arc<Self>,
        id: SessionId,
        attach: impl Fn() -> Attach,
    ) -> Result<Result<SessionHandle, AttachRefused>, Arc<ActivationError>> {
        for _ in 0..LOOKUPS_MAX {
            let (slot, handle) = self.activate(id).await?;
            match handle.addr.send(attach()).await {
                Ok(Ok(())) => return Ok(Ok(handle)),
                Ok(Err(AttachRefused::Leaving)) | Err(_) => self.forget(id, &slot),
                Ok(Err(refused)) => return Ok(Err(refused)),
            }
        }
        Err(Arc::new(ActivationError::Busy))
    }

    /// Brings a session up although nobody is connected, for its deadline.
    ///
    /// # Errors
    /// [`ActivationError`].
    pub async fn wake(self: &Arc<Self>, id: SessionId) -> Result<(), Arc<ActivationError>> {
        let (slot, handle) = self.activate(id).await?;
        if !handle.addr.connected() {
            // Whoever asks next brings it up anew.
            self.forget(id, &slot);
            return Err(Arc::new(ActivationError::Busy));
        }
        Ok(())
    }

    /// The session's actor, brought up when it is not live.
    ///
    /// # Errors
    /// [`ActivationError`].
    pub(super) async fn handle(
        self: &Arc<Self>,
        id: SessionId,
    ) -> Result<SessionHandle, Arc<ActivationError>> {
        Ok(self.activate(id).await?.1)
    }

    /// The actors here of a learner's sessions, those that are coming up as soon as they have.
    pub(super) async fn live_of(&self, learner: LearnerId) -> Vec<SessionHandle> {
        let slots: Vec<Arc<Slot>> = self.lock().values().cloned().collect();
        let mut live = Vec::new();
        for slot in slots {
            if let Ok(Ok(handle)) = slot.brought_up.clone().await
                && handle.learner == learner
            {
                live.push(handle);
            }
        }
        live
    }

    async fn activate(
        self: &Arc<Self>,
        id: SessionId,
    ) -> Result<(Arc<Slot>, SessionHandle), Arc<ActivationError>> {
        let slot = self.slot(id)?;
        match slot.brought_up.clone().await {
            Ok(Ok(handle)) => Ok((slot, handle)),
            Ok(Err(error)) => Err(error),
            // Its arbiter is gone, or it panicked there: it will not answer any more.
            Err(_) => {
                self.forget(id, &slot);
                Err(Arc::new(ActivationError::Busy))
            }
        }
    }

    /// The session's slot. Whoever makes it has the session brought up, by a task that is no visitor's: one
    /// who gives up waiting neither stops it nor leaves an empty slot behind.
    fn slot(self: &Arc<Self>, id: SessionId) -> Result<Arc<Slot>, ActivationError> {
        let mut slots = self.lock();
        // Read under the lock: a drain sees every slot that was made before it began.
        if self.is_draining() {
            return Err(ActivationError::Draining);
        }
        if let Some(slot) = slots.get(&id) {
            return Ok(Arc::clone(slot));
        }
        if slots.len() >= self.context.sessions_max {
            return Err(ActivationError::Busy);
        }
        let (tell, told) = oneshot::channel();
        let slot = Arc::new(Slot {
            brought_up: told.shared(),
        });
        slots.insert(id, Arc::clone(&slot));
        metrics::gauge!("learnr_sessions_live").set(slots.len() as f64);
        drop(slots);
        let (registry, made) = (Arc::clone(self), Arc::clone(&slot));
        self.arbiter(id).spawn(async move {
            let brought_up = registry.bring_up(id, &made).await.map_err(Arc::new);
            if brought_up.is_err() {
                // Before anyone hears of it, so that whoever tries again finds no failed slot.
                registry.forget(id, &made);
            }
            // Nobody may be waiting any more; the session is up all the same.
            drop(tell.send(brought_up));
        });
        Ok(slot)
    }

    async fn bring_up(
        self: &Arc<Self>,
        id: SessionId,
        slot: &Arc<Slot>,
    ) -> Result<SessionHandle, ActivationError> {
        let _place = self
            .activations
            .acquire()
            .await
            .map_err(|_| ActivationError::Draining)?;
        let activated = activation::activate(&self.context, id).await?;
        let place = Place {
            registry: Arc::downgrade(self),
            slot: Arc::downgrade(slot),
            id,
        };
        Ok(SessionActor::launch(activated, place, &self.arbiter(id)))
    }

    fn arbiter(&self, id: SessionId) -> ArbiterHandle {
        // The low bits of a UUIDv7 are random.
        let at = id.0.as_u128() % self.arbiters.len() as u128;
        self.arbiters[usize::try_from(at).expect("less than the number of arbiters")].handle()
    }

    fn forget(&self, id: SessionId, slot: &Arc<Slot>) {
        let mut slots = self.lock();
        if slots.get(&id).is_some_and(|held| Arc::ptr_eq(held, slot)) {
            slots.remove(&id);
        }
        metrics::gauge!("learnr_sessions_live").set(slots.len() as f64);
    }

    /// Lets every session go: flushed, released, its sockets told to reconnect elsewhere; those that are
    /// coming up as soon as they have. Returns when all have, or after `within`.
    pub async fn drain(&self, within: Duration) {
        let slots: Vec<Arc<Slot>> = {
            let slots = self.lock();
            self.draining.store(true, Ordering::Release);
            slots.values().cloned().collect()
        };
        // What waits for its turn to be claimed is not claimed any more.
        self.activations.close();
        let leaving = slots.iter().map(|slot| async {
            if let Ok(Ok(handle)) = slot.brought_up.clone().await
                && handle.addr.send(Leave).await.is_err()
            {
                tracing::debug!("a session was gone before the drain came to it");
            }
        });
        if tokio::time::timeout(within, futures_util::future::join_all(leaving))
            .await
            .is_err()
        {
            tracing::warn!(
                sessions = slots.len(),
                "drain deadline passed before every session was released"
            );
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, Arc<Slot>>> {
        self.slots
            .lock()
            .expect("no code panics while it holds the registry")
    }
}

/// An actor's own place in the registry, given up when it stops.
pub(super) struct Place {
    registry: Weak<Registry>,
    slot: Weak<Slot>,
    pub(super) id: SessionId,
}

impl Place {
    /// Makes room for another activation of the same session.
    pub(super) fn give_up(&self) {
        if let (Some(registry), Some(slot)) = (self.registry.upgrade(), self.slot.upgrade()) {
            registry.forget(self.id, &slot);
        }
    }
}
