//! What a proxy is told to do, and what it has counted. Must not touch a socket.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    ToServer,
    ToClient,
}

impl Direction {
    pub(super) fn index(self) -> usize {
        match self {
            Direction::ToServer => 0,
            Direction::ToClient => 1,
        }
    }
}

/// Answers to lose. Bytes are looked for in what passes, however it is cut into packets.
#[derive(Debug, Clone)]
pub(crate) struct LostAnswer {
    /// Bytes by which a request is known; it is passed on whole.
    pub(crate) request: Vec<u8>,
    /// Bytes by which its answer is known to be complete; until then all the server sends is swallowed, then the link is reset. Empty:
    /// whatever the server sends first.
    pub(crate) answer: Vec<u8>,
    /// How many answers.
    pub(crate) times: u32,
}

/// The state of the world as the proxy is to make it.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Where new links go: to any of them that takes connections, none more likely than another.
    pub(super) upstreams: Vec<SocketAddr>,
    pub(super) accepting: bool,
    pub(super) delay: Duration,
    pub(super) stalled: [bool; 2],
    pub(super) cut: [bool; 2],
    /// How often cuts were mended: a link that lost bytes before the last of them is reset.
    pub(super) mended: u64,
    /// How often every link was to be reset.
    pub(super) resets: u64,
    pub(super) reset_after: Option<(Direction, u64)>,
    pub(super) lost: Option<LostAnswer>,
}

impl Rules {
    pub(super) fn passing_to(upstreams: Vec<SocketAddr>) -> Self {
        Self {
            upstreams,
            accepting: true,
            delay: Duration::ZERO,
            stalled: [false; 2],
            cut: [false; 2],
            mended: 0,
            resets: 0,
            reset_after: None,
            lost: None,
        }
    }
}

/// What a proxy has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Connections taken.
    pub(crate) connections: u64,
    /// Links open now.
    pub(crate) open: u64,
    /// Links that were reset, whatever the reason.
    pub(crate) resets: u64,
    /// Bytes passed on to the server, and to clients.
    pub(crate) to_server: u64,
    pub(crate) to_client: u64,
    /// Bytes that cuts lost.
    pub(crate) cut: u64,
    /// Answers that were lost on request.
    pub(crate) answers_lost: u64,
    /// Whether new connections are refused by now.
    pub(crate) refusing: bool,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: AtomicU64,
    pub(super) open: AtomicU64,
    pub(super) resets: AtomicU64,
    pub(super) passed: [AtomicU64; 2],
    pub(super) cut: AtomicU64,
    pub(super) answers_lost: AtomicU64,
    pub(super) losses_left: AtomicU32,
    pub(super) refusing: AtomicBool,
}

impl Counters {
    pub(super) fn counts(&self) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        Counts {
            connections: read(&self.connections),
            open: read(&self.open),
            resets: read(&self.resets),
            to_server: read(&self.passed[Direction::ToServer.index()]),
            to_client: read(&self.passed[Direction::ToClient.index()]),
            cut: read(&self.cut),
            answers_lost: read(&self.answers_lost),
            refusing: self.refusing.load(Ordering::SeqCst),
        }
    }

    /// Takes one of the answers to lose, if any is left.
    pub(super) fn take_loss(&self) -> bool {
        self.losses_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            })
            .is_ok()
    }
}
