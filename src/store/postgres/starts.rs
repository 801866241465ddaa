//! Owns the statement that tells what a session begins from. Must not know how a state is folded or a session begun.

use super::client::{Client, Queries};
use super::fault::Failure;
use super::rows::{Columns, int8, text, uuid};
use super::sessions::{columns, session};
use crate::store::{Claimant, LearnerStateRow, SessionId, StartingPoint, Watermark};

/// Columns in front of those of a session.
const OF_LEARNER: usize = 7;
/// One statement, so one snapshot and one round trip: no session can be folded between a look at the state and one at what
/// has ended since. One row for each session ended since, and one at least. Without a watermark all ends are behind it.
const POINT: &str = concat!(
    "SELECT EXISTS (SELECT FROM accounts a WHERE a.learner = l.id), c.current_version, l.time_multiplier, \
     (SELECT p.body FROM preferences p WHERE p.learner = l.id), f.watermark_ended_at, f.watermark_session, f.body, ",
    columns!(),
    " FROM learners l LEFT JOIN certifications c ON c.id = $2 \
     LEFT JOIN learner_states f ON f.learner = $1 AND f.certification = $2 \
     LEFT JOIN LATERAL (SELECT * FROM sessions e \
     WHERE e.learner = $1 AND e.certification = $2 AND e.status = 'completed' AND (e.ended_at, e.id) > \
     (coalesce(f.watermark_ended_at, -9223372036854775808), coalesce(f.watermark_session, '00000000-0000-0000-0000-000000000000')) \
     ORDER BY e.ended_at, e.id LIMIT $3) s ON true WHERE l.id = $1 AND ($4::uuid IS NULL OR EXISTS \
     (SELECT FROM sign_ins d WHERE d.id = $4 AND d.learner = $1 AND d.expires_at > $5)) ORDER BY s.ended_at, s.id"
);

/// What a session of a learner in a certification begins from; `None` when there is no such learner, or not on this device.
pub(super) async fn point(
    client: &Client,
    (claimant, certification): (Claimant, &str),
    limit: u32,
) -> Result<Option<StartingPoint>, Failure> {
    let limit = i64::from(limit);
    let Claimant {
        learner, now_ms, ..
    } = claimant;
    let sign_in = claimant.sign_in.map(|id| id.0);
    let parameters = [
        uuid(&learner.0),
        text(&certification),
        int8(&limit),
        uuid(&sign_in),
        int8(&now_ms),
    ];
    let rows = client.query_typed(POINT, &parameters).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let mut columns = Columns::of(first);
    let has_account = columns.take()?;
    let (bank_version, time_multiplier) = (columns.take()?, columns.take()?);
    let preferences = columns.take()?;
    let folded: (Option<i64>, Option<SessionId>, Option<Vec<u8>>) =
        (columns.take()?, columns.take()?, columns.take()?);
    let mut point = StartingPoint {
        has_account,
        preferences,
        bank_version,
        time_multiplier,
        state: None,
        ended: Vec::new(),
    };
    if let (Some(ended_at), Some(session), Some(body)) = folded {
        point.state = Some(LearnerStateRow {
            learner,
            certification: certification.to_owned(),
            watermark: Watermark { ended_at, session },
            body,
        });
    }
    for row in &rows {
        let ended: Option<SessionId> = Columns::behind(row, OF_LEARNER).take()?;
        if ended.is_some() {
            let ended = session(&mut Columns::behind(row, OF_LEARNER))?;
            point.ended.push(ended);
        }
    }
    Ok(Some(point))
}
