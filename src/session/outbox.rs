//! What waits to be written to one socket: bounded by frames and by bytes, filled by the session's actor,
//! drained by the socket's response body.
//!
//! Owns the bound and what happens at it. Knows neither what a frame says nor what a socket is.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use learnr_protocol::CloseCode;
use tokio::sync::Notify;

/// Frames that may wait for one socket. Beyond it latest-value frames are dropped, then close 4008.
pub const OUTBOX_FRAMES_MAX: usize = 256;
/// Bytes that may wait for one socket, with the same consequence.
pub const OUTBOX_BYTES_MAX: usize = 256 * 1024;

/// Pongs that may wait for one socket; beyond it the oldest goes unsent: RFC 6455 allows one pong for several pings.
const PONGS_MAX: usize = 16;

/// What may wait for one socket.
#[derive(Debug, Clone, Copy)]
pub struct OutboxBound {
    /// Frames at most.
    pub frames: usize,
    /// Their bytes at most.
    pub bytes: usize,
}

impl Default for OutboxBound {
    fn default() -> Self {
        Self {
            frames: OUTBOX_FRAMES_MAX,
            bytes: OUTBOX_BYTES_MAX,
        }
    }
}

/// What a frame is worth when a socket falls behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Must arrive, in order: a client that cannot take it is closed and resumes later.
    Durable,
    /// Only the newest of its kind matters: `saving`, `pong`.
    Latest,
}

/// What is to be written next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// This frame.
    Frame(Bytes),
    /// Ask the client whether it is there.
    Ping,
    /// Tell the client that the server is, with the bytes it sent.
    Pong(Bytes),
    /// Everything is written: say why, and end.
    Close(CloseCode),
}

#[derive(Debug, Default)]
struct Waiting {
    frames: VecDeque<(Worth, Bytes)>,
    bytes: usize,
    ping: bool,
    pongs: VecDeque<Bytes>,
    closing: Option<CloseCode>,
    /// Whoever writes, while there is nothing to write.
    writer: Option<Waker>,
    /// Whoever waits for room, until so few frames wait.
    wants_room: Option<usize>,
}

/// The queue between a session and one of its sockets.
#[derive(Debug, Default)]
pub struct Outbox {
    bound: OutboxBound,
    waiting: Mutex<Waiting>,
    ending: Notify,
    /// Somebody waits for room, and there is.
    roomy: Notify,
}

impl Outbox {
    /// An empty outbox with a bound of its own.
    #[must_use]
    pub fn bounded(bound: OutboxBound) -> Self {
        Self {
            bound,
            ..Self::default()
        }
    }

    /// Queues a frame. `false` when the socket is closed, or is closed now because the frame finds no room.
    pub fn push(&self, worth: Worth, frame: Bytes) -> bool {
        let queued = self.change(|waiting| {
            if waiting.closing.is_some() {
                return false;
            }
            if worth == Worth::Latest || !waiting.has_room(frame.len(), self.bound) {
                waiting.drop_latest();
            }
            if waiting.has_room(frame.len(), self.bound) {
                waiting.bytes += frame.len();
                waiting.frames.push_back((worth, frame));
                return true;
            }
            waiting.closing = Some(CloseCode::TooSlow);
            waiting.frames = VecDeque::new();
            waiting.bytes = 0;
            false
        });
        if !queued {
            self.ending.notify_one();
        }
        queued
    }

    /// Asks the client whether it is there, ahead of the frames that wait.
    pub fn ping(&self) {
        self.change(|waiting| waiting.ping = true);
    }

    /// Answers the client's own ping, ahead of the frames that wait. The oldest answer gives way when there is no room.
    pub fn pong(&self, payload: &[u8]) {
        self.change(|waiting| {
            if waiting.pongs.len() == PONGS_MAX {
                waiting.pongs.pop_front();
            }
            // A copy: what was read may hold a whole buffer for these 125 bytes at most.
            waiting.pongs.push_back(Bytes::copy_from_slice(payload));
        });
    }

    /// Closes the socket once what waits is written. The first reason stands.
    pub fn close(&self, code: CloseCode) {
        self.change(|waiting| {
            waiting.closing.get_or_insert(code);
        });
        self.ending.notify_one();
    }

    /// What to write next. There is one writer: it is woken when there is something.
    pub fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Next> {
        let mut waiting = self.lock();
        match waiting.take() {
            Some(next) => {
                if waiting
                    .wants_room
                    .is_some_and(|few| waiting.frames.len() < few)
                {
                    waiting.wants_room = None;
                    drop(waiting);
                    self.roomy.notify_one();
                }
                Poll::Ready(next)
            }
            None => {
                waiting.writer = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Whether the socket is to be closed: what still comes in on it does not count.
    pub fn is_closing(&self) -> bool {
        self.lock().closing.is_some()
    }

    /// Ends once the socket is to be closed, although a write may still be under way; why.
    pub async fn closing(&self) -> CloseCode {
        loop {
            if let Some(code) = self.lock().closing {
                return code;
            }
            self.ending.notified().await;
        }
    }

    /// Ends once fewer than `frames` wait, or the socket is to be closed. For one who waits at a time.
    pub async fn room(&self, frames: usize) {
        loop {
            {
                let mut waiting = self.lock();
                if waiting.frames.len() < frames || waiting.closing.is_some() {
                    return;
                }
                waiting.wants_room = Some(frames);
            }
            tokio::select! {
                () = self.roomy.notified() => {}
                _ = self.closing() => return,
            }
        }
    }

    /// Changes what waits and wakes the writer, outside the lock.
    fn change<T>(&self, change: impl FnOnce(&mut Waiting) -> T) -> T {
        let mut waiting = self.lock();
        let changed = change(&mut waiting);
        let writer = waiting.writer.take();
        drop(waiting);
        if let Some(writer) = writer {
            writer.wake();
        }
        changed
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting
            .lock()
            .expect("no code panics while it holds the outbox")
    }
}

impl Waiting {
    fn has_room(&self, bytes: usize, bound: OutboxBound) -> bool {
        self.frames.len() < bound.frames && self.bytes + bytes <= bound.bytes
    }

    fn drop_latest(&mut self) {
        let bytes = &mut self.bytes;
        self.frames.retain(|(worth, frame)| {
            let keep = *worth == Worth::Durable;
            if !keep {
                *bytes -= frame.len();
            }
            keep
        });
    }

    fn take(&mut self) -> Option<Next> {
        if let Some(payload) = self.pongs.pop_front() {
            if self.pongs.is_empty() {
                self.pongs = VecDeque::new();
            }
            return Some(Next::Pong(payload));
        }
        if std::mem::take(&mut self.ping) {
            return Some(Next::Ping);
        }
        if let Some((_, frame)) = self.frames.pop_front() {
            self.bytes -= frame.len();
            if self.frames.is_empty() {
                // An idle socket keeps no buffer: most are idle most of the time.
                self.frames = VecDeque::new();
            }
            return Some(Next::Frame(frame));
        }
        self.closing.map(Next::Close)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn next(outbox: &Outbox) -> Next {
        poll_fn(|cx| outbox.poll_next(cx)).await
    }

    fn frame(bytes: usize) -> Bytes {
        Bytes::from(vec![0; bytes])
    }

    #[tokio::test]
    async fn frames_come_out_in_order_and_then_the_close() {
        let outbox = Outbox::default();
        assert!(outbox.push(Worth::Durable, Bytes::from_static(b"a")));
        assert!(outbox.push(Worth::Durable, Bytes::from_static(b"b")));
        outbox.close(CloseCode::Draining);
        outbox.close(CloseCode::Moved);
        assert!(!outbox.push(Worth::Durable, Bytes::from_static(b"c")));
        assert_eq!(next(&outbox).await, Next::Frame(Bytes::from_static(b"a")));
        assert_eq!(next(&outbox).await, Next::Frame(Bytes::from_static(b"b")));
        assert_eq!(next(&outbox).await, Next::Close(CloseCode::Draining));
    }

    #[tokio::test]
    async fn too_many_frames_or_bytes_close_as_too_slow() {
        for (count, size) in [(OUTBOX_FRAMES_MAX, 1), (4, OUTBOX_BYTES_MAX / 4)] {
            let outbox = Outbox::default();
            for _ in 0..count {
                assert!(outbox.push(Worth::Durable, frame(size)));
            }
            assert!(!outbox.push(Worth::Durable, frame(1)));
            assert_eq!(next(&outbox).await, Next::Close(CloseCode::TooSlow));
            assert_eq!(outbox.closing().await, CloseCode::TooSlow);
        }
    }

    #[tokio::test]
    async fn a_flood_of_pings_leaves_the_newest_pongs_in_order_before_frames_and_the_close() {
        let outbox = Outbox::default();
        assert!(outbox.push(Worth::Durable, Bytes::from_static(b"a")));
        let payload = |n: usize| Bytes::from(n.to_string());
        for n in 0..3 * PONGS_MAX {
            outbox.pong(&payload(n));
        }
        outbox.close(CloseCode::Normal);
        for n in 2 * PONGS_MAX..3 * PONGS_MAX {
            assert_eq!(next(&outbox).await, Next::Pong(payload(n)));
        }
        assert_eq!(next(&outbox).await, Next::Frame(Bytes::from_static(b"a")));
        assert_eq!(next(&outbox).await, Next::Close(CloseCode::Normal));
    }

    #[tokio::test]
    async fn only_the_newest_latest_value_waits_and_it_gives_way() {
        let outbox = Outbox::default();
        assert!(outbox.push(Worth::Latest, Bytes::from_static(b"old")));
        assert!(outbox.push(Worth::Latest, Bytes::from_static(b"new")));
        for _ in 1..OUTBOX_FRAMES_MAX {
            assert!(outbox.push(Worth::Durable, frame(1)));
        }
        assert!(outbox.push(Worth::Durable, Bytes::from_static(b"last")));
        assert_eq!(next(&outbox).await, Next::Frame(frame(1)), "`new` gave way");
    }
}
