//! What learners prefer, mark and complain of, and what admins see of people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::account::AccountView;
use crate::quiz::Question;

/// How pages look.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What is wrong with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// Another option is right.
    WrongKey,
    /// It can be read in more than one way.
    Unclear,
    /// It was right once.
    Outdated,
    /// It is misspelt, or does not look right.
    Typo,
    /// Something else.
    Other,
}

/// What a learner prepares for, in one certification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// Certification id.
    pub certification: String,
    /// Day of the exam, `YYYY-MM-DD`; null when not set.
    #[serde(default)]
    pub exam_date: Option<String>,
    /// Share of right answers to come to, 0.5-1; null for the pass mark.
    #[serde(default)]
    pub target: Option<f64>,
}

/// What a learner prefers. Written whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// At most 100, one a certification.
    pub goals: Vec<Goal>,
    /// Minutes a day they mean to practise, 5-480; null when not set.
    #[serde(default)]
    pub daily_minutes: Option<u16>,
    /// What their time limits are multiplied by where they practise, 1-4, unless more was granted to them. In exams and diagnostics it is what was granted.
    pub time_multiplier: f64,
    /// How pages look.
    pub theme: Theme,
    /// Whether a mail may say that reviews are due, once a day at most.
    pub reminders: bool,
    /// Where the learner's clock is, for the hour of reminders: a name of the IANA's, such as `Europe/Berlin`, at most 64 characters. Null, or
    /// a name the server does not know, is UTC.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// What comes of reminders here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Reminding {
    /// Whether they are sent: without a server of mail they are printed to the server's log.
    pub sent: bool,
}

/// What a learner prefers, and what was granted to them beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct PreferencesView {
    /// At most 100, one a certification.
    pub goals: Vec<Goal>,
    /// Minutes a day they mean to practise; null when not set.
    pub daily_minutes: Option<u16>,
    /// What they want their time limits multiplied by where they practise.
    pub time_multiplier: f64,
    /// What an operator granted, 1-4; 1 is nothing. Everywhere time limits are multiplied by it at least, and nobody sets it for themselves.
    pub granted_time_multiplier: f64,
    /// How pages look.
    pub theme: Theme,
    /// Whether a mail may say that reviews are due.
    pub reminders: bool,
    /// Where the learner's clock is, for the hour of reminders: a name of the IANA's; null is UTC.
    pub time_zone: Option<String>,
}

/// Marks a question, or changes its note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveBookmark {
    /// At most 2,000 characters, plain text; may be empty.
    pub note: String,
}

/// A question that was marked. Only questions one has answered can be, so that it tells nothing before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Bookmark {
    /// Item id.
    pub item: String,
    /// The question as it was when it was answered last; null when that version cannot be read.
    pub question: Option<Question>,
    /// Ids of the options that were right then.
    pub key: Vec<String>,
    /// The note; may be empty.
    pub note: String,
    /// Since when, milliseconds since the epoch.
    pub created_ms: i64,
    /// Last changed, milliseconds since the epoch.
    pub changed_ms: i64,
}

/// Marked questions by item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct BookmarkPage {
    /// At most 100.
    pub bookmarks: Vec<Bookmark>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}

/// Says what is wrong with a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportItem {
    /// What is wrong.
    pub reason: ReportReason,
    /// At most 2,000 characters, plain text; may be empty.
    pub note: String,
}

/// What a learner said of a question. Who it was is not told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ItemReport {
    /// Its number.
    pub id: i64,
    /// Version of the certification.
    pub version: String,
    /// Item id.
    pub item: String,
    /// What is wrong.
    pub reason: ReportReason,
    /// In their words; may be empty.
    pub note: String,
    /// When, milliseconds since the epoch.
    pub reported_ms: i64,
}

/// Reports, latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ItemReportPage {
    /// At most 100.
    pub reports: Vec<ItemReport>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}

/// Somebody with an account, as admins see them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct Person {
    /// The account.
    pub account: AccountView,
    /// Certifications they are an author of.
    pub authored: Vec<String>,
}

/// Accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct PersonPage {
    /// At most 100.
    pub people: Vec<Person>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}

/// What an admin did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AuditEntry {
    /// Its number.
    pub id: i64,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// Id of the account that did it; null for the owner's token and the command line.
    pub actor: Option<String>,
    /// `account`, `owner-token` or `command-line`.
    pub via: String,
    /// What was done: `role.grant`.
    pub action: String,
    /// To what or whom.
    pub target: String,
    /// What else is worth knowing.
    pub detail: String,
}

/// What admins did, latest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct AuditPage {
    /// At most 100.
    pub entries: Vec<AuditEntry>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}
