//! What a learner is told before it starts, and why it may have to stop.

use std::time::Duration;

use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, ErrorCode, SessionKind};

use super::Backoff;
use super::verbs::VERB_SECONDS_MAX;
use crate::api::{ApiError, Rest};
use crate::socket::SocketError;

/// Refusals in a row after which a learner stops, unless it is told otherwise.
const REFUSALS_MAX: u32 = 5;

/// What a learner does and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server.
    pub rest: Rest,
    /// What to start.
    pub create: CreateSession,
    /// Encoding of its sockets.
    pub encoding: Encoding,
    /// `Origin` of its sockets.
    pub origin: Option<String>,
    /// Name and version in `hello`.
    pub client: String,
    /// Seed of its choices, thoughts and jitter.
    pub seed: u64,
    /// Delays before reconnects.
    pub backoff: Backoff,
    /// No reply and no `saving` for as long: reconnect.
    pub silence: Duration,
    /// Whether it stays below the limits that `welcome` names.
    pub keeps_limits: bool,
    /// Refusals in a row, with nothing accepted between, after which it stops; one of two devices is late more often.
    pub refusals_max: u32,
}

impl Settings {
    /// Practice in `certification`, MessagePack, every rule as the contract states it.
    #[must_use]
    pub fn new(rest: Rest, certification: &str) -> Self {
        Self {
            rest,
            create: CreateSession {
                certification: certification.to_owned(),
                kind: SessionKind::Practice,
                length: None,
                areas: Vec::new(),
                concepts: Vec::new(),
                time_limit_minutes: None,
            },
            encoding: Encoding::MsgPack,
            origin: None,
            client: concat!("learnr-loadtest/", env!("CARGO_PKG_VERSION")).to_owned(),
            seed: 1,
            backoff: Backoff::default(),
            silence: Duration::from_secs(5),
            keeps_limits: true,
            refusals_max: REFUSALS_MAX,
        }
    }
}

/// Why a learner cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum LearnerError {
    /// A REST call was refused for good.
    #[error("REST: {0}")]
    Api(#[from] ApiError),
    /// The upgrade was refused for good.
    #[error("socket: {0}")]
    Socket(#[from] SocketError),
    /// The server closed with a code that says not to come back.
    #[error("closed {code}: {reason}")]
    Closed {
        /// Close code.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// Refusals one after the other with nothing accepted between.
    #[error("refused again and again, last with {0:?}")]
    Refused(ErrorCode),
    /// Too many attempts to connect in a row.
    #[error("no connection after {0} attempts")]
    GaveUp(u32),
    /// What the verb waits for did not come in time.
    #[error("{0} for {VERB_SECONDS_MAX} s")]
    Stalled(&'static str),
}
