//! An ended session looked back on over REST.
//!
//! Owns the route. What may be told of a question, and when, is `session::review`'s.

use actix_web::{HttpResponse, web};
use learnr_domain::Session;
use learnr_protocol::rest::SessionReview;

use super::caller::Caller;
use super::sessions::{events, info, own};
use super::{ApiError, HttpContext};
use crate::session;

/// Shows an ended session question by question: the learner's answers, the key, the explanations.
#[utoipa::path(
    get, path = "/v1/sessions/{id}/review", tag = "sessions",
    params(("id" = String, Path, description = "session id")), security(("bearer" = [])),
    responses(
        (status = 200, body = SessionReview),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "no such session, or it has not ended"),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "a fault stopped the session"),
        (status = 410, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn review(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let row = own(&context, learner, &path).await?;
    let (session, versioned) = info(&context, &row).await?;
    let events = events(&context, &row).await?;
    // Replayed first: what does not follow from itself is not shown.
    Session::replay(versioned.bank.clone(), &events).map_err(|error| ApiError::internal(&error))?;
    let questions = session::review(&versioned.bank, &events)
        .ok_or_else(|| ApiError::not_found("review: the session has not ended"))?;
    Ok(HttpResponse::Ok().json(SessionReview { session, questions }))
}
