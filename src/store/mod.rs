//! Owns what LearnR keeps: the contract every system of record fulfils, its records, its outcomes.
//!
//! Must not know what events, items or learner states mean (they are bytes and typed columns here),
//! nor who ought to own a session: it only proves who does, at the moment of writing.
//!
//! `tests/it/store/contract` holds each adapter to it.

mod account;
mod catalogue;
mod deletion;
mod error;
mod event;
mod history;
mod ids;
mod job;
mod learner;
mod place;
pub mod postgres;
pub mod record;
mod session;
pub mod sqlite;
mod waiting;
pub mod whole;
mod whole_session;

use std::time::Instant;

use async_trait::async_trait;
use tokio::sync::oneshot;

pub use account::{
    AccountRow, Accounts, AuditRow, BookmarkRow, CallerRow, Confirmation, Confirmed,
    EMAIL_CHARS_MAX, ItemReportRow, MailPurpose, MailTokenRow, NAME_CHARS_MAX, NOTE_CHARS_MAX,
    NewAudit, NewItemReport, NewSignIn, OwnReportRow, Person, PreferencesRow, ProviderAccount,
    ProviderSignIn, REMINDED_APART_MS, REPORTS_OF_NOBODY_MS, Reminder, RoleName, Rotation,
    SIGN_INS_MAX, SignInId, SignInRow, TakenRole, TokenHash, email_key,
};
pub use catalogue::{
    CertificationListing, CertificationVersionRow, ExposureRow, ITEMS_MAX, ItemRow, Saved,
};
pub use deletion::{Beginning, Holdings, Kept, Strip, TABLES_OF_LEARNERS};
pub use error::StoreError;
pub use event::{
    APPEND_ROWS_MAX, AnswerRow, Append, AppendRefused, EventRow, Outcome, PAYLOAD_BYTES_MAX,
    StatusChange,
};
pub use history::{
    ActivityIncrement, AreaActivity, ConceptIncrement, ConceptRow, DayActivity, DayCompetency,
    DaySpan, EndedSpan, ExportMark, ExportedAnswer, History, ItemIncrement, ItemStatisticsRow,
    LearnerProgressRow, ProgressMark, QUARTER_MS, QUARTERS_PER_DAY, SessionFilter, SessionMark,
    SessionRollup, StoredAbility, StoredAnswer, Totals, VersionStatisticsRow,
};
pub use ids::{JobId, LearnerId, OrganizationId, SessionId};
pub use job::{Job, JobKind};
pub use learner::{
    Claimant, GUEST_ISSUER, IDENTITIES_MAX, Identity, IdentityRow, LearnerRow, LearnerStateRow,
    StartingPoint, Watermark,
};
pub use place::Place;
pub use session::{
    Created, FIRST_EPOCH, Fence, NewSession, Owner, SessionRow, SessionStatus, VouchedSession,
};
pub use whole_session::{IMPORT_ISSUER, Imported, PSEUDONYM_CHARS_MAX, Sitter, WholeSession};

/// How the writer is doing, for readiness and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Rows handed over and not yet answered.
    pub queue_rows: usize,
    /// Since when the store has been refusing writes; `None` while they succeed.
    pub retrying_since: Option<Instant>,
}

/// A system of record.
///
/// Every write that returns is durable. Writes interrupted by a fault may be called again with the
/// same arguments: they find out whether they were done.
///
/// # Errors
/// Every method returns [`StoreError::Unavailable`] when the store is out of reach,
/// [`StoreError::Closed`] after [`Store::close`], [`StoreError::Corrupt`] when what is read makes
/// no sense, and [`StoreError::Rejected`] for arguments that can never be stored.
#[async_trait]
pub trait Store: History + Accounts {
    /// Hands rows to the writer. What is taken is never withdrawn, reordered or renumbered; the
    /// receiver is answered once, after the commit. Appends of one session are stored in the order
    /// of their hand-over.
    ///
    /// # Errors
    /// [`AppendRefused`], and then nothing was queued.
    fn append(&self, append: Append) -> Result<oneshot::Receiver<Outcome>, AppendRefused>;

    /// How the writer is doing, without asking the database.
    fn health(&self) -> Health;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The database's clock, in Unix milliseconds: what session time is anchored to.
    async fn now_ms(&self) -> Result<i64, StoreError>;

    /// How many migrations the database has had.
    async fn schema_version(&self) -> Result<i64, StoreError>;

    /// Stores a version with all its items, or nothing, and makes it the current one.
    async fn save_certification(&self, row: CertificationVersionRow) -> Result<Saved, StoreError>;

    /// Every certification in its current version, by title.
    async fn certifications(&self) -> Result<Vec<CertificationListing>, StoreError>;

    /// One version with its items by `ix`; the current one when `version` is `None`.
    async fn certification(
        &self,
        id: &str,
        version: Option<&str>,
    ) -> Result<Option<CertificationVersionRow>, StoreError>;

    /// The exposure counts of a version.
    async fn exposure(
        &self,
        certification: &str,
        version: &str,
    ) -> Result<Option<ExposureRow>, StoreError>;

    /// Stores exposure counts if those stored count `expected` examinees (`None`: there are none yet). When
    /// they do not, nothing changes and this is `false`.
    async fn save_exposure(
        &self,
        row: ExposureRow,
        expected: Option<i64>,
    ) -> Result<bool, StoreError>;

    /// The learner behind an identity, created in the organization `default` when first met. Calls
    /// at once for one identity return one learner.
    async fn learner_for(&self, identity: Identity, now_ms: i64) -> Result<LearnerId, StoreError>;

    /// What a session of the learner in a certification begins from, with at most `limit` ended sessions; `None` when
    /// there is no such learner, or no longer, or their sign-in is none of theirs that still lasts.
    async fn starting_point(
        &self,
        claimant: Claimant,
        certification: &str,
        limit: u32,
    ) -> Result<Option<StartingPoint>, StoreError>;

    /// Multiplies a learner's time limits, by 1 to 4; 1 is what nothing was granted to. Whether there is such a learner. [`StoreError::Rejected`] outside 1 to 4.
    async fn set_time_multiplier(
        &self,
        learner: LearnerId,
        multiplier: f64,
    ) -> Result<bool, StoreError>;

    /// Whether there is such a learner: not before they were made, nor once their account was deleted.
    async fn has_learner(&self, learner: LearnerId) -> Result<bool, StoreError>;

    /// A learner, with at most [`IDENTITIES_MAX`] ways of signing in.
    async fn learner(&self, learner: LearnerId) -> Result<Option<LearnerRow>, StoreError>;

    /// What is known of a learner, in order of certification behind `after`, at most `limit`.
    async fn learner_states(
        &self,
        learner: LearnerId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LearnerStateRow>, StoreError>;

    /// How much is kept of a learner; `None` when there is no such learner.
    async fn holdings(&self, learner: LearnerId) -> Result<Option<Holdings>, StoreError>;

    /// Deletes a learner and everything in [`TABLES_OF_LEARNERS`] in one transaction. In their sessions one tombstone
    /// takes their place, the beginning is stripped, the summary goes, answers remain; each is fenced against whoever
    /// owns it, and one that has not ended is faulted. What they said of questions stays, and nobody said it. What was
    /// kept; `None` when there is no such learner, or no longer.
    async fn delete_learner(
        &self,
        learner: LearnerId,
        strip: Strip,
    ) -> Result<Option<Holdings>, StoreError>;

    /// Creates a session and its first event in one transaction, unless the learner has an open
    /// one of that certification and kind, or there is no such learner.
    async fn create_session(&self, session: NewSession) -> Result<Created, StoreError>;

    /// One session.
    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, StoreError>;

    /// The learner's open and paused sessions, newest first.
    async fn open_sessions(&self, learner: LearnerId) -> Result<Vec<SessionRow>, StoreError>;

    /// The learner's completed sessions of a certification behind `after`, in the order they are
    /// folded, at most `limit`.
    async fn ended_sessions(
        &self,
        learner: LearnerId,
        certification: &str,
        after: Option<Watermark>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError>;

    /// Sessions of a certification behind `after`, whatever their version, learner and status, in order of id,
    /// at most `limit`.
    async fn sessions_of(
        &self,
        certification: &str,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<VouchedSession>, StoreError>;

    /// Sessions of a certification behind `after` with all their events, in order of id, at most `limit`. Each is as it
    /// is at one moment. For exports: a replica may be asked.
    async fn whole_sessions(
        &self,
        certification: &str,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<WholeSession>, StoreError>;

    /// Stores sessions that come with their events, each whole or not at all, and the job that an ended one lacks;
    /// what came of each, in their order. Learners are found or made by their name under [`IMPORT_ISSUER`]. What
    /// is stored already is held against what comes, and never changed.
    async fn import_sessions(
        &self,
        sessions: Vec<WholeSession>,
        now_ms: i64,
    ) -> Result<Vec<Imported>, StoreError>;

    /// Takes the session over if its epoch is still `seen_epoch`: one more epoch, `new_claim`,
    /// `owner`. `None` when someone else was faster, or there is no such session. Load the events
    /// after this has returned, never before.
    async fn claim(
        &self,
        id: SessionId,
        seen_epoch: i64,
        new_claim: i64,
        owner: Owner,
    ) -> Result<Option<Fence>, StoreError>;

    /// Takes the session over as [`Store::claim`] does, and loads its events in a statement of its own behind the
    /// claim.
    async fn claim_and_load(
        &self,
        id: SessionId,
        seen_epoch: i64,
        new_claim: i64,
        owner: Owner,
    ) -> Result<Option<(Fence, Vec<EventRow>)>, StoreError> {
        let Some(fence) = self.claim(id, seen_epoch, new_claim, owner).await? else {
            return Ok(None);
        };
        Ok(Some((fence, self.load_events(id).await?)))
    }

    /// The session's events in order: every one acknowledged before this was called.
    async fn load_events(&self, id: SessionId) -> Result<Vec<EventRow>, StoreError>;

    /// Stored answers of every session behind `after`, in order of session and place, at most `limit`. In an exam,
    /// where an answer may be changed, each that was recorded.
    async fn answers_after(
        &self,
        after: Option<(SessionId, u32)>,
        limit: u32,
    ) -> Result<Vec<AnswerRow>, StoreError>;

    /// Makes the session ownerless if `fence` still holds it; whether it did.
    async fn release(&self, id: SessionId, fence: Fence) -> Result<bool, StoreError>;

    /// Open and paused sessions whose deadline is at or before `now_ms`, earliest first, at most
    /// `limit`, whoever owns them.
    async fn sessions_past_deadline(
        &self,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError>;

    /// The cached learner state.
    async fn learner_state(
        &self,
        learner: LearnerId,
        certification: &str,
    ) -> Result<Option<LearnerStateRow>, StoreError>;

    /// Stores a learner state and finishes `job` in one transaction, if the stored watermark is
    /// still `expected` (`None`: no state yet). When it is not, nothing changes and this is `false`.
    async fn save_learner_state(
        &self,
        row: LearnerStateRow,
        expected: Option<Watermark>,
        job: JobId,
    ) -> Result<bool, StoreError>;

    /// Leases at most `limit` due jobs for `lease_ms`: nobody else is given them before that.
    async fn next_jobs(
        &self,
        now_ms: i64,
        limit: u32,
        lease_ms: i64,
    ) -> Result<Vec<Job>, StoreError>;

    /// Finishes a job that left nothing to store; `false` when it was finished before.
    async fn finish_job(&self, job: JobId) -> Result<bool, StoreError>;

    /// Notes why a job failed, and when to try again; `None` gives it up for good.
    async fn fail_job(
        &self,
        job: JobId,
        error: &str,
        retry_at: Option<i64>,
    ) -> Result<(), StoreError>;

    /// Adds the job that sessions completed at or after `ended_since` lack, for at most `limit` of
    /// them; how many it added.
    async fn sweep_jobs(&self, ended_since: i64, limit: u32) -> Result<u64, StoreError>;

    /// Stores and answers everything handed over, then closes. Later calls are refused.
    async fn close(&self);
}
