//! The directory in process: what an instance without `REDIS_URL` has, alone in its fleet.
//!
//! Owns leases and entries in memory, and how many. Must not know of other processes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::directory::{Directory, DirectoryError, ENTRY_TTL, LEASE_TTL, Renewed};
use super::member::{Entry, Lease, Member};
use crate::clock::Clock;

/// Entries kept; beyond it those that run out first go. Losing one costs a look at the store.
const ENTRIES_MAX: usize = 100_000;

/// Leases and entries of one process.
pub struct LocalDirectory {
    known: Mutex<Known>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Known {
    leases: HashMap<String, Until<Lease>>,
    entries: HashMap<Uuid, Until<Entry>>,
}

/// What is believed until a moment, in milliseconds of the clock.
struct Until<T> {
    what: T,
    until_ms: i64,
}

impl<T> Until<T> {
    fn new(what: T, now_ms: i64, time_to_live: Duration) -> Self {
        let lasts = i64::try_from(time_to_live.as_millis()).unwrap_or(i64::MAX);
        Self {
            what,
            until_ms: now_ms.saturating_add(lasts),
        }
    }

    fn live(&self, now_ms: i64) -> Option<&T> {
        (self.until_ms > now_ms).then_some(&self.what)
    }
}

impl LocalDirectory {
    /// One that knows nobody, and lets leases run out by this clock.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            known: Mutex::default(),
            clock,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Each change is one insertion or removal: there is no half-made state to protect from.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn lease(&self, node: &str, now_ms: i64) -> Option<&Lease> {
        self.leases.get(node).and_then(|lease| lease.live(now_ms))
    }

    fn entry(&self, session: &Uuid, now_ms: i64) -> Option<&Entry> {
        self.entries
            .get(session)
            .and_then(|entry| entry.live(now_ms))
    }

    /// Makes room for one more: the earlier half of them goes at once, so that this is rare.
    fn make_room(&mut self) {
        if self.entries.len() < ENTRIES_MAX {
            return;
        }
        let mut ends: Vec<i64> = self.entries.values().map(|entry| entry.until_ms).collect();
        let middle = ends.len() / 2;
        let (_, middle, _) = ends.select_nth_unstable(middle);
        let middle = *middle;
        self.entries.retain(|_, entry| entry.until_ms > middle);
    }
}

#[async_trait]
impl Directory for LocalDirectory {
    async fn renew(&self, lease: &Lease) -> Result<Renewed, DirectoryError> {
        let now_ms = self.clock.now_ms();
        let mut known = self.known();
        let node = &lease.member.node;
        if let Some(held) = known.lease(node, now_ms)
            && held.member.incarnation != lease.member.incarnation
        {
            return Ok(Renewed::Taken(Box::new(held.clone())));
        }
        known.leases.retain(|_, lease| lease.live(now_ms).is_some());
        let renewed = Until::new(lease.clone(), now_ms, LEASE_TTL);
        known.leases.insert(node.clone(), renewed);
        Ok(Renewed::Held)
    }

    async fn leave(&self, member: &Member) -> Result<(), DirectoryError> {
        let mut known = self.known();
        if let Some(held) = known.leases.get(&member.node)
            && held.what.member.incarnation == member.incarnation
        {
            known.leases.remove(&member.node);
        }
        Ok(())
    }

    async fn lease(&self, node: &str) -> Result<Option<Lease>, DirectoryError> {
        Ok(self.known().lease(node, self.clock.now_ms()).cloned())
    }

    async fn leases(&self) -> Result<Vec<Lease>, DirectoryError> {
        let now_ms = self.clock.now_ms();
        let known = self.known();
        let live = known.leases.values().filter_map(|lease| lease.live(now_ms));
        let mut leases: Vec<Lease> = live.cloned().collect();
        leases.sort_by(|one, other| one.member.node.cmp(&other.member.node));
        Ok(leases)
    }

    async fn entry(&self, session: Uuid) -> Result<Option<Entry>, DirectoryError> {
        Ok(self.known().entry(&session, self.clock.now_ms()).cloned())
    }

    async fn record(&self, session: Uuid, entry: &Entry) -> Result<bool, DirectoryError> {
        let now_ms = self.clock.now_ms();
        let mut known = self.known();
        if known
            .entry(&session, now_ms)
            .is_some_and(|held| held.epoch > entry.epoch)
        {
            return Ok(false);
        }
        known.make_room();
        known
            .entries
            .insert(session, Until::new(entry.clone(), now_ms, ENTRY_TTL));
        Ok(true)
    }

    async fn erase(&self, session: Uuid, entry: &Entry) -> Result<bool, DirectoryError> {
        let mut known = self.known();
        if known.entry(&session, self.clock.now_ms()) != Some(entry) {
            return Ok(false);
        }
        known.entries.remove(&session);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[tokio::test]
    async fn entries_are_bounded_and_the_latest_stay() {
        let clock = Arc::new(ManualClock::at(0));
        let directory = LocalDirectory::new(clock.clone());
        let entry = Entry {
            node: "a".to_owned(),
            incarnation: 1,
            epoch: 1,
        };
        for number in 0..=ENTRIES_MAX {
            clock.advance(Duration::from_millis(1));
            let session = Uuid::from_u128(number as u128);
            assert!(directory.record(session, &entry).await.expect("local"));
        }
        assert!(directory.known().entries.len() <= ENTRIES_MAX);
        let last = Uuid::from_u128(ENTRIES_MAX as u128);
        let found = directory.entry(last).await.expect("local");
        assert_eq!(found, Some(entry));
    }
}
