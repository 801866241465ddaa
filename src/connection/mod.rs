//! One actor per socket: the handshake, what comes in, what goes out, the heartbeat.
//!
//! Owns the socket. Knows nothing of questions or answers: it decodes, checks and hands on.
//! `actix-ws` gives each socket a stream of messages; the actor is fed by it, so that every connection is an
//! actix actor without the deprecated `actix-web-actors`, whose outgoing queue has no bound.

mod actor;
mod counted;
#[cfg(feature = "echo")]
mod echo;
mod guard;
mod handshake;
mod inbound;
mod intake;
mod joining;
mod outbound;
mod refusals;
mod relay;
mod relayed;
mod whole;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use self::counted::Counted;
use crate::auth::Secret;
use crate::cluster::Presence;
use crate::session::{Arrivals, ConnectionId, RateLimit, Registry};

#[cfg(feature = "echo")]
pub use echo::open_echo;
pub use guard::FrameGuard;
pub use handshake::{HandshakeRefused, open_socket};
pub use relayed::Reception;

/// A client that has not said `hello` by then is closed with 4502, in milliseconds.
pub const HELLO_WITHIN_MS: i64 = 5_000;
/// The server pings this often unless told otherwise, in milliseconds.
pub const HEARTBEAT_MS: i64 = 25_000;
/// Sockets opened a second at most, and as many at once, unless told otherwise: what an instance on two cores brings up while it
/// answers those that are there.
pub const ACCEPTS_PER_S: u32 = 2_000;
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
    /// Which learners have a socket here.
    pub presence: Arc<Presence>,
    next_id: AtomicU64,
    open: Arc<AtomicUsize>,
    relayed_in: Arc<AtomicUsize>,
    relayed_out: Arc<AtomicUsize>,
    leaving: watch::Sender<bool>,
    accepts: RateLimit,
    accepted: Mutex<Arrivals>,
}

impl ConnectionContext {
    /// A context with no connection yet.
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        secret: Secret,
        origins: Vec<String>,
        sockets_max: usize,
        accepts: RateLimit,
    ) -> Self {
        Self {
            registry,
            secret,
            origins,
            sockets_max,
            presence: Arc::default(),
            next_id: AtomicU64::new(1),
            open: Arc::default(),
            relayed_in: Arc::default(),
            relayed_out: Arc::default(),
            leaving: watch::Sender::new(false),
            accepts,
            accepted: Mutex::default(),
        }
    }

    /// Sends sockets whose session is on another instance away: their sessions are not drained here.
    pub fn leave(&self) {
        self.leaving.send_replace(true);
    }

    /// Sockets open here, sockets of other instances served here, and sockets of this one served elsewhere.
    #[must_use]
    pub fn load(&self) -> (usize, usize, usize) {
        let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
        (
            count(&self.open),
            count(&self.relayed_in),
            count(&self.relayed_out),
        )
    }

    /// Counts one more socket being opened; whether it may be.
    fn accepts(&self) -> bool {
        let now = self.registry.context().clock.now_ms();
        let mut accepted = self
            .accepted
            .lock()
            .expect("no code panics while it holds the arrivals");
        let taken = self.accepts.take(&mut accepted, now).is_ok();
        drop(accepted);
        if !taken {
            metrics::counter!("learnr_sockets_refused_total").increment(1);
        }
        taken
    }

    fn leaving(&self) -> watch::Receiver<bool> {
        self.leaving.subscribe()
    }

    fn next_id(&self) -> ConnectionId {
        ConnectionId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// A place for one more socket, given back when dropped; `None` when there is none.
    fn place(&self) -> Option<Counted> {
        Counted::below(self.sockets_max, &self.open, "learnr_sockets_open")
    }

    /// A place for one more socket of another instance; `None` when there is none.
    fn place_relayed(&self) -> Option<Counted> {
        Counted::below(self.sockets_max, &self.relayed_in, "learnr_relays_in")
    }

    /// Counts a socket served elsewhere: it has its place among the sockets already.
    fn relay(&self) -> Option<Counted> {
        Counted::below(usize::MAX, &self.relayed_out, "learnr_relays_out")
    }
}
