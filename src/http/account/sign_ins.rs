//! The devices that are signed in to an account.

use actix_web::{HttpResponse, web};
use learnr_protocol::account::{SignInList, SignInView};
use uuid::Uuid;

use crate::http::caller::Account;
use crate::http::{ApiError, HttpContext};
use crate::store::SignInId;

/// Lists the devices that are signed in, latest used first.
#[utoipa::path(
    get, path = "/v1/account/sign-ins", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, body = SignInList),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn sign_ins(
    context: web::Data<HttpContext>,
    caller: Account,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    let now = shared.clock.now_ms();
    let rows = shared.store.sign_ins(caller.learner, now).await?;
    let sign_ins = rows.into_iter().map(|row| SignInView {
        id: row.id.0.to_string(),
        agent: row.agent,
        created_ms: row.created_at,
        used_ms: row.used_at,
        current: row.id == caller.sign_in,
    });
    Ok(HttpResponse::Ok().json(SignInList {
        sign_ins: sign_ins.collect(),
    }))
}

/// Signs every other device out.
#[utoipa::path(
    delete, path = "/v1/account/sign-ins", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 204, description = "this device alone is signed in"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn end_others(
    context: web::Data<HttpContext>,
    caller: Account,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    let now = shared.clock.now_ms();
    // As many as one account may have at once.
    let rows = shared.store.sign_ins(caller.learner, now).await?;
    for row in rows.iter().filter(|row| row.id != caller.sign_in) {
        let ended = shared.store.sign_out(caller.learner, Some(row.id));
        ended.await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Signs one device out, this one perhaps.
#[utoipa::path(
    delete, path = "/v1/account/sign-ins/{id}", tag = "accounts",
    params(("id" = String, Path, description = "id of the sign-in")), security(("bearer" = [])),
    responses(
        (status = 204, description = "signed out"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn end_one(
    context: web::Data<HttpContext>,
    caller: Account,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let not_found = || ApiError::not_found("sign-in");
    let id = Uuid::parse_str(&path).map_err(|_| not_found())?;
    let store = &context.sessions().store;
    let ended = store.sign_out(caller.learner, Some(SignInId(id))).await?;
    match ended {
        0 => Err(not_found()),
        _ => Ok(HttpResponse::NoContent().finish()),
    }
}
