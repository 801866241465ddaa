//! The directory in process: what an instance without `REDIS_URL` has, alone in its fleet.
//!
//! Owns leases and entries in memory, and how many. Must not know of other processes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;
use uuid::Uuid;

use super::directory::{Directory, DirectoryError, ENTRY_TTL, LEASE_TTL, Renewed};
use super::member::{Entry, Lease, Member};

/// Entries kept; beyond it those that run out first go. Losing one costs a look at the store.
const ENTRIES_MAX: usize = 100_000;

/// Leases and entries of one process.
#[derive(Debug, Default)]
pub struct LocalDirectory {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    leases: HashMap<String, Until<Lease>>,
    entries: HashMap<Uuid, Until<Entry>>,
}

/// What is believed until a moment.
#[derive(Debug)]
struct Until<T> {
    what: T,
    until: Instant,
}

impl<T> Until<T> {
    fn new(what: T, time_to_live: Duration) -> Self {
        Self {
            what,
            until: Instant::now() + time_to_live,
        }
    }

    fn live(&self) -> Option<&T> {
        (self.until > Instant::now()).then_some(&self.what)
    }
}

impl LocalDirectory {
    /// One that knows nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Each change is one insertion or removal: there is no half-made state to protect from.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn entry(&self, session: &Uuid) -> Option<&Entry> {
        self.entries.get(session).and_then(Until::live)
    }

    /// Makes room for one more: the earlier half of them goes at once, so that this is rare.
    fn make_room(&mut self) {
        if self.entries.len() < ENTRIES_MAX {
            return;
        }
        let mut ends: Vec<Instant> = self.entries.values().map(|entry| entry.until).collect();
        let middle = ends.len() / 2;
        let (_, middle, _) = ends.select_nth_unstable(middle);
        let middle = *middle;
        self.entries.retain(|_, entry| entry.until > middle);
    }
}

#[async_trait]
impl Directory for LocalDirectory {
    async fn renew(&self, lease: &Lease) -> Result<Renewed, DirectoryError> {
        let mut known = self.known();
        let node = &lease.member.node;
        if let Some(held) = known.leases.get(node).and_then(Until::live)
            && held.member.incarnation != lease.member.incarnation
        {
            return Ok(Renewed::Taken(Box::new(held.clone())));
        }
        known.leases.retain(|_, lease| lease.live().is_some());
        let renewed = Until::new(lease.clone(), LEASE_TTL);
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
        let known = self.known();
        Ok(known.leases.get(node).and_then(Until::live).cloned())
    }

    async fn leases(&self) -> Result<Vec<Lease>, DirectoryError> {
        let known = self.known();
        let live = known.leases.values().filter_map(Until::live);
        let mut leases: Vec<Lease> = live.cloned().collect();
        leases.sort_by(|one, other| one.member.node.cmp(&other.member.node));
        Ok(leases)
    }

    async fn entry(&self, session: Uuid) -> Result<Option<Entry>, DirectoryError> {
        Ok(self.known().entry(&session).cloned())
    }

    async fn record(&self, session: Uuid, entry: &Entry) -> Result<bool, DirectoryError> {
        let mut known = self.known();
        if known
            .entry(&session)
            .is_some_and(|held| held.epoch > entry.epoch)
        {
            return Ok(false);
        }
        known.make_room();
        known
            .entries
            .insert(session, Until::new(entry.clone(), ENTRY_TTL));
        Ok(true)
    }

    async fn erase(&self, session: Uuid, entry: &Entry) -> Result<bool, DirectoryError> {
        let mut known = self.known();
        if known.entry(&session) != Some(entry) {
            return Ok(false);
        }
        known.entries.remove(&session);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn entries_are_bounded_and_the_latest_stay() {
        let directory = LocalDirectory::new();
        let entry = |epoch| Entry {
            node: "a".to_owned(),
            incarnation: 1,
            epoch,
        };
        for number in 0..=ENTRIES_MAX {
            let session = Uuid::from_u128(number as u128);
            tokio::time::advance(Duration::from_millis(1)).await;
            assert!(directory.record(session, &entry(1)).await.expect("local"));
        }
        assert!(directory.known().entries.len() <= ENTRIES_MAX);
        let last = Uuid::from_u128(ENTRIES_MAX as u128);
        let found = directory.entry(last).await.expect("local");
        assert_eq!(found, Some(entry(1)));
    }
}
