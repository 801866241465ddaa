//! Questions that a learner wants to find again, and what they wrote to them.
//!
//! Owns that only questions one has answered can be marked: a mark shows the key.

use actix_web::{HttpResponse, web};
use learnr_domain::session::Kind;
use learnr_protocol::keeping::{Bookmark, BookmarkPage, SaveBookmark};
use serde::Deserialize;

use super::note;
use crate::http::caller::Caller;
use crate::http::history::place::{Place, cut};
use crate::http::{ApiError, HttpContext};
use crate::session::{ENDED_MAX, VersionedBank, known_at, known_question};
use crate::store::{BookmarkRow, Claimant, LearnerId, record};

/// Marks of a page.
const PAGE: u32 = 100;

/// Which page of marks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct BookmarksQuery {
    after: Option<String>,
}

/// Lists the questions that the caller marked in a certification, by item.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/bookmarks", tag = "learners",
    params(
        ("id" = String, Path, description = "certification id"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, body = BookmarkPage),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn bookmarks(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
    query: web::Query<BookmarksQuery>,
) -> Result<HttpResponse, ApiError> {
    let after = Place::read(query.after.as_deref(), |place| match place {
        Place::Item(id) => Some(id),
        _ => None,
    })?;
    looked(&context, learner).await?;
    let shared = context.sessions();
    let versioned = shared.banks.current(&path).await?;
    let rows = shared
        .store
        .bookmarks(learner, &path, after.as_deref(), PAGE + 1);
    let mut rows = rows.await?;
    let next = cut(&mut rows, PAGE, |row| Place::Item(row.item.clone()));
    let bookmarks = rows.into_iter().map(|row| told(&versioned, row));
    Ok(HttpResponse::Ok().json(BookmarkPage {
        bookmarks: bookmarks.collect(),
        next,
    }))
}

/// Marks a question that the caller has answered, or changes its note.
#[utoipa::path(
    put, path = "/v1/certifications/{id}/bookmarks/{item}", tag = "learners", request_body = SaveBookmark,
    params(
        ("id" = String, Path, description = "certification id"),
        ("item" = String, Path, description = "item id"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "marked"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "no such question, or none that you have answered"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "a note that is too long"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn mark(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<(String, String)>,
    body: web::Json<SaveBookmark>,
) -> Result<HttpResponse, ApiError> {
    let (certification, item) = path.into_inner();
    let note = note(body.into_inner().note)?;
    looked(&context, learner).await?;
    let shared = context.sessions();
    let versioned = shared.banks.current(&certification).await?;
    let there = known_question(&versioned.bank, &item).is_some();
    if !there || !has_answered(&context, learner, &certification, &item).await? {
        return Err(ApiError::not_found("question that you have answered"));
    }
    let now = shared.clock.now_ms();
    let saved = shared.store.save_bookmark(
        learner,
        BookmarkRow {
            certification,
            item,
            note,
            created_at: now,
            changed_at: now,
        },
    );
    match saved.await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(ApiError::no_account()),
    }
}

/// Takes a mark away.
#[utoipa::path(
    delete, path = "/v1/certifications/{id}/bookmarks/{item}", tag = "learners",
    params(
        ("id" = String, Path, description = "certification id"),
        ("item" = String, Path, description = "item id"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "taken away"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn unmark(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (certification, item) = path.into_inner();
    let store = &context.sessions().store;
    match store.drop_bookmark(learner, &certification, &item).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(ApiError::not_found("bookmark")),
    }
}

fn told(versioned: &VersionedBank, row: BookmarkRow) -> Bookmark {
    let (question, key) = known_question(&versioned.bank, &row.item)
        .map_or((None, Vec::new()), |(question, key)| (Some(question), key));
    Bookmark {
        item: row.item,
        question,
        key,
        note: row.note,
        created_ms: row.created_at,
        changed_ms: row.changed_at,
    }
}

/// Whether a learner has answered a question and was told what was right: in a session that ended, or in an open one that is no exam.
async fn has_answered(
    context: &HttpContext,
    learner: LearnerId,
    certification: &str,
    item: &str,
) -> Result<bool, ApiError> {
    let shared = context.sessions();
    let store = &shared.store;
    let point = store.starting_point(Claimant::known(learner), certification, ENDED_MAX);
    let point = point.await?.ok_or_else(ApiError::no_account)?;
    let known = known_at(&**store, &shared.banks, (point.state, point.ended)).await?;
    let seen = known.is_some_and(|known| {
        let mut seen = known.seen.iter();
        seen.any(|seen| seen.item.as_str() == item && seen.times > 0)
    });
    if seen {
        return Ok(true);
    }
    for row in store.open_sessions(learner).await? {
        if row.certification != certification || row.kind == record::kind_name(Kind::Exam) {
            continue;
        }
        let answers = store.answers_of_session(row.id).await?;
        let mut answers = answers.iter();
        if answers.any(|answer| answer.item == item && !answer.choice.is_empty()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Counts a look at what is a learner's own.
pub(super) async fn looked(context: &HttpContext, learner: LearnerId) -> Result<(), ApiError> {
    let shared = context.sessions();
    let now = shared.clock.now_ms();
    context.lookups.take(&*shared.shared, learner, now).await
}
