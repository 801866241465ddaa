//! Owns the statements on learners, identities and learner states. Must not know how a state is folded.

use super::client::{Client, Queries};

use super::fault::Failure;
use super::jobs;
use super::rows::{Columns, bytes, float8, int8, text, uuid};
use crate::store::{
    IDENTITIES_MAX, Identity, IdentityRow, JobId, LearnerId, LearnerRow, LearnerStateRow,
    OrganizationId, Watermark,
};

const KNOWN: &str = "SELECT learner FROM identities WHERE issuer = $1 AND subject = $2";
/// The identity goes in first: of two learners made for it at once only one is kept.
const KNOWN_OR_NEW: &str = "WITH known AS (SELECT learner FROM identities WHERE issuer = $1 AND subject = $2), \
     identity AS (INSERT INTO identities (issuer, subject, learner, created_at) \
     SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM known) ON CONFLICT DO NOTHING RETURNING learner), \
     new AS (INSERT INTO learners (id, organization, created_at) SELECT learner, $5, $4 FROM identity RETURNING id) \
     SELECT learner FROM known UNION ALL SELECT id FROM new";
const SET_MULTIPLIER: &str = "UPDATE learners SET time_multiplier = $2 WHERE id = $1";
const STATE: &str = "SELECT watermark_ended_at, watermark_session, body FROM learner_states \
     WHERE learner = $1 AND certification = $2";
const EXISTS: &str = "SELECT 1 FROM learners WHERE id = $1";
const ONE: &str = "SELECT organization, created_at, time_multiplier FROM learners WHERE id = $1";
const IDENTITIES: &str = "SELECT issuer, subject, created_at FROM identities WHERE learner = $1 \
     ORDER BY issuer, subject LIMIT $2";
const STATES: &str = "SELECT certification, watermark_ended_at, watermark_session, body FROM learner_states \
     WHERE learner = $1 AND certification > $2 ORDER BY certification LIMIT $3";
/// Deleted while the state was being folded, the learner is not there to be locked.
const FIRST_STATE: &str = "WITH alive AS (SELECT id FROM learners WHERE id = $1 FOR KEY SHARE) \
     INSERT INTO learner_states (learner, certification, watermark_ended_at, watermark_session, body) \
     SELECT id, $2, $3, $4, $5 FROM alive ON CONFLICT DO NOTHING";
const NEXT_STATE: &str = "UPDATE learner_states SET watermark_ended_at = $3, watermark_session = $4, body = $5 \
     WHERE learner = $1 AND certification = $2 AND watermark_ended_at = $6 AND watermark_session = $7";

/// The learner behind an identity, or a new one with the id `fresh`.
pub(super) async fn known_or_new(
    client: &Client,
    identity: &Identity,
    fresh: LearnerId,
    now_ms: i64,
) -> Result<LearnerId, Failure> {
    let organization = OrganizationId::DEFAULT;
    let new = [
        text(&identity.issuer),
        text(&identity.subject),
        uuid(&fresh.0),
        int8(&now_ms),
        uuid(&organization.0),
    ];
    if let Some(row) = client.query_typed_opt(KNOWN_OR_NEW, &new).await? {
        return Columns::of(&row).take();
    }
    // Somebody else was faster, and has committed: what the insert found in its way.
    let named = [text(&identity.issuer), text(&identity.subject)];
    match client.query_typed_opt(KNOWN, &named).await? {
        Some(row) => Columns::of(&row).take(),
        None => Err(Failure::passing("an identity came and went")),
    }
}

/// Whether there is such a learner.
pub(super) async fn set_time_multiplier(
    client: &Client,
    learner: LearnerId,
    multiplier: f64,
) -> Result<bool, Failure> {
    let parameters = [uuid(&learner.0), float8(&multiplier)];
    Ok(client.execute_typed(SET_MULTIPLIER, &parameters).await? > 0)
}

/// Whether there is such a learner.
pub(super) async fn exists(client: &impl Queries, learner: LearnerId) -> Result<bool, Failure> {
    let found = client.query_typed_opt(EXISTS, &[uuid(&learner.0)]).await?;
    Ok(found.is_some())
}

/// Refuses what names a learner who is not there.
pub(super) async fn known(client: &impl Queries, learner: LearnerId) -> Result<(), Failure> {
    if exists(client, learner).await? {
        return Ok(());
    }
    Err(Failure::Permanent("there is no such learner".to_owned()))
}

pub(super) async fn one(
    client: &Client,
    learner: LearnerId,
) -> Result<Option<LearnerRow>, Failure> {
    let found = client.query_typed_opt(ONE, &[uuid(&learner.0)]).await?;
    let Some(found) = found else { return Ok(None) };
    let limit = i64::from(IDENTITIES_MAX);
    let parameters = [uuid(&learner.0), int8(&limit)];
    let identities = client.query_typed(IDENTITIES, &parameters).await?;
    let identities = identities.iter().map(|row| {
        let mut columns = Columns::of(row);
        let identity = Identity {
            issuer: columns.take()?,
            subject: columns.take()?,
        };
        Ok(IdentityRow {
            identity,
            created_at: columns.take()?,
        })
    });
    let mut columns = Columns::of(&found);
    Ok(Some(LearnerRow {
        id: learner,
        organization: columns.take()?,
        created_at: columns.take()?,
        time_multiplier: columns.take()?,
        identities: identities.collect::<Result<_, Failure>>()?,
    }))
}

/// The learner's states behind a certification.
pub(super) async fn states(
    client: &Client,
    learner: LearnerId,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<LearnerStateRow>, Failure> {
    let (after, limit) = (after.unwrap_or_default(), i64::from(limit));
    let parameters = [uuid(&learner.0), text(&after), int8(&limit)];
    let rows = client.query_typed(STATES, &parameters).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(LearnerStateRow {
                learner,
                certification: columns.take()?,
                watermark: Watermark {
                    ended_at: columns.take()?,
                    session: columns.take()?,
                },
                body: columns.take()?,
            })
        })
        .collect()
}

pub(super) async fn state(
    client: &impl Queries,
    learner: LearnerId,
    certification: &str,
) -> Result<Option<LearnerStateRow>, Failure> {
    let parameters = [uuid(&learner.0), text(&certification)];
    let row = client.query_typed_opt(STATE, &parameters).await?;
    row.map(|row| {
        let mut columns = Columns::of(&row);
        Ok(LearnerStateRow {
            learner,
            certification: certification.to_owned(),
            watermark: Watermark {
                ended_at: columns.take()?,
                session: columns.take()?,
            },
            body: columns.take()?,
        })
    })
    .transpose()
}

/// Stores a state over the one with the watermark `expected`, and finishes the job it came from.
pub(super) async fn save_state(
    client: &mut Client,
    row: &LearnerStateRow,
    expected: Option<Watermark>,
    job: JobId,
) -> Result<bool, Failure> {
    let tx = client.transaction().await?;
    let mut parameters = vec![
        uuid(&row.learner.0),
        text(&row.certification),
        int8(&row.watermark.ended_at),
        uuid(&row.watermark.session.0),
        bytes(&row.body),
    ];
    let saved = match &expected {
        None => tx.execute_typed(FIRST_STATE, &parameters).await?,
        Some(mark) => {
            parameters.extend([int8(&mark.ended_at), uuid(&mark.session.0)]);
            tx.execute_typed(NEXT_STATE, &parameters).await?
        }
    };
    // The same state again is an earlier attempt of this call.
    if saved == 0 && state(&tx, row.learner, &row.certification).await?.as_ref() != Some(row) {
        return Ok(false);
    }
    jobs::finish(&tx, job).await?;
    tx.commit().await?;
    Ok(true)
}
