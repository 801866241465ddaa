//! The caller's own account over REST: deleting it.
//!
//! Owns the route, what counts as meaning it, and that whoever finds a device signed in cannot. In which order an account is deleted is
//! `session::removal`'s.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::ErrorCode;
use learnr_protocol::learner::{DELETE_CONFIRMATION, DeleteLearner, LearnerDeleted};

use super::caller::{Caller, Named};
use super::{ApiError, HttpContext, account};
use crate::session;
use crate::store::{Holdings, LearnerId, SignInId};

/// Deletes the caller's account for good: open sessions end, what is known of the learner goes, answers stay without a
/// name. It takes the password of the account; of an account without one, a sign-in of the last ten minutes. Every token of the account is
/// refused with 401 from then on, so that this, asked again, is 401 as well.
#[utoipa::path(
    delete, path = "/v1/learners/me", tag = "learners", request_body = DeleteLearner,
    security(("bearer" = [])),
    responses(
        (status = 200, body = LearnerDeleted),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "no token, or the account is deleted already"),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the password is missing or wrong, or the account has none and its device signed in too long ago: nothing was done"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "not confirmed: nothing was done"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "too many attempts for this address or from this network"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope, description = "try again: it finds out what was done"),
    )
)]
pub(super) async fn delete(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    Caller(learner): Caller,
    named: Named,
    body: web::Json<DeleteLearner>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    if body.confirm != DELETE_CONFIRMATION {
        return Err(ApiError::refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::BadRequest,
            format!(
                "nothing was deleted: to delete your account for good, send {{\"confirm\": \"{DELETE_CONFIRMATION}\"}}"
            ),
        ));
    }
    if let Some(sign_in) = named.sign_in() {
        owned(&context, &request, (learner, sign_in), body.password).await?;
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

/// Holds that it is the account's owner who asks: by its password, or by having signed in a moment ago where it has none.
async fn owned(
    context: &web::Data<HttpContext>,
    request: &HttpRequest,
    (learner, sign_in): (LearnerId, SignInId),
    password: Option<String>,
) -> Result<(), ApiError> {
    let account = context.sessions().store.account(learner).await?;
    let account = account.ok_or_else(ApiError::no_account)?;
    if account.password_hash.is_some() {
        let password = password.ok_or_else(|| {
            refused(
                ErrorCode::WrongPassword,
                "nothing was deleted: send the password of the account along, `password`",
            )
        })?;
        account::proven(context, request, learner, password).await?;
        return Ok(());
    }
    match account::is_fresh(context, learner, sign_in).await? {
        true => Ok(()),
        false => Err(refused(
            ErrorCode::Forbidden,
            "nothing was deleted: this account has no password, so sign out, sign in once more, and delete it within ten minutes",
        )),
    }
}

fn refused(code: ErrorCode, message: &str) -> ApiError {
    ApiError::refused(StatusCode::FORBIDDEN, code, message)
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
