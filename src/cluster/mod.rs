//! Which instance runs which session, and getting there.
//!
//! Owns liveness and routing: who is in the fleet, where a session was claimed last, how another instance is reached. Must not know
//! what a session is, and must not be believed about who may write: that is the store's to prove.

pub mod directory;
pub mod link;
pub mod member;
pub mod placement;

pub use directory::{CALL_WITHIN, Directory, DirectoryError, LEASE_TTL, RENEW_EVERY, Renewed};
pub use member::{Entry, Lease, Load, Member};
pub use placement::{Effect, Event, Looked, Placement, Purpose, Reply};
