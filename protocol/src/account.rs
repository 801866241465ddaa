//! Signing in, and the account one signs in to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Fewest characters of a password; it must also not be easily guessed.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Most characters of a password.
pub const PASSWORD_CHARS_MAX: usize = 128;

/// What somebody may do beside learning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    /// Sees the statistics of certifications they are entered for.
    Author,
    /// Sees people and the fleet, and grants roles.
    Admin,
}

/// Asks for an account; a mail says how to go on, whether or not the address has one already. The password is chosen by who opens its link:
/// whoever asks may not be who the address belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Address of mail.
    pub email: String,
    /// What to be called, at most 80 characters; may be empty.
    pub name: String,
}

/// Asks what the link in a mail is for. It still works afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenLink {
    /// What the link in the mail carries.
    pub token: String,
}

/// What the link in a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// A new account.
    Register,
    /// Another password.
    Reset,
    /// Another address.
    Address,
}

/// Who asked for a mail, seen from who opens its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkAsker {
    /// Somebody who was nobody yet.
    Nobody,
    /// The guest or the account whose token came along.
    You,
    /// Another guest or account: in another browser perhaps, or a stranger.
    Another,
}

/// What the link in a mail is for, and for whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct LinkView {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address the mail went to.
    pub email: String,
    /// For a new account: what whoever asked wants to be called; may be empty.
    pub name: String,
    /// Who asked. A new account keeps what a guest did for `you` alone; another address is confirmed by `you` alone.
    pub asker: LinkAsker,
}

/// Does what a mail asked for. A new account keeps what a guest did where the token of the guest who asked comes along; another address
/// is confirmed with the token of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmMail {
    /// What the link in the mail carries.
    pub token: String,
    /// For a new account: 8 to 128 characters, and not easily guessed. Left out for another address.
    #[serde(default)]
    pub password: Option<String>,
}

/// Signs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Address of mail.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Asks for a mail by which to choose another password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotPassword {
    /// Address of mail.
    pub email: String,
}

/// Chooses another password by a mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// What the link in the mail carries.
    pub token: String,
    /// 8 to 128 characters, and not easily guessed.
    pub password: String,
}

/// Signed in. The cookie that comes with it gives the next token by `POST /v1/auth/refresh`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SignedIn {
    /// Bearer token for every other route; lasts 15 minutes.
    pub token: String,
    /// When it expires, milliseconds since the epoch.
    pub expires_ms: i64,
    /// Whose account.
    pub account: AccountView,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AccountView {
    /// Id of the learner, a UUID.
    pub learner: String,
    /// Address of mail; null where a provider told none.
    pub email: Option<String>,
    /// What they are called; may be empty.
    pub name: String,
    /// What they may do beside learning.
    pub roles: Vec<AccountRole>,
    /// Certifications they are entered for as an author, by id. It takes the role `author` to see one as such.
    pub authored: Vec<String>,
    /// Whether they sign in with a password.
    pub has_password: bool,
    /// Since when, milliseconds since the epoch.
    pub created_ms: i64,
}

/// Changes what one is called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    /// At most 80 characters; may be empty.
    pub name: String,
}

/// Changes the password. Every other device is signed out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password so far.
    pub current: String,
    /// 8 to 128 characters, and not easily guessed.
    pub new: String,
}

/// Asks for a mail to another address, by which it becomes the account's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmail {
    /// The other address.
    pub email: String,
    /// The password; not looked at where the account has neither a password nor an address, and was signed in to within ten minutes.
    pub password: String,
}

/// A device that is signed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SignInView {
    /// Its id, a UUID.
    pub id: String,
    /// What its browser calls itself.
    pub agent: String,
    /// Since when, milliseconds since the epoch.
    pub created_ms: i64,
    /// When it was last used, milliseconds since the epoch.
    pub used_ms: i64,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The devices that are signed in, latest used first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SignInList {
    /// At most 20.
    pub sign_ins: Vec<SignInView>,
}

/// A provider's name for the person, by which it signs in to the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct IdentityView {
    /// Its id in routes.
    pub id: String,
    /// The provider's name for people; null for one that is not configured any more.
    pub provider: Option<String>,
    /// The provider's address.
    pub issuer: String,
    /// Since when, milliseconds since the epoch.
    pub created_ms: i64,
}

/// What providers know the account by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct IdentityList {
    /// None for who signs in with a password alone.
    pub identities: Vec<IdentityView>,
}

/// Ends what a provider knows the account by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndIdentity {
    /// The password; not looked at where the account has none, and was signed in to within ten minutes.
    pub password: String,
}

/// A provider one can sign in at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ProviderInfo {
    /// Its id in routes.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// The providers one can sign in at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ProviderList {
    /// None unless configured.
    pub providers: Vec<ProviderInfo>,
}

/// Where to sign in at a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ProviderStart {
    /// Address to go to.
    pub url: String,
}
