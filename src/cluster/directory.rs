//! The directory's contract: leases of instances, entries of sessions. `tests/it/cluster/contract` holds each adapter to it.
//!
//! Owns what a directory promises: to be right most of the time and fast. Nothing that was acknowledged depends on it: it may be
//! gone, empty or stale at any moment.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::member::{Entry, Lease, Member};

/// How long a lease is believed.
pub const LEASE_TTL: Duration = Duration::from_secs(5);
/// How often a lease is renewed.
pub const RENEW_EVERY: Duration = Duration::from_secs(1);
/// How long the entry of a session is kept after its last claim, in case nobody erases it.
pub const ENTRY_TTL: Duration = Duration::from_secs(24 * 60 * 60);
/// Longest that one call may take; beyond it the directory counts as unavailable.
pub const CALL_WITHIN: Duration = Duration::from_millis(500);

/// What came of renewing a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renewed {
    /// It is held for another [`LEASE_TTL`].
    Held,
    /// Another life holds the name: nothing was changed.
    Taken(Box<Lease>),
}

/// Why a directory gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// It cannot be reached, or does not answer in time: it will be tried again.
    #[error("the directory does not answer: {0}")]
    Unavailable(String),
    /// It answers, and refuses: a wrong password, a replica that takes no writes, no memory left. Says what to do.
    #[error("the directory refuses: {0}")]
    Refused(String),
    /// What is there was written by a release that this one does not know.
    #[error("{key}: not in a form this release knows")]
    Unreadable {
        /// Under which key.
        key: String,
    },
}

/// Who is there, and where sessions were claimed last.
///
/// # Errors
/// Every method returns [`DirectoryError`] within [`CALL_WITHIN`].
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// Publishes a lease for [`LEASE_TTL`], unless another incarnation holds the name.
    async fn renew(&self, lease: &Lease) -> Result<Renewed, DirectoryError>;

    /// Gives the lease up, if this life still holds it.
    async fn leave(&self, member: &Member) -> Result<(), DirectoryError>;

    /// The lease of an instance; `None` when it has run out.
    async fn lease(&self, node: &str) -> Result<Option<Lease>, DirectoryError>;

    /// Every lease that has not run out, by name; those that cannot be read are left out.
    async fn leases(&self) -> Result<Vec<Lease>, DirectoryError>;

    /// Where a session was claimed last, as far as is known.
    async fn entry(&self, session: Uuid) -> Result<Option<Entry>, DirectoryError>;

    /// Notes a claim, unless a later epoch is noted; whether it was.
    async fn record(&self, session: Uuid, entry: &Entry) -> Result<bool, DirectoryError>;

    /// Forgets an entry if it still says so; whether it did.
    async fn erase(&self, session: Uuid, entry: &Entry) -> Result<bool, DirectoryError>;
}
