//! One actor per live session: commands in, events to the store, frames out once they are stored.
//!
//! Owns what is live: who is connected, what is being written, what waits behind it. Decisions are the
//! domain's; sockets and HTTP are unknown here, a connection is an id, an audience and an [`Outbox`].

mod activation;
mod actor;
mod banks;
mod command;
mod effects;
mod ended;
mod export;
mod exposures;
mod fanout;
pub mod fleet;
mod frames;
mod held;
mod history;
mod learner;
mod letting_go;
mod limits;
mod messages;
mod outbox;
mod placing;
mod reception;
mod registry;
mod removal;
mod review;
mod rollup;
mod spent;
mod timer;
pub mod view;

use std::sync::Arc;

use crate::clock::Clock;
use crate::cluster::Shared;
use crate::store::{Owner, Store};

pub(crate) use activation::random_claim;

pub use activation::ActivationError;
pub use actor::SessionActor;
pub use banks::{BankCache, BankError, VersionedBank};
pub use command::command;
pub use ended::{catch_up, follow_end, roll_up};
pub use export::{exported_session, exported_state};
pub use exposures::Exposures;
pub use fanout::SOCKETS_MAX;
pub use frames::going_away;
pub use held::GOING_AWAY_MS_MAX;
pub use learner::{ENDED_MAX, LearnerError, known_at};
pub use limits::{Arrivals, IGNORED_REFUSALS_MAX, MessageLimits, RateLimit};
pub use messages::{Admission, Attach, AttachRefused, ConnectionId, Detach, FromClient};
pub use outbox::{Next, OUTBOX_BYTES_MAX, OUTBOX_FRAMES_MAX, Outbox, OutboxBound, Worth};
pub use registry::{Joined, Registry, SessionHandle};
pub use removal::delete_learner;
pub use review::{answered_question, known_question, review};
pub use spent::SpentTickets;

/// What every session on this instance shares.
pub struct SessionContext {
    /// The system of record.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Certifications, loaded once.
    pub banks: BankCache,
    /// How often items were served.
    pub exposures: Exposures,
    /// This instance, as it signs its claims.
    pub owner: Owner,
    /// The other instances.
    pub fleet: fleet::Fleet,
    /// What the instances count and remember together.
    pub shared: Arc<dyn Shared>,
    /// Tickets used here.
    pub spent: SpentTickets,
    /// How fast learners may send.
    pub limits: MessageLimits,
    /// The server pings this often, and clients are told so.
    pub heartbeat_ms: i64,
    /// A session nobody is connected to is let go after this long.
    pub idle_ms: i64,
    /// Sessions held at most; beyond it new ones are refused as busy.
    pub sessions_max: usize,
}

/// Time a session nobody is connected to stays in memory, in milliseconds: long enough for a walk to
/// another room, short enough to keep memory for those who are there.
pub const IDLE_MS: i64 = 600_000;
