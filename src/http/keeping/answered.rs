//! Which version of a question a learner has answered.
//!
//! Owns that an answer counts once its learner was told what was right: what it opens shows the key. Must not know what is done with it.

use learnr_domain::Millis;
use uuid::Uuid;

use crate::http::history::{is_judged, latest};
use crate::http::{ApiError, HttpContext};
use crate::session::{ENDED_MAX, known_at};
use crate::store::{
    Claimant, LearnerId, SessionFilter, SessionId, SessionMark, SessionRow, SessionStatus,
};

/// Ended sessions looked through at a time, latest first. The answer is in the first of them as a rule.
const SESSIONS_AT_A_TIME: u32 = 10;
/// Sessions looked through at most, of those begun before the question was last met. An answer further back is none.
const SESSIONS_MAX: usize = 100;

/// A question, and who asks about it.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) learner: LearnerId,
    pub(super) certification: &'a str,
    pub(super) item: &'a str,
}

/// The version of the certification in which a learner last answered a question and was told what was right: in a session that ended, or
/// in an open one that is no exam.
pub(super) async fn answered_in(
    context: &HttpContext,
    asked: Asked<'_>,
) -> Result<Option<String>, ApiError> {
    let store = &context.sessions().store;
    // Before those that ended: what ends meanwhile is looked through twice, and is in neither otherwise.
    for row in store.open_sessions(asked.learner).await? {
        let may_tell = row.certification == asked.certification && is_judged(&row);
        if may_tell && has_answer(context, &row, asked.item).await? {
            return Ok(Some(row.bank_version));
        }
    }
    match answered_at(context, asked).await? {
        Some(at) => in_ended(context, asked, at).await,
        None => Ok(None),
    }
}

/// When the learner last met a question that they have answered in a session that ended.
async fn answered_at(context: &HttpContext, asked: Asked<'_>) -> Result<Option<Millis>, ApiError> {
    let shared = context.sessions();
    let claimant = Claimant::known(asked.learner);
    let point = shared
        .store
        .starting_point(claimant, asked.certification, ENDED_MAX);
    let point = point.await?.ok_or_else(ApiError::no_account)?;
    let known = known_at(&*shared.store, &shared.banks, (point.state, point.ended)).await?;
    let seen = known.map(|known| known.seen).unwrap_or_default();
    let mut seen = seen.iter();
    let met = seen.find(|seen| seen.item.as_str() == asked.item && seen.times > 0);
    Ok(met.map(|met| met.at))
}

/// The version of the latest session of those that ended in which it was answered; it was begun at `at` at the latest.
async fn in_ended(
    context: &HttpContext,
    asked: Asked<'_>,
    at: Millis,
) -> Result<Option<String>, ApiError> {
    let store = &context.sessions().store;
    let filter = SessionFilter {
        certification: Some(asked.certification.to_owned()),
        status: Some(SessionStatus::Completed),
    };
    let mut before = SessionMark {
        started_at: at.0,
        session: SessionId(Uuid::max()),
    };
    let mut looked = 0;
    while looked < SESSIONS_MAX {
        let rows = store.sessions_of_learner(
            asked.learner,
            filter.clone(),
            Some(before),
            SESSIONS_AT_A_TIME,
        );
        let rows = rows.await?;
        let Some(last) = rows.last() else { break };
        before = SessionMark {
            started_at: last.started_at,
            session: last.id,
        };
        looked += rows.len();
        for row in rows {
            if has_answer(context, &row, asked.item).await? {
                return Ok(Some(row.bank_version));
            }
        }
    }
    Ok(None)
}

/// Whether a question has an answer in a session that was not taken back.
async fn has_answer(context: &HttpContext, row: &SessionRow, item: &str) -> Result<bool, ApiError> {
    let answers = context.sessions().store.answers_of_session(row.id).await?;
    Ok(latest(answers).iter().any(|answer| answer.item == item))
}
