//! What providers know an account by.
//!
//! Owns what is told of it and how one is named in a route: never by the provider's name for the person.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use learnr_protocol::ErrorCode;
use learnr_protocol::account::{EndIdentity, IdentityList, IdentityView};
use sha2::{Digest as _, Sha256};

use super::secrets::shown;
use crate::http::caller::Account;
use crate::http::{ApiError, HttpContext};
use crate::store::{GUEST_ISSUER, Identity, IdentityRow, LearnerId};

/// Bytes of the hash that names an identity: among those of one account none is like another.
const ID_BYTES: usize = 16;

/// Lists what providers know the account by.
#[utoipa::path(
    get, path = "/v1/account/identities", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, body = IdentityList),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn identities(
    context: web::Data<HttpContext>,
    caller: Account,
) -> Result<HttpResponse, ApiError> {
    let title = |issuer: &str| {
        let known = context.providers.iter();
        let mut known = known.filter(|provider| provider.issuer() == issuer);
        known.next().map(|provider| provider.title().to_owned())
    };
    let rows = known(&context, caller.learner).await?;
    let identities = rows.into_iter().map(|row| IdentityView {
        id: id(&row.identity),
        provider: title(&row.identity.issuer),
        issuer: row.identity.issuer,
        created_ms: row.created_at,
    });
    Ok(HttpResponse::Ok().json(IdentityList {
        identities: identities.collect(),
    }))
}

/// Ends what a provider knows the account by: nobody signs in by it any more. Devices that are signed in stay so; a provider that vouches for
/// the account's address joins it again.
#[utoipa::path(
    delete, path = "/v1/account/identities/{id}", tag = "accounts", request_body = EndIdentity,
    params(("id" = String, Path, description = "id of the identity")), security(("bearer" = [])),
    responses(
        (status = 204, description = "ended"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account, or the password is wrong"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "nothing else would be left to sign in by, or there is no password and the device signed in too long ago"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn end_identity(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    caller: Account,
    path: web::Path<String>,
    body: web::Json<EndIdentity>,
) -> Result<HttpResponse, ApiError> {
    let rows = known(&context, caller.learner).await?;
    let named = rows.into_iter().find(|row| id(&row.identity) == *path);
    let identity = named
        .ok_or_else(|| ApiError::not_found("identity"))?
        .identity;
    shown(&context, &request, &caller, body.into_inner().password).await?;
    let store = &context.sessions().store;
    if !store.drop_identity(caller.learner, identity).await? {
        return Err(ApiError::refused(
            StatusCode::CONFLICT,
            ErrorCode::BadRequest,
            "nothing else is left to sign in by: give the account an address first",
        ));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// All but the guest that an account began as.
async fn known(context: &HttpContext, learner: LearnerId) -> Result<Vec<IdentityRow>, ApiError> {
    let row = context.sessions().store.learner(learner).await?;
    let row = row.ok_or_else(ApiError::no_account)?;
    let rows = row.identities.into_iter();
    let vouched = rows.filter(|row| row.identity.issuer != GUEST_ISSUER);
    Ok(vouched.collect())
}

/// What an identity is called in a route.
fn id(identity: &Identity) -> String {
    // Neither has a NUL: what is told apart by where one ends is told apart here.
    let named = format!("{}\0{}", identity.issuer, identity.subject);
    let hash = Sha256::digest(named.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash[..ID_BYTES])
}
