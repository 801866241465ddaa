//! A session's place in the registry: made by the first who asks for it, kept to the end of its actor.
//!
//! Owns that there is one activation of a session at a time, however many ask. Must not know what they ask for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use actix::Addr;
use futures_util::FutureExt;
use futures_util::future::Shared;
use tokio::sync::{Semaphore, oneshot};

use super::super::activation::ActivationError;
use super::super::actor::SessionActor;
use super::super::fleet::Errand;
use super::super::placing::{self, Placed};
use super::Registry;
use crate::cluster::Member;
use crate::store::{Fence, LearnerId, SessionId};

/// Messages that may wait for one session's actor; one more is refused as busy.
pub(in crate::session) const PERMITS_MAX: usize = 16;

/// A live session, wherever its actor runs.
#[derive(Clone)]
pub struct SessionHandle {
    /// The actor.
    pub addr: Addr<SessionActor>,
    /// Its places for waiting messages: take one for each message.
    pub permits: Arc<Semaphore>,
    /// Whose session it is.
    pub(in crate::session) learner: LearnerId,
    /// What it was claimed under.
    pub(in crate::session) fence: Fence,
}

/// Where a session was found.
#[derive(Clone)]
pub(super) enum Found {
    Here(SessionHandle),
    There(Member),
}

/// What came of bringing a session up, once: everyone who waits for it hears the same.
pub(super) type BroughtUp = Result<Found, Arc<ActivationError>>;

/// A session's place, from the first who asks for it to the end of its actor.
pub(super) struct Slot {
    pub(super) brought_up: Shared<oneshot::Receiver<BroughtUp>>,
    /// It is ours, or may be any moment: whoever else asks for it waits to hear.
    claiming: AtomicBool,
}

impl Registry {
    /// The session's slot, and whether it was made for this call. Whoever makes it has the session brought up, by a task that
    /// is no visitor's: one who gives up waiting neither stops it nor leaves an empty slot behind.
    pub(super) fn slot(
        self: &Arc<Self>,
        id: SessionId,
        errand: Errand,
    ) -> Result<(Arc<Slot>, bool), ActivationError> {
        let mut slots = self.lock();
        // Read under the lock: a drain sees every slot that was made before it began.
        if self.is_draining() {
            return Err(ActivationError::Draining);
        }
        if let Some(slot) = slots.get(&id) {
            return Ok((Arc::clone(slot), false));
        }
        if slots.len() >= self.context.sessions_max {
            return Err(ActivationError::Busy);
        }
        let (tell, told) = oneshot::channel();
        let slot = Arc::new(Slot {
            brought_up: told.shared(),
            claiming: AtomicBool::new(false),
        });
        slots.insert(id, Arc::clone(&slot));
        metrics::gauge!("learnr_sessions_live").set(slots.len() as f64);
        drop(slots);
        let (registry, made) = (Arc::clone(self), Arc::clone(&slot));
        self.arbiter(id).spawn(async move {
            let brought_up = registry.bring_up(id, &made, errand).await.map_err(Arc::new);
            if !matches!(brought_up, Ok(Found::Here(_))) {
                // Before anyone hears of it, so that whoever tries again finds no slot of what is not here.
                registry.forget(id, &made);
            }
            // Nobody may be waiting any more; the session is up all the same.
            drop(tell.send(brought_up));
        });
        Ok((slot, true))
    }

    async fn bring_up(
        self: &Arc<Self>,
        id: SessionId,
        slot: &Arc<Slot>,
        errand: Errand,
    ) -> Result<Found, ActivationError> {
        let turns = &self.activations;
        match placing::place(&self.context, id, errand, turns, &slot.claiming).await? {
            Placed::There(member) => Ok(Found::There(member)),
            Placed::Here(activated) => {
                let place = Place {
                    registry: Arc::downgrade(self),
                    slot: Arc::downgrade(slot),
                    id,
                };
                let handle = SessionActor::launch(*activated, place, &self.arbiter(id));
                Ok(Found::Here(handle))
            }
        }
    }

    /// The actor of a session that is live here, or claimed and coming up; `None` when it is still being looked for: whoever
    /// asks does not wait for an instance that may be asking it.
    pub(super) async fn claimed(&self, slot: &Arc<Slot>) -> Option<SessionHandle> {
        let brought_up = slot.brought_up.clone();
        if brought_up.peek().is_none() && !slot.claiming.load(Ordering::Acquire) {
            return None;
        }
        match brought_up.await {
            Ok(Ok(Found::Here(handle))) => Some(handle),
            _ => None,
        }
    }

    pub(super) fn forget(&self, id: SessionId, slot: &Arc<Slot>) {
        let mut slots = self.lock();
        if slots.get(&id).is_some_and(|held| Arc::ptr_eq(held, slot)) {
            slots.remove(&id);
        }
        metrics::gauge!("learnr_sessions_live").set(slots.len() as f64);
    }
}

/// An actor's own place in the registry, given up when it stops.
pub(in crate::session) struct Place {
    registry: Weak<Registry>,
    slot: Weak<Slot>,
    pub(in crate::session) id: SessionId,
}

impl Place {
    /// Makes room for another activation of the same session.
    pub(in crate::session) fn give_up(&self) {
        if let (Some(registry), Some(slot)) = (self.registry.upgrade(), self.slot.upgrade()) {
            registry.forget(self.id, &slot);
        }
    }
}
