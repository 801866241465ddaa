//! Which instance runs which session, and getting there.
//!
//! Owns liveness and routing: who is in the fleet, where a session was claimed last, how another instance is reached. Must not know
//! what a session is, and must not be believed about who may write: that is the store's to prove.

pub mod directory;
pub mod link;
pub mod local;
pub mod member;
pub mod membership;
pub mod placement;
pub mod presence;
pub mod redis;
pub mod shared;
mod thread;

pub use self::redis::{OpenError, Redis, RedisDirectory, RedisShared};
pub use directory::{
    CALL_WITHIN, Directory, DirectoryError, ENTRY_TTL, LEASE_TTL, RENEW_EVERY, Renewed,
};
pub use local::LocalDirectory;
pub use member::{Entry, Lease, Load, Member};
pub use membership::{JoinError, Lost, Membership, SEEN_EVERY};
pub use placement::{Effect, Event, Looked, Placement, Purpose, Reply};
pub use presence::Presence;
pub use shared::{Counting, LocalShared, PresenceChange, Rate, Shared};
pub use thread::ClusterThread;
