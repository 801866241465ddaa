//! One link as its channels see it: the table of those open, and the queue they write to.
//!
//! Owns which channels there are and what befalls them when the link ends. Must not know the socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::channel::{Answer, Channel, Received, Shared};
use super::outbound::{Command, Outbound};
use super::tally::{End, Tally};
use super::{CHANNELS_MAX, WINDOW_FRAMES};
use crate::cluster::member::Member;

/// One link.
#[derive(Debug)]
pub(super) struct Trunk {
    /// Who is at the other end.
    pub(super) peer: Member,
    pub(super) end: End,
    pub(super) outbound: Outbound,
    /// Cancelled when the link is over, by whichever side.
    pub(super) gone: CancellationToken,
    /// Cancelled when it is to end once everything queued is written.
    pub(super) leaving: CancellationToken,
    pub(super) tally: Arc<Tally>,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    open: HashMap<u64, Slot>,
    /// The highest id there has been: ids are never used again.
    highest: u64,
    over: bool,
}

#[derive(Debug)]
struct Slot {
    shared: Arc<Shared>,
    inbound: mpsc::Sender<Received>,
    reply: Option<oneshot::Sender<Result<Bytes, u16>>>,
}

/// A channel that was asked for, and where its reply comes; an error is the code it was closed with.
pub(super) type Asked = (Channel, oneshot::Receiver<Result<Bytes, u16>>);

/// Why the other end is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Violation {
    #[error("a message that cannot be read")]
    Unreadable,
    #[error("a message that is not its to send")]
    NotItsToSend,
    #[error("a channel that never was")]
    NoSuchChannel,
    #[error("more frames than it had credit for")]
    CreditOverrun,
    #[error("more credit than there are frames to give back")]
    CreditFromNothing,
}

impl Trunk {
    pub(super) fn new(peer: Member, end: End, tally: Arc<Tally>) -> Arc<Self> {
        tally.link(end, true);
        Arc::new(Self {
            peer,
            end,
            outbound: Outbound::new(),
            gone: CancellationToken::new(),
            leaving: CancellationToken::new(),
            tally,
            table: Mutex::default(),
        })
    }

    /// Opens a channel with this request; `None` when the link is over, an error when it has no room.
    pub(super) fn open(
        self: &Arc<Self>,
        request: Bytes,
    ) -> Option<Result<Asked, super::LinkError>> {
        let mut table = self.lock();
        if table.over {
            return None;
        }
        if table.open.len() >= CHANNELS_MAX {
            return Some(Err(super::LinkError::Closed(super::NO_ROOM)));
        }
        let id = table.highest + 1;
        let (reply, replied) = oneshot::channel();
        let channel = self.enter(&mut table, id, Some(reply)).1;
        // With the table held: opens are queued in the order of their ids.
        self.outbound.push(Command::Open { id, request });
        Some(Ok((channel, replied)))
    }

    /// The other end opens a channel; `None` when there is no room for it.
    pub(super) fn opened(
        self: &Arc<Self>,
        id: u64,
    ) -> Result<Option<(Channel, Answer)>, Violation> {
        let mut table = self.lock();
        if self.end == End::Dialler {
            return Err(Violation::NotItsToSend);
        }
        if id <= table.highest {
            return Err(Violation::NoSuchChannel);
        }
        if table.open.len() >= CHANNELS_MAX {
            table.highest = id;
            return Ok(None);
        }
        let (shared, channel) = self.enter(&mut table, id, None);
        Ok(Some((channel, Answer::new(shared))))
    }

    fn enter(
        self: &Arc<Self>,
        table: &mut Table,
        id: u64,
        reply: Option<oneshot::Sender<Result<Bytes, u16>>>,
    ) -> (Arc<Shared>, Channel) {
        let shared = Arc::new(Shared::new(id, Arc::clone(self)));
        // One more for the word that it is closed.
        let (inbound, receiver) = mpsc::channel(WINDOW_FRAMES as usize + 1);
        table.highest = id;
        table.open.insert(
            id,
            Slot {
                shared: Arc::clone(&shared),
                inbound,
                reply,
            },
        );
        self.tally.channel(self.end, true);
        (Arc::clone(&shared), Channel::new(shared, receiver))
    }

    /// A channel was closed here: the other end is told.
    pub(super) fn closed_here(&self, id: u64, code: u16) {
        if self.remove(&mut self.lock(), id).is_some() {
            self.outbound.push(Command::Close { id, code });
        }
    }

    fn remove(&self, table: &mut Table, id: u64) -> Option<Slot> {
        let slot = table.open.remove(&id);
        if slot.is_some() {
            self.tally.channel(self.end, false);
        }
        slot
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // Nothing panics while it is held; if it did, the table would still be whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
