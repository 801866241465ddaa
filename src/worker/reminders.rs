//! Mail that reviews are due, to who wants it: once a day at most, in their evening.
//!
//! Owns who is reminded. Each is claimed in the store before anything is written, which moves them to their next evening: whatever dies then,
//! nobody gets two, and one mail may be missing. Must not know how mail is sent.

use learnr_domain::Millis;
use learnr_domain::review::due_at;

use crate::auth::{Secret, unsubscribe_token};
use crate::mail::{EVENING_MS, Letter, Mails};
use crate::session::SessionContext;
use crate::store::{LearnerId, Reminder, SessionFilter, StoreError, record};

/// Later than this after its evening nobody is reminded, in milliseconds: they sleep.
const LATE_MS: i64 = 4 * 3_600_000;
/// Learners claimed at a time.
const AT_A_TIME: u32 = 64;
/// Certifications looked into for one learner.
const CERTIFICATIONS_MAX: usize = 20;

/// What reminding takes beside the store.
pub struct Reminders {
    mails: Mails,
    secret: Secret,
    public_url: String,
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

    /// Reminds some of those whose evening has come.
    ///
    /// # Errors
    /// [`StoreError`]; who was claimed by then is reminded the next evening.
    pub(super) async fn send(&self, context: &SessionContext, now: i64) -> Result<(), StoreError> {
        for one in context.store.take_reminders(now, AT_A_TIME).await? {
            if now - one.due_at > LATE_MS {
                continue;
            }
            let Some((to, count)) = wanted(context, &one, now).await? else {
                continue;
            };
            let token = unsubscribe_token(&self.secret, one.learner);
            let letter = Letter::reminder(&to, &self.public_url, &token, count);
            if let Err(error) = self.mails.send(letter) {
                tracing::warn!(%error, "a reminder was lost");
            }
        }
        Ok(())
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
            let due = state.seen.iter().filter(|seen| {
                let due = due_at(seen.at, seen.memory.stability_days);
                seen.times > 0 && due <= Millis(now) && versioned.bank.find(&seen.item).is_some()
            });
            count += u32::try_from(due.count()).unwrap_or(u32::MAX);
        }
        after = Some(row.certification);
    }
    Ok(count)
}
