//! Which learners have a socket at this instance, told to the others once a second as what has changed.
//!
//! Owns the count of sockets of each learner and what was told of it. Must not know a socket.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::DirectoryError;
use super::directory::RENEW_EVERY;
use super::member::Member;
use super::shared::{PRESENT_CHANGES_MAX, PresenceChange, Shared};

/// Who is present here. As many learners as there are sockets, which have their own bound.
#[derive(Debug, Default)]
pub struct Presence {
    here: Mutex<Here>,
}

#[derive(Debug, Default)]
struct Here {
    sockets: HashMap<Uuid, u32>,
    /// Those who came or went since it was last told.
    changed: HashSet<Uuid>,
}

impl Presence {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a socket of a learner that was opened.
    pub fn came(&self, learner: Uuid) {
        let mut here = self.here();
        let sockets = here.sockets.entry(learner).or_default();
        *sockets += 1;
        if *sockets == 1 {
            here.changed.insert(learner);
        }
    }

    /// Counts a socket of a learner that was closed.
    pub fn went(&self, learner: Uuid) {
        let mut here = self.here();
        let Some(sockets) = here.sockets.get_mut(&learner) else {
            return;
        };
        *sockets -= 1;
        if *sockets == 0 {
            here.sockets.remove(&learner);
            here.changed.insert(learner);
        }
    }

    /// Learners here.
    #[must_use]
    pub fn count(&self) -> usize {
        self.here().sockets.len()
    }

    /// Whether a learner is here.
    #[must_use]
    pub fn is_here(&self, learner: Uuid) -> bool {
        self.here().sockets.contains_key(&learner)
    }

    /// Tells what has changed, every second, until it is stopped: what is told lasts as long as a lease.
    pub async fn run(self: Arc<Self>, shared: Arc<dyn Shared>, member: Member) {
        let mut told = Told::nothing(member);
        let mut beats = interval(RENEW_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            if let Err(error) = told.tell(&self, &*shared).await {
                // The connection says so itself, once.
                tracing::debug!(%error, "who is present could not be told; it will be, in a second");
            }
        }
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the others know of an instance's presence.
struct Told {
    member: Member,
    state: u64,
    /// Whether they may know anything else: then all is told.
    anew: bool,
}

impl Told {
    fn nothing(member: Member) -> Self {
        Self {
            member,
            state: 0,
            anew: true,
        }
    }

    async fn tell(
        &mut self,
        presence: &Presence,
        shared: &dyn Shared,
    ) -> Result<(), DirectoryError> {
        // Twice: once for what changed, and once for all of it where that was not what they knew.
        for _ in 0..2 {
            let changes = self.changes(presence);
            if self.send(changes, shared).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Who has come and gone, in calls of a bounded size; all who are here when it starts anew.
    fn changes(&self, presence: &Presence) -> Vec<(Vec<Uuid>, Vec<Uuid>)> {
        let mut here = presence.here();
        let changed = std::mem::take(&mut here.changed);
        let who: Vec<Uuid> = if self.anew {
            here.sockets.keys().copied().collect()
        } else {
            changed.into_iter().collect()
        };
        let parts = who.chunks(PRESENT_CHANGES_MAX);
        let mut parts: Vec<_> = parts
            .map(|part| {
                part.iter()
                    .partition(|learner| here.sockets.contains_key(learner))
            })
            .collect();
        if parts.is_empty() {
            // Nothing but that the instance still lives.
            parts.push((Vec::new(), Vec::new()));
        }
        parts
    }

    /// Whether they knew what this changes. When it cannot be sent, what they know is not certain: all is told next.
    async fn send(
        &mut self,
        changes: Vec<(Vec<Uuid>, Vec<Uuid>)>,
        shared: &dyn Shared,
    ) -> Result<bool, DirectoryError> {
        let mut from = (!self.anew).then_some(self.state);
        self.anew = true;
        for (come, gone) in changes {
            self.state += 1;
            let change = PresenceChange {
                node: self.member.node.clone(),
                incarnation: self.member.incarnation,
                from,
                to: self.state,
                come,
                gone,
            };
            if !shared.note_presence(&change).await? {
                return Ok(false);
            }
            from = Some(self.state);
        }
        self.anew = false;
        Ok(true)
    }
}
