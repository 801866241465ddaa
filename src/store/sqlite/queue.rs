//! Owns what waits for the writer, how much may wait, and who is told. Must not know SQL.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::store::waiting::Waiting;
use crate::store::{Append, AppendRefused, Outcome, StoreError};

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
    waiting: Waiting,
}

impl Queue {
    pub(super) fn new() -> (Queue, Receiver<Queued>) {
        let (sender, receiver) = mpsc::channel();
        let queue = Queue {
            sender: Mutex::new(Some(sender)),
            waiting: Waiting::default(),
        };
        (queue, receiver)
    }

    /// Hands work to the writer, in the order of the calls.
    pub(super) fn push(&self, work: Work, rows: usize, bytes: usize) -> Result<(), AppendRefused> {
        let sender = self.sender();
        let Some(sender) = sender.as_ref() else {
            return Err(AppendRefused::Closed);
        };
        if !self.waiting.admit(rows, bytes) {
            return Err(AppendRefused::Full);
        }
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
        self.sender().take();
    }

    pub(super) fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    /// Tells whoever handed the work over, and makes room. A caller that has gone needs no answer.
    pub(super) fn answer(&self, queued: Queued) {
        self.waiting.done(queued.rows, queued.bytes);
        match queued.work {
            Work::Append { outcome, reply, .. } => {
                drop(reply.send(outcome.unwrap_or(Outcome::Unavailable)));
            }
            Work::Other(write) => write.answer(),
        }
    }

    /// A lock whose holders cannot leave what it guards half changed.
    fn sender(&self) -> std::sync::MutexGuard<'_, Option<Sender<Queued>>> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
