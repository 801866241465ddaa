//! The caller's sessions, newest first.

use actix_web::{HttpResponse, web};
use learnr_protocol::SessionStatus as WireStatus;
use learnr_protocol::history::{PastSession, SessionHistory};
use serde::Deserialize;

use super::place::{Place, cut, page_rows};
use crate::http::caller::Caller;
use crate::http::sessions::info;
use crate::http::{ApiError, HttpContext};
use crate::session::view;
use crate::store::{SessionFilter, SessionId, SessionMark, SessionRow, SessionStatus, record};

/// Sessions of a page unless told otherwise.
const PAGE_USUAL: u32 = 20;
/// Sessions of a page at most.
const PAGE_MAX: u32 = 100;

/// What the list is narrowed to, and which page of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct HistoryQuery {
    certification: Option<String>,
    status: Option<WireStatus>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Lists the caller's sessions, newest first. A page stays what it is while sessions are added.
#[utoipa::path(
    get, path = "/v1/sessions/history", tag = "history",
    params(
        ("certification" = Option<String>, Query, description = "only those of this certification"),
        ("status" = Option<WireStatus>, Query, description = "only those of this status"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 20"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, body = SessionHistory),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 410, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn list(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    query: web::Query<HistoryQuery>,
) -> Result<HttpResponse, ApiError> {
    let query = query.into_inner();
    let shared = context.sessions();
    let looks = &context.lookups;
    looks
        .take(&*shared.shared, learner, shared.clock.now_ms())
        .await?;
    let limit = page_rows(query.limit, PAGE_USUAL, PAGE_MAX)?;
    let before = Place::read(query.cursor.as_deref(), |place| match place {
        Place::Session(started_at, id) => Some(SessionMark {
            started_at,
            session: SessionId(id),
        }),
        _ => None,
    })?;
    let filter = SessionFilter {
        certification: query.certification,
        status: query.status.map(stored),
    };
    let rows = shared
        .store
        .sessions_of_learner(learner, filter, before, limit + 1);
    let mut rows = rows.await?;
    let next = cut(&mut rows, limit, |row| {
        Place::Session(row.started_at, row.id.0)
    });
    let mut sessions = Vec::with_capacity(rows.len());
    for row in &rows {
        sessions.push(told(&context, row).await?);
    }
    Ok(HttpResponse::Ok().json(SessionHistory { sessions, next }))
}

async fn told(context: &HttpContext, row: &SessionRow) -> Result<PastSession, ApiError> {
    let (session, versioned) = info(context, row).await?;
    let summary = row.summary.as_deref().map(record::summary_from_bytes);
    let summary = summary.transpose()?;
    let exam = summary
        .as_ref()
        .and_then(|summary| view::summary(&versioned.bank, summary)?.exam);
    Ok(PastSession {
        session,
        started_ms: row.started_at,
        ended_ms: row.ended_at,
        answered: summary.as_ref().map(|summary| summary.answered),
        correct: summary.as_ref().map(|summary| summary.correct),
        elapsed_ms: summary.as_ref().map(|summary| summary.elapsed_ms),
        exam,
    })
}

fn stored(status: WireStatus) -> SessionStatus {
    match status {
        WireStatus::Open => SessionStatus::Open,
        WireStatus::Paused => SessionStatus::Paused,
        WireStatus::Completed => SessionStatus::Completed,
        WireStatus::Faulted => SessionStatus::Faulted,
    }
}
