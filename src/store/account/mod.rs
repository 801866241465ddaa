//! Owns the contract of accounts: who signs in, on which devices, what they may do, what they prefer, keep and complain of.
//!
//! Must not know how a password or a token is made or checked: it is given hashes. Must not decide who may do what.

mod rows;

use async_trait::async_trait;

use super::error::StoreError;
use super::ids::LearnerId;
use super::learner::Identity;

pub use rows::{
    AccountRow, AuditRow, BookmarkRow, CallerRow, Confirmation, Confirmed, EMAIL_CHARS_MAX,
    ItemReportRow, MailPurpose, MailTokenRow, NAME_CHARS_MAX, NOTE_CHARS_MAX, NewAudit,
    NewItemReport, NewSignIn, OwnReportRow, Person, PreferencesRow, ProviderAccount,
    ProviderSignIn, REMINDED_APART_MS, REPORTS_OF_NOBODY_MS, Reminder, RoleName, Rotation,
    SIGN_INS_MAX, SignInId, SignInRow, TakenRole, TokenHash, email_key,
};

/// What a store keeps of accounts. Reads come from the primary unless they say otherwise.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Who a request comes from, in one look: `None` when there is no such learner, or `sign_in` is none of theirs that
    /// still lasts at `now_ms`.
    async fn caller(
        &self,
        learner: LearnerId,
        sign_in: Option<SignInId>,
        now_ms: i64,
    ) -> Result<Option<CallerRow>, StoreError>;

    /// The account of a learner.
    async fn account(&self, learner: LearnerId) -> Result<Option<AccountRow>, StoreError>;

    /// The account with an address, however its letters are cased.
    async fn account_by_email(&self, email: &str) -> Result<Option<AccountRow>, StoreError>;

    /// The account of who signs in at a provider, in one transaction: the one that the identity is known by; otherwise the one with the
    /// address, which it is known by from then on, unless it has a role or is entered as an author; otherwise a new one, the guest's who has none yet or a new learner's.
    async fn account_at_provider(
        &self,
        sign_in: ProviderSignIn,
    ) -> Result<ProviderAccount, StoreError>;

    /// Stores another password in place of `from`, which its owner has shown, ends every sign-in but `but`, and drops what mails asked for
    /// of the account. `false` when there is no such account, or its password is another by now: then nothing is done.
    async fn set_password(
        &self,
        learner: LearnerId,
        from: Option<&str>,
        to: String,
        but: Option<SignInId>,
    ) -> Result<bool, StoreError>;

    /// Stores the same password hashed anew, in place of the hash `from`; whether that was still the one. Nobody is signed out.
    async fn renew_password(
        &self,
        learner: LearnerId,
        from: &str,
        to: String,
    ) -> Result<bool, StoreError>;

    /// Stores what somebody is called; whether there is such an account.
    async fn set_name(&self, learner: LearnerId, name: String) -> Result<bool, StoreError>;

    /// Stores what a mail asks for, in place of what an earlier one with the same purpose, learner and address did.
    async fn save_mail_token(&self, hash: TokenHash, row: MailTokenRow) -> Result<(), StoreError>;

    /// What a mail asks for, while it can be used. It still can be afterwards.
    async fn mail_token(
        &self,
        hash: TokenHash,
        now_ms: i64,
    ) -> Result<Option<MailTokenRow>, StoreError>;

    /// What mails ask for of a learner that can be used at `now_ms`, first asked first, at most `limit`.
    async fn mails_of(
        &self,
        learner: LearnerId,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<MailTokenRow>, StoreError>;

    /// Does what a mail asked for and forgets it, in one transaction: makes the account, changes the address or the password. Another password
    /// ends every sign-in, and what providers know the account by.
    /// [`StoreError::Rejected`] without the password that it needs.
    async fn confirm(&self, confirmation: Confirmation) -> Result<Confirmed, StoreError>;

    /// Signs a device in, and ends the oldest of the account beyond [`SIGN_INS_MAX`]; `false` when there is no such account, or
    /// its password is another than the one that let its owner in.
    async fn sign_in(&self, new: NewSignIn) -> Result<bool, StoreError>;

    /// Whose a refresh token is and of which sign-in, spent or not, while that lasts at `now_ms`. It changes nothing.
    async fn sign_in_of(
        &self,
        token: TokenHash,
        now_ms: i64,
    ) -> Result<Option<(LearnerId, SignInId)>, StoreError>;

    /// Spends a refresh token and stores the next, in one transaction. One that was spent within `leeway_ms` before `now_ms` gives one
    /// more. One that was spent before gives another in place of what it gave, while nobody has used that: it was lost. Otherwise it ends
    /// its sign-in, and so does what another took the place of.
    async fn rotate(
        &self,
        token: TokenHash,
        next: TokenHash,
        now_ms: i64,
        leeway_ms: i64,
    ) -> Result<Rotation, StoreError>;

    /// The devices of a learner that are signed in at `now_ms`, latest used first.
    async fn sign_ins(&self, learner: LearnerId, now_ms: i64)
    -> Result<Vec<SignInRow>, StoreError>;

    /// Ends one sign-in of a learner, or all of them; how many.
    async fn sign_out(
        &self,
        learner: LearnerId,
        sign_in: Option<SignInId>,
    ) -> Result<u64, StoreError>;

    /// Ends every sign-in of a learner and what providers know them by, in one transaction; how many of the latter. One whose account has no
    /// address keeps those: nothing else is left to sign in by.
    async fn shut_out(&self, learner: LearnerId) -> Result<u64, StoreError>;

    /// Ends what a provider knows a learner by; whether it is ended. `false` when it is none of theirs, or their account has no address and
    /// is known by nothing else.
    async fn drop_identity(
        &self,
        learner: LearnerId,
        identity: Identity,
    ) -> Result<bool, StoreError>;

    /// Drops sign-ins and mail tokens that have run out, and what deleted accounts said of questions longer than
    /// [`REPORTS_OF_NOBODY_MS`] ago, at most `limit` of each; how many.
    async fn sweep_accounts(&self, now_ms: i64, limit: u32) -> Result<u64, StoreError>;

    /// Accounts by address behind `after`, those whose address or name contains `containing`, at most `limit`, with their
    /// roles. Without an address they come by id, last.
    async fn people(
        &self,
        containing: Option<&str>,
        after: Option<LearnerId>,
        limit: u32,
    ) -> Result<Vec<Person>, StoreError>;

    /// Grants or takes away a role, and writes that down, in one transaction; whether anything changed. `None` when there is no such account.
    async fn set_role(
        &self,
        learner: LearnerId,
        role: RoleName,
        granted: bool,
        audit: NewAudit,
    ) -> Result<Option<bool>, StoreError>;

    /// Takes a role away as [`Self::set_role`] does, but never from the last who has it. `None` when there is no such account.
    async fn take_role_but_the_last(
        &self,
        learner: LearnerId,
        role: RoleName,
        audit: NewAudit,
    ) -> Result<Option<TakenRole>, StoreError>;

    /// Enters a learner as an author of a certification, or strikes them out, and writes that down; whether anything changed.
    /// `None` when there is no such account or certification.
    async fn set_author(
        &self,
        learner: LearnerId,
        certification: &str,
        granted: bool,
        audit: NewAudit,
    ) -> Result<Option<bool>, StoreError>;

    /// The certifications a learner is an author of, by id.
    async fn authored(&self, learner: LearnerId) -> Result<Vec<String>, StoreError>;

    /// Writes down what an admin did.
    async fn add_audit(&self, audit: NewAudit) -> Result<(), StoreError>;

    /// What admins did, latest first, behind `before`, at most `limit`.
    async fn audit(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>, StoreError>;

    /// What a learner prefers.
    async fn preferences(&self, learner: LearnerId) -> Result<Option<PreferencesRow>, StoreError>;

    /// Stores what a learner prefers; whether there is such a learner. Who was reminded less than [`REMINDED_APART_MS`] before the moment
    /// they would be next is so a day later.
    async fn save_preferences(
        &self,
        learner: LearnerId,
        preferences: PreferencesRow,
    ) -> Result<bool, StoreError>;

    /// Claims those who are to be reminded by `now_ms`, at most `limit`, soonest first: each is moved by whole days to behind `now_ms`, so
    /// that nobody else is given them today. After [`StoreError::Unavailable`] some may be claimed, and reminded the next day alone.
    async fn take_reminders(&self, now_ms: i64, limit: u32) -> Result<Vec<Reminder>, StoreError>;

    /// Moves who was claimed from `next_at` to another moment; nothing happens when that is not their next any more.
    async fn move_reminder(
        &self,
        learner: LearnerId,
        next_at: i64,
        to: i64,
    ) -> Result<(), StoreError>;

    /// Ends a learner's reminders, if there are any.
    async fn stop_reminders(&self, learner: LearnerId) -> Result<(), StoreError>;

    /// Marks a question, or changes its note; whether there is such a learner.
    async fn save_bookmark(
        &self,
        learner: LearnerId,
        bookmark: BookmarkRow,
    ) -> Result<bool, StoreError>;

    /// Takes a mark away; whether there was one.
    async fn drop_bookmark(
        &self,
        learner: LearnerId,
        certification: &str,
        item: &str,
    ) -> Result<bool, StoreError>;

    /// A learner's marks in a certification, by item behind `after`, at most `limit`.
    async fn bookmarks(
        &self,
        learner: LearnerId,
        certification: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<BookmarkRow>, StoreError>;

    /// A learner's marks in every certification, by certification and item behind `after`, at most `limit`.
    async fn all_bookmarks(
        &self,
        learner: LearnerId,
        after: Option<[&str; 2]>,
        limit: u32,
    ) -> Result<Vec<BookmarkRow>, StoreError>;

    /// Stores what a learner says is wrong with a question. What they said of the same version of it before is replaced.
    async fn report_item(&self, report: NewItemReport) -> Result<(), StoreError>;

    /// What a learner said of questions, latest first, behind `before`, at most `limit`.
    async fn reports_of(
        &self,
        learner: LearnerId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<OwnReportRow>, StoreError>;

    /// What was said of a certification's questions, latest first, behind `before`, at most `limit`. May be from a replica.
    async fn item_reports(
        &self,
        certification: &str,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ItemReportRow>, StoreError>;
}
