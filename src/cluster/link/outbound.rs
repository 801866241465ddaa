//! What waits to be written to one link, in order.
//!
//! Owns the bound of it: frames take room in bytes before they are queued and whoever finds none waits; everything else is at most one
//! open, one reply, one close and one credit for each channel. Must not know how it is written.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use super::channel::Shared;
use super::{CHANNELS_MAX, QUEUE_BYTES_MAX};

/// Bytes that a frame takes besides its own.
const COMMAND_BYTES: usize = 64;
/// Commands of any kind; more than frames and channels can account for means that the other end opens channels and reads nothing. The link
/// is cut.
const COMMANDS_MAX: usize = QUEUE_BYTES_MAX / COMMAND_BYTES + 4 * CHANNELS_MAX;

/// What is to be written.
#[derive(Debug)]
pub(super) enum Command {
    Open {
        id: u64,
        request: Bytes,
    },
    Reply {
        id: u64,
        reply: Bytes,
    },
    Frame {
        id: u64,
        frame: Bytes,
    },
    /// What the channel has to give back by the time it is written.
    Credit(Arc<Shared>),
    Close {
        id: u64,
        code: u16,
    },
}

/// The queue of one link.
#[derive(Debug)]
pub(super) struct Outbound {
    commands: Mutex<VecDeque<Command>>,
    filled: Notify,
    pub(super) room: Semaphore,
    /// Cancelled to cut the link.
    cut: CancellationToken,
}

impl Outbound {
    pub(super) fn new(cut: CancellationToken) -> Self {
        Self {
            commands: Mutex::default(),
            filled: Notify::new(),
            room: Semaphore::new(QUEUE_BYTES_MAX),
            cut,
        }
    }

    /// Permits that a frame takes from [`Outbound::room`].
    pub(super) fn cost(frame: &Bytes) -> u32 {
        u32::try_from(frame.len() + COMMAND_BYTES).unwrap_or(u32::MAX)
    }

    /// Room that was taken for something that is not queued.
    pub(super) fn give_back(&self, frame: &Bytes) {
        self.room.add_permits(Self::cost(frame) as usize);
    }

    pub(super) fn push(&self, command: Command) {
        {
            let mut commands = self.lock();
            if commands.len() >= COMMANDS_MAX {
                self.cut.cancel();
                return;
            }
            commands.push_back(command);
        }
        self.filled.notify_one();
    }

    /// Up to `most` commands, as soon as there is one.
    pub(super) async fn take(&self, most: usize, into: &mut Vec<Command>) {
        loop {
            {
                let mut commands = self.lock();
                let count = commands.len().min(most);
                into.extend(commands.drain(..count));
                if commands.is_empty() && commands.capacity() > most * 4 {
                    commands.shrink_to(most);
                }
            }
            if !into.is_empty() {
                return;
            }
            self.filled.notified().await;
        }
    }

    /// Whether everything queued has been taken.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Waits until an open with this request has room.
    pub(super) async fn room_for(&self, request: &Bytes) -> Option<()> {
        let room = self.room.acquire_many(Self::cost(request)).await.ok()?;
        room.forget();
        Some(())
    }

    /// The link is gone: whoever waits for room is told, and nothing is kept.
    pub(super) fn end(&self) {
        self.room.close();
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Command>> {
        // Nothing panics while it is held; if it did, the queue would still be whole.
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
