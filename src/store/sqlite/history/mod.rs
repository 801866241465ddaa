//! Owns the methods of history over SQLite: which of them read, which write. There is one database: what may be late
//! elsewhere is not here. Must not contain SQL.

mod learner;
mod owner;
mod rollup;

use async_trait::async_trait;

use super::SqliteStore;
use crate::store::{
    AreaActivity, ConceptRow, DayActivity, DayCompetency, DaySpan, EndedSpan, ExportMark,
    ExportedAnswer, History, ItemStatisticsRow, LearnerId, LearnerProgressRow, ProgressMark,
    SessionFilter, SessionId, SessionMark, SessionRollup, SessionRow, StoreError, StoredAnswer,
    VersionStatisticsRow,
};

/// Bytes that a row of a roll-up stands for while it waits for the writer.
const ROLLUP_ROW_BYTES: usize = 128;

#[async_trait]
impl History for SqliteStore {
    async fn sessions_of_learner(
        &self,
        learner: LearnerId,
        filter: SessionFilter,
        before: Option<SessionMark>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        self.readers
            .read(move |conn| learner::sessions(conn, learner, &filter, before, limit))
            .await
    }

    async fn answers_of_session(
        &self,
        session: SessionId,
    ) -> Result<Vec<StoredAnswer>, StoreError> {
        self.readers
            .read(move |conn| learner::answers(conn, session))
            .await
    }

    async fn activity_by_day(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<DayActivity>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| learner::activity_by_day(conn, learner, &certification, days))
            .await
    }

    async fn activity_by_area(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<AreaActivity>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| learner::activity_by_area(conn, learner, &certification, days))
            .await
    }

    async fn competency_by_day(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<DayCompetency>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| learner::competency_by_day(conn, learner, &certification, days))
            .await
    }

    async fn hardest_concepts(
        &self,
        learner: LearnerId,
        certification: &str,
        answers_min: u32,
        limit: u32,
    ) -> Result<Vec<ConceptRow>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| {
                learner::hardest_concepts(conn, learner, &certification, answers_min, limit)
            })
            .await
    }

    async fn sessions_to_roll_up(
        &self,
        of: Option<(LearnerId, &str)>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let of = of.map(|(learner, certification)| (learner, certification.to_owned()));
        self.readers
            .read(move |conn| rollup::waiting(conn, of.as_ref(), limit))
            .await
    }

    async fn roll_up(&self, rollup: SessionRollup) -> Result<bool, StoreError> {
        let bytes = rollup.rows() * ROLLUP_ROW_BYTES;
        self.write(bytes, move |tx| rollup::add(tx, &rollup)).await
    }

    async fn version_statistics(
        &self,
        certification: &str,
    ) -> Result<Vec<VersionStatisticsRow>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| owner::versions(conn, &certification))
            .await
    }

    async fn item_statistics(
        &self,
        certification: &str,
        version: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ItemStatisticsRow>, StoreError> {
        let (certification, version) = (certification.to_owned(), version.to_owned());
        let after = after.unwrap_or_default().to_owned();
        self.readers
            .read(move |conn| owner::items(conn, [&certification, &version, &after], limit))
            .await
    }

    async fn learner_progress(
        &self,
        certification: &str,
        before: Option<ProgressMark>,
        limit: u32,
    ) -> Result<Vec<LearnerProgressRow>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| owner::learners(conn, &certification, before, limit))
            .await
    }

    async fn exported_answers(
        &self,
        certification: &str,
        ended: EndedSpan,
        after: Option<ExportMark>,
        limit: u32,
    ) -> Result<Vec<ExportedAnswer>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| owner::answers(conn, &certification, ended, after, limit))
            .await
    }
}
