//! Owns the methods of accounts over PostgreSQL: which pool each goes to, how long it is tried, what a call remembers
//! from attempt to attempt. Must not contain SQL.

mod account;
mod audit;
mod earlier;
mod keeping;
mod mail;
mod provider;
mod roles;
mod sign_ins;

use async_trait::async_trait;

use self::earlier::Earlier;
use super::PostgresStore;
use super::attempts::attempted;
use super::contract::READ_LIMIT;
use crate::store::{
    AccountRow, Accounts, AuditRow, BookmarkRow, CallerRow, Confirmation, Confirmed, Identity,
    ItemReportRow, LearnerId, MailTokenRow, NewAudit, NewItemReport, NewSignIn, OwnReportRow,
    Person, PreferencesRow, ProviderAccount, ProviderSignIn, Reminder, RoleName, Rotation,
    SignInId, SignInRow, StoreError, TakenRole, TokenHash,
};

/// A read, from where every acknowledged write is seen: what was taken away is taken away at once.
macro_rules! read {
    ($store:ident, |$client:ident| $body:expr) => {
        attempted!($store, &$store.pool, READ_LIMIT, |$client| $body)
    };
}

/// What may be as late as a replica.
macro_rules! late {
    ($store:ident, |$client:ident| $body:expr) => {
        attempted!($store, &$store.read_pool, READ_LIMIT, |$client| $body)
    };
}

/// A write that finds out by itself whether an earlier attempt was done.
macro_rules! write {
    ($store:ident, |$client:ident| $body:expr) => {
        attempted!($store, &$store.pool, $store.retry_limit, |$client| $body)
    };
}

#[async_trait]
impl Accounts for PostgresStore {
    async fn caller(
        &self,
        learner: LearnerId,
        sign_in: Option<SignInId>,
        now_ms: i64,
    ) -> Result<Option<CallerRow>, StoreError> {
        read!(self, |client| {
            account::caller(client, learner, sign_in, now_ms).await
        })
    }

    async fn account(&self, learner: LearnerId) -> Result<Option<AccountRow>, StoreError> {
        read!(self, |client| account::one(&**client, learner).await)
    }

    async fn account_by_email(&self, email: &str) -> Result<Option<AccountRow>, StoreError> {
        read!(self, |client| account::by_email(client, email).await)
    }

    async fn account_at_provider(
        &self,
        sign_in: ProviderSignIn,
    ) -> Result<ProviderAccount, StoreError> {
        let earlier = Earlier::none();
        write!(self, |client| {
            provider::account(client.client_mut(), &sign_in, &earlier).await
        })
    }

    async fn set_name(&self, learner: LearnerId, name: String) -> Result<bool, StoreError> {
        write!(self, |client| {
            account::set_name(client, learner, &name).await
        })
    }

    async fn set_password(
        &self,
        learner: LearnerId,
        from: Option<&str>,
        to: String,
        but: Option<SignInId>,
    ) -> Result<bool, StoreError> {
        let change = (from, to.as_str());
        write!(self, |client| {
            account::change_password(client.client_mut(), learner, change, but).await
        })
    }

    async fn renew_password(
        &self,
        learner: LearnerId,
        from: &str,
        to: String,
    ) -> Result<bool, StoreError> {
        write!(self, |client| {
            account::renew_password(client, learner, [from, &to]).await
        })
    }

    async fn save_mail_token(&self, hash: TokenHash, row: MailTokenRow) -> Result<(), StoreError> {
        write!(self, |client| mail::save(client, hash, &row).await)
    }

    async fn mail_token(
        &self,
        hash: TokenHash,
        now_ms: i64,
    ) -> Result<Option<MailTokenRow>, StoreError> {
        read!(self, |client| mail::one(&**client, hash, now_ms).await)
    }

    async fn mails_of(
        &self,
        learner: LearnerId,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<MailTokenRow>, StoreError> {
        read!(self, |client| {
            mail::of(client, learner, now_ms, limit).await
        })
    }

    async fn confirm(&self, confirmation: Confirmation) -> Result<Confirmed, StoreError> {
        confirmation.check()?;
        let earlier = Earlier::none();
        write!(self, |client| {
            mail::confirm(client.client_mut(), &confirmation, &earlier).await
        })
    }

    async fn sign_in(&self, new: NewSignIn) -> Result<bool, StoreError> {
        write!(self, |client| {
            sign_ins::add(client.client_mut(), &new).await
        })
    }

    async fn sign_in_of(
        &self,
        token: TokenHash,
        now_ms: i64,
    ) -> Result<Option<(LearnerId, SignInId)>, StoreError> {
        read!(self, |client| {
            sign_ins::of_token(client, token, now_ms).await
        })
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
        let earlier = Earlier::none();
        write!(self, |client| {
            sign_ins::rotate(client.client_mut(), spending, &earlier).await
        })
    }

    async fn sign_ins(
        &self,
        learner: LearnerId,
        now_ms: i64,
    ) -> Result<Vec<SignInRow>, StoreError> {
        read!(self, |client| {
            sign_ins::list(client, learner, now_ms).await
        })
    }

    async fn sign_out(
        &self,
        learner: LearnerId,
        sign_in: Option<SignInId>,
    ) -> Result<u64, StoreError> {
        let earlier = Earlier::none();
        write!(self, |client| {
            sign_ins::end(client.client_mut(), learner, sign_in, &earlier).await
        })
    }

    async fn shut_out(&self, learner: LearnerId) -> Result<u64, StoreError> {
        let earlier = Earlier::none();
        write!(self, |client| {
            sign_ins::shut_out(client.client_mut(), learner, &earlier).await
        })
    }

    async fn drop_identity(
        &self,
        learner: LearnerId,
        identity: Identity,
    ) -> Result<bool, StoreError> {
        let earlier = Earlier::none();
        write!(self, |client| {
            provider::forget_one(client.client_mut(), learner, &identity, &earlier).await
        })
    }

    async fn sweep_accounts(&self, now_ms: i64, limit: u32) -> Result<u64, StoreError> {
        let ended: Result<u64, StoreError> = write!(self, |client| {
            sign_ins::sweep(client, now_ms, limit).await
        });
        let dropped: Result<u64, StoreError> =
            write!(self, |client| mail::sweep(client, now_ms, limit).await);
        let forgotten: Result<u64, StoreError> = write!(self, |client| {
            keeping::sweep(client, now_ms, limit).await
        });
        Ok(ended? + dropped? + forgotten?)
    }

    async fn people(
        &self,
        containing: Option<&str>,
        after: Option<LearnerId>,
        limit: u32,
    ) -> Result<Vec<Person>, StoreError> {
        read!(self, |client| {
            roles::people(client, containing, after, limit).await
        })
    }

    async fn set_role(
        &self,
        learner: LearnerId,
        role: RoleName,
        granted: bool,
        audit: NewAudit,
    ) -> Result<Option<bool>, StoreError> {
        let earlier = Earlier::none();
        let what = (learner, role);
        write!(self, |client| {
            roles::set_role(client.client_mut(), what, granted, &audit, &earlier).await
        })
    }

    async fn take_role_but_the_last(
        &self,
        learner: LearnerId,
        role: RoleName,
        audit: NewAudit,
    ) -> Result<Option<TakenRole>, StoreError> {
        let earlier = Earlier::none();
        let what = (learner, role);
        write!(self, |client| {
            roles::take_but_the_last(client.client_mut(), what, &audit, &earlier).await
        })
    }

    async fn set_author(
        &self,
        learner: LearnerId,
        certification: &str,
        granted: bool,
        audit: NewAudit,
    ) -> Result<Option<bool>, StoreError> {
        let earlier = Earlier::none();
        let what = (learner, certification);
        write!(self, |client| {
            roles::set_author(client.client_mut(), what, granted, &audit, &earlier).await
        })
    }

    async fn authored(&self, learner: LearnerId) -> Result<Vec<String>, StoreError> {
        read!(self, |client| roles::authored(client, learner).await)
    }

    async fn add_audit(&self, audit: NewAudit) -> Result<(), StoreError> {
        let earlier = Earlier::none();
        write!(self, |client| {
            audit::add_once(client.client_mut(), &audit, &earlier).await
        })
    }

    async fn audit(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        read!(self, |client| audit::list(client, before, limit).await)
    }

    async fn preferences(&self, learner: LearnerId) -> Result<Option<PreferencesRow>, StoreError> {
        read!(self, |client| keeping::preferences(client, learner).await)
    }

    async fn save_preferences(
        &self,
        learner: LearnerId,
        preferences: PreferencesRow,
    ) -> Result<bool, StoreError> {
        write!(self, |client| {
            keeping::save_preferences(client, learner, &preferences).await
        })
    }

    async fn take_reminders(&self, now_ms: i64, limit: u32) -> Result<Vec<Reminder>, StoreError> {
        write!(self, |client| {
            keeping::take_reminders(client, now_ms, limit).await
        })
    }

    async fn move_reminder(
        &self,
        learner: LearnerId,
        next_at: i64,
        to: i64,
    ) -> Result<(), StoreError> {
        write!(self, |client| {
            keeping::move_reminder(client, learner, [next_at, to]).await
        })
    }

    async fn stop_reminders(&self, learner: LearnerId) -> Result<(), StoreError> {
        write!(self, |client| keeping::stop_reminders(client, learner)
            .await)
    }

    async fn save_bookmark(
        &self,
        learner: LearnerId,
        bookmark: BookmarkRow,
    ) -> Result<bool, StoreError> {
        write!(self, |client| {
            keeping::save_bookmark(client, learner, &bookmark).await
        })
    }

    async fn drop_bookmark(
        &self,
        learner: LearnerId,
        certification: &str,
        item: &str,
    ) -> Result<bool, StoreError> {
        let earlier = Earlier::none();
        let place = [certification, item];
        write!(self, |client| {
            keeping::drop_bookmark(client.client_mut(), learner, place, &earlier).await
        })
    }

    async fn bookmarks(
        &self,
        learner: LearnerId,
        certification: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<BookmarkRow>, StoreError> {
        let behind = [certification, after.unwrap_or_default()];
        read!(self, |client| {
            keeping::bookmarks(client, learner, behind, limit).await
        })
    }

    async fn all_bookmarks(
        &self,
        learner: LearnerId,
        after: Option<[&str; 2]>,
        limit: u32,
    ) -> Result<Vec<BookmarkRow>, StoreError> {
        let after = after.unwrap_or_default();
        read!(self, |client| {
            keeping::all_bookmarks(client, learner, after, limit).await
        })
    }

    async fn report_item(&self, report: NewItemReport) -> Result<(), StoreError> {
        write!(self, |client| keeping::report(client, &report).await)
    }

    async fn reports_of(
        &self,
        learner: LearnerId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<OwnReportRow>, StoreError> {
        read!(self, |client| {
            keeping::reports_of(client, learner, before, limit).await
        })
    }

    async fn item_reports(
        &self,
        certification: &str,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ItemReportRow>, StoreError> {
        late!(self, |client| {
            keeping::reports(client, certification, before, limit).await
        })
    }
}
