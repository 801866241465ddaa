//! Owns the contract's methods over PostgreSQL: which pool each goes to, how long it is tried. Must not contain SQL.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::attempts::attempted;
use super::{
    PostgresStore, catalogue, deletion, events, exposures, jobs, learners, schema, sessions,
    starts, upkeep, whole_sessions,
};
use crate::store::deletion::Tombstone;
use crate::store::{
    AnswerRow, Append, AppendRefused, CertificationListing, CertificationVersionRow, Claimant,
    Created, EventRow, ExposureRow, Fence, Health, Holdings, Identity, Imported, Job, JobId,
    JobKind, LearnerId, LearnerRow, LearnerStateRow, NewSession, Outcome, Owner, Saved, SessionId,
    SessionRow, StartingPoint, Store, StoreError, Strip, VouchedSession, Watermark, WholeSession,
};

/// How long a read is tried: whoever asks is waiting, and can ask again.
pub(super) const READ_LIMIT: Duration = Duration::from_secs(2);
/// How long a few hundred sessions with all their events may take, in or out.
const BULK_WITHIN: Duration = Duration::from_secs(150);
/// How long storing a whole bank may take.
const BANK_WITHIN: Duration = Duration::from_secs(300);
/// How long deleting a learner with all their sessions may take.
const DELETION_WITHIN: Duration = Duration::from_secs(60);

/// A read, from where every acknowledged write is seen.
macro_rules! read {
    ($store:ident, |$client:ident| $body:expr) => {
        attempted!($store, $store.pool, READ_LIMIT, |$client| $body)
    };
}

/// A write that finds out by itself whether an earlier attempt was done.
macro_rules! write {
    ($store:ident, |$client:ident| $body:expr) => {
        attempted!($store, $store.pool, $store.retry_limit, |$client| $body)
    };
}

#[async_trait]
impl Store for PostgresStore {
    fn append(&self, append: Append) -> Result<oneshot::Receiver<Outcome>, AppendRefused> {
        let (reply, answer) = oneshot::channel();
        if let Some(why) = append.refusal() {
            // The receiver is in this function: it cannot have gone.
            drop(reply.send(Outcome::Rejected(why)));
            return Ok(answer);
        }
        self.lanes.push(append, reply)?;
        Ok(answer)
    }

    fn health(&self) -> Health {
        self.lanes.waiting().health()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.schema_version().await.map(drop)
    }

    async fn now_ms(&self) -> Result<i64, StoreError> {
        read!(self, |client| upkeep::now_ms(client).await)
    }

    async fn schema_version(&self) -> Result<i64, StoreError> {
        read!(self, |client| Ok(schema::state(client).await?.version))
    }

    async fn save_certification(&self, row: CertificationVersionRow) -> Result<Saved, StoreError> {
        if let Some(why) = row.refusal() {
            return Err(StoreError::Rejected(why));
        }
        attempted!(self, self.pool, self.retry_limit, BANK_WITHIN, |client| {
            catalogue::save(client.client_mut(), &row).await
        })
    }

    async fn certifications(&self) -> Result<Vec<CertificationListing>, StoreError> {
        read!(self, |client| catalogue::list(client).await)
    }

    async fn certification(
        &self,
        id: &str,
        version: Option<&str>,
    ) -> Result<Option<CertificationVersionRow>, StoreError> {
        read!(self, |client| catalogue::version(client, id, version).await)
    }

    async fn exposure(
        &self,
        certification: &str,
        version: &str,
    ) -> Result<Option<ExposureRow>, StoreError> {
        read!(self, |client| exposures::find(
            client,
            certification,
            version
        )
        .await)
    }

    async fn save_exposure(
        &self,
        row: ExposureRow,
        expected: Option<i64>,
    ) -> Result<bool, StoreError> {
        write!(self, |client| exposures::save(client, &row, expected).await)
    }

    async fn learner_for(&self, identity: Identity, now_ms: i64) -> Result<LearnerId, StoreError> {
        let fresh = LearnerId(Uuid::new_v4());
        write!(self, |client| {
            learners::known_or_new(client, &identity, fresh, now_ms).await
        })
    }

    async fn starting_point(
        &self,
        claimant: Claimant,
        certification: &str,
        limit: u32,
    ) -> Result<Option<StartingPoint>, StoreError> {
        let of = (claimant, certification);
        read!(self, |client| starts::point(client, of, limit).await)
    }

    async fn set_time_multiplier(
        &self,
        learner: LearnerId,
        multiplier: f64,
    ) -> Result<bool, StoreError> {
        write!(self, |client| {
            learners::set_time_multiplier(client, learner, multiplier).await
        })
    }

    async fn has_learner(&self, learner: LearnerId) -> Result<bool, StoreError> {
        read!(self, |client| learners::exists(&**client, learner).await)
    }

    async fn learner(&self, learner: LearnerId) -> Result<Option<LearnerRow>, StoreError> {
        read!(self, |client| learners::one(client, learner).await)
    }

    async fn learner_states(
        &self,
        learner: LearnerId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<LearnerStateRow>, StoreError> {
        read!(self, |client| {
            learners::states(client, learner, after, limit).await
        })
    }

    async fn holdings(&self, learner: LearnerId) -> Result<Option<Holdings>, StoreError> {
        read!(self, |client| deletion::holdings(&**client, learner).await)
    }

    async fn delete_learner(
        &self,
        learner: LearnerId,
        strip: Strip,
    ) -> Result<Option<Holdings>, StoreError> {
        let tombstone = Tombstone::new();
        let found = Mutex::new(None);
        attempted!(
            self,
            self.pool,
            self.retry_limit,
            DELETION_WITHIN,
            |client| deletion::delete(client.client_mut(), learner, tombstone, strip, &found).await
        )
    }

    async fn create_session(&self, session: NewSession) -> Result<Created, StoreError> {
        if let Some(why) = session.refusal() {
            return Err(StoreError::Rejected(why));
        }
        write!(self, |client| {
            let created = sessions::create(client, &session).await;
            match created {
                Err(failure) if failure.lacks_partition() => {
                    upkeep::make_partition_of(client.client_mut(), session.id.0).await?;
                    sessions::create(client, &session).await
                }
                created => created,
            }
        })
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
        read!(self, |client| sessions::one(client, id).await)
    }

    async fn open_sessions(&self, learner: LearnerId) -> Result<Vec<SessionRow>, StoreError> {
        read!(self, |client| sessions::open_of(client, learner).await)
    }

    async fn ended_sessions(
        &self,
        learner: LearnerId,
        certification: &str,
        after: Option<Watermark>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let whose = (learner, certification);
        read!(self, |client| {
            sessions::ended_of(client, whose, after, limit).await
        })
    }

    async fn sessions_of(
        &self,
        certification: &str,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<VouchedSession>, StoreError> {
        read!(self, |client| {
            sessions::of_certification(client, certification, after, limit).await
        })
    }

    async fn whole_sessions(
        &self,
        certification: &str,
        after: Option<SessionId>,
        limit: u32,
    ) -> Result<Vec<WholeSession>, StoreError> {
        attempted!(self, self.read_pool, READ_LIMIT, BULK_WITHIN, |client| {
            whole_sessions::export(client.client_mut(), certification, after, limit).await
        })
    }

    async fn import_sessions(
        &self,
        sessions: Vec<WholeSession>,
        now_ms: i64,
    ) -> Result<Vec<Imported>, StoreError> {
        let mut outcomes = Vec::with_capacity(sessions.len());
        // The first of the list is next; a part that is refused as a whole is tried again in halves.
        let mut parts = whole_sessions::of_different_ids(&sessions);
        while let Some(part) = parts.pop() {
            let imported: Result<Vec<Imported>, StoreError> =
                attempted!(self, self.pool, self.retry_limit, BULK_WITHIN, |client| {
                    whole_sessions::import(client.client_mut(), part, now_ms).await
                });
            match imported {
                Ok(imported) => outcomes.extend(imported),
                Err(StoreError::Rejected(why)) if part.len() <= 1 => {
                    outcomes.push(Imported::Refused(why));
                }
                Err(StoreError::Rejected(_)) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(outcomes)
    }

    async fn claim(
        &self,
        id: SessionId,
        seen_epoch: i64,
        new_claim: i64,
        owner: Owner,
    ) -> Result<Option<Fence>, StoreError> {
        self.lanes.behind(id).await;
        write!(self, |client| {
            sessions::claim(client, (id, seen_epoch), new_claim, &owner).await
        })
    }

    async fn claim_and_load(
        &self,
        id: SessionId,
        seen_epoch: i64,
        new_claim: i64,
        owner: Owner,
    ) -> Result<Option<(Fence, Vec<EventRow>)>, StoreError> {
        self.lanes.behind(id).await;
        let seen = (id, seen_epoch);
        #[cfg(feature = "faults")]
        if self.faults.claim_and_load_at_once {
            return write!(self, |client| {
                sessions::claim_and_load_at_once(client, seen, new_claim, &owner).await
            });
        }
        write!(self, |client| {
            sessions::claim_and_load(client, seen, new_claim, &owner).await
        })
    }

    async fn load_events(&self, id: SessionId) -> Result<Vec<EventRow>, StoreError> {
        read!(self, |client| events::load(client, id).await)
    }

    async fn answers_after(
        &self,
        after: Option<(SessionId, u32)>,
        limit: u32,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        read!(self, |client| events::answers_after(client, after, limit)
            .await)
    }

    async fn release(&self, id: SessionId, fence: Fence) -> Result<bool, StoreError> {
        self.lanes.behind(id).await;
        write!(self, |client| sessions::release(client, id, fence).await)
    }

    async fn sessions_past_deadline(
        &self,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        read!(self, |client| sessions::past_deadline(
            client, now_ms, limit
        )
        .await)
    }

    async fn learner_state(
        &self,
        learner: LearnerId,
        certification: &str,
    ) -> Result<Option<LearnerStateRow>, StoreError> {
        read!(self, |client| {
            learners::state(&**client, learner, certification).await
        })
    }

    async fn save_learner_state(
        &self,
        row: LearnerStateRow,
        expected: Option<Watermark>,
        job: JobId,
    ) -> Result<bool, StoreError> {
        write!(self, |client| {
            learners::save_state(client.client_mut(), &row, expected, job).await
        })
    }

    async fn next_jobs(
        &self,
        now_ms: i64,
        limit: u32,
        lease_ms: i64,
    ) -> Result<Vec<Job>, StoreError> {
        let until_ms = now_ms.saturating_add(lease_ms);
        write!(self, |client| {
            jobs::lease(client, now_ms, limit, until_ms).await
        })
    }

    async fn finish_job(&self, job: JobId) -> Result<bool, StoreError> {
        write!(self, |client| jobs::finish(&**client, job).await)
    }

    async fn fail_job(
        &self,
        job: JobId,
        error: &str,
        retry_at: Option<i64>,
    ) -> Result<(), StoreError> {
        write!(self, |client| jobs::fail(client, job, error, retry_at)
            .await)
    }

    async fn sweep_jobs(&self, ended_since: i64, limit: u32) -> Result<u64, StoreError> {
        let kind = JobKind::SessionEnded;
        write!(self, |client| {
            jobs::sweep(client, kind, ended_since, limit).await
        })
    }

    async fn close(&self) {
        self.stop().await;
    }
}
