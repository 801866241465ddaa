//! Owns the methods of accounts over SQLite: which of them read, which write, and what a write that is tried again after
//! a commit that was not known says. Must not contain SQL.

mod account;
mod audit;
mod keeping;
mod mail;
mod provider;
mod roles;
mod sign_ins;

use async_trait::async_trait;

use super::SqliteStore;
use crate::store::{
    AccountRow, Accounts, AuditRow, BookmarkRow, CallerRow, Confirmation, Confirmed, Identity,
    ItemReportRow, LearnerId, MailTokenRow, NewAudit, NewItemReport, NewSignIn, OwnReportRow,
    Person, PreferencesRow, ProviderAccount, ProviderSignIn, Reminder, RoleName, Rotation,
    SignInId, SignInRow, StoreError, TakenRole, TokenHash,
};

/// What an earlier attempt of a call did, if it was done: the identity is known by it. It may be known by another process as well, which
/// came between the two.
fn as_before(account: AccountRow, earlier: Option<&ProviderAccount>) -> ProviderAccount {
    match earlier {
        Some(ProviderAccount::Joined(before)) if before.learner == account.learner => {
            ProviderAccount::Joined(account)
        }
        Some(ProviderAccount::Made(before)) if before.learner == account.learner => {
            ProviderAccount::Made(account)
        }
        _ => ProviderAccount::Known(account),
    }
}

#[async_trait]
impl Accounts for SqliteStore {
    async fn caller(
        &self,
        learner: LearnerId,
        sign_in: Option<SignInId>,
        now_ms: i64,
    ) -> Result<Option<CallerRow>, StoreError> {
        self.readers
            .read(move |conn| account::caller(conn, learner, sign_in, now_ms))
            .await
    }

    async fn account(&self, learner: LearnerId) -> Result<Option<AccountRow>, StoreError> {
        self.readers
            .read(move |conn| account::one(conn, learner))
            .await
    }

    async fn account_by_email(&self, email: &str) -> Result<Option<AccountRow>, StoreError> {
        let email = email.to_owned();
        self.readers
            .read(move |conn| account::by_email(conn, &email))
            .await
    }

    async fn account_at_provider(
        &self,
        sign_in: ProviderSignIn,
    ) -> Result<ProviderAccount, StoreError> {
        let mut earlier = None;
        self.write(0, move |tx| {
            let found = provider::account(tx, &sign_in)?;
            match found {
                ProviderAccount::Known(account) => Ok(as_before(account, earlier.as_ref())),
                ProviderAccount::Reserved => Ok(found),
                ProviderAccount::Joined(_) | ProviderAccount::Made(_) => {
                    earlier = Some(found.clone());
                    Ok(found)
                }
            }
        })
        .await
    }

    async fn set_name(&self, learner: LearnerId, name: String) -> Result<bool, StoreError> {
        self.write(0, move |tx| account::set_name(tx, learner, &name))
            .await
    }

    async fn set_password(
        &self,
        learner: LearnerId,
        from: Option<&str>,
        to: String,
        but: Option<SignInId>,
    ) -> Result<bool, StoreError> {
        let from = from.map(str::to_owned);
        self.write(0, move |tx| {
            account::change_password(tx, learner, (from.as_deref(), &to), but)
        })
        .await
    }

    async fn renew_password(
        &self,
        learner: LearnerId,
        from: &str,
        to: String,
    ) -> Result<bool, StoreError> {
        let from = from.to_owned();
        self.write(0, move |tx| {
            account::renew_password(tx, learner, [&from, &to])
        })
        .await
    }

    async fn save_mail_token(&self, hash: TokenHash, row: MailTokenRow) -> Result<(), StoreError> {
        self.write(0, move |tx| mail::save(tx, hash, &row)).await
    }

    async fn mail_token(
        &self,
        hash: TokenHash,
        now_ms: i64,
    ) -> Result<Option<MailTokenRow>, StoreError> {
        self.readers
            .read(move |conn| mail::one(conn, hash, now_ms))
            .await
    }

    async fn mails_of(
        &self,
        learner: LearnerId,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<MailTokenRow>, StoreError> {
        self.readers
            .read(move |conn| mail::of(conn, learner, now_ms, limit))
            .await
    }

    async fn confirm(&self, confirmation: Confirmation) -> Result<Confirmed, StoreError> {
        confirmation.check()?;
        let mut earlier = Confirmed::Unknown;
        self.write(0, move |tx| {
            let confirmed = mail::confirm(tx, &confirmation)?;
            if confirmed == Confirmed::Unknown {
                return mail::as_before(tx, &earlier);
            }
            earlier = confirmed.clone();
            Ok(confirmed)
        })
        .await
    }

    async fn sign_in(&self, new: NewSignIn) -> Result<bool, StoreError> {
        self.write(0, move |tx| sign_ins::add(tx, &new)).await
    }

    async fn sign_in_of(
        &self,
        token: TokenHash,
        now_ms: i64,
    ) -> Result<Option<(LearnerId, SignInId)>, StoreError> {
        self.readers
            .read(move |conn| sign_ins::of_token(conn, token, now_ms))
            .await
    }

    async fn rotate(
        &self,
        token: TokenHash,
        next: TokenHash,
        now_ms: i64,
        leeway_ms: i64,
    ) -> Result<Rotation, StoreError> {
        let spending = sign_ins::Spending {
            token,
            next,
            now_ms,
            leeway_ms,
        };
        let mut earlier = Rotation::Unknown;
        self.write(0, move |tx| {
            let rotation = sign_ins::rotate(tx, spending)?;
            // An attempt whose commit was not known may have ended the sign-in. What was rotated is found again.
            if matches!(rotation, Rotation::Reused { .. }) {
                earlier = rotation.clone();
            }
            Ok(match rotation {
                Rotation::Unknown => earlier.clone(),
                found => found,
            })
        })
        .await
    }

    async fn sign_ins(
        &self,
        learner: LearnerId,
        now_ms: i64,
    ) -> Result<Vec<SignInRow>, StoreError> {
        self.readers
            .read(move |conn| sign_ins::list(conn, learner, now_ms))
            .await
    }

    async fn sign_out(
        &self,
        learner: LearnerId,
        sign_in: Option<SignInId>,
    ) -> Result<u64, StoreError> {
        let mut ended = 0;
        self.write(0, move |tx| {
            ended = sign_ins::end(tx, learner, sign_in)?.max(ended);
            Ok(ended)
        })
        .await
    }

    async fn shut_out(&self, learner: LearnerId) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        self.write(0, move |tx| {
            sign_ins::end(tx, learner, None)?;
            forgotten = provider::forget(tx, learner)?.max(forgotten);
            Ok(forgotten)
        })
        .await
    }

    async fn drop_identity(
        &self,
        learner: LearnerId,
        identity: Identity,
    ) -> Result<bool, StoreError> {
        let mut earlier = false;
        self.write(0, move |tx| {
            earlier |= provider::forget_one(tx, learner, &identity)?;
            Ok(earlier)
        })
        .await
    }

    async fn sweep_accounts(&self, now_ms: i64, limit: u32) -> Result<u64, StoreError> {
        self.write(0, move |tx| {
            Ok(sign_ins::sweep(tx, now_ms, limit)?
                + mail::sweep(tx, now_ms, limit)?
                + keeping::sweep(tx, now_ms, limit)?)
        })
        .await
    }

    async fn people(
        &self,
        containing: Option<&str>,
        after: Option<LearnerId>,
        limit: u32,
    ) -> Result<Vec<Person>, StoreError> {
        let containing = containing.map(str::to_owned);
        self.readers
            .read(move |conn| roles::people(conn, containing.as_deref(), after, limit))
            .await
    }

    async fn set_role(
        &self,
        learner: LearnerId,
        role: RoleName,
        granted: bool,
        audit: NewAudit,
    ) -> Result<Option<bool>, StoreError> {
        let mut earlier = false;
        self.write(0, move |tx| {
            let changed = roles::set_role(tx, learner, role, granted, &audit)?;
            earlier |= changed.unwrap_or_default();
            Ok(changed.map(|_| earlier))
        })
        .await
    }

    async fn take_role_but_the_last(
        &self,
        learner: LearnerId,
        role: RoleName,
        audit: NewAudit,
    ) -> Result<Option<TakenRole>, StoreError> {
        let mut earlier = TakenRole::NotThere;
        self.write(0, move |tx| {
            let taken = roles::take_but_the_last(tx, learner, role, &audit)?;
            if taken == Some(TakenRole::Taken) {
                earlier = TakenRole::Taken;
            }
            Ok(taken.map(|taken| match taken {
                TakenRole::NotThere => earlier,
                other => other,
            }))
        })
        .await
    }

    async fn set_author(
        &self,
        learner: LearnerId,
        certification: &str,
        granted: bool,
        audit: NewAudit,
    ) -> Result<Option<bool>, StoreError> {
        let certification = certification.to_owned();
        let mut earlier = false;
        self.write(0, move |tx| {
            let changed = roles::set_author(tx, learner, &certification, granted, &audit)?;
            earlier |= changed.unwrap_or_default();
            Ok(changed.map(|_| earlier))
        })
        .await
    }

    async fn authored(&self, learner: LearnerId) -> Result<Vec<String>, StoreError> {
        self.readers
            .read(move |conn| roles::authored(conn, learner))
            .await
    }

    async fn add_audit(&self, audit: NewAudit) -> Result<(), StoreError> {
        let bytes = audit.detail.len();
        let mut earlier = None;
        self.write(bytes, move |tx| audit::add_once(tx, &audit, &mut earlier))
            .await
    }

    async fn audit(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        self.readers
            .read(move |conn| audit::list(conn, before, limit))
            .await
    }

    async fn preferences(&self, learner: LearnerId) -> Result<Option<PreferencesRow>, StoreError> {
        self.readers
            .read(move |conn| keeping::preferences(conn, learner))
            .await
    }

    async fn save_preferences(
        &self,
        learner: LearnerId,
        preferences: PreferencesRow,
    ) -> Result<bool, StoreError> {
        self.write(preferences.body.len(), move |tx| {
            keeping::save_preferences(tx, learner, &preferences)
        })
        .await
    }

    async fn take_reminders(&self, now_ms: i64, limit: u32) -> Result<Vec<Reminder>, StoreError> {
        self.write(0, move |tx| keeping::take_reminders(tx, now_ms, limit))
            .await
    }

    async fn move_reminder(
        &self,
        learner: LearnerId,
        next_at: i64,
        to: i64,
    ) -> Result<(), StoreError> {
        self.write(0, move |tx| {
            keeping::move_reminder(tx, learner, [next_at, to])
        })
        .await
    }

    async fn stop_reminders(&self, learner: LearnerId) -> Result<(), StoreError> {
        self.write(0, move |tx| keeping::stop_reminders(tx, learner))
            .await
    }

    async fn save_bookmark(
        &self,
        learner: LearnerId,
        bookmark: BookmarkRow,
    ) -> Result<bool, StoreError> {
        self.write(bookmark.note.len(), move |tx| {
            keeping::save_bookmark(tx, learner, &bookmark)
        })
        .await
    }

    async fn drop_bookmark(
        &self,
        learner: LearnerId,
        certification: &str,
        item: &str,
    ) -> Result<bool, StoreError> {
        let (certification, item) = (certification.to_owned(), item.to_owned());
        let mut earlier = false;
        self.write(0, move |tx| {
            earlier |= keeping::drop_bookmark(tx, learner, &certification, &item)?;
            Ok(earlier)
        })
        .await
    }

    async fn bookmarks(
        &self,
        learner: LearnerId,
        certification: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<BookmarkRow>, StoreError> {
        let certification = certification.to_owned();
        let after = after.unwrap_or_default().to_owned();
        self.readers
            .read(move |conn| keeping::bookmarks(conn, learner, &certification, &after, limit))
            .await
    }

    async fn all_bookmarks(
        &self,
        learner: LearnerId,
        after: Option<[&str; 2]>,
        limit: u32,
    ) -> Result<Vec<BookmarkRow>, StoreError> {
        let after = after.unwrap_or_default().map(str::to_owned);
        self.readers
            .read(move |conn| {
                let after = after.each_ref().map(String::as_str);
                keeping::all_bookmarks(conn, learner, after, limit)
            })
            .await
    }

    async fn report_item(&self, report: NewItemReport) -> Result<(), StoreError> {
        self.write(report.note.len(), move |tx| keeping::report(tx, &report))
            .await
    }

    async fn reports_of(
        &self,
        learner: LearnerId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<OwnReportRow>, StoreError> {
        self.readers
            .read(move |conn| keeping::reports_of(conn, learner, before, limit))
            .await
    }

    async fn item_reports(
        &self,
        certification: &str,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ItemReportRow>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| keeping::reports(conn, &certification, before, limit))
            .await
    }
}
