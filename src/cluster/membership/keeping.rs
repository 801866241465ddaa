//! Keeping a lease: renewed every second with what the instance carries, until it leaves.
//!
//! Owns the beat, and how a name that was lost shows. Must not decide what follows from it.

use std::sync::Arc;

use metrics::gauge;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::{info, warn};

use super::joining::alive;
use super::{Lost, SEEN_EVERY, Seen, Wish};
use crate::cluster::directory::{Directory, DirectoryError, RENEW_EVERY, Renewed};
use crate::cluster::member::{Lease, Load};

/// Renews a lease.
pub(super) struct Keeper {
    directory: Arc<dyn Directory>,
    lease: Lease,
    load: Box<dyn Fn() -> Load + Send + Sync>,
    shown: watch::Sender<Seen>,
    /// Whoever held the name at the last renewal that did not go through.
    rival: Option<Lease>,
    /// Whether the last renewal failed: it is told once.
    failing: bool,
    started: Instant,
    looked: Option<Instant>,
}

impl Keeper {
    pub(super) fn new(
        directory: Arc<dyn Directory>,
        lease: Lease,
        load: Box<dyn Fn() -> Load + Send + Sync>,
        shown: watch::Sender<Seen>,
    ) -> Self {
        Self {
            directory,
            lease,
            load,
            shown,
            rival: None,
            failing: false,
            started: Instant::now(),
            looked: None,
        }
    }

    /// Runs until the instance leaves, or its owner is gone, or the name is lost.
    pub(super) async fn run(mut self, mut wishes: watch::Receiver<Wish>) {
        let mut beats = interval(RENEW_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = beats.tick() => {}
                changed = wishes.changed() => if changed.is_err() { return },
            }
            let wish = *wishes.borrow_and_update();
            if wish == Wish::Leave {
                self.leave().await;
                return;
            }
            self.lease.draining = wish == Wish::Drain;
            if self.renew().await {
                return;
            }
            self.look().await;
        }
    }

    /// Renews once; whether the name is lost.
    async fn renew(&mut self) -> bool {
        self.lease.beat += 1;
        self.lease.load = (self.load)();
        match self.directory.renew(&self.lease).await {
            Ok(Renewed::Held) => {
                if self.failing {
                    info!("the lease is held again");
                }
                self.failing = false;
                self.rival = None;
                let now = Instant::now();
                self.shown.send_modify(|seen| seen.renewed = Some(now));
            }
            Ok(Renewed::Taken(held)) => {
                if let Some(lost) = self.taken(*held) {
                    warn!(error = %lost, "the lease is lost");
                    self.shown.send_modify(|seen| seen.lost = Some(lost));
                    return true;
                }
            }
            Err(error) => self.failed(&error),
        }
        let renewed = self.shown.borrow().renewed.unwrap_or(self.started);
        gauge!("learnr_lease_age_seconds").set(renewed.elapsed().as_secs_f64());
        false
    }

    /// What follows from another life's lease under this name: it may be what a directory that came back had kept, so only one that is
    /// renewed counts.
    fn taken(&mut self, held: Lease) -> Option<Lost> {
        let lives = self.rival.as_ref().is_some_and(|rival| alive(rival, &held));
        let lost = Lost {
            node: held.member.node.clone(),
            address: held.member.address.clone(),
        };
        self.rival = Some(held);
        lives.then_some(lost)
    }

    fn failed(&mut self, error: &DirectoryError) {
        if !self.failing {
            warn!(%error, "the lease was not renewed; it will be tried every second");
        }
        self.failing = true;
    }

    /// Reads the others' leases, now and then.
    async fn look(&mut self) {
        if self.failing || self.looked.is_some_and(|at| at.elapsed() < SEEN_EVERY) {
            return;
        }
        self.looked = Some(Instant::now());
        // What was seen before stays when there is no answer.
        if let Ok(peers) = self.directory.leases().await {
            self.shown.send_modify(|seen| seen.peers = peers.into());
        }
    }

    async fn leave(&self) {
        if let Err(error) = self.directory.leave(&self.lease.member).await {
            warn!(%error, "the lease was not given up; it runs out by itself");
        }
    }
}
