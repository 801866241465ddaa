//! Being a member of the fleet: joining it, keeping the lease, leaving.
//!
//! Owns this instance's lease and what it last saw of the others'. Must not know what an instance does for its living.

mod joining;
mod keeping;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::warn;

use self::keeping::Keeper;
use super::directory::{CALL_WITHIN, Directory, LEASE_TTL, RENEW_EVERY};
use super::member::{Lease, Load};

/// How often the others' leases are read: a peer that is new is seen by then.
pub const SEEN_EVERY: Duration = Duration::from_secs(2);
/// Longest that joining takes: as long as a lease is watched, and the calls around it.
pub const JOIN_WITHIN: Duration = LEASE_TTL
    .saturating_add(RENEW_EVERY)
    .saturating_add(CALL_WITHIN.saturating_mul(4));

/// Why an instance must not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Its name belongs to an instance that lives.
    #[error("another instance runs as {node} at {address}: give each its own LEARNR_NODE")]
    Taken {
        /// The name.
        node: String,
        /// Where the other is.
        address: String,
    },
    /// The fleet signs with another secret: tokens and internal links of one would be refused by the other.
    #[error(
        "{node} at {address} has another LEARNR_SECRET: give every instance of a fleet the same, or another REDIS_URL"
    )]
    OtherSecret {
        /// Who has it.
        node: String,
        /// Where.
        address: String,
    },
}

/// That another life took the name of this instance while it ran, as happens to one that was frozen and has been replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another instance now runs as {node} at {address}; this one stops")]
pub struct Lost {
    /// The name.
    pub node: String,
    /// Where the other is.
    pub address: String,
}

/// What the owner of a membership wants of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Serve,
    Drain,
    Leave,
}

/// What keeping the lease has come to.
#[derive(Debug, Clone, Default)]
struct Seen {
    peers: Arc<[Lease]>,
    lost: Option<Lost>,
    renewed: Option<tokio::time::Instant>,
}

/// A lease that is kept, for as long as this is.
#[derive(Debug)]
pub struct Membership {
    wish: watch::Sender<Wish>,
    seen: watch::Receiver<Seen>,
    task: JoinHandle<()>,
}

impl Membership {
    /// Joins the fleet and keeps the lease from then on, on the runtime this is called on. `lease` is what this instance says of
    /// itself; its beat, its draining and its load are set here, the load from `load` at each renewal.
    ///
    /// A directory that does not answer keeps nobody out: the instance serves, and its lease is there when the directory is.
    ///
    /// # Errors
    /// [`JoinError`], after [`JOIN_WITHIN`] at most.
    pub async fn join(
        directory: Arc<dyn Directory>,
        lease: Lease,
        load: impl Fn() -> Load + Send + Sync + 'static,
    ) -> Result<Self, JoinError> {
        let mut lease = Lease {
            beat: 0,
            draining: false,
            load: load(),
            ..lease
        };
        let renewed = joining::join(&*directory, &mut lease).await?;
        let (wish, wishes) = watch::channel(Wish::Serve);
        let (shown, seen) = watch::channel(Seen {
            renewed,
            ..Seen::default()
        });
        let keeper = Keeper::new(directory, lease, Box::new(load), shown);
        Ok(Self {
            wish,
            seen,
            task: tokio::spawn(keeper.run(wishes)),
        })
    }

    /// Says at once that this instance leaves, or that it stays after all.
    pub fn draining(&self, draining: bool) {
        self.wish
            .send_replace(if draining { Wish::Drain } else { Wish::Serve });
    }

    /// Gives the lease up, within [`CALL_WITHIN`] of a renewal under way.
    pub async fn leave(mut self) {
        self.wish.send_replace(Wish::Leave);
        if let Err(error) = (&mut self.task).await {
            warn!(%error, "the lease was not given up; it runs out by itself");
        }
    }

    /// Every lease that was not out at the last look, this instance's own too; at most [`SEEN_EVERY`] old while the directory answers.
    #[must_use]
    pub fn peers(&self) -> Arc<[Lease]> {
        Arc::clone(&self.seen.borrow().peers)
    }

    /// Time since the lease was last renewed; `None` if it never was.
    #[must_use]
    pub fn lease_age(&self) -> Option<Duration> {
        self.seen.borrow().renewed.map(|at| at.elapsed())
    }

    /// Waits until the name is lost to another life, for which the instance has to stop. Never returns while it is held.
    pub fn lost(&self) -> impl Future<Output = Lost> + Send + use<> {
        let mut seen = self.seen.clone();
        async move {
            let lost = seen
                .wait_for(|seen| seen.lost.is_some())
                .await
                .ok()
                .and_then(|seen| seen.lost.clone());
            match lost {
                Some(lost) => lost,
                // The lease is not kept any more: it cannot be lost.
                None => std::future::pending().await,
            }
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.task.abort();
    }
}
