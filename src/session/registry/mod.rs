//! The sessions live on this instance: at most one actor each, found by id, activated by whoever asks first.
//!
//! Owns who may ask for a session, and what they are told. Must not know a socket, nor how a session is brought up.

mod moving;
mod slots;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix::{Arbiter, ArbiterHandle};
use tokio::sync::Semaphore;

use self::slots::{BroughtUp, Found, Slot};
use super::SessionContext;
use super::activation::ActivationError;
use super::fleet::Errand;
use super::messages::{Attach, AttachRefused, Superseded};
use crate::cluster::Member;
use crate::store::{LearnerId, SessionId};

pub use slots::SessionHandle;
pub(super) use slots::{PERMITS_MAX, Place};

/// Claims and loads under way at once: a storm of reconnects queues here, not at the store.
const ACTIVATIONS_MAX: usize = 256;
/// Longest that the row of a live session is waited for when a socket joins it.
const LOOK_WITHIN: Duration = Duration::from_secs(2);
/// How often a session is looked up again when its actor was letting go.
const LOOKUPS_MAX: usize = 4;

/// What a socket has become part of.
pub enum Joined {
    /// A session of this instance, which it is attached to.
    Here(SessionHandle),
    /// One that other sockets hold on this instance: it is to be relayed.
    There(Member),
}

/// Every session live here.
pub struct Registry {
    context: Arc<SessionContext>,
    arbiters: Vec<Arbiter>,
    slots: Mutex<HashMap<SessionId, Arc<Slot>>>,
    activations: Semaphore,
    leaving: AtomicBool,
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
            leaving: AtomicBool::new(false),
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

    /// The instance is going to leave: it is not ready any more, and serves as before.
    pub fn leave_soon(&self) {
        self.leaving.store(true, Ordering::Release);
    }

    /// Whether the instance is leaving, or about to.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Acquire) || self.is_draining()
    }

    /// Whether the instance lets its sessions go, and takes no more.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Joins a connection to its session. One that is not live here is claimed and replayed first, unless other sockets
    /// hold it on another instance.
    ///
    /// # Errors
    /// [`ActivationError`] when there is no such session or it cannot be brought up, and
    /// [`AttachRefused`] inside `Ok` when the session refuses the connection.
    pub async fn attach(
        self: &Arc<Self>,
        id: SessionId,
        attach: impl Fn() -> Attach,
    ) -> Result<Result<Joined, AttachRefused>, Arc<ActivationError>> {
        for _ in 0..LOOKUPS_MAX {
            let (slot, made) = self.slot(id, Errand::Socket)?;
            let handle = match self.found(id, &slot).await {
                Ok(Found::Here(handle)) => handle,
                Ok(Found::There(member)) => return Ok(Ok(Joined::There(member))),
                // It was looked for by somebody who did not want it here.
                Err(error) if matches!(*error, ActivationError::Elsewhere) => continue,
                Err(error) => return Err(error),
            };
            if !made && self.is_superseded(id, &handle).await? {
                handle.addr.do_send(Superseded);
                self.forget(id, &slot);
                continue;
            }
            match handle.addr.send(attach()).await {
                Ok(Ok(())) => return Ok(Ok(Joined::Here(handle))),
                Ok(Err(AttachRefused::Leaving)) | Err(_) => self.forget(id, &slot),
                Ok(Err(refused)) => return Ok(Err(refused)),
            }
        }
        Err(Arc::new(ActivationError::Busy))
    }

    /// Brings a session up although nobody is connected, for its deadline. Where another instance has it, it is left there.
    ///
    /// # Errors
    /// [`ActivationError`].
    pub async fn wake(self: &Arc<Self>, id: SessionId) -> Result<(), Arc<ActivationError>> {
        let (slot, _) = self.slot(id, Errand::Deadline)?;
        match self.found(id, &slot).await? {
            Found::Here(handle) if handle.addr.connected() => Ok(()),
            Found::Here(_) => {
                // Whoever asks next brings it up anew.
                self.forget(id, &slot);
                Err(Arc::new(ActivationError::Busy))
            }
            Found::There(_) => Err(Arc::new(ActivationError::Elsewhere)),
        }
    }

    /// Sessions live here, at most `limit`, and the epochs they were claimed under.
    #[must_use]
    pub fn live(&self, limit: usize) -> Vec<(SessionId, i64)> {
        let slots = self.lock();
        let live = slots
            .iter()
            .filter_map(|(id, slot)| match slot.brought_up.peek() {
                Some(Ok(Ok(Found::Here(handle)))) => Some((*id, handle.fence.epoch)),
                _ => None,
            });
        live.take(limit).collect()
    }

    /// The actors here of a learner's sessions, those that are coming up as soon as they have.
    pub(super) async fn live_of(&self, learner: LearnerId) -> Vec<SessionHandle> {
        let slots: Vec<Arc<Slot>> = self.lock().values().cloned().collect();
        let mut live = Vec::new();
        for slot in slots {
            if let Ok(Ok(Found::Here(handle))) = slot.brought_up.clone().await
                && handle.learner == learner
            {
                live.push(handle);
            }
        }
        live
    }

    async fn found(&self, id: SessionId, slot: &Arc<Slot>) -> BroughtUp {
        slot.brought_up.clone().await.unwrap_or_else(|_| {
            // Its arbiter is gone, or it panicked there: it will not answer any more.
            self.forget(id, slot);
            Err(Arc::new(ActivationError::Busy))
        })
    }

    /// Whether another instance has claimed a session that is live here still. The store is asked only where there are others; while it
    /// cannot say nobody joins, since they might be shown what is no longer so.
    async fn is_superseded(
        &self,
        id: SessionId,
        handle: &SessionHandle,
    ) -> Result<bool, Arc<ActivationError>> {
        if !self.context.fleet.has_others() {
            return Ok(false);
        }
        let row = tokio::time::timeout(LOOK_WITHIN, self.context.store.session(id)).await;
        let row = row.map_err(|_| Arc::new(ActivationError::Busy))?;
        let row = row.map_err(|error| Arc::new(error.into()))?;
        Ok(row.is_none_or(|row| row.fence != handle.fence))
    }

    /// Does something on the thread that runs the session, or would.
    pub fn on_thread_of(&self, id: SessionId, work: impl Future<Output = ()> + Send + 'static) {
        self.arbiter(id).spawn(work);
    }

    fn arbiter(&self, id: SessionId) -> ArbiterHandle {
        // The low bits of a UUIDv7 are random.
        let at = id.0.as_u128() % self.arbiters.len() as u128;
        self.arbiters[usize::try_from(at).expect("less than the number of arbiters")].handle()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, Arc<Slot>>> {
        self.slots
            .lock()
            .expect("no code panics while it holds the registry")
    }
}
