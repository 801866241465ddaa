//! Owns the stored shapes of accounts. Must not know what a password, a token or a preference says.

use uuid::Uuid;

use crate::store::error::StoreError;
use crate::store::ids::LearnerId;
use crate::store::learner::Identity;

/// Longest address of mail, in characters.
pub const EMAIL_CHARS_MAX: usize = 254;
/// Longest name of a person, in characters.
pub const NAME_CHARS_MAX: usize = 80;
/// Longest note to a question, in characters.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// Sooner than this after the last time nobody is reminded again, in milliseconds, whatever they change: 20 hours.
pub const REMINDED_APART_MS: i64 = 20 * 3_600_000;
/// How long what a deleted account said of questions is kept, in milliseconds: a year, in which every author will have read it.
pub const REPORTS_OF_NOBODY_MS: i64 = 365 * 86_400_000;
/// Devices of one account that may be signed in at once; the one used longest ago goes.
pub const SIGN_INS_MAX: u32 = 20;

/// What an address is compared by, in every store: the same without case.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

/// Which sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SignInId(pub Uuid);

/// SHA-256 of a token: what is stored of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

/// What somebody may do beside learning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RoleName {
    /// Sees the statistics of certifications they are entered for.
    Author,
    /// Sees people and the fleet, grants roles.
    Admin,
}

impl RoleName {
    /// The word stored for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RoleName::Author => "author",
            RoleName::Admin => "admin",
        }
    }

    /// The role a stored word stands for; `None` for a word this binary does not know, which then grants nothing.
    #[must_use]
    pub fn parse(word: &str) -> Option<RoleName> {
        [RoleName::Author, RoleName::Admin]
            .into_iter()
            .find(|role| role.as_str() == word)
    }
}

/// What a mail is confirmed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailPurpose {
    /// A new account.
    Register,
    /// Another password.
    Reset,
    /// Another address.
    Address,
}

impl MailPurpose {
    /// The word stored for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            MailPurpose::Register => "register",
            MailPurpose::Reset => "reset",
            MailPurpose::Address => "address",
        }
    }

    /// The purpose a stored word stands for; `None` for a word this binary does not know.
    #[must_use]
    pub fn parse(word: &str) -> Option<MailPurpose> {
        [
            MailPurpose::Register,
            MailPurpose::Reset,
            MailPurpose::Address,
        ]
        .into_iter()
        .find(|purpose| purpose.as_str() == word)
    }
}

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerRow {
    /// Whether they have an account: a guest's token is then worth nothing.
    pub has_account: bool,
    /// What they may do beside learning.
    pub roles: Vec<RoleName>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Whose.
    pub learner: LearnerId,
    /// Their address as they write it; `None` where a provider told none.
    pub email: Option<String>,
    /// Argon2id in PHC form; `None` for who signs in elsewhere.
    pub password_hash: Option<String>,
    /// What they are called; may be empty.
    pub name: String,
    /// Since when, in Unix milliseconds.
    pub created_at: i64,
}

/// Somebody whom a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSignIn {
    /// Who vouches, and their name for the person.
    pub identity: Identity,
    /// The address that the provider says is theirs: it is as good as one that a mail of ours confirmed, and `None` when it is not.
    pub email: Option<String>,
    /// What they are called; may be empty.
    pub name: String,
    /// The guest who is to keep what they did, if any.
    pub guest: Option<LearnerId>,
    /// The learner's id where a new one is needed.
    pub fresh: LearnerId,
    /// When, in Unix milliseconds.
    pub now_ms: i64,
}

/// The account of who signs in at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderAccount {
    /// The identity was known.
    Known(AccountRow),
    /// The account was there, and is known by the identity from now on.
    Joined(AccountRow),
    /// The account is new.
    Made(AccountRow),
    /// The account with the address may do more than learn: nobody is joined to that, and nothing was stored.
    Reserved,
}

/// What a mail asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTokenRow {
    /// What it confirms.
    pub purpose: MailPurpose,
    /// For [`MailPurpose::Register`] the guest who asked, if any; otherwise whose account it is.
    pub learner: Option<LearnerId>,
    /// The address it was sent to.
    pub email: String,
    /// For registering: what they want to be called.
    pub name: String,
    /// When it was asked for, in Unix milliseconds.
    pub created_at: i64,
    /// Until when it can be used, in Unix milliseconds.
    pub expires_at: i64,
}

/// What somebody who reads a mail hands back. Whoever asked for the mail may be somebody else: nothing of theirs opens
/// what is made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Of the token in the mail.
    pub hash: TokenHash,
    /// What it is to confirm.
    pub purpose: MailPurpose,
    /// For [`MailPurpose::Register`] the guest who confirms. They keep what they did if it was they who asked.
    pub guest: Option<LearnerId>,
    /// For [`MailPurpose::Register`] the learner's id where there is no guest to keep.
    pub fresh: LearnerId,
    /// The password they choose, Argon2id in PHC form; not looked at for [`MailPurpose::Address`].
    pub password_hash: Option<String>,
    /// When, in Unix milliseconds.
    pub now_ms: i64,
}

impl Confirmation {
    /// Whether it has the password that it needs.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] without it.
    pub(in crate::store) fn check(&self) -> Result<(), StoreError> {
        match (&self.password_hash, self.purpose) {
            (None, MailPurpose::Register | MailPurpose::Reset) => Err(StoreError::Rejected(
                "who confirms an account or a reset chooses a password".to_owned(),
            )),
            _ => Ok(()),
        }
    }
}

/// What came of confirming a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// The account as it is now.
    Account(AccountRow),
    /// Unknown, used or run out: which of them is nobody's to know.
    Unknown,
    /// Another account has the address by now.
    Taken,
}

/// A device to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSignIn {
    /// A fresh id.
    pub id: SignInId,
    /// Whose.
    pub learner: LearnerId,
    /// The password that the account had when its owner was let in. With another by now nobody is signed in.
    pub password_hash: Option<String>,
    /// What the browser calls itself, cut short.
    pub agent: String,
    /// Its first refresh token.
    pub token: TokenHash,
    /// When, in Unix milliseconds.
    pub created_at: i64,
    /// Until when it lasts if it is not used, in Unix milliseconds.
    pub expires_at: i64,
}

/// A device that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRow {
    /// Which.
    pub id: SignInId,
    /// What the browser calls itself.
    pub agent: String,
    /// Since when, in Unix milliseconds.
    pub created_at: i64,
    /// When it was last used to refresh, in Unix milliseconds.
    pub used_at: i64,
}

/// What came of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// The next one is stored.
    Rotated {
        /// Whose.
        learner: LearnerId,
        /// On which device.
        sign_in: SignInId,
    },
    /// Two have had it, or what it was given in place of. Its sign-in is ended.
    Reused {
        /// Whose.
        learner: LearnerId,
    },
    /// Unknown, or of a sign-in that has ended.
    Unknown,
}

/// What came of taking a role away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenRole {
    /// They have it no more.
    Taken,
    /// They had none.
    NotThere,
    /// Nobody else has it: they keep it.
    Last,
}

/// An account as admins see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account; its password hash is left out.
    pub account: AccountRow,
    /// Whether there is a password hash.
    pub has_password: bool,
    /// What they may do beside learning.
    pub roles: Vec<RoleName>,
    /// Certifications they are an author of.
    pub authored: Vec<String>,
}

/// What an admin did, to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Whose account; `None` for the owner's token and the command line.
    pub actor: Option<LearnerId>,
    /// By which way: `account`, `owner-token`, `command-line`.
    pub via: String,
    /// What was done: `role.grant`.
    pub action: String,
    /// To what or whom.
    pub target: String,
    /// What else is worth knowing, never a secret.
    pub detail: String,
}

/// What an admin did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number: later ones are higher.
    pub id: i64,
    /// What it was.
    pub entry: NewAudit,
}

/// What a learner prefers, encoded by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferencesRow {
    /// The preferences, encoded and versioned.
    pub body: Vec<u8>,
    /// Since when, in Unix milliseconds.
    pub changed_at: i64,
    /// When they are next to be reminded, in Unix milliseconds; `None` for never.
    pub remind_at: Option<i64>,
}

/// Somebody to be reminded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// Who.
    pub learner: LearnerId,
    /// When they were to be, in Unix milliseconds.
    pub due_at: i64,
    /// When they are next to be, in Unix milliseconds: whole days later.
    pub next_at: i64,
    /// What they prefer, encoded by the caller.
    pub body: Vec<u8>,
}

/// A question a learner wants to find again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookmarkRow {
    /// In which certification.
    pub certification: String,
    /// Which item.
    pub item: String,
    /// The version of the certification that they answered it in; the last one counts.
    pub version: String,
    /// What they wrote to it; may be empty.
    pub note: String,
    /// Since when, in Unix milliseconds; the first one stays.
    pub created_at: i64,
    /// When it was last changed, in Unix milliseconds.
    pub changed_at: i64,
}

/// What a learner says is wrong with a question, to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItemReport {
    /// In which certification.
    pub certification: String,
    /// In which version of it.
    pub version: String,
    /// Which item.
    pub item: String,
    /// Who says so.
    pub learner: LearnerId,
    /// In one word: `wrong_key`, `unclear`, `outdated`, `typo`, `other`.
    pub reason: String,
    /// In their words; may be empty.
    pub note: String,
    /// When, in Unix milliseconds.
    pub reported_at: i64,
}

/// What a learner said of a question, for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReportRow {
    /// In which certification.
    pub certification: String,
    /// What it was.
    pub report: ItemReportRow,
}

/// What was said of a question. By whom is not for its readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemReportRow {
    /// Its number: later ones are higher.
    pub id: i64,
    /// In which version of the certification.
    pub version: String,
    /// Which item.
    pub item: String,
    /// In one word.
    pub reason: String,
    /// In their words.
    pub note: String,
    /// When, in Unix milliseconds.
    pub reported_at: i64,
}
