//! Owns what waits for the writer, how much may wait, and who is told. Must not know SQL.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::{Append, AppendRefused, Outcome, StoreError};

/// Rows that may wait for their commit; beyond it hand-overs are refused.
pub(super) const QUEUE_ROWS_MAX: usize = 16_384;

/// Bytes of payload that may wait for their commit; beyond it hand-overs are refused, unless
/// nothing waits at all.
pub(super) const QUEUE_BYTES_MAX: usize = 64 << 20;

/// One write other than an append. It may run more than once before it is answered.
pub(super) trait Write: Send {
    /// Does the write inside the batch's transaction.
    fn run(&mut self, tx: &Connection) -> rusqlite::Result<()>;
    /// Notes that the write has failed for good.
    fn fail(&mut self, error: StoreError);
    /// Tells the caller, after the commit or after [`Write::fail`].
    fn answer(self: Box<Self>);
}

/// What the writer is to do.
pub(super) enum Work {
    /// Rows of a session, and the outcome once it is known.
    Append {
        append: Append,
        outcome: Option<Outcome>,
        reply: oneshot::Sender<Outcome>,
    },
    /// Any other write.
    Other(Box<dyn Write>),
}

/// Work in the lane, with what it occupies there.
pub(super) struct Queued {
    pub(super) work: Work,
    pub(super) rows: usize,
    pub(super) bytes: usize,
    pub(super) since: Instant,
}

/// The bounded way to the writer. Channel capacity is not the bound: rows and bytes are, counted
/// from the hand-over to the answer.
pub(super) struct Queue {
    sender: Mutex<Option<Sender<Queued>>>,
    rows: AtomicUsize,
    bytes: AtomicUsize,
    retrying_since: Mutex<Option<Instant>>,
}

impl Queue {
    pub(super) fn new() -> (Queue, Receiver<Queued>) {
        let (sender, receiver) = mpsc::channel();
        let queue = Queue {
            sender: Mutex::new(Some(sender)),
            rows: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            retrying_since: Mutex::new(None),
        };
        (queue, receiver)
    }

    /// Hands work to the writer, in the order of the calls.
    pub(super) fn push(&self, work: Work, rows: usize, bytes: usize) -> Result<(), AppendRefused> {
        let sender = lock(&self.sender);
        let Some(sender) = sender.as_ref() else {
            return Err(AppendRefused::Closed);
        };
        // Only this lock's holder adds, so that what is read here can only have shrunk since.
        let (waiting, held) = (self.rows(), self.bytes.load(Ordering::Relaxed));
        let full = waiting + rows > QUEUE_ROWS_MAX || held + bytes > QUEUE_BYTES_MAX;
        if full && waiting > 0 {
            metrics::counter!("learnr_store_refused_total").increment(1);
            return Err(AppendRefused::Full);
        }
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let queued = Queued {
            work,
            rows,
            bytes,
            since: Instant::now(),
        };
        sender.send(queued).map_err(|_| AppendRefused::Closed)
    }

    /// Takes no more; the writer ends when it has answered what there is.
    pub(super) fn close(&self) {
        lock(&self.sender).take();
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    pub(super) fn retrying_since(&self) -> Option<Instant> {
        *lock(&self.retrying_since)
    }

    /// Notes whether the last attempt to commit failed; keeps the time of the first failure.
    pub(super) fn note_retrying(&self, retrying: bool) {
        let mut since = lock(&self.retrying_since);
        *since = retrying.then(|| since.unwrap_or_else(Instant::now));
    }

    /// Tells whoever handed the work over, and makes room. A caller that has gone needs no answer.
    pub(super) fn answer(&self, queued: Queued) {
        self.rows.fetch_sub(queued.rows, Ordering::Relaxed);
        self.bytes.fetch_sub(queued.bytes, Ordering::Relaxed);
        match queued.work {
            Work::Append { outcome, reply, .. } => {
                drop(reply.send(outcome.unwrap_or(Outcome::Unavailable)));
            }
            Work::Other(write) => write.answer(),
        }
    }
}

/// A lock whose holders cannot leave what it guards half changed.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
