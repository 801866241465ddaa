//! `learnr forget`: deletes a learner's account for somebody who asked by mail.
//!
//! Owns the command: how the learner is found, what is said before and after. In which order an account is deleted is
//! `session::removal`'s, the same as over REST: a server may be running on the same data.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;

use crate::clock::{Clock, SystemClock};
use crate::cluster::LocalShared;
use crate::connection::HEARTBEAT_MS;
use crate::session::fleet::Fleet;
use crate::session::{
    BankCache, Exposures, IDLE_MS, MessageLimits, Registry, SessionContext, SpentTickets,
    delete_learner, random_claim,
};
use crate::store::{Holdings, LearnerId, Owner, SessionId, Store};

/// Sessions brought up at once to be ended: a learner has one open of each kind and certification.
const SESSIONS_MAX: usize = 1_000;

/// What `learnr forget` can be told.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  learnr forget 019ab1c2-7f00-7000-8000-0123456789ab
      what is kept of the learner of that session; deletes nothing
  learnr forget 019ab1c2-7f00-7000-8000-0123456789ab --yes
      deletes it: sessions end, what is known of the learner goes, answers stay without a name

A server may be running: its sockets of that learner are closed at their next message, and their token is refused.
Backups made before keep what they have. docs/privacy.md says what is kept where.")]
pub struct ForgetArgs {
    /// Id of any session of the learner: the last part of the page's address.
    pub session: uuid::Uuid,
    /// Delete for good; without it only what is kept is said.
    #[arg(long)]
    pub yes: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Says what is kept of a learner, and deletes it when told to.
///
/// # Errors
/// What went wrong, in words that say what to do.
pub async fn forget(args: &ForgetArgs, store: Arc<dyn Store>) -> anyhow::Result<()> {
    let session = SessionId(args.session);
    let row = store.session(session).await?;
    let row = row.with_context(|| format!("there is no session {session}"))?;
    if row.learner.is_tombstone() {
        bail!("session {session}: its learner's account is deleted already");
    }
    let kept = if args.yes {
        let registry = registry(Arc::clone(&store)).await?;
        delete_learner(&registry, row.learner).await?
    } else {
        store.holdings(row.learner).await?
    };
    let kept = kept.with_context(|| {
        format!("session {session}: its learner's account has just been deleted")
    })?;
    if args.json {
        println!("{}", json(row.learner, kept, args.yes));
    } else {
        println!("{}", text(session, kept, args.yes));
    }
    Ok(())
}

/// What is needed to end sessions in order: an instance that serves nobody.
async fn registry(store: Arc<dyn Store>) -> anyhow::Result<Arc<Registry>> {
    let clock = SystemClock::at(store.now_ms().await?);
    let clock: Arc<dyn Clock> = Arc::new(clock);
    let context = SessionContext {
        fleet: Fleet::alone(&clock),
        banks: BankCache::new(Arc::clone(&store)),
        exposures: Exposures::new(Arc::clone(&store)),
        store,
        owner: Owner {
            node: "forget".to_owned(),
            incarnation: random_claim(),
            address: "none".to_owned(),
        },
        shared: Arc::new(LocalShared::new(Arc::clone(&clock))),
        spent: SpentTickets::default(),
        clock,
        limits: MessageLimits::off(),
        heartbeat_ms: HEARTBEAT_MS,
        idle_ms: IDLE_MS,
        sessions_max: SESSIONS_MAX,
    };
    Ok(Registry::new(Arc::new(context), 1))
}

fn text(session: SessionId, kept: Holdings, deleted: bool) -> String {
    let Holdings {
        identities,
        account,
        notes,
        reports,
        states,
        roll_ups,
        sessions,
    } = kept;
    let list = format!(
        "  {identities} ways of signing in\n  \
         {account} rows of the account, its devices and its mails\n  \
         {notes} preferences and marked questions\n  \
         {states} certifications of which something is known\n  \
         {roll_ups} rows of history and progress\n  \
         {reports} reports of questions, which stay without a name\n  \
         {sessions} sessions"
    );
    if deleted {
        format!(
            "the learner of session {session} is forgotten:\n{list} whose answers stay without a name"
        )
    } else {
        format!(
            "kept of the learner of session {session}:\n{list} whose answers would stay without a name\n\
             nothing was deleted: --yes deletes it for good"
        )
    }
}

fn json(learner: LearnerId, kept: Holdings, deleted: bool) -> serde_json::Value {
    serde_json::json!({
        "learner": learner.to_string(),
        "deleted": deleted,
        "identities": kept.identities,
        "account": kept.account,
        "notes": kept.notes,
        "reports": kept.reports,
        "states": kept.states,
        "roll_ups": kept.roll_ups,
        "sessions": kept.sessions,
    })
}
