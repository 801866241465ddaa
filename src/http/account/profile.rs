//! What an account says of its owner.

use actix_web::{HttpResponse, web};
use learnr_protocol::account::{AccountView, ChangeAccount};

use super::own;
use crate::http::auth::{account_view, name};
use crate::http::caller::Account;
use crate::http::{ApiError, HttpContext};

/// Shows the caller's account.
#[utoipa::path(
    get, path = "/v1/account", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, body = AccountView),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn view(
    context: web::Data<HttpContext>,
    caller: Account,
) -> Result<HttpResponse, ApiError> {
    told(&context, &caller).await
}

/// Changes what the caller is called.
#[utoipa::path(
    patch, path = "/v1/account", tag = "accounts", request_body = ChangeAccount,
    security(("bearer" = [])),
    responses(
        (status = 200, body = AccountView),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "a name that is too long"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn change(
    context: web::Data<HttpContext>,
    caller: Account,
    body: web::Json<ChangeAccount>,
) -> Result<HttpResponse, ApiError> {
    let name = name(&body.name)?;
    let store = &context.sessions().store;
    if !store.set_name(caller.learner, name).await? {
        return Err(ApiError::no_account());
    }
    told(&context, &caller).await
}

async fn told(context: &HttpContext, caller: &Account) -> Result<HttpResponse, ApiError> {
    let account = own(context, caller.learner).await?;
    let authored = context.sessions().store.authored(caller.learner).await?;
    Ok(HttpResponse::Ok().json(account_view(account, &caller.roles, authored)))
}
