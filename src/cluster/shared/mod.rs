//! What instances count and remember together, and can do without: limits, tickets used, reckonings kept, who is present.
//!
//! Owns the contract, which `tests/it/cluster/shared` holds each adapter to. Whoever asks has an answer of its own for when there is
//! none here: nothing that was acknowledged depends on this. Must not know what is limited, kept or counted.

mod local;

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::DirectoryError;

pub use local::LocalShared;

/// Bytes of one reckoning kept; a longer one is not.
pub const KEPT_BYTES_MAX: usize = 256 * 1024;
/// Learners who come or go in one call; more take several.
pub const PRESENT_CHANGES_MAX: usize = 1_000;

/// A generic cell rate limit: at most one each `interval` over time, and `tolerance` ahead of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Between two that are on time.
    pub interval: Duration,
    /// How far ahead of time one may come: as many intervals as there may be at once, less one.
    pub tolerance: Duration,
}

/// Whether an arrival counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// It counts if it passes.
    Take,
    /// It is only asked whether one would pass.
    Look,
}

/// What changed of who is present at one instance, from one state of that to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceChange {
    /// The instance.
    pub node: String,
    /// Its life.
    pub incarnation: i64,
    /// The state that this changes; `None` starts anew with nobody.
    pub from: Option<u64>,
    /// The state that comes of it.
    pub to: u64,
    /// Who has come.
    pub come: Vec<Uuid>,
    /// Who has gone.
    pub gone: Vec<Uuid>,
}

/// What is shared by a fleet, or kept by an instance that is alone.
///
/// # Errors
/// Every method returns [`DirectoryError`] within [`super::CALL_WITHIN`]; the caller goes on by what it knows itself.
#[async_trait]
pub trait Shared: Send + Sync + 'static {
    /// How long whoever arrives under `key` has to wait; zero if they pass.
    async fn limit(
        &self,
        key: &str,
        rate: Rate,
        counting: Counting,
    ) -> Result<Duration, DirectoryError>;

    /// Uses a nonce up, which is remembered for `lasts`; whether it was unused.
    async fn spend(&self, nonce: Uuid, lasts: Duration) -> Result<bool, DirectoryError>;

    /// What was kept under the digest of what it was made from. Whatever goes into it is in the digest, so that it cannot be stale.
    async fn kept(&self, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, DirectoryError>;

    /// Keeps something for `lasts`; what is longer than [`KEPT_BYTES_MAX`] is not kept.
    async fn keep(
        &self,
        digest: &[u8; 32],
        body: &[u8],
        lasts: Duration,
    ) -> Result<(), DirectoryError>;

    /// Notes who came and went at an instance, for as long as a lease lasts. `false`: what is there is not the state that this
    /// changes, nothing was noted, and the instance starts anew.
    async fn note_presence(&self, change: &PresenceChange) -> Result<bool, DirectoryError>;

    /// Whether a learner is present at any of these instances.
    async fn is_present(&self, nodes: &[String], learner: Uuid) -> Result<bool, DirectoryError>;

    /// Learners present at these instances; who is at two of them counts twice.
    async fn count_present(&self, nodes: &[String]) -> Result<u64, DirectoryError>;
}
