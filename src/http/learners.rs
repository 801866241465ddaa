//! The caller's own account over REST: deleting it.
//!
//! Owns the route and what counts as meaning it. In which order an account is deleted is `session::removal`'s.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use learnr_protocol::ErrorCode;
use learnr_protocol::learner::{DELETE_CONFIRMATION, DeleteLearner, LearnerDeleted};

use super::caller::Caller;
use super::{ApiError, HttpContext};
use crate::session;
use crate::store::Holdings;

/// Deletes the caller's account for good: open sessions end, what is known of the learner goes, answers stay without a
/// name. Every token of the account is refused with 401 from then on, so that this, asked again, is 401 as well.
#[utoipa::path(
    delete, path = "/v1/learners/me", tag = "learners", request_body = DeleteLearner,
    security(("bearer" = [])),
    responses(
        (status = 200, body = LearnerDeleted),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "no token, or the account is deleted already"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "not confirmed: nothing was done"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope, description = "try again: it finds out what was done"),
    )
)]
pub(super) async fn delete(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    body: web::Json<DeleteLearner>,
) -> Result<HttpResponse, ApiError> {
    if body.confirm != DELETE_CONFIRMATION {
        return Err(ApiError::refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::BadRequest,
            format!(
                "nothing was deleted: to delete your account for good, send {{\"confirm\": \"{DELETE_CONFIRMATION}\"}}"
            ),
        ));
    }
    // In a task of its own: one who gives up waiting leaves no account half told of.
    let deletion =
        actix_rt::spawn(async move { session::delete_learner(&context.registry, learner).await });
    let deleted = deletion
        .await
        .map_err(|error| ApiError::internal(&error))??;
    let kept = deleted.ok_or_else(ApiError::no_account)?;
    metrics::counter!("learnr_learners_deleted_total").increment(1);
    Ok(HttpResponse::Ok().json(told(kept)))
}

fn told(kept: Holdings) -> LearnerDeleted {
    LearnerDeleted {
        identities: kept.identities,
        account: kept.account,
        notes: kept.notes,
        reports: kept.reports,
        states: kept.states,
        roll_ups: kept.roll_ups,
        sessions: kept.sessions,
    }
}
