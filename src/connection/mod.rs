//! One actor per socket: the handshake, what comes in, what goes out, the heartbeat.
//!
//! Owns the socket. Knows nothing of questions or answers: it decodes, checks and hands on.
//! `actix-ws` gives each socket a stream of messages; the actor is fed by it, so that every connection is an
//! actix actor without the deprecated `actix-web-actors`, whose outgoing queue has no bound.

mod actor;
#[cfg(feature = "echo")]
mod echo;
mod guard;
mod handshake;
mod inbound;
mod outbound;
mod refusals;
mod whole;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::auth::Secret;
use crate::session::{ConnectionId, Registry};

#[cfg(feature = "echo")]
pub use echo::open_echo;
pub use guard::FrameGuard;
pub use handshake::{HandshakeRefused, open_socket};

/// A client that has not said `hello` by then is closed with 4502, in milliseconds.
pub const HELLO_WITHIN_MS: i64 = 5_000;
/// The server pings this often unless told otherwise, in milliseconds.
pub const HEARTBEAT_MS: i64 = 25_000;
/// A client from which nothing comes this long after a ping is closed with 4012, in milliseconds.
pub const PONG_GRACE_MS: i64 = 10_000;

/// What every connection of this instance shares.
pub struct ConnectionContext {
    /// Where sessions are found.
    pub registry: Arc<Registry>,
    /// What tickets are signed with.
    pub secret: Secret,
    /// Origins whose pages may connect, beside the server's own.
    pub origins: Vec<String>,
    /// Sockets held at most; beyond it the upgrade is refused with 503.
    pub sockets_max: usize,
    next_id: AtomicU64,
    open: AtomicUsize,
}

impl ConnectionContext {
    /// A context with no connection yet.
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        secret: Secret,
        origins: Vec<String>,
        sockets_max: usize,
    ) -> Self {
        Self {
            registry,
            secret,
            origins,
            sockets_max,
            next_id: AtomicU64::new(1),
            open: AtomicUsize::new(0),
        }
    }

    fn next_id(&self) -> ConnectionId {
        ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// A place for one more socket, given back when dropped; `None` when there is none.
    fn place(self: &Arc<Self>) -> Option<Place> {
        let before = self.open.fetch_add(1, Ordering::AcqRel);
        let place = Place(Arc::clone(self));
        metrics::gauge!("learnr_sockets_open").set((before + 1) as f64);
        (before < self.sockets_max).then_some(place)
    }
}

/// One socket's place among those that may be open.
struct Place(Arc<ConnectionContext>);

impl Drop for Place {
    fn drop(&mut self) {
        let before = self.0.open.fetch_sub(1, Ordering::AcqRel);
        metrics::gauge!("learnr_sockets_open").set((before - 1) as f64);
    }
}
