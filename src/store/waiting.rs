//! Owns the count of what waits for a writer, and how much may. Must not know what waits or for which database.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::Health;

/// Rows that may wait for their commit; beyond it hand-overs are refused.
const ROWS_MAX: usize = 16_384;

/// Bytes of payload that may wait for their commit; beyond it hand-overs are refused, unless
/// nothing waits at all.
const BYTES_MAX: usize = 64 << 20;

/// What has been handed over and not yet answered.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    rows: AtomicUsize,
    bytes: AtomicUsize,
    retrying_since: Mutex<Option<Instant>>,
}

impl Waiting {
    /// Counts a hand-over in; `false` when there is no room for it.
    pub(super) fn admit(&self, rows: usize, bytes: usize) -> bool {
        let waiting = self.rows.fetch_add(rows, Ordering::Relaxed);
        let held = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let full = waiting + rows > ROWS_MAX || held + bytes > BYTES_MAX;
        if full && waiting > 0 {
            self.done(rows, bytes);
            metrics::counter!("learnr_store_refused_total").increment(1);
            return false;
        }
        true
    }

    /// Counts a hand-over out: it has been answered.
    pub(super) fn done(&self, rows: usize, bytes: usize) {
        self.rows.fetch_sub(rows, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    pub(super) fn retrying_since(&self) -> Option<Instant> {
        *self.since()
    }

    /// Notes whether the last attempt to commit failed; keeps the time of the first failure.
    pub(super) fn note_retrying(&self, retrying: bool) {
        let mut since = self.since();
        *since = retrying.then(|| since.unwrap_or_else(Instant::now));
    }

    pub(super) fn health(&self) -> Health {
        Health {
            queue_rows: self.rows(),
            retrying_since: self.retrying_since(),
        }
    }

    /// A lock whose holders cannot leave what it guards half changed.
    fn since(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.retrying_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
