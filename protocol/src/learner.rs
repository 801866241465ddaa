//! A learner's own account: deleting it, and everything that is kept of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use crate::account::{AccountRole, LinkPurpose};
use crate::keeping::{Preferences, ReportReason};
use crate::quiz::{AreaScore, EndReason, Reason, SessionKind, SessionStatus, Settings, Summary};

/// What [`DeleteLearner::confirm`] has to say.
pub const DELETE_CONFIRMATION: &str = "delete";
/// What [`LearnerExport::format`] says.
pub const EXPORT_FORMAT: &str = "learnr-learner-export";
/// Version of the export's shape: raised when a field changes its meaning or goes.
pub const EXPORT_VERSION: u16 = 1;

/// Deletes the caller's account for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteLearner {
    /// `delete`, so that nobody does it by mistake.
    pub confirm: String,
    /// The password of the account, where it has one. Left out otherwise, and by a guest.
    #[serde(default)]
    pub password: Option<String>,
}

/// What was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct LearnerDeleted {
    /// Ways of signing in.
    pub identities: u64,
    /// Rows of the account: itself, its roles, the devices that were signed in, mails to confirm. 0 for a guest.
    pub account: u64,
    /// Preferences, and marked questions.
    pub notes: u64,
    /// What was said of questions: it stays, and nobody said it.
    pub reports: u64,
    /// Certifications of which was known what the learner can do, has seen and should go over.
    pub states: u64,
    /// Rows of history and progress that were counted up from the answers.
    pub roll_ups: u64,
    /// Sessions that belong to nobody any more: their answers stay for statistics, and cannot be looked at again.
    pub sessions: u64,
}

/// Everything that is kept of a learner. Sent piece by piece: it is whole when it ends in `"complete": true`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct LearnerExport {
    /// `learnr-learner-export`.
    pub format: String,
    /// 1.
    pub version: u16,
    /// When it was asked for, milliseconds since the epoch.
    pub exported_ms: i64,
    /// The learner.
    pub learner: ExportedLearner,
    /// The account; null for a guest.
    pub account: Option<ExportedAccount>,
    /// The devices that are signed in, latest used first.
    pub sign_ins: Vec<ExportedSignIn>,
    /// What mails ask for that nobody has confirmed yet, first asked first.
    pub mails: Vec<ExportedMail>,
    /// What the learner prefers; null when they never said.
    pub preferences: Option<Preferences>,
    /// Marked questions, by certification and item.
    pub bookmarks: Vec<ExportedBookmark>,
    /// What the learner said is wrong with questions, latest first.
    pub reports: Vec<ExportedReport>,
    /// What is known of the learner, by certification.
    pub states: Vec<ExportedState>,
    /// Every session, newest first.
    pub sessions: Vec<ExportedSession>,
    /// True.
    pub complete: bool,
}

/// An account. Of the password only whether there is one: what is stored of it opens nothing, and tells nobody anything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedAccount {
    /// Address of mail; null where a provider told none.
    pub email: Option<String>,
    /// What they are called; may be empty.
    pub name: String,
    /// Whether they sign in with a password.
    pub has_password: bool,
    /// When it was made, milliseconds since the epoch.
    pub created_ms: i64,
    /// What they may do beside learning.
    pub roles: Vec<AccountRole>,
    /// Certifications they are an author of.
    pub authored: Vec<String>,
}

/// A device that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedSignIn {
    /// Its id, a UUID.
    pub id: String,
    /// What its browser calls itself.
    pub agent: String,
    /// Since when, milliseconds since the epoch.
    pub created_ms: i64,
    /// When it was last used, milliseconds since the epoch.
    pub used_ms: i64,
}

/// What a mail asks for. The token in it is not told: it is stored as a digest, and opens the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedMail {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address it went to.
    pub email: String,
    /// For a new account: what its owner is to be called.
    pub name: String,
    /// When it was asked for, milliseconds since the epoch.
    pub created_ms: i64,
    /// Until when it can be used, milliseconds since the epoch.
    pub expires_ms: i64,
}

/// A question that was marked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedBookmark {
    /// Certification id.
    pub certification: String,
    /// Version of the certification that it was answered in.
    pub certification_version: String,
    /// Item id.
    pub question: String,
    /// The note; may be empty.
    pub note: String,
    /// Since when, milliseconds since the epoch.
    pub created_ms: i64,
    /// Last changed, milliseconds since the epoch.
    pub changed_ms: i64,
}

/// What was said to be wrong with a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedReport {
    /// Certification id.
    pub certification: String,
    /// Version of the certification.
    pub certification_version: String,
    /// Item id.
    pub question: String,
    /// What is wrong.
    pub reason: ReportReason,
    /// In the learner's words; may be empty.
    pub note: String,
    /// When, milliseconds since the epoch.
    pub reported_ms: i64,
}

/// A learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedLearner {
    /// Id, a UUID.
    pub id: String,
    /// The organization it belongs to, a UUID.
    pub organization: String,
    /// When it was made, milliseconds since the epoch.
    pub created_ms: i64,
    /// What time limits are multiplied by: 1 unless more time was granted.
    pub time_multiplier: f64,
    /// Ways of signing in.
    pub identities: Vec<ExportedIdentity>,
}

/// A way of signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedIdentity {
    /// Who vouches for the person; `guest` for nobody.
    pub issuer: String,
    /// The issuer's name for the person.
    pub subject: String,
    /// When it was first used, milliseconds since the epoch.
    pub created_ms: i64,
}

/// What is known of a learner in one certification: the fold over their ended sessions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedState {
    /// Certification id.
    pub certification: String,
    /// The last session in it.
    pub last_session: String,
    /// When that ended, milliseconds since the epoch.
    pub updated_ms: i64,
    /// What the answers say of each area.
    pub areas: Vec<ExportedArea>,
    /// Every question that was seen, and when it should be gone over.
    pub questions: Vec<ExportedMemory>,
    /// Why there is nothing of the two above, when what is stored cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unreadable: Option<String>,
}

/// What answers say of an ability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedArea {
    /// Area id.
    pub area: String,
    /// Answers it rests on.
    pub answers: u32,
    /// How likely they are at abilities of -4 to 4 logits in steps of 0.2, in relation to each other.
    pub likelihood: Vec<f64>,
}

/// What is remembered of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedMemory {
    /// Item id.
    pub question: String,
    /// When it was answered last, milliseconds since the epoch.
    pub last_answered_ms: i64,
    /// Whether that was right.
    pub correct: bool,
    /// How often it was answered.
    pub times: u32,
    /// Whether it counts as known: answered right, and not merely recognised.
    pub credit: bool,
    /// Days until it is remembered with a chance of 90 %.
    pub stability_days: f32,
    /// How hard it is to remember, 1 to 10.
    pub difficulty: f32,
}

/// A session with everything that happened in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedSession {
    /// Id, a UUID.
    pub id: String,
    /// Certification id.
    pub certification: String,
    /// Version of its questions.
    pub certification_version: String,
    /// Where it is in its life.
    pub status: SessionStatus,
    /// When it began, milliseconds since the epoch.
    pub started_ms: i64,
    /// When it ended, milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub ended_ms: Option<i64>,
    /// What kind of run it is; absent when that cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub kind: Option<SessionKind>,
    /// Its settings; absent when they cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub settings: Option<Settings>,
    /// What it came to, once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub summary: Option<Summary>,
    /// Everything that happened, in order.
    pub events: Vec<ExportedEvent>,
}

/// Something that happened in a session. What does not apply to its kind is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedEvent {
    /// Its place, from 1.
    pub seq: u32,
    /// `started`, `answered`, `recorded`, `flagged`, `unflagged`, `moved`, `paused`, `resumed`, `time_credited`,
    /// `completed`, or a word of a later release.
    pub kind: String,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// The client's name for the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub request_id: Option<String>,
    /// Place of the question in the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub position: Option<u16>,
    /// Item id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub question: Option<String>,
    /// What was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stem: Option<String>,
    /// What was answered, as texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub answer: Option<Vec<String>>,
    /// Whether it was right; absent in an exam until that is submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub correct: Option<bool>,
    /// Time taken, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub elapsed_ms: Option<i64>,
    /// How sure the learner said to be, 0 to 100 %.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub confidence: Option<u8>,
    /// Area id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub area: Option<String>,
    /// Estimated ability in the area afterwards, in logits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub theta: Option<f64>,
    /// Standard error of `theta`, in logits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub standard_error: Option<f64>,
    /// Competency in the areas that moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<AreaScore>>")]
    pub competency: Vec<AreaScore>,
    /// The question served by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next: Option<ExportedServed>,
    /// What the session began from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub began_from: Option<ExportedBeginning>,
    /// Time given back to the learner, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub credited_ms: Option<i64>,
    /// Why the session ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<EndReason>,
    /// Why there is no more than this, when what is stored cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unreadable: Option<String>,
}

/// A question as it was served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedServed {
    /// Its place in the session.
    pub position: u16,
    /// Item id.
    pub question: String,
    /// Why it was chosen.
    pub reason: Reason,
    /// When it was served, milliseconds since the epoch.
    pub at_ms: i64,
}

/// What a session began from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedBeginning {
    /// What earlier sessions said of each area.
    pub areas: Vec<ExportedArea>,
    /// Questions of the certification that the learner had answered before.
    pub seen: Vec<ExportedSeen>,
    /// Every question of an exam.
    pub form: Vec<ExportedServed>,
}

/// A question answered before a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ExportedSeen {
    /// Item id.
    pub question: String,
    /// When it was answered last, milliseconds since the epoch.
    pub last_answered_ms: i64,
    /// Whether that was right.
    pub correct: bool,
    /// Whether it counted as known: answered right, and not merely recognised.
    pub credit: bool,
    /// Days until it would be remembered with a chance of 90 %; absent in sessions of before the review schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub stability_days: Option<f32>,
}
