//! Background work: folding ended sessions into learner states and roll-ups, waking sessions whose time has run out, reminding
//! those who want it of reviews.
//!
//! Owns when that is done, never how. Nothing of it is on the answer path; each part may fail and is
//! tried again.

mod backlog;
mod expired;
mod overdue;
mod reminders;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use self::backlog::Backlog;
use self::expired::Expired;
use self::overdue::Overdue;
pub use self::reminders::Reminders;
use crate::session::{ActivationError, LearnerError, Registry, SessionContext, follow_end};
use crate::store::{Job, JobKind, SessionId, StoreError};

/// How often jobs are looked for.
const TICK: Duration = Duration::from_millis(500);
/// Ticks between looks for jobs that a crash kept from being added: half a minute.
const SWEEP_TICKS: u32 = 60;
/// How far back such a look goes, in milliseconds: two days, longer than any outage should be.
const SWEEP_BACK_MS: i64 = 2 * 86_400_000;
/// Jobs taken at a time.
const BATCH: u32 = 64;
/// Nobody else is given a job this long, in milliseconds.
const LEASE_MS: i64 = 30_000;
/// Tries before a job is given up, for an operator to look at.
const ATTEMPTS_MAX: u32 = 10;
/// Delay before the second try, in milliseconds; doubled at each further one.
const RETRY_MS: i64 = 1_000;

/// Works until `stop` says so.
pub async fn run(registry: Arc<Registry>, reminders: Reminders, stop: watch::Receiver<bool>) {
    let reminding = reminders.run(registry.context(), stop.clone());
    // Beside each other: a long evening of reminders keeps no job waiting.
    tokio::join!(reminding, tend(&registry, stop));
}

async fn tend(registry: &Arc<Registry>, mut stop: watch::Receiver<bool>) {
    let mut ticks: u32 = 0;
    let mut overdue = Overdue::default();
    let mut backlog = Backlog::default();
    let mut expired = Expired::default();
    loop {
        let tick = tokio::time::timeout(TICK, stop.wait_for(|stop| *stop));
        if tick.await.is_ok() {
            return;
        }
        if let Err(error) = work(registry, &mut overdue, &mut backlog, ticks).await {
            tracing::warn!(%error, "background work waits for the store");
        }
        let context = registry.context();
        let now = context.clock.now_ms();
        let look = ticks.is_multiple_of(SWEEP_TICKS);
        if let Err(error) = expired.sweep(&*context.store, now, look).await {
            tracing::warn!(%error, "what has run out of accounts waits for the store");
        }
        ticks = ticks.wrapping_add(1);
    }
}

async fn work(
    registry: &Arc<Registry>,
    overdue: &mut Overdue,
    backlog: &mut Backlog,
    ticks: u32,
) -> Result<(), StoreError> {
    let context = registry.context();
    let now = context.clock.now_ms();
    let sweeps = ticks.is_multiple_of(SWEEP_TICKS);
    if sweeps {
        let added = context.store.sweep_jobs(now - SWEEP_BACK_MS, BATCH).await?;
        if added > 0 {
            tracing::info!(added, "jobs added that a crash had missed");
        }
    }
    for job in context.store.next_jobs(now, BATCH, LEASE_MS).await? {
        carry_out(context, job).await?;
    }
    wake(registry, overdue, now).await?;
    backlog.work_off(context, sweeps).await
}

async fn wake(registry: &Arc<Registry>, overdue: &mut Overdue, now: i64) -> Result<(), StoreError> {
    let store = &registry.context().store;
    let rows = store.sessions_past_deadline(now, overdue.wanted()).await?;
    let ids: Vec<SessionId> = rows.iter().map(|row| row.id).collect();
    for id in overdue.due(&ids, now) {
        if registry.is_leaving() {
            // Each may take seconds to find out where it is; a stop waits for none of them.
            return Ok(());
        }
        let Err(error) = registry.wake(id).await else {
            continue;
        };
        match *error {
            ActivationError::Busy | ActivationError::Draining | ActivationError::Elsewhere => {}
            _ => {
                tracing::error!(session.id = %id, %error, "session past its deadline cannot be brought up");
            }
        }
    }
    Ok(())
}

async fn carry_out(context: &SessionContext, job: Job) -> Result<(), StoreError> {
    let JobKind::SessionEnded = job.kind;
    let Some(row) = context.store.session(job.session).await? else {
        context.store.finish_job(job.id).await?;
        return Ok(());
    };
    match follow_end(context, &row, job.id).await {
        Ok(()) => Ok(()),
        Err(LearnerError::Store(error)) => Err(error),
        Err(error) => {
            let backoff = RETRY_MS << job.attempts.min(ATTEMPTS_MAX);
            let retry = (job.attempts < ATTEMPTS_MAX).then(|| context.clock.now_ms() + backoff);
            tracing::error!(job = %job.id, attempts = job.attempts, %error, "job failed");
            context
                .store
                .fail_job(job.id, &error.to_string(), retry)
                .await
        }
    }
}
