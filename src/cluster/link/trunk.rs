//! One link as its channels see it: the table of those open, and the queue they write to.
//!
//! Owns which channels there are and what befalls them when the link ends. Must not know the socket.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::channel::{Answer, Channel, Received, Shared};
use super::envelope::Envelope;
use super::outbound::{Command, Outbound};
use super::tally::{End, Tally};
use super::{CHANNELS_MAX, Host, LinkError, NO_ROOM, WINDOW_FRAMES};
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
    #[error("more channels than a link has")]
    TooManyChannels,
}

impl Trunk {
    /// A link that leaves when `leaving` says so.
    pub(super) fn new(
        peer: Member,
        end: End,
        leaving: &CancellationToken,
        tally: &Arc<Tally>,
    ) -> Arc<Self> {
        tally.link(end, true);
        let gone = CancellationToken::new();
        Arc::new(Self {
            peer,
            end,
            outbound: Outbound::new(gone.clone()),
            gone,
            leaving: leaving.child_token(),
            tally: Arc::clone(tally),
            table: Mutex::default(),
        })
    }

    /// Opens a channel with this request, which has taken its room; `None` when the link is over, an error when it has no room.
    pub(super) fn open(self: &Arc<Self>, request: Bytes) -> Option<Result<Asked, LinkError>> {
        let mut table = self.lock();
        if table.over {
            return None;
        }
        if table.open.len() >= CHANNELS_MAX {
            return Some(Err(LinkError::Closed(NO_ROOM)));
        }
        let id = table.highest + 1;
        let (reply, replied) = oneshot::channel();
        let (_, channel) = self.enter(&mut table, id, Some(reply));
        // With the table held: opens are queued in the order of their ids.
        self.outbound.push(Command::Open { id, request });
        Some(Ok((channel, replied)))
    }

    /// Takes a message of the other end's. `host` gets the channels it opens.
    ///
    /// # Errors
    /// [`Violation`], after which the link is to be ended.
    pub(super) fn receive(
        self: &Arc<Self>,
        message: Bytes,
        host: Option<&dyn Host>,
    ) -> Result<(), Violation> {
        let bytes = message.len() as u64;
        let envelope = Envelope::decode(message)?;
        let frames = match &envelope {
            Envelope::Frame { ids, .. } => ids.len() as u64,
            _ => 0,
        };
        self.tally.received(frames, bytes);
        match envelope {
            Envelope::Open { id, request } => {
                let host = host.ok_or(Violation::NotItsToSend)?;
                let (channel, answer) = self.opened(id)?;
                host.opened(self.peer.clone(), request, channel, answer);
                Ok(())
            }
            Envelope::Reply { id, reply } => self.replied(id, reply),
            Envelope::Frame { ids, frame } => {
                let table = self.lock();
                ids.into_iter()
                    .try_for_each(|id| table.framed(id, frame.clone()))
            }
            Envelope::Credit { id, frames } => self.lock().credited(id, frames),
            Envelope::Close { id, code } => self.closed_there(id, code),
        }
    }

    fn opened(self: &Arc<Self>, id: u64) -> Result<(Channel, Answer), Violation> {
        let mut table = self.lock();
        if id <= table.highest {
            return Err(Violation::NoSuchChannel);
        }
        // The dialler counts the same ones and those whose end it has not heard of: it never opens too many.
        if table.open.len() >= CHANNELS_MAX {
            return Err(Violation::TooManyChannels);
        }
        let (shared, channel) = self.enter(&mut table, id, None);
        Ok((channel, Answer::new(shared)))
    }

    fn replied(&self, id: u64, reply: Bytes) -> Result<(), Violation> {
        let mut table = self.lock();
        let Some(slot) = table.slot(id)? else {
            return Ok(());
        };
        let replied = slot.reply.take().ok_or(Violation::NotItsToSend)?;
        // Whoever asked may have stopped waiting: its channel closes by itself.
        drop(replied.send(Ok(reply)));
        Ok(())
    }

    fn closed_there(&self, id: u64, code: u16) -> Result<(), Violation> {
        let mut table = self.lock();
        if table.slot(id)?.is_none() {
            return Ok(());
        }
        if let Some(slot) = self.remove(&mut table, id) {
            slot.shared.end();
            if let Some(reply) = slot.reply {
                drop(reply.send(Err(code)));
            }
            // There is a place for it, and whoever dropped the receiver does not ask.
            drop(slot.inbound.try_send(Received::Closed(code)));
        }
        Ok(())
    }

    /// The link is over: its channels end, and whoever waits is told.
    pub(super) fn end(&self) {
        let open = {
            let mut table = self.lock();
            if std::mem::replace(&mut table.over, true) {
                return;
            }
            std::mem::take(&mut table.open)
        };
        for slot in open.values() {
            slot.shared.end();
            self.tally.channel(self.end, false);
        }
        self.outbound.end();
        self.gone.cancel();
        self.tally.link(self.end, false);
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

impl Table {
    /// The channel, if it is still open; one closed here lately may still be written to from there.
    fn slot(&mut self, id: u64) -> Result<Option<&mut Slot>, Violation> {
        self.known(id)?;
        Ok(self.open.get_mut(&id))
    }

    fn known(&self, id: u64) -> Result<(), Violation> {
        if id == 0 || id > self.highest {
            return Err(Violation::NoSuchChannel);
        }
        Ok(())
    }

    fn framed(&self, id: u64, frame: Bytes) -> Result<(), Violation> {
        self.known(id)?;
        let Some(slot) = self.open.get(&id) else {
            return Ok(());
        };
        let allowed = &slot.shared.allowed;
        allowed
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
                left.checked_sub(1)
            })
            .map_err(|_| Violation::CreditOverrun)?;
        match slot.inbound.try_send(Received::Frame(frame)) {
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Violation::CreditOverrun),
        }
    }

    fn credited(&self, id: u64, frames: u32) -> Result<(), Violation> {
        self.known(id)?;
        let Some(slot) = self.open.get(&id) else {
            return Ok(());
        };
        let frames = frames as usize;
        let most = (WINDOW_FRAMES as usize).saturating_sub(slot.shared.credit.available_permits());
        if frames > most {
            return Err(Violation::CreditFromNothing);
        }
        slot.shared.credit.add_permits(frames);
        Ok(())
    }
}
