//! Owns the contract of history and dashboards: what learners and the owners of certifications look back on, and the
//! roll-ups it is answered from.
//!
//! Must not know what an area, an item or an ability means, nor when a session is rolled up.

mod rollup;
mod rows;

use async_trait::async_trait;

use super::error::StoreError;
use super::ids::{LearnerId, SessionId};
use super::session::SessionRow;

pub use rollup::{
    ActivityIncrement, ConceptIncrement, ItemIncrement, SessionRollup, StoredAbility, Totals,
};
pub use rows::{
    AreaActivity, ConceptRow, DayActivity, DayCompetency, DaySpan, EndedSpan, ExportMark,
    ExportedAnswer, ItemStatisticsRow, LearnerProgressRow, ProgressMark, QUARTER_MS,
    QUARTERS_PER_DAY, SessionFilter, SessionMark, StoredAnswer, VersionStatisticsRow,
};

/// What a store answers when somebody looks back.
///
/// A learner's own history is read where it is written: whatever was acknowledged before the call is in the answer.
/// What owners of certifications look at, and exports, may be read from a replica and be as late as that is. Each
/// method says which of the two it is.
///
/// Lists are paged by the key of the last row seen, never by a count: a page is the same whatever has been added since.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait History: Send + Sync {
    /// The learner's sessions of every status, newest first, those behind `before`, at most `limit`. From the primary.
    async fn sessions_of_learner(
        &self,
        learner: LearnerId,
        filter: SessionFilter,
        before: Option<SessionMark>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError>;

    /// Every answer of a session in order, as its typed columns have it; in an exam each that was recorded. From the
    /// primary.
    async fn answers_of_session(&self, session: SessionId)
    -> Result<Vec<StoredAnswer>, StoreError>;

    /// What the learner did on each day of a span on which they did anything, in order, from sessions that are rolled
    /// up. From the primary.
    async fn activity_by_day(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<DayActivity>, StoreError>;

    /// What the learner did in each area over a span, by area, from sessions that are rolled up. From the primary.
    async fn activity_by_area(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<AreaActivity>, StoreError>;

    /// The last ability in each area on each day of a span on which one was estimated, by day and area, from sessions
    /// that are rolled up. From the primary.
    async fn competency_by_day(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<DayCompetency>, StoreError>;

    /// The concepts the learner gets wrong most, of those with at least `answers_min` answers: by (right + 1) over
    /// (answers + 2), lowest first, so that few answers weigh little; at most `limit`. From the primary.
    async fn hardest_concepts(
        &self,
        learner: LearnerId,
        certification: &str,
        answers_min: u32,
        limit: u32,
    ) -> Result<Vec<ConceptRow>, StoreError>;

    /// Completed sessions that are not rolled up, of one learner and certification or of all, at most `limit`, in no
    /// order. From the primary.
    async fn sessions_to_roll_up(
        &self,
        of: Option<(LearnerId, &str)>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError>;

    /// Adds an ended session to the roll-ups and marks it, in one transaction; `false`, and nothing is added, when it
    /// was marked before, is not completed, or is not that learner's any more. Increments keyed by a learner who is not
    /// there any more are left out.
    async fn roll_up(&self, rollup: SessionRollup) -> Result<bool, StoreError>;

    /// What the roll-ups say of each version of a certification, latest use first. May be from a replica.
    async fn version_statistics(
        &self,
        certification: &str,
    ) -> Result<Vec<VersionStatisticsRow>, StoreError>;

    /// What the roll-ups say of the items of a version, by id, those behind `after`, at most `limit`. May be from a
    /// replica.
    async fn item_statistics(
        &self,
        certification: &str,
        version: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ItemStatisticsRow>, StoreError>;

    /// The learners of a certification by their latest session, latest first, those behind `before`, at most `limit`.
    /// May be from a replica.
    async fn learner_progress(
        &self,
        certification: &str,
        before: Option<ProgressMark>,
        limit: u32,
    ) -> Result<Vec<LearnerProgressRow>, StoreError>;

    /// Answers of completed sessions that ended in a span, in order of end, session and place, those behind `after`, at
    /// most `limit`. In an exam, where an answer may be changed, each that was recorded. May be from a replica.
    async fn exported_answers(
        &self,
        certification: &str,
        ended: EndedSpan,
        after: Option<ExportMark>,
        limit: u32,
    ) -> Result<Vec<ExportedAnswer>, StoreError>;
}
