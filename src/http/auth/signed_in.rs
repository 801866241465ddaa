//! Signed in: the two tokens, the next ones, and the end of them.
//!
//! Owns these routes and the shape of an account as it is told. How a device came to be signed in is its neighbours'.

use actix_web::http::header::{HeaderValue, SET_COOKIE, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use learnr_protocol::account::{AccountRole, AccountView, SignedIn};
use uuid::Uuid;

use super::network;
use crate::auth::{
    REUSE_LEEWAY_MS, RandomToken, SIGN_IN_LIFETIME_MS, access_token, no_refresh_cookie,
    refresh_cookie,
};
use crate::http::cookies::DeviceCookie;
use crate::http::{ApiError, HttpContext};
use crate::store::{AccountRow, LearnerId, NewSignIn, RoleName, Rotation, SignInId, TokenHash};

/// Longest name of a browser that is kept, in characters.
const AGENT_CHARS_MAX: usize = 120;

/// Signs a device in to an account as it was when its owner was let in; the answer to that. Nobody is let in by a password that is changed
/// meanwhile.
pub(super) async fn begin(
    context: &HttpContext,
    request: &HttpRequest,
    account: AccountRow,
) -> Result<(SignInId, HttpResponse), ApiError> {
    let (sign_in, token) = open(context, request, &account).await?;
    let response = answer(context, account, sign_in, &token).await?;
    Ok((sign_in, response))
}

/// Signs a device in; its first refresh token.
pub(super) async fn open(
    context: &HttpContext,
    request: &HttpRequest,
    account: &AccountRow,
) -> Result<(SignInId, RandomToken), ApiError> {
    let shared = context.sessions();
    let now = shared.clock.now_ms();
    let sign_in = SignInId(Uuid::now_v7());
    let token = RandomToken::fresh().map_err(|error| ApiError::internal(&error))?;
    let signed_in = shared.store.sign_in(NewSignIn {
        id: sign_in,
        learner: account.learner,
        password_hash: account.password_hash.clone(),
        agent: agent(request),
        token: token.hash(),
        created_at: now,
        expires_at: now.saturating_add(SIGN_IN_LIFETIME_MS),
    });
    if !signed_in.await? {
        return Err(ApiError::unauthorized(
            "the account was deleted or its password changed at this moment: sign in again",
        ));
    }
    Ok((sign_in, token))
}

/// Ends a sign-in that its browser has given up for another. That it is not ended keeps nobody from the other: nobody has its cookie.
pub(super) async fn end(context: &HttpContext, learner: LearnerId, sign_in: SignInId) {
    let store = &context.sessions().store;
    if let Err(error) = store.sign_out(learner, Some(sign_in)).await {
        tracing::warn!(learner = %learner, %error, "the sign-in of a browser before is not ended");
    }
}

/// Ends the sign-in of a token that a browser has given up, if it is one.
pub(super) async fn end_of(context: &HttpContext, token: TokenHash) {
    let shared = context.sessions();
    match shared.store.sign_in_of(token, shared.clock.now_ms()).await {
        Ok(Some((learner, sign_in))) => end(context, learner, sign_in).await,
        Ok(None) => {}
        Err(error) => {
            tracing::warn!(%error, "the sign-in of a browser before is not ended");
        }
    }
}

/// The tokens of a device, and whose they are.
async fn answer(
    context: &HttpContext,
    account: AccountRow,
    sign_in: SignInId,
    token: &RandomToken,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    let now = shared.clock.now_ms();
    let learner = account.learner;
    let caller = shared.store.caller(learner, Some(sign_in), now).await?;
    // Signed out, or deleted, since it was signed in.
    let caller = caller.ok_or_else(not_signed_in)?;
    let authored = shared.store.authored(learner).await?;
    let (access, expires_ms) = access_token(&context.secret, learner, sign_in, now);
    let cookie = refresh_cookie(token, context.public_url.is_secure());
    Ok(HttpResponse::Ok()
        .insert_header((SET_COOKIE, cookie))
        .json(SignedIn {
            token: access,
            expires_ms,
            account: account_view(account, &caller.roles, authored),
        }))
}

/// What the browser calls itself, cut short.
fn agent(request: &HttpRequest) -> String {
    let agent = request.headers().get(USER_AGENT);
    let agent = agent.and_then(|value| value.to_str().ok()).unwrap_or("");
    agent.chars().take(AGENT_CHARS_MAX).collect()
}

/// A role as it is told.
pub(in crate::http) fn role(role: RoleName) -> AccountRole {
    match role {
        RoleName::Author => AccountRole::Author,
        RoleName::Admin => AccountRole::Admin,
    }
}

/// An account as it is told.
pub(in crate::http) fn account_view(
    account: AccountRow,
    roles: &[RoleName],
    authored: Vec<String>,
) -> AccountView {
    AccountView {
        learner: account.learner.to_string(),
        email: account.email,
        name: account.name,
        roles: roles.iter().copied().map(role).collect(),
        authored,
        has_password: account.password_hash.is_some(),
        created_ms: account.created_at,
    }
}

/// Gives the next tokens of a device, for the cookie and the header `X-LearnR-Request: 1`. A cookie that two have had ends the sign-in: one
/// that comes again though what it gave was used, or one that another took the place of. Who asks again because an answer was lost stays
/// signed in, whenever that is.
#[utoipa::path(
    post, path = "/v1/auth/refresh", tag = "accounts",
    params(("X-LearnR-Request" = String, Header, description = "`1`")),
    security(("refresh" = [])),
    responses(
        (status = 200, body = SignedIn),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "not signed in, or no longer"),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the header is missing, or the page is not ours"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "too often on this device or from this network; it stays signed in"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn refresh(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    DeviceCookie(hash): DeviceCookie,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    // Who has no token of ours keeps their cookie: another tab may have got one at this moment.
    let hash = hash.ok_or_else(not_signed_in)?;
    let found = known(&context, &request, hash).await?;
    let (_, sign_in) = found.ok_or_else(not_signed_in)?;
    context.auth.refresh_of(&context, sign_in).await?;
    let next = RandomToken::fresh().map_err(|error| ApiError::internal(&error))?;
    let now = shared.clock.now_ms();
    let rotated = shared.store.rotate(hash, next.hash(), now, REUSE_LEEWAY_MS);
    match rotated.await? {
        Rotation::Rotated { learner, sign_in } => {
            let told = told(&context, learner, sign_in, &next).await;
            Ok(told.unwrap_or_else(|error| untold(&context, &error, &next)))
        }
        Rotation::Reused { learner } => {
            metrics::counter!("learnr_refresh_tokens_reused_total").increment(1);
            tracing::warn!(learner = %learner, "two have had one refresh token: its sign-in is ended");
            let cookie = no_refresh_cookie(context.public_url.is_secure());
            Ok(with_cookie(not_signed_in().error_response(), &cookie))
        }
        Rotation::Unknown => Err(not_signed_in()),
    }
}

/// Whose a token that comes is. Counted first: whoever has none may come as often as they like.
async fn known(
    context: &web::Data<HttpContext>,
    request: &HttpRequest,
    hash: TokenHash,
) -> Result<Option<(LearnerId, SignInId)>, ApiError> {
    let from = network(context, request);
    context.auth.refresh(context, from).await?;
    let shared = context.sessions();
    let now = shared.clock.now_ms();
    Ok(shared.store.sign_in_of(hash, now).await?)
}

/// The next tokens of a device that is signed in still.
async fn told(
    context: &HttpContext,
    learner: LearnerId,
    sign_in: SignInId,
    next: &RandomToken,
) -> Result<HttpResponse, ApiError> {
    let account = context.sessions().store.account(learner).await?;
    let account = account.ok_or_else(not_signed_in)?;
    answer(context, account, sign_in, next).await
}

/// What went wrong once the token was spent. The next one is the device's whatever comes after: the one it has gives no other for long.
fn untold(context: &HttpContext, error: &ApiError, next: &RandomToken) -> HttpResponse {
    let response = error.error_response();
    if !response.status().is_server_error() {
        return response;
    }
    let cookie = refresh_cookie(next, context.public_url.is_secure());
    with_cookie(response, &cookie)
}

/// Signs the device of the cookie out, for the header `X-LearnR-Request: 1`. Done again, or without a cookie, it is 204 as well.
#[utoipa::path(
    post, path = "/v1/auth/sign-out", tag = "accounts",
    params(("X-LearnR-Request" = String, Header, description = "`1`")),
    security((), ("refresh" = [])),
    responses(
        (status = 204, description = "signed out; every token of the device is worth nothing"),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the header is missing, or the page is not ours"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "too often from this network"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn sign_out(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    DeviceCookie(hash): DeviceCookie,
) -> Result<HttpResponse, ApiError> {
    if let Some(hash) = hash
        && let Some((learner, sign_in)) = known(&context, &request, hash).await?
    {
        // Whatever was spent of it: who has any token of the device may end it.
        let store = &context.sessions().store;
        store.sign_out(learner, Some(sign_in)).await?;
    }
    let cookie = no_refresh_cookie(context.public_url.is_secure());
    Ok(HttpResponse::NoContent()
        .insert_header((SET_COOKIE, cookie))
        .finish())
}

fn not_signed_in() -> ApiError {
    ApiError::unauthorized("you are not signed in: POST /v1/auth/sign-in")
}

fn with_cookie(mut response: HttpResponse, cookie: &str) -> HttpResponse {
    let cookie = HeaderValue::from_str(cookie).expect("a cookie of ours is text");
    response.headers_mut().insert(SET_COOKIE, cookie);
    response
}
