//! Owns the ways to the writers: which session goes which way, what waits there, who is told. Must not know SQL.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::store::waiting::Waiting;
use crate::store::{Append, AppendRefused, Outcome, SessionId};

/// A payload of this size counts as one more row in the queue and in a batch.
const BYTES_PER_ROW: usize = 4_096;

/// Rows of a session on their way.
pub(super) struct Queued {
    pub(super) append: Append,
    pub(super) since: Instant,
    reply: oneshot::Sender<Outcome>,
}

impl Queued {
    pub(super) fn bytes(&self) -> usize {
        bytes(&self.append)
    }

    /// What it counts for in a batch.
    pub(super) fn rows(&self) -> usize {
        rows(&self.append)
    }
}

fn bytes(append: &Append) -> usize {
    append.rows.iter().map(|row| row.payload.len()).sum()
}

fn rows(append: &Append) -> usize {
    append.rows.len().max(1) + bytes(append) / BYTES_PER_ROW
}

/// What a lane's writer is to do.
pub(super) enum Work {
    Append(Queued),
    /// To be answered when everything before it has been. One for each claim or release under way: as many as sessions
    /// are held at most.
    Behind(oneshot::Sender<()>),
}

/// The bounded ways to the writers. Channel capacity is not the bound: rows and bytes are, counted from the hand-over
/// to the answer. A session's rows all go one way, in the order of their hand-over.
pub(super) struct Lanes {
    senders: RwLock<Option<Vec<UnboundedSender<Work>>>>,
    waiting: Arc<Waiting>,
}

impl Lanes {
    pub(super) fn new(lanes: usize) -> (Lanes, Vec<UnboundedReceiver<Work>>) {
        let (senders, receivers) = (0..lanes.max(1)).map(|_| unbounded_channel()).unzip();
        let lanes = Lanes {
            senders: RwLock::new(Some(senders)),
            waiting: Arc::default(),
        };
        (lanes, receivers)
    }

    pub(super) fn waiting(&self) -> &Arc<Waiting> {
        &self.waiting
    }

    /// Hands rows to the session's writer.
    pub(super) fn push(
        &self,
        append: Append,
        reply: oneshot::Sender<Outcome>,
    ) -> Result<(), AppendRefused> {
        let session = append.session;
        let queued = Queued {
            append,
            since: Instant::now(),
            reply,
        };
        let (rows, bytes) = (queued.rows(), queued.bytes());
        self.with_lane(session, |lane| {
            if !self.waiting.admit(rows, bytes) {
                return Err(AppendRefused::Full);
            }
            lane.send(Work::Append(queued))
                .map_err(|_| AppendRefused::Closed)
        })
        .unwrap_or(Err(AppendRefused::Closed))
    }

    /// Waits until everything of the session that was handed over before has been answered: a claim or release that
    /// overtook it would fence it.
    pub(super) async fn behind(&self, session: SessionId) {
        let (reply, answered) = oneshot::channel();
        let sent = self.with_lane(session, |lane| lane.send(Work::Behind(reply)).is_ok());
        if sent == Some(true) {
            // A writer that has ended has answered everything.
            drop(answered.await);
        }
    }

    /// Takes no more; the writers end when they have answered what there is.
    pub(super) fn close(&self) {
        self.senders
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.read().is_none()
    }

    fn with_lane<T>(
        &self,
        session: SessionId,
        then: impl FnOnce(&UnboundedSender<Work>) -> T,
    ) -> Option<T> {
        let senders = self.read();
        let senders = senders.as_ref()?;
        // The low bits of a UUIDv7 are random.
        let lane = session.0.as_u64_pair().1 % senders.len() as u64;
        Some(then(&senders[lane as usize]))
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Option<Vec<UnboundedSender<Work>>>> {
        self.senders.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells whoever handed the rows over, and makes room. A caller that has gone needs no answer.
pub(super) fn answer(waiting: &Waiting, queued: Queued, outcome: Outcome) {
    waiting.done(queued.rows(), queued.bytes());
    let name = match &outcome {
        Outcome::Stored => "stored",
        Outcome::Fenced => "fenced",
        Outcome::Unavailable => "unavailable",
        Outcome::Rejected(_) => "rejected",
    };
    if outcome != Outcome::Stored {
        metrics::counter!("learnr_store_outcomes_total", "outcome" => name).increment(1);
    }
    drop(queued.reply.send(outcome));
}
