//! Owns the statements on sessions. Must not know batches or retries: what writes finds out by itself whether an
//! earlier attempt was done.

use super::client::{Client, Queries};
use uuid::Uuid;

use super::events::{self, request_key};
use super::fault::Failure;
use super::learners;
use super::rows::{
    Columns, Parameter, boolean, bytes, float8, int4, int8, integer, text, uuid, uuids,
};
use crate::store::{
    Created, EventRow, FIRST_EPOCH, Fence, LearnerId, NewSession, Owner, SessionId, SessionRow,
    VouchedSession, Watermark,
};

macro_rules! columns {
    () => {
        "s.id, s.learner, s.organization, s.certification, s.bank_version, s.kind, s.settings, s.stream, s.status, \
         s.epoch, s.claim, s.owner_node, s.owner_incarnation, s.owner_address, s.deadline_at, s.started_at, \
         s.ended_at, s.summary"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM sessions s ", $rest)
    };
}
pub(super) use {columns, select};

/// The session and its first event, or neither. Whatever key is in the way, nothing happens; nor when the learner is not
/// there, who is locked so that a deletion sees the session.
const CREATE: &str = "WITH alive AS (SELECT id FROM learners WHERE id = $2 FOR KEY SHARE), \
     new AS (INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, \
     settings, stream, status, epoch, claim, deadline_at, started_at) \
     SELECT $1, id, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $11, $12 FROM alive ON CONFLICT DO NOTHING RETURNING id) \
     INSERT INTO events (session, epoch, claim, seq, event_version, participant, at_ms, kind, request_key, request_id, \
     position, item, choice, correct, elapsed_ms, area, theta, standard_error, payload) \
     SELECT id, $9, $10, 1, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27 FROM new";
const OPEN: &str = select!(
    "WHERE s.learner = $1 AND s.certification = $2 AND s.kind = $3 AND s.status IN ('open', 'paused')"
);
const CLAIM: &str = "UPDATE sessions SET epoch = epoch + 1, claim = $3, owner_node = $4, owner_incarnation = $5, \
     owner_address = $6 WHERE id = $1 AND epoch = $2 RETURNING epoch";
const RELEASE: &str = "UPDATE sessions SET owner_node = NULL, owner_incarnation = NULL, owner_address = NULL \
     WHERE id = $1 AND epoch = $2 AND claim = $3";
const ONE: &str = select!("WHERE s.id = $1");
const SEVERAL: &str = select!("WHERE s.id = ANY($1)");
const OPEN_OF: &str = select!(
    "WHERE s.learner = $1 AND s.status IN ('open', 'paused') ORDER BY s.started_at DESC, s.id DESC"
);
const ENDED_OF: &str = select!(
    "WHERE s.learner = $1 AND s.certification = $2 AND s.status = 'completed' \
     AND (s.ended_at, s.id) > ($3, $4) ORDER BY s.ended_at, s.id LIMIT $5"
);
const PAST_DEADLINE: &str = select!(
    "WHERE s.status IN ('open', 'paused') AND s.deadline_at IS NOT NULL AND s.deadline_at <= $1 \
     ORDER BY s.deadline_at LIMIT $2"
);
const OF_CERTIFICATION: &str = concat!(
    "SELECT ",
    columns!(),
    ", ARRAY(SELECT DISTINCT i.issuer FROM identities i WHERE i.learner = s.learner ORDER BY 1), \
     EXISTS (SELECT FROM accounts a WHERE a.learner = s.learner) \
     FROM sessions s WHERE s.certification = $1 AND s.id > $2 ORDER BY s.id LIMIT $3"
);
/// Tries to create a session whose rival ends before it can be read.
const CREATIONS_MAX: usize = 4;

/// Creates a session with its first event, or returns the open one in its way.
pub(super) async fn create(client: &Client, new: &NewSession) -> Result<Created, Failure> {
    for _ in 0..CREATIONS_MAX {
        if insert(client, new).await? == 1 {
            return Ok(Created::New(new.row()));
        }
        if !learners::exists(client, new.learner).await? {
            return Ok(Created::NoLearner);
        }
        match one(client, new.id).await? {
            // An earlier attempt of this very call was committed.
            Some(row) if row.fence.claim == new.claim => return Ok(Created::New(row)),
            Some(_) => {
                return Err(Failure::Permanent(format!(
                    "session {} is another's",
                    new.id
                )));
            }
            None => {}
        }
        let rival = [
            uuid(&new.learner.0),
            text(&new.certification),
            text(&new.kind),
        ];
        if let Some(row) = client.query_typed_opt(OPEN, &rival).await? {
            return session(&mut Columns::of(&row)).map(Created::Open);
        }
    }
    Err(Failure::passing("sessions in the way kept ending"))
}

async fn insert(client: &Client, new: &NewSession) -> Result<u64, Failure> {
    let EventRow {
        participant,
        request_id,
        ..
    } = &new.started;
    let key = request_id
        .as_deref()
        .map(|id| request_key(*participant, id));
    let version = i32::from(new.started.event_version);
    let position = new.started.position.map(i32::from);
    let participant = integer(*participant)?;
    let parameters: [Parameter<'_>; 27] = [
        uuid(&new.id.0),
        uuid(&new.learner.0),
        uuid(&new.organization.0),
        text(&new.certification),
        text(&new.bank_version),
        text(&new.kind),
        bytes(&new.settings),
        text(&new.stream),
        int8(&FIRST_EPOCH),
        int8(&new.claim),
        int8(&new.deadline_at),
        int8(&new.started_at),
        int4(&version),
        int4(&participant),
        int8(&new.started.at_ms),
        text(&new.started.kind),
        int8(&key),
        text(request_id),
        int4(&position),
        text(&new.started.item),
        text(&new.started.choice),
        boolean(&new.started.correct),
        int8(&new.started.elapsed_ms),
        text(&new.started.area),
        float8(&new.started.theta),
        float8(&new.started.standard_error),
        bytes(&new.started.payload),
    ];
    Ok(client.execute_typed(CREATE, &parameters).await?)
}

/// Takes a session over from whoever claimed it at `seen_epoch`.
pub(super) async fn claim(
    client: &Client,
    (id, seen_epoch): (SessionId, i64),
    claim: i64,
    owner: &Owner,
) -> Result<Option<Fence>, Failure> {
    let seen = (id, seen_epoch);
    let parameters = claiming(&seen, &claim, owner);
    if let Some(row) = client.query_typed_opt(CLAIM, &parameters).await? {
        return Ok(Some(Fence {
            epoch: row.try_get(0)?,
            claim,
        }));
    }
    // The random value tells an earlier attempt of this very claim from somebody else's.
    let held = one(client, id).await?.filter(|row| {
        row.fence.claim == claim
            && row.fence.epoch == seen_epoch + 1
            && row.owner.as_ref() == Some(owner)
    });
    Ok(held.map(|row| row.fence))
}

fn claiming<'a>(
    (id, seen_epoch): &'a (SessionId, i64),
    claim: &'a i64,
    owner: &'a Owner,
) -> [Parameter<'a>; 6] {
    [
        uuid(&id.0),
        int8(seen_epoch),
        int8(claim),
        text(&owner.node),
        int8(&owner.incarnation),
        text(&owner.address),
    ]
}

/// Takes a session over and loads its events. Two statements, sent together: the second has a snapshot of its own,
/// taken after the claim is committed, so that it sees what a batch in flight stored while the claim waited for it.
pub(super) async fn claim_and_load(
    client: &Client,
    seen: (SessionId, i64),
    new_claim: i64,
    owner: &Owner,
) -> Result<Option<(Fence, Vec<EventRow>)>, Failure> {
    // What has to be prepared first would overtake or fall behind.
    client
        .ready(CLAIM, &claiming(&seen, &new_claim, owner))
        .await?;
    client.ready(events::ALL, &[uuid(&seen.0.0)]).await?;
    // Polled in this order, they are sent in this order.
    let (fence, events) = futures_util::join!(
        claim(client, seen, new_claim, owner),
        events::load(client, seen.0)
    );
    match fence? {
        Some(fence) => Ok(Some((fence, events?))),
        None => Ok(None),
    }
}

/// Mutant: claim and load in one statement. Its one snapshot is taken before the claim has waited for a batch in
/// flight, whose rows it misses.
#[cfg(feature = "faults")]
pub(super) async fn claim_and_load_at_once(
    client: &Client,
    (id, seen_epoch): (SessionId, i64),
    new_claim: i64,
    owner: &Owner,
) -> Result<Option<(Fence, Vec<EventRow>)>, Failure> {
    let sql = format!(
        "WITH claimed AS ({CLAIM}) SELECT c.epoch, e.seq FROM claimed c JOIN events e ON e.session = $1 ORDER BY e.seq"
    );
    let seen = (id, seen_epoch);
    let parameters = claiming(&seen, &new_claim, owner);
    let seen = client.query_typed(&sql, &parameters).await?;
    let Some(row) = seen.first() else {
        return Ok(None);
    };
    let fence = Fence {
        epoch: row.try_get(0)?,
        claim: new_claim,
    };
    let mut events = events::load(client, id).await?;
    events.truncate(seen.len());
    Ok(Some((fence, events)))
}

/// Makes a session ownerless under its fence.
pub(super) async fn release(client: &Client, id: SessionId, fence: Fence) -> Result<bool, Failure> {
    let parameters = [uuid(&id.0), int8(&fence.epoch), int8(&fence.claim)];
    Ok(client.execute_typed(RELEASE, &parameters).await? == 1)
}

pub(super) async fn one(client: &Client, id: SessionId) -> Result<Option<SessionRow>, Failure> {
    let row = client.query_typed_opt(ONE, &[uuid(&id.0)]).await?;
    row.map(|row| session(&mut Columns::of(&row))).transpose()
}

pub(super) async fn open_of(
    client: &Client,
    learner: LearnerId,
) -> Result<Vec<SessionRow>, Failure> {
    several(client, OPEN_OF, &[uuid(&learner.0)]).await
}

pub(super) async fn ended_of(
    client: &Client,
    (learner, certification): (LearnerId, &str),
    after: Option<Watermark>,
    limit: u32,
) -> Result<Vec<SessionRow>, Failure> {
    // Before every end there is.
    let (ended_at, id) = after.map_or((i64::MIN, Uuid::nil()), |mark| {
        (mark.ended_at, mark.session.0)
    });
    let limit = i64::from(limit);
    let parameters = [
        uuid(&learner.0),
        text(&certification),
        int8(&ended_at),
        uuid(&id),
        int8(&limit),
    ];
    several(client, ENDED_OF, &parameters).await
}

/// A scan over ids: calibration reads nearly all of them, and is the only one who asks.
pub(super) async fn of_certification(
    client: &impl Queries,
    certification: &str,
    after: Option<SessionId>,
    limit: u32,
) -> Result<Vec<VouchedSession>, Failure> {
    let after = after.map_or(Uuid::nil(), |session| session.0);
    let limit = i64::from(limit);
    let parameters = [text(&certification), uuid(&after), int8(&limit)];
    let rows = client.query_typed(OF_CERTIFICATION, &parameters).await?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(VouchedSession {
                row: session(&mut columns)?,
                issuers: columns.take()?,
                has_account: columns.take()?,
            })
        })
        .collect()
}

pub(super) async fn several_of(
    client: &impl Queries,
    ids: &[Uuid],
) -> Result<Vec<SessionRow>, Failure> {
    several(client, SEVERAL, &[uuids(&ids)]).await
}

pub(super) async fn past_deadline(
    client: &Client,
    now_ms: i64,
    limit: u32,
) -> Result<Vec<SessionRow>, Failure> {
    let limit = i64::from(limit);
    several(client, PAST_DEADLINE, &[int8(&now_ms), int8(&limit)]).await
}

pub(super) async fn several(
    client: &impl Queries,
    sql: &str,
    parameters: &[Parameter<'_>],
) -> Result<Vec<SessionRow>, Failure> {
    let rows = client.query_typed(sql, parameters).await?;
    rows.iter()
        .map(|row| session(&mut Columns::of(row)))
        .collect()
}

pub(super) fn session(columns: &mut Columns<'_>) -> Result<SessionRow, Failure> {
    Ok(SessionRow {
        id: columns.take()?,
        learner: columns.take()?,
        organization: columns.take()?,
        certification: columns.take()?,
        bank_version: columns.take()?,
        kind: columns.take()?,
        settings: columns.take()?,
        stream: columns.take()?,
        status: columns.take()?,
        fence: Fence {
            epoch: columns.take()?,
            claim: columns.take()?,
        },
        owner: owner(columns.take()?, columns.take()?, columns.take()?),
        deadline_at: columns.take()?,
        started_at: columns.take()?,
        ended_at: columns.take()?,
        summary: columns.take()?,
    })
}

fn owner(node: Option<String>, incarnation: Option<i64>, address: Option<String>) -> Option<Owner> {
    Some(Owner {
        node: node?,
        incarnation: incarnation?,
        address: address?,
    })
}
