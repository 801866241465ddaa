//! Owns the methods of history over PostgreSQL: which pool each goes to. What a learner sees of themselves is read where
//! it is written; what may be late goes to the replica, where there is one. Must not contain SQL.

mod learner;
mod owner;
mod rollup;

use std::time::Duration;

use async_trait::async_trait;

use super::PostgresStore;
use super::attempts::attempted;
use super::contract::READ_LIMIT;
use crate::store::{
    AreaActivity, ConceptRow, DayActivity, DayCompetency, DaySpan, EndedSpan, ExportMark,
    ExportedAnswer, History, ItemStatisticsRow, LearnerId, LearnerProgressRow, ProgressMark,
    SessionFilter, SessionId, SessionMark, SessionRollup, SessionRow, StoreError, StoredAnswer,
    VersionStatisticsRow,
};

/// How long a roll-up is tried: whoever asks has it done again later.
const ROLLUP_LIMIT: Duration = Duration::from_secs(10);

/// A learner's own: every acknowledged write is in it.
macro_rules! own {
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

#[async_trait]
impl History for PostgresStore {
    async fn sessions_of_learner(
        &self,
        learner: LearnerId,
        filter: SessionFilter,
        before: Option<SessionMark>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        own!(self, |client| {
            learner::sessions(client, learner, &filter, before, limit).await
        })
    }

    async fn answers_of_session(
        &self,
        session: SessionId,
    ) -> Result<Vec<StoredAnswer>, StoreError> {
        own!(self, |client| learner::answers(client, session).await)
    }

    async fn activity_by_day(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<DayActivity>, StoreError> {
        let whose = (learner, certification);
        own!(self, |client| {
            learner::activity_by_day(client, whose, days).await
        })
    }

    async fn activity_by_area(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<AreaActivity>, StoreError> {
        let whose = (learner, certification);
        own!(self, |client| {
            learner::activity_by_area(client, whose, days).await
        })
    }

    async fn competency_by_day(
        &self,
        learner: LearnerId,
        certification: &str,
        days: DaySpan,
    ) -> Result<Vec<DayCompetency>, StoreError> {
        let whose = (learner, certification);
        own!(self, |client| {
            learner::competency_by_day(client, whose, days).await
        })
    }

    async fn hardest_concepts(
        &self,
        learner: LearnerId,
        certification: &str,
        answers_min: u32,
        limit: u32,
    ) -> Result<Vec<ConceptRow>, StoreError> {
        let whose = (learner, certification);
        own!(self, |client| {
            learner::hardest_concepts(client, whose, answers_min, limit).await
        })
    }

    async fn sessions_to_roll_up(
        &self,
        of: Option<(LearnerId, &str)>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        own!(self, |client| rollup::waiting(client, of, limit).await)
    }

    async fn roll_up(&self, rollup: SessionRollup) -> Result<bool, StoreError> {
        attempted!(self, &self.pool, ROLLUP_LIMIT, |client| {
            rollup::add(client.client_mut(), &rollup).await
        })
    }

    async fn version_statistics(
        &self,
        certification: &str,
    ) -> Result<Vec<VersionStatisticsRow>, StoreError> {
        late!(self, |client| owner::versions(client, certification).await)
    }

    async fn item_statistics(
        &self,
        certification: &str,
        version: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ItemStatisticsRow>, StoreError> {
        let behind = [certification, version, after.unwrap_or_default()];
        late!(self, |client| owner::items(client, behind, limit).await)
    }

    async fn learner_progress(
        &self,
        certification: &str,
        before: Option<ProgressMark>,
        limit: u32,
    ) -> Result<Vec<LearnerProgressRow>, StoreError> {
        late!(self, |client| {
            owner::learners(client, certification, before, limit).await
        })
    }

    async fn exported_answers(
        &self,
        certification: &str,
        ended: EndedSpan,
        after: Option<ExportMark>,
        limit: u32,
    ) -> Result<Vec<ExportedAnswer>, StoreError> {
        late!(self, |client| {
            owner::answers(client.client_mut(), certification, ended, after, limit).await
        })
    }
}
