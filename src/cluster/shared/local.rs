//! What an instance that is alone counts and remembers, in process and bounded.
//!
//! Must not know of other processes.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::{Counting, KEPT_BYTES_MAX, PresenceChange, Rate, Shared};
use crate::clock::Clock;
use crate::cluster::{DirectoryError, LEASE_TTL};

/// Keys whose arrivals are remembered, and nonces; beyond it those that are due go, and while none is there is no answer.
const REMEMBERED_MAX: usize = 100_000;
/// Reckonings kept.
const KEPT_MAX: usize = 512;
/// Bytes of all of them.
const KEPT_TOTAL_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The embedded stand-in for what a fleet shares.
pub struct LocalShared {
    memory: Mutex<Memory>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Memory {
    /// When the next arrival of each key would be on time, in microseconds.
    expected_us: HashMap<String, i64>,
    /// Nonces used, and until when they are remembered, in microseconds.
    spent: HashMap<Uuid, i64>,
    kept: HashMap<[u8; 32], Kept>,
    present: HashMap<String, Present>,
}

struct Kept {
    body: Vec<u8>,
    until_us: i64,
}

struct Present {
    incarnation: i64,
    state: u64,
    learners: HashSet<Uuid>,
    until_us: i64,
}

impl LocalShared {
    /// Nothing counted or remembered, by this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            memory: Mutex::default(),
            clock,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Each change is one insertion or removal: there is no half-made state to protect from.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_us(&self) -> i64 {
        self.clock.now_ms().saturating_mul(1_000)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Whether there is room for one more, once those that are due have gone.
fn room<K: Eq + Hash>(remembered: &mut HashMap<K, i64>, now_us: i64) -> Result<(), DirectoryError> {
    if remembered.len() < REMEMBERED_MAX {
        return Ok(());
    }
    remembered.retain(|_, due_us| *due_us > now_us);
    if remembered.len() < REMEMBERED_MAX {
        return Ok(());
    }
    Err(DirectoryError::Unavailable(format!(
        "{REMEMBERED_MAX} keys are remembered, and none is due"
    )))
}

#[async_trait]
impl Shared for LocalShared {
    async fn limit(
        &self,
        key: &str,
        rate: Rate,
        counting: Counting,
    ) -> Result<Duration, DirectoryError> {
        let now_us = self.now_us();
        let mut memory = self.memory();
        let known = memory.expected_us.get(key).copied();
        let expected = known.unwrap_or(now_us).max(now_us);
        let early_us = expected - now_us - micros(rate.tolerance);
        if early_us > 0 {
            let wait_ms = early_us.unsigned_abs().div_ceil(1_000);
            return Ok(Duration::from_millis(wait_ms));
        }
        if counting == Counting::Take {
            if known.is_none() {
                room(&mut memory.expected_us, now_us)?;
            }
            let next = expected.saturating_add(micros(rate.interval));
            memory.expected_us.insert(key.to_owned(), next);
        }
        Ok(Duration::ZERO)
    }

    async fn spend(&self, nonce: Uuid, lasts: Duration) -> Result<bool, DirectoryError> {
        let now_us = self.now_us();
        let mut memory = self.memory();
        if memory
            .spent
            .get(&nonce)
            .is_some_and(|until| *until > now_us)
        {
            return Ok(false);
        }
        room(&mut memory.spent, now_us)?;
        let until = now_us.saturating_add(micros(lasts));
        memory.spent.insert(nonce, until);
        Ok(true)
    }

    async fn kept(&self, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, DirectoryError> {
        let now_us = self.now_us();
        let memory = self.memory();
        let kept = memory.kept.get(digest);
        let live = kept.filter(|kept| kept.until_us > now_us);
        Ok(live.map(|kept| kept.body.clone()))
    }

    async fn keep(
        &self,
        digest: &[u8; 32],
        body: &[u8],
        lasts: Duration,
    ) -> Result<(), DirectoryError> {
        if body.len() > KEPT_BYTES_MAX {
            return Ok(());
        }
        let now_us = self.now_us();
        let mut memory = self.memory();
        let bytes =
            |kept: &HashMap<_, Kept>| -> usize { kept.values().map(|kept| kept.body.len()).sum() };
        let full = |kept: &HashMap<_, Kept>| {
            kept.len() >= KEPT_MAX || bytes(kept) + body.len() > KEPT_TOTAL_BYTES_MAX
        };
        if full(&memory.kept) {
            memory.kept.retain(|_, kept| kept.until_us > now_us);
        }
        if full(&memory.kept) {
            // It lasts a minute anyway: starting anew is rare and simple.
            memory.kept.clear();
        }
        let kept = Kept {
            body: body.to_vec(),
            until_us: now_us.saturating_add(micros(lasts)),
        };
        memory.kept.insert(*digest, kept);
        Ok(())
    }

    async fn note_presence(&self, change: &PresenceChange) -> Result<bool, DirectoryError> {
        let now_us = self.now_us();
        let mut memory = self.memory();
        let known = memory.present.remove(&change.node);
        let live = known.filter(|present| present.until_us > now_us);
        let mut present = match (live, change.from) {
            (_, None) => Present {
                incarnation: change.incarnation,
                state: change.to,
                learners: HashSet::new(),
                until_us: 0,
            },
            (Some(present), Some(from))
                if present.incarnation == change.incarnation && present.state == from =>
            {
                present
            }
            (other, Some(_)) => {
                if let Some(other) = other {
                    memory.present.insert(change.node.clone(), other);
                }
                return Ok(false);
            }
        };
        present.state = change.to;
        present.until_us = now_us.saturating_add(micros(LEASE_TTL));
        present.learners.extend(&change.come);
        for learner in &change.gone {
            present.learners.remove(learner);
        }
        memory.present.insert(change.node.clone(), present);
        Ok(true)
    }

    async fn is_present(&self, nodes: &[String], learner: Uuid) -> Result<bool, DirectoryError> {
        let now_us = self.now_us();
        let memory = self.memory();
        let mut live = nodes.iter().filter_map(|node| memory.present.get(node));
        Ok(live.any(|present| present.until_us > now_us && present.learners.contains(&learner)))
    }

    async fn count_present(&self, nodes: &[String]) -> Result<u64, DirectoryError> {
        let now_us = self.now_us();
        let memory = self.memory();
        let live = nodes.iter().filter_map(|node| memory.present.get(node));
        let live = live.filter(|present| present.until_us > now_us);
        Ok(live.map(|present| present.learners.len() as u64).sum())
    }
}
