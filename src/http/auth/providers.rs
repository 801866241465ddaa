//! Signing in at a provider: which there are, and going there.
//!
//! Owns these two routes. Who comes back is its neighbour's.

use actix_web::http::StatusCode;
use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::ErrorCode;
use learnr_protocol::account::{ProviderInfo, ProviderList, ProviderStart};

use super::network;
use crate::auth::{ATTEMPT_LIFETIME_MS, Attempt};
use crate::http::caller::MaybeGuest;
use crate::http::cookies::{device, is_ours, not_ours};
use crate::http::{ApiError, HttpContext};
use crate::provider::Provider;

/// When to try a provider again that does not answer, in seconds.
const PROVIDER_RETRY_S: u64 = 5;

/// The providers one can sign in at.
#[utoipa::path(
    get, path = "/v1/auth/providers", tag = "accounts",
    responses((status = 200, body = ProviderList))
)]
pub(in crate::http) async fn providers(context: web::Data<HttpContext>) -> HttpResponse {
    let info = |provider: &Provider| ProviderInfo {
        id: provider.id().to_owned(),
        name: provider.title().to_owned(),
    };
    HttpResponse::Ok().json(ProviderList {
        providers: context.providers.iter().map(info).collect(),
    })
}

/// Begins a sign-in at a provider: gives the address to send the browser to, and a cookie by which it is known when it comes back within
/// ten minutes. A guest's token keeps what the guest did.
#[utoipa::path(
    post, path = "/v1/auth/providers/{id}/start", tag = "accounts",
    params(("id" = String, Path, description = "the provider")),
    security((), ("bearer" = [])),
    responses(
        (status = 200, body = ProviderStart),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "a token was sent that is not valid"),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the token of an account was sent, or the page is not ours"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope, description = "the provider does not answer"),
    )
)]
pub(in crate::http) async fn start(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    MaybeGuest(guest): MaybeGuest,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    if !is_ours(request.headers(), &context) {
        return Err(not_ours());
    }
    let provider = context.providers.get(&id).ok_or_else(no_provider)?;
    let from = network(&context, &request);
    context.auth.elsewhere(&context, from).await?;
    let started = provider.start(&way_back(&context, provider)).await;
    let started = started.map_err(|error| {
        tracing::warn!(provider = provider.id(), %error, "a provider cannot be gone to");
        ApiError::later(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::Unavailable,
            "this provider does not answer at the moment: try again, or sign in another way",
            PROVIDER_RETRY_S,
        )
    })?;
    let now = context.sessions().clock.now_ms();
    let attempt = Attempt {
        provider: provider.id().to_owned(),
        state: started.state,
        nonce: started.nonce,
        verifier: started.verifier,
        guest,
        before: device(request.headers()),
        expires_ms: now.saturating_add(ATTEMPT_LIFETIME_MS),
    };
    let cookie = attempt.cookie(&context.secret, context.public_url.is_secure());
    Ok(HttpResponse::Ok()
        .insert_header((SET_COOKIE, cookie))
        .json(ProviderStart { url: started.url }))
}

/// Where a provider sends browsers back to.
pub(super) fn way_back(context: &HttpContext, provider: &Provider) -> String {
    let (url, id) = (context.public_url.as_str(), provider.id());
    format!("{url}/v1/auth/providers/{id}/callback")
}

fn no_provider() -> ApiError {
    ApiError::refused(
        StatusCode::NOT_FOUND,
        ErrorCode::NotFound,
        "there is no such provider: GET /v1/auth/providers lists them",
    )
}
