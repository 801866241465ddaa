//! Questions that a learner wants to find again, and what they wrote to them.
//!
//! Owns that only questions one has answered can be marked: a mark shows the key.

use actix_web::{HttpResponse, web};
use learnr_protocol::keeping::{Bookmark, BookmarkPage, SaveBookmark};
use serde::Deserialize;

use super::answered::{Asked, answered_in};
use super::note;
use crate::http::caller::Caller;
use crate::http::history::place::{Place, cut};
use crate::http::{ApiError, HttpContext};
use crate::session::{BankError, known_question};
use crate::store::{BookmarkRow, LearnerId};

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
    // One that is not there has no marks either.
    shared.banks.current(&path).await?;
    let rows = shared
        .store
        .bookmarks(learner, &path, after.as_deref(), PAGE + 1);
    let mut rows = rows.await?;
    let next = cut(&mut rows, PAGE, |row| Place::Item(row.item.clone()));
    let mut bookmarks = Vec::with_capacity(rows.len());
    for row in rows {
        bookmarks.push(told(&context, row).await?);
    }
    Ok(HttpResponse::Ok().json(BookmarkPage { bookmarks, next }))
}

/// Marks a question that the caller has answered, in the version they answered, or changes its note.
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
    let asked = Asked {
        learner,
        certification: &certification,
        item: &item,
    };
    let version = answered_in(&context, asked).await?;
    let version = version.ok_or_else(|| ApiError::not_found("question that you have answered"))?;
    let now = shared.clock.now_ms();
    let saved = shared.store.save_bookmark(
        learner,
        BookmarkRow {
            certification,
            item,
            version,
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
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn unmark(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (certification, item) = path.into_inner();
    looked(&context, learner).await?;
    let store = &context.sessions().store;
    match store.drop_bookmark(learner, &certification, &item).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(ApiError::not_found("bookmark")),
    }
}

/// A mark with its question in the version that was answered: of a later one nobody has earned the key.
async fn told(context: &HttpContext, row: BookmarkRow) -> Result<Bookmark, ApiError> {
    let banks = &context.sessions().banks;
    let known = match banks.version(&row.certification, &row.version).await {
        Ok(versioned) => known_question(&versioned.bank, &row.item),
        Err(BankError::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "a mark is told without its question");
            None
        }
    };
    let (question, key) = known.map_or((None, Vec::new()), |(question, key)| (Some(question), key));
    Ok(Bookmark {
        item: row.item,
        question,
        key,
        note: row.note,
        created_ms: row.created_at,
        changed_ms: row.changed_at,
    })
}

/// Counts a look at what is a learner's own.
pub(super) async fn looked(context: &HttpContext, learner: LearnerId) -> Result<(), ApiError> {
    let shared = context.sessions();
    let now = shared.clock.now_ms();
    context.lookups.take(&*shared.shared, learner, now).await
}
