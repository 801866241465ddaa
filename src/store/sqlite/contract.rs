//! Owns the contract's methods over SQLite: which of them read, which write, what each hands over.
//! Must not contain SQL.

use async_trait::async_trait;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::queue::Work;
use super::{
    SqliteStore, catalogue, deletion, events, exposures, jobs, learners, schema, sessions,
    whole_sessions,
};
use crate::store::deletion::Tombstone;
use crate::store::{
    AnswerRow, Append, AppendRefused, CertificationListing, CertificationVersionRow, Claimant,
    Created, EventRow, ExposureRow, Fence, Health, Holdings, Identity, Imported, Job, JobId,
    JobKind, LearnerId, LearnerRow, LearnerStateRow, NewSession, Outcome, Owner, Saved, SessionId,
    SessionRow, StartingPoint, Store, StoreError, Strip, VouchedSession, Watermark, WholeSession,
};

#[async_trait]
impl Store for SqliteStore {
    fn append(&self, append: Append) -> Result<oneshot::Receiver<Outcome>, AppendRefused> {
        let (reply, answer) = oneshot::channel();
        if let Some(why) = append.refusal() {
            // The receiver is in this function: it cannot have gone.
            drop(reply.send(Outcome::Rejected(why)));
            return Ok(answer);
        }
        #[cfg(feature = "faults")]
        if let Some(refused) = &self.appends_refused
            && refused.load(std::sync::atomic::Ordering::SeqCst)
        {
            metrics::counter!("learnr_store_refused_total").increment(1);
            return Err(AppendRefused::Full);
        }
        let rows = append.rows.len().max(1);
        let bytes = append.rows.iter().map(|row| row.payload.len()).sum();
        let work = Work::Append {
            append,
            outcome: None,
            reply,
        };
        self.queue.push(work, rows, bytes)?;
        Ok(answer)
    }

    fn health(&self) -> Health {
        self.queue.waiting().health()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.schema_version().await.map(drop)
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        let sql = "SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER)";
        self.readers
            .read(|conn| conn.prepare_cached(sql)?.query_row([], |row| row.get(0)))
            .await
    }

    async fn schema_version(&self) -> Result<i64, StoreError> {
        self.readers.read(schema::version).await
    }

    async fn save_certification(&self, row: CertificationVersionRow) -> Result<Saved, StoreError> {
        if let Some(why) = row.refusal() {
            return Err(StoreError::Rejected(why));
        }
        let bytes = row.body.len() + row.items.iter().map(|item| item.body.len()).sum::<usize>();
        self.write(bytes, move |tx| catalogue::save(tx, &row))
            .await?
            .map_err(StoreError::Rejected)
    }

    async fn certifications(&self) -> Result<Vec<CertificationListing>, StoreError> {
        self.readers.read(catalogue::list).await
    }

    async fn certification(
        &self,
        id: &str,
        version: Option<&str>,
    ) -> Result<Option<CertificationVersionRow>, StoreError> {
        let (id, version) = (id.to_owned(), version.map(str::to_owned));
        self.readers
            .read(move |conn| catalogue::version(conn, &id, version.as_deref()))
            .await
    }

    async fn exposure(
        &self,
        certification: &str,
        version: &str,
    ) -> Result<Option<ExposureRow>, StoreError> {
        let (certification, version) = (certification.to_owned(), version.to_owned());
        self.readers
            .read(move |conn| exposures::find(conn, &certification, &version))
            .await
    }

    async fn save_exposure(
        &self,
        row: ExposureRow,
        expected: Option<i64>,
    ) -> Result<bool, StoreError> {
        self.write(row.body.len(), move |tx| {
            exposures::save(tx, &row, expected)
        })
        .await
    }

    async fn learner_for(&self, identity: Identity, now_ms: i64) -> Result<LearnerId, StoreError> {
        let wanted = identity.clone();
        let known = self
            .readers
            .read(move |conn| learners::known(conn, &wanted))
            .await?;
        if let Some(learner) = known {
            return Ok(learner);
        }
        let fresh = LearnerId(Uuid::new_v4());
        self.write(0, move |tx| {
            learners::known_or_new(tx, &identity, fresh, now_ms)
        })
        .await
    }

    async fn starting_point(
        &self,
        claimant: Claimant,
        certification: &str,
        limit: u32,
    ) -> Result<Option<StartingPoint>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| learners::starting_point(conn, claimant, &certification, limit))
            .await
    }

    async fn set_time_multiplier(
        &self,
        learner: LearnerId,
        multiplier: f64,
    ) -> Result<bool, StoreError> {
        self.write(0, move |tx| {
            learners::set_time_multiplier(tx, learner, multiplier)
        })
        .await
    }

    async fn has_learner(&self, learner: LearnerId) -> Result<bool, StoreError> {
        self.readers
            .read(move |conn| learners::exists(conn, learner))
            .await
    }

    async fn learner(&self, learner: LearnerId) -> Result<Option<LearnerRow>, StoreError> {
        self.readers
            .read(move |conn| learners::one(conn, learner))
            .await
    }

    async fn learner_states(
        &self,
        learner: LearnerId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LearnerStateRow>, StoreError> {
        let after = after.map(str::to_owned);
        self.readers
            .read(move |conn| learners::states(conn, learner, after.as_deref(), limit))
            .await
    }

    async fn holdings(&self, learner: LearnerId) -> Result<Option<Holdings>, StoreError> {
        self.readers
            .read(move |conn| deletion::holdings(conn, learner))
            .await
    }

    async fn delete_learner(
        &self,
        learner: LearnerId,
        strip: Strip,
    ) -> Result<Option<Holdings>, StoreError> {
        let tombstone = Tombstone::new();
        let mut earlier = None;
        let deleted = self.write(0, move |tx| {
            // An attempt whose commit was not known finds nobody; what was kept is what the first one found.
            let found = deletion::delete(tx, learner, tombstone, strip)?;
            earlier = found.or(earlier);
            Ok(earlier)
        });
        let deleted = deleted.await?;
        if deleted.is_some() {
            self.forget_log().await;
        }
        Ok(deleted)
    }

    async fn create_session(&self, session: NewSession) -> Result<Created, StoreError> {
        if let Some(why) = session.refusal() {
            return Err(StoreError::Rejected(why));
        }
        let bytes = session.settings.len() + session.started.payload.len();
        self.write(bytes, move |tx| sessions::create(tx, &session))
            .await
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
        self.readers.read(move |conn| sessions::one(conn, id)).await
    }

    async fn open_sessions(&self, learner: LearnerId) -> Result<Vec<SessionRow>, StoreError> {
        self.readers
            .read(move |conn| sessions::open_of(conn, learner))
            .await
    }

    async fn ended_sessions(
        &self,
        learner: LearnerId,
        certification: &str,
        after: Option<Watermark>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| sessions::ended_of(conn, learner, &certification, after, limit))
            .await
    }

    async fn sessions_of(
        &self,
        certification: &str,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<VouchedSession>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| sessions::of_certification(conn, &certification, after, limit))
            .await
    }

    async fn whole_sessions(
        &self,
        certification: &str,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<WholeSession>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| whole_sessions::export(conn, &certification, after, limit))
            .await
    }

    async fn import_sessions(
        &self,
        sessions: Vec<WholeSession>,
        now_ms: i64,
    ) -> Result<Vec<Imported>, StoreError> {
        let events = sessions.iter().flat_map(|session| &session.events);
        let bytes = events.map(|event| event.payload.len()).sum();
        self.write(bytes, move |tx| {
            whole_sessions::import(tx, &sessions, now_ms)
        })
        .await
    }

    async fn claim(
        &self,
        id: SessionId,
        seen_epoch: i64,
        new_claim: i64,
        owner: Owner,
    ) -> Result<Option<Fence>, StoreError> {
        self.write(0, move |tx| {
            sessions::claim(tx, id, seen_epoch, new_claim, &owner)
        })
        .await
    }

    async fn load_events(&self, id: SessionId) -> Result<Vec<EventRow>, StoreError> {
        self.readers.read(move |conn| events::load(conn, id)).await
    }

    async fn answers_after(
        &self,
        after: Option<(SessionId, u32)>,
        limit: u32,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        self.readers
            .read(move |conn| events::answers_after(conn, after, limit))
            .await
    }

    async fn release(&self, id: SessionId, fence: Fence) -> Result<bool, StoreError> {
        self.write(0, move |tx| sessions::release(tx, id, fence))
            .await
    }

    async fn sessions_past_deadline(
        &self,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        self.readers
            .read(move |conn| sessions::past_deadline(conn, now_ms, limit))
            .await
    }

    async fn learner_state(
        &self,
        learner: LearnerId,
        certification: &str,
    ) -> Result<Option<LearnerStateRow>, StoreError> {
        let certification = certification.to_owned();
        self.readers
            .read(move |conn| learners::state(conn, learner, &certification))
            .await
    }

    async fn save_learner_state(
        &self,
        row: LearnerStateRow,
        expected: Option<Watermark>,
        job: JobId,
    ) -> Result<bool, StoreError> {
        self.write(row.body.len(), move |tx| {
            learners::save_state(tx, &row, expected, job)
        })
        .await
    }

    async fn next_jobs(
        &self,
        now_ms: i64,
        limit: u32,
        lease_ms: i64,
    ) -> Result<Vec<Job>, StoreError> {
        let until_ms = now_ms.saturating_add(lease_ms);
        self.write(0, move |tx| jobs::lease(tx, now_ms, limit, until_ms))
            .await
    }

    async fn finish_job(&self, job: JobId) -> Result<bool, StoreError> {
        self.write(0, move |tx| jobs::finish(tx, job)).await
    }

    async fn fail_job(
        &self,
        job: JobId,
        error: &str,
        retry_at: Option<i64>,
    ) -> Result<(), StoreError> {
        let error = error.to_owned();
        self.write(error.len(), move |tx| jobs::fail(tx, job, &error, retry_at))
            .await
    }

    async fn sweep_jobs(&self, ended_since: i64, limit: u32) -> Result<u64, StoreError> {
        self.write(0, move |tx| {
            jobs::sweep(tx, JobKind::SessionEnded, ended_since, limit)
        })
        .await
    }

    async fn close(&self) {
        self.stop().await;
    }
}
