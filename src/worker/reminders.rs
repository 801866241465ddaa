//! Mail that reviews are due, to who wants it: once a day at most, in their evening.
//!
//! Owns who is reminded. Each is claimed in the store before anything is written, which moves them to another evening: whatever dies then,
//! nobody gets two, and a few may get none that day. Must not know how mail is sent.

use std::time::Duration;

use learnr_domain::Millis;
use learnr_domain::review::due_at;
use tokio::sync::watch;

use crate::auth::{Secret, unsubscribe_token};
use crate::mail::{Letter, Mails};
use crate::preferences::{EVENING_MS, next_evening, of_body};
use crate::session::SessionContext;
use crate::store::{LearnerId, Reminder, SessionFilter, StoreError, record};

/// How often those whose evening has come are looked for.
const TICK: Duration = Duration::from_secs(2);
/// Learners claimed at a time: what a crash costs of an evening, at most.
const AT_A_TIME: u32 = 16;
/// While more mails than these wait nobody is reminded: whoever waits for a link to sign in with is not to wait for reminders.
const WAITING_MAX: usize = 16;
/// Later than this after its evening nobody is reminded, in milliseconds: they sleep.
const LATE_MS: i64 = 4 * 3_600_000;
/// Certifications looked into for one learner.
const CERTIFICATIONS_MAX: usize = 20;

/// What reminding takes beside the store.
pub struct Reminders {
    mails: Mails,
    secret: Secret,
    public_url: String,
}

/// What came of somebody's evening.
#[derive(Clone, Copy)]
enum Outcome {
    Mailed,
    NotNeeded,
    TooLate,
    Lost,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Mailed => "mailed",
            Self::NotNeeded => "not_needed",
            Self::TooLate => "too_late",
            Self::Lost => "lost",
        }
    }
}

impl Reminders {
    /// `public_url`: where the page is, without a slash at the end.
    #[must_use]
    pub fn new(mails: Mails, secret: Secret, public_url: String) -> Self {
        Self {
            mails,
            secret,
            public_url,
        }
    }

    /// Reminds people until `stop` says so.
    pub(super) async fn run(&self, context: &SessionContext, mut stop: watch::Receiver<bool>) {
        loop {
            let tick = tokio::time::timeout(TICK, stop.wait_for(|stop| *stop));
            if tick.await.is_ok() {
                return;
            }
            if let Err(error) = self.work_off(context, &stop).await {
                tracing::warn!(%error, "reminders wait for the store");
            }
        }
    }

    /// Reminds those whose evening has come, a few at a time, as long as mail goes out.
    async fn work_off(
        &self,
        context: &SessionContext,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), StoreError> {
        while self.mails.waiting() <= WAITING_MAX && !*stop.borrow() {
            let now = context.clock.now_ms();
            let claimed = context.store.take_reminders(now, AT_A_TIME).await?;
            let more = claimed.len() >= AT_A_TIME as usize;
            for one in claimed {
                self.settle(context, &one, now).await?;
            }
            if !more {
                break;
            }
        }
        Ok(())
    }

    /// Does what there is to do for one who was claimed. What is wrong with one of them is no reason to leave the others alone.
    async fn settle(
        &self,
        context: &SessionContext,
        one: &Reminder,
        now: i64,
    ) -> Result<(), StoreError> {
        let outcome = match self.remind(context, one, now).await {
            Err(error @ (StoreError::Unavailable(_) | StoreError::Closed)) => return Err(error),
            Err(error) => {
                tracing::warn!(learner = %one.learner, %error, "somebody cannot be reminded");
                Outcome::Lost
            }
            Ok(outcome) => outcome,
        };
        metrics::counter!("learnr_reminders_total", "outcome" => outcome.as_str()).increment(1);
        Ok(())
    }

    async fn remind(
        &self,
        context: &SessionContext,
        one: &Reminder,
        now: i64,
    ) -> Result<Outcome, StoreError> {
        keep_to_the_evening(context, one, now).await?;
        if now - one.due_at > LATE_MS {
            return Ok(Outcome::TooLate);
        }
        let Some((to, count)) = wanted(context, one, now).await? else {
            return Ok(Outcome::NotNeeded);
        };
        let token = unsubscribe_token(&self.secret, one.learner);
        let letter = Letter::reminder(&to, &self.public_url, &token, count);
        match self.mails.send(letter) {
            Ok(()) => Ok(Outcome::Mailed),
            Err(error) => {
                tracing::warn!(%error, "a reminder was lost");
                Ok(Outcome::Lost)
            }
        }
    }
}

/// A claim moves by whole days; where the clock goes forward or back before then, evening is at another hour.
async fn keep_to_the_evening(
    context: &SessionContext,
    one: &Reminder,
    now: i64,
) -> Result<(), StoreError> {
    let preferred = match of_body(&one.body) {
        Ok(preferred) => preferred,
        Err(error) => {
            tracing::warn!(learner = %one.learner, %error, "somebody's evening is not known");
            return Ok(());
        }
    };
    let next = next_evening(preferred.time_zone.as_deref(), now);
    match next.filter(|next| *next != one.next_at) {
        Some(next) => {
            let store = &context.store;
            store.move_reminder(one.learner, one.next_at, next).await
        }
        None => Ok(()),
    }
}

/// To which address a learner is reminded of how many reviews; `None` when there is no need to.
async fn wanted(
    context: &SessionContext,
    one: &Reminder,
    now: i64,
) -> Result<Option<(String, u32)>, StoreError> {
    let account = context.store.account(one.learner).await?;
    let Some(to) = account.and_then(|account| account.email) else {
        return Ok(None);
    };
    let all = SessionFilter::default();
    let latest = context
        .store
        .sessions_of_learner(one.learner, all, None, 1)
        .await?;
    let began = one.due_at - EVENING_MS;
    let today = |at: i64| at >= began;
    if latest
        .iter()
        .any(|row| today(row.started_at) || row.ended_at.is_some_and(today))
    {
        return Ok(None);
    }
    let count = reviews_due(context, one.learner, now).await?;
    Ok((count > 0).then_some((to, count)))
}

/// Reviews due in the certifications that there are, as a standing counts them.
async fn reviews_due(
    context: &SessionContext,
    learner: LearnerId,
    now: i64,
) -> Result<u32, StoreError> {
    let (mut count, mut after) = (0, None::<String>);
    for _ in 0..CERTIFICATIONS_MAX {
        let rows = context.store.learner_states(learner, after.as_deref(), 1);
        let Some(row) = rows.await?.into_iter().next() else {
            break;
        };
        let bank = context.banks.current(&row.certification).await;
        let state = record::learner_from_bytes(&row.body);
        if let (Ok(versioned), Ok(state)) = (bank, state) {
            let active = |item| versioned.bank.item(item).active;
            let due = state.seen.iter().filter(|seen| {
                let due = due_at(seen.at, seen.memory.stability_days);
                let there = || versioned.bank.find(&seen.item).is_some_and(active);
                seen.times > 0 && due <= Millis(now) && there()
            });
            count += u32::try_from(due.count()).unwrap_or(u32::MAX);
        }
        after = Some(row.certification);
    }
    Ok(count)
}
