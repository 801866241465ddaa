//! Owns the count of what waits for a writer, and how much may. Must not know what waits or for which database.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use metrics::{Gauge, Histogram};

use super::Health;

/// Rows that may wait for their commit; beyond it hand-overs are refused.
const ROWS_MAX: usize = 16_384;

/// Bytes of payload that may wait for their commit; beyond it hand-overs are refused, unless
/// nothing waits at all.
const BYTES_MAX: usize = 64 << 20;

/// Looked up once each: a look-up takes as long as a row in a large batch.
static BATCH_ROWS: LazyLock<Histogram> =
    LazyLock::new(|| metrics::histogram!("learnr_store_batch_rows"));
static QUEUE_ROWS: LazyLock<Gauge> = LazyLock::new(|| metrics::gauge!("learnr_store_queue_rows"));
static COMMIT_SECONDS: LazyLock<Histogram> =
    LazyLock::new(|| metrics::histogram!("learnr_store_commit_seconds"));

/// Tells of a batch that has been committed.
pub(super) fn note_commit(took: Duration) {
    COMMIT_SECONDS.record(took);
}

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

    /// Tells of a batch that has been gathered.
    pub(super) fn note_batch(&self, rows: usize) {
        BATCH_ROWS.record(rows as f64);
        QUEUE_ROWS.set(self.rows() as f64);
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
