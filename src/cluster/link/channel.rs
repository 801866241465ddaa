//! One channel: frames both ways under credit, and how it ends.
//!
//! Owns the credit: a sender has [`WINDOW_FRAMES`] and gets them back as the other end's reader grants. Must not know what else its link
//! carries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};

use super::outbound::{Command, Outbound};
use super::trunk::Trunk;
use super::{CLOSED, FRAME_BYTES_MAX, REQUEST_BYTES_MAX, UNANSWERED, WINDOW_FRAMES};

/// Credit is given back in portions of so many frames: one message for each frame would double them.
const GRANT_FRAMES: u32 = WINDOW_FRAMES / 4;

/// What a channel brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A frame of the other end's.
    Frame(Bytes),
    /// The other end closed it, with this code; nothing follows.
    Closed(u16),
}

/// Why a frame was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// No credit, or no room in the link's queue, right now.
    #[error("the channel is full")]
    Full,
    /// It was closed by either end, or its link is lost.
    #[error("the channel is closed")]
    Closed,
    /// The frame has more than [`FRAME_BYTES_MAX`] bytes.
    #[error("a frame of {0} bytes: at most {FRAME_BYTES_MAX} cross a link")]
    TooLong(usize),
}

/// A channel between two instances. Dropping it, or either half of it, closes it with [`CLOSED`].
#[derive(Debug)]
pub struct Channel {
    /// Sends to the other end.
    pub sender: Sender,
    /// Receives from it.
    pub receiver: Receiver,
}

/// The half of a channel that sends.
#[derive(Debug)]
pub struct Sender(Arc<Shared>);

/// The half of a channel that receives.
#[derive(Debug)]
pub struct Receiver {
    shared: Arc<Shared>,
    inbound: mpsc::Receiver<Received>,
    /// Frames received and not granted yet.
    ungranted: u32,
}

/// Replies once to whoever opened a channel. Dropped before, it closes the channel with [`UNANSWERED`].
#[derive(Debug)]
pub struct Answer(Option<Arc<Shared>>);

/// What both halves and the link know of a channel.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) id: u64,
    trunk: Arc<Trunk>,
    /// Frames that may still be sent; closed with the channel.
    pub(super) credit: Semaphore,
    /// Frames that the other end may still send.
    pub(super) allowed: AtomicU32,
    /// Credit granted and not told yet.
    pending: AtomicU32,
    closed: AtomicBool,
}

impl Channel {
    /// Both halves, for two tasks.
    #[must_use]
    pub fn split(self) -> (Sender, Receiver) {
        (self.sender, self.receiver)
    }

    pub(super) fn new(shared: Arc<Shared>, inbound: mpsc::Receiver<Received>) -> Self {
        Self {
            sender: Sender(Arc::clone(&shared)),
            receiver: Receiver {
                shared,
                inbound,
                ungranted: 0,
            },
        }
    }
}

impl Sender {
    /// Sends a frame as soon as there is credit and room for it; frames of one channel arrive in the order in which they were taken.
    /// Cancelled, it has sent nothing and keeps no credit.
    ///
    /// # Errors
    /// [`SendError::Closed`], [`SendError::TooLong`].
    pub async fn send(&self, frame: Bytes) -> Result<(), SendError> {
        let Shared { credit, trunk, .. } = &*self.0;
        fits(&frame)?;
        let credit = credit.acquire().await.map_err(|_| SendError::Closed)?;
        let room = trunk.outbound.room.acquire_many(Outbound::cost(&frame));
        let room = room.await.map_err(|_| SendError::Closed)?;
        credit.forget();
        room.forget();
        self.0.push_frame(frame);
        Ok(())
    }

    /// Sends a frame if there is credit and room for it now. The same `Bytes` sent to several channels of one instance cross once.
    ///
    /// # Errors
    /// [`SendError`].
    pub fn try_send(&self, frame: Bytes) -> Result<(), SendError> {
        let Shared { credit, trunk, .. } = &*self.0;
        fits(&frame)?;
        let refused = |refused| match refused {
            tokio::sync::TryAcquireError::Closed => SendError::Closed,
            tokio::sync::TryAcquireError::NoPermits => SendError::Full,
        };
        let credit = credit.try_acquire().map_err(refused)?;
        let room = trunk
            .outbound
            .room
            .try_acquire_many(Outbound::cost(&frame))
            .map_err(refused)?;
        credit.forget();
        room.forget();
        self.0.push_frame(frame);
        Ok(())
    }

    /// Closes the channel, after all that was sent. Once is enough; later ones change nothing.
    pub fn close(&self, code: u16) {
        self.0.close(code);
    }

    /// Frames that may be sent right now.
    #[must_use]
    pub fn credit(&self) -> usize {
        self.0.credit.available_permits()
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.0.close(CLOSED);
    }
}

impl Receiver {
    /// The next of what the other end sent; `None` when the link is lost or the channel was closed before. Cancelled, nothing is lost.
    pub async fn recv(&mut self) -> Option<Received> {
        let received = self.inbound.recv().await;
        if let Some(Received::Frame(_)) = received {
            self.ungranted += 1;
        }
        received
    }

    /// Lets the other end send `frames` more, of those received and not granted before: to be called when they are dealt with. The other
    /// end is told in portions.
    pub fn grant(&mut self, frames: u32) {
        let frames = frames.min(self.ungranted);
        self.ungranted -= frames;
        let before = self.shared.pending.fetch_add(frames, Ordering::AcqRel);
        if before < GRANT_FRAMES && before + frames >= GRANT_FRAMES {
            let credit = Command::Credit(Arc::clone(&self.shared));
            self.shared.trunk.outbound.push(credit);
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.close(CLOSED);
    }
}

impl Answer {
    /// Replies to the request that opened the channel.
    ///
    /// # Errors
    /// [`SendError::TooLong`] beyond [`REQUEST_BYTES_MAX`], which closes the channel as an answer dropped does; [`SendError::Closed`].
    pub fn send(mut self, reply: Bytes) -> Result<(), SendError> {
        if reply.len() > REQUEST_BYTES_MAX {
            return Err(SendError::TooLong(reply.len()));
        }
        match self.0.take() {
            Some(shared) if !shared.is_closed() => {
                let id = shared.id;
                shared.trunk.outbound.push(Command::Reply { id, reply });
                Ok(())
            }
            _ => Err(SendError::Closed),
        }
    }

    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(Some(shared))
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            shared.close(UNANSWERED);
        }
    }
}

impl Shared {
    pub(super) fn new(id: u64, trunk: Arc<Trunk>) -> Self {
        Self {
            id,
            trunk,
            credit: Semaphore::new(WINDOW_FRAMES as usize),
            allowed: AtomicU32::new(WINDOW_FRAMES),
            pending: AtomicU32::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Takes what is to be granted, at the moment it is written.
    pub(super) fn take_pending(&self) -> u32 {
        let pending = self.pending.swap(0, Ordering::AcqRel);
        // Allowed before it is told: what the other end then sends is never taken for too much.
        self.allowed.fetch_add(pending, Ordering::AcqRel);
        pending
    }

    /// The other end closed it, or the link is gone: nothing more can be sent, and nothing is to be told.
    pub(super) fn end(&self) {
        self.closed.store(true, Ordering::Release);
        self.credit.close();
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn close(&self, code: u16) {
        if !self.closed.swap(true, Ordering::AcqRel) {
            self.credit.close();
            self.trunk.closed_here(self.id, code);
        }
    }

    fn push_frame(&self, frame: Bytes) {
        let id = self.id;
        self.trunk.outbound.push(Command::Frame { id, frame });
    }
}

fn fits(frame: &Bytes) -> Result<(), SendError> {
    if frame.len() > FRAME_BYTES_MAX {
        return Err(SendError::TooLong(frame.len()));
    }
    Ok(())
}
