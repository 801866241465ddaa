//! Whether there are reminders here, and how they end by one link.
//!
//! Owns the route that mail programs call (RFC 8058). Who is reminded of what is `worker`'s.

use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::keeping::Reminding;
use serde::Deserialize;

use crate::auth::unsubscribes;
use crate::http::auth::network;
use crate::http::{ApiError, HttpContext};

/// Whether reminders are sent here.
#[utoipa::path(
    get, path = "/v1/reminders", tag = "learners",
    responses((status = 200, body = Reminding))
)]
pub(in crate::http) async fn reminding(context: web::Data<HttpContext>) -> HttpResponse {
    let sent = context.mails.are_sent();
    HttpResponse::Ok().json(Reminding { sent })
}

/// The query of [`stop`].
#[derive(Deserialize)]
pub(in crate::http) struct Stop {
    token: String,
}

/// Ends somebody's reminders, for the token in one of them, which lasts for good. Done again it is 204 as well, and so it is for who is no
/// more. The body is not looked at: mail programs send `List-Unsubscribe=One-Click`.
#[utoipa::path(
    post, path = "/v1/reminders/stop", tag = "learners",
    params(("token" = String, Query, description = "what the link in the mail carries")),
    responses(
        (status = 204, description = "there are no more"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "this is no link of ours"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn stop(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    query: web::Query<Stop>,
) -> Result<HttpResponse, ApiError> {
    let learner = unsubscribes(&context.secret, &query.token);
    let learner = learner.ok_or_else(|| ApiError::not_found("reminder"))?;
    // The link works for good: without a bound it would be a way to keep the store busy.
    let from = network(&context, &request);
    context.auth.attempt(&context, from, &query.token).await?;
    context.sessions().store.stop_reminders(learner).await?;
    Ok(HttpResponse::NoContent().finish())
}
