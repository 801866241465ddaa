//! Who is in the fleet, in words every instance understands.
//!
//! Owns the shapes that instances publish of themselves and of sessions. Must not know where they are kept.

use serde::{Deserialize, Serialize};

/// Version of the shapes below as they are published. Whoever reads another takes it for nothing it knows.
pub const PUBLISHED_VERSION: u32 = 1;

/// An instance in one of its lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// Its name, which a restart keeps.
    pub node: String,
    /// Random at each start: tells this life from the one before.
    pub incarnation: i64,
    /// Where other instances reach it: `host:port` of its internal listener.
    pub address: String,
}

impl Member {
    /// Whether both are the same life of the same instance.
    #[must_use]
    pub fn is(&self, node: &str, incarnation: i64) -> bool {
        self.node == node && self.incarnation == incarnation
    }
}

/// What an instance says of itself every second. It is believed for the lease's time and no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Which instance.
    pub member: Member,
    /// Grows at each renewal: tells an instance that lives from a lease that has not run out yet.
    pub beat: u64,
    /// It is leaving: it claims nothing, and what it owns is to be claimed.
    pub draining: bool,
    /// Release it runs.
    pub version: String,
    /// Tells whether it signs with the same secret, without telling the secret.
    pub secret_fingerprint: String,
    /// Where people and load balancers reach it.
    pub http_address: String,
    /// What it carries.
    pub load: Load,
}

/// What an instance carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Sessions live in it.
    pub sessions: u64,
    /// Sockets open on it.
    pub sockets: u64,
    /// Sockets of other instances that it serves, relayed.
    pub relayed_in: u64,
    /// Its own sockets whose session is elsewhere.
    pub relayed_out: u64,
}

/// Where a session was claimed last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// By which instance.
    pub node: String,
    /// In which of its lives.
    pub incarnation: i64,
    /// Under which epoch: of two entries the higher one is the newer.
    pub epoch: i64,
}
