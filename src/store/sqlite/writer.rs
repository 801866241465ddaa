//! Owns the one thread that writes: what makes a batch, when it is tried again, when it is given up.
//! Must not know what a write does.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tracing::{error, info, warn};

use super::batch;
use super::checkpoint::Wake;
#[cfg(feature = "faults")]
use super::fault;
use super::fault::store_error;
#[cfg(feature = "faults")]
use super::faults::Faults;
use super::known::Known;
use super::queue::{Queue, Queued, Work};
use crate::store::Outcome;
use crate::store::waiting::note_commit;

/// Rows of one transaction. More rows share one sync, but wait for each other: from 1,024 to 4,096
/// a saturated writer gains nothing measurable and everyone's wait grows.
pub(super) const BATCH_ROWS_MAX: usize = 1_024;

/// Pause after a first failure; each further one doubles it.
const RETRY_PAUSE_MIN: Duration = Duration::from_millis(10);
/// The longest pause between attempts.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(1);

/// What the writer thread has.
pub(super) struct Writer {
    pub(super) path: PathBuf,
    pub(super) conn: Connection,
    pub(super) queue: Arc<Queue>,
    pub(super) lane: Receiver<Queued>,
    pub(super) known: Known,
    /// How long a write is tried, counted from its hand-over.
    pub(super) retry_limit: Duration,
    pub(super) checkpoint: Wake,
    #[cfg(feature = "faults")]
    pub(super) faults: Faults,
}

impl Writer {
    /// Writes until the queue is closed and empty. One batch is in flight; the next is whatever has
    /// come meanwhile.
    pub(super) fn run(mut self) {
        while let Ok(first) = self.lane.recv() {
            let mut batch = vec![first];
            let mut rows = batch[0].rows;
            while rows < BATCH_ROWS_MAX
                && let Ok(next) = self.lane.try_recv()
            {
                rows += next.rows;
                batch.push(next);
            }
            self.queue.waiting().note_batch(rows);
            self.write(batch);
            self.checkpoint.committed(rows, &self.conn);
        }
    }

    /// Writes a batch, the same rows first until they are stored or too old.
    fn write(&mut self, mut batch: Vec<Queued>) {
        let mut pause = RETRY_PAUSE_MIN;
        while !batch.is_empty() {
            let begun = Instant::now();
            let Err(error) = self.attempt(&mut batch) else {
                note_commit(begun.elapsed());
                if let Some(since) = self.queue.waiting().retrying_since() {
                    info!(
                        outage_ms = since.elapsed().as_millis(),
                        "the store writes again"
                    );
                }
                self.queue.waiting().note_retrying(false);
                for queued in batch {
                    self.queue.answer(queued);
                }
                return;
            };
            metrics::counter!("learnr_store_retries_total").increment(1);
            if self.queue.waiting().retrying_since().is_none() {
                warn!(path = %self.path.display(), %error, "the store refuses to write, retrying");
            }
            self.queue.waiting().note_retrying(true);
            batch = self.give_up_old(batch, &error);
            if !batch.is_empty() {
                std::thread::sleep(pause);
                pause = (pause * 2).min(RETRY_PAUSE_MAX);
            }
        }
    }

    #[cfg(not(feature = "faults"))]
    fn attempt(&mut self, batch: &mut Vec<Queued>) -> rusqlite::Result<()> {
        batch::attempt(&self.conn, &self.path, batch, &mut self.known, |_| ())
    }

    #[cfg(feature = "faults")]
    fn attempt(&mut self, batch: &mut Vec<Queued>) -> rusqlite::Result<()> {
        use std::sync::atomic::Ordering;

        if let Some(pages) = &self.faults.pages_max {
            let pages = pages.load(Ordering::SeqCst);
            self.conn
                .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        }
        let (faults, queue, conn) = (&self.faults, &self.queue, &self.conn);
        batch::attempt(conn, &self.path, batch, &mut self.known, |batch| {
            if faults.ack_before_commit {
                // Answers only: a session that is told of before it is there cannot be joined, and learners
                // that join nothing prove nothing.
                let of_answers = |queued: &mut Queued| matches!(queued.work, Work::Append { .. });
                for queued in batch.extract_if(.., of_answers) {
                    queue.answer(queued);
                }
            }
            std::thread::sleep(faults.commit_delay);
            if let Some(failing) = &faults.commits_failing
                && failing.load(Ordering::SeqCst)
            {
                // Nothing is left that the COMMIT behind this could end.
                let undone = conn.execute_batch("ROLLBACK");
                undone.expect("a transaction is open");
            }
        })?;
        let unheard = faults.commits_unheard.as_ref().is_some_and(|left| {
            let one_less = |left: u32| left.checked_sub(1);
            left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                .is_ok()
        });
        if unheard {
            self.known.clear();
            let detail = "nobody heard of the commit".to_owned();
            return Err(fault::made(rusqlite::ffi::SQLITE_IOERR, detail));
        }
        Ok(())
    }

    /// Answers what has been tried up to the limit, and keeps the rest in order.
    fn give_up_old(&self, batch: Vec<Queued>, error: &rusqlite::Error) -> Vec<Queued> {
        let (old, kept): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .partition(|queued| queued.since.elapsed() >= self.retry_limit);
        if !old.is_empty() {
            error!(path = %self.path.display(), %error, writes = old.len(), "writes given up");
        }
        for mut queued in old {
            match &mut queued.work {
                Work::Append { outcome, .. } => *outcome = Some(Outcome::Unavailable),
                Work::Other(write) => write.fail(store_error(&self.path, error)),
            }
            self.queue.answer(queued);
        }
        kept
    }
}
