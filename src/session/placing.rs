//! Finding where a session runs, and bringing it up when that is here.
//!
//! Owns doing what the cluster's `placement` asks for, one effect after the other. Must not decide anything of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::SessionContext;
use super::activation::{Activated, ActivationError, Candidate};
use super::fleet::{self, Errand};
use crate::cluster::placement::EFFECTS_MAX;
use crate::cluster::{DirectoryError, Effect, Event, Looked, Member, Placement};
use crate::store::SessionId;

/// Where a session runs.
pub(super) enum Placed {
    /// Here: claimed and replayed.
    Here(Box<Activated>),
    /// There, where other sockets hold it.
    There(Member),
}

/// Finds out where a session that is not live here is to run, in `turns` at the store. `claiming` is set while it may be becoming ours.
pub(super) async fn place(
    context: &Arc<SessionContext>,
    id: SessionId,
    errand: Errand,
    turns: &Semaphore,
    claiming: &AtomicBool,
) -> Result<Placed, ActivationError> {
    let own = &context.owner;
    let (mut placement, mut effect) =
        Placement::begin(&own.node, own.incarnation, errand.purpose());
    let mut read = None;
    for _ in 0..EFFECTS_MAX {
        let event = match effect {
            Effect::ReadEntry => Event::Entry(looked(context.fleet.directory.entry(id.0).await)),
            Effect::ReadLease(node) => {
                let lease = context.fleet.directory.lease(&node).await;
                Event::Lease(looked(lease.map(|lease| lease.map(Box::new))))
            }
            Effect::ReadRow => {
                let _turn = turn(turns).await?;
                let candidate = Candidate::read(context, id).await?;
                let owner = candidate.row.owner.as_ref().map(fleet::member);
                let epoch = candidate.row.fence.epoch;
                read = Some(candidate);
                Event::Row { owner, epoch }
            }
            Effect::Ask(member) => Event::Replied(context.fleet.ask(&member, id, errand).await),
            Effect::Claim { .. } => {
                let _turn = turn(turns).await?;
                let candidate = read.take().ok_or(ActivationError::Busy)?;
                claiming.store(true, Ordering::Release);
                if let Some(activated) = candidate.claim(context, errand).await? {
                    return Ok(Placed::Here(Box::new(activated)));
                }
                claiming.store(false, Ordering::Release);
                metrics::counter!("learnr_claims_total", "outcome" => "lost").increment(1);
                Event::Claimed(false)
            }
            Effect::Relay(member) => return Ok(Placed::There(member)),
            Effect::Leave => return Err(ActivationError::Elsewhere),
            // A claim that succeeded has returned above.
            Effect::GiveUp | Effect::Run => break,
        };
        effect = placement.step(event);
    }
    Err(ActivationError::Busy)
}

/// A turn at the store. None is held while another instance is asked: one that says nothing is to hold up nobody else.
async fn turn(turns: &Semaphore) -> Result<SemaphorePermit<'_>, ActivationError> {
    turns.acquire().await.map_err(|_| ActivationError::Draining)
}

fn looked<T>(answer: Result<Option<T>, DirectoryError>) -> Looked<T> {
    match answer {
        Ok(Some(found)) => Looked::Found(found),
        Ok(None) => Looked::Nothing,
        Err(_) => Looked::Unknown,
    }
}
