//! Signed in: the two tokens, the next ones, and the end of them.
//!
//! Owns these routes and the shape of an account as it is told. How a device came to be signed in is its neighbours'.

use actix_web::http::header::{HeaderValue, SET_COOKIE, USER_AGENT};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use learnr_protocol::account::{AccountRole, AccountView, SignedIn};
use uuid::Uuid;

use crate::auth::{
    REUSE_LEEWAY_MS, RandomToken, SIGN_IN_LIFETIME_MS, access_token, no_refresh_cookie,
    refresh_cookie,
};
use crate::http::cookies::DeviceCookie;
use crate::http::{ApiError, HttpContext};
use crate::store::{AccountRow, NewSignIn, RoleName, Rotation, SignInId};

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
    let caller = caller.ok_or_else(ApiError::no_account)?;
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

/// Gives the next tokens of a device, for the cookie and the header `X-LearnR-Request: 1`. A cookie that was used before, longer than ten
/// seconds ago, ends the sign-in: somebody else has it too.
#[utoipa::path(
    post, path = "/v1/auth/refresh", tag = "accounts",
    params(("X-LearnR-Request" = String, Header, description = "`1`")),
    security(("refresh" = [])),
    responses(
        (status = 200, body = SignedIn),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "not signed in, or no longer"),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the header is missing, or the page is not ours"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn refresh(
    context: web::Data<HttpContext>,
    DeviceCookie(hash): DeviceCookie,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    let Some(hash) = hash else {
        return Ok(not_signed_in(&context));
    };
    let next = RandomToken::fresh().map_err(|error| ApiError::internal(&error))?;
    let now = shared.clock.now_ms();
    let rotated = shared.store.rotate(hash, next.hash(), now, REUSE_LEEWAY_MS);
    match rotated.await? {
        Rotation::Rotated { learner, sign_in } => {
            let account = shared.store.account(learner).await?;
            let account = account.ok_or_else(ApiError::no_account)?;
            answer(&context, account, sign_in, &next).await
        }
        Rotation::Reused { learner } => {
            metrics::counter!("learnr_refresh_tokens_reused_total").increment(1);
            tracing::warn!(learner = %learner, "a spent refresh token came again: its sign-in is ended");
            Ok(not_signed_in(&context))
        }
        Rotation::Unknown => Ok(not_signed_in(&context)),
    }
}

/// Signs the device of the cookie out, for the header `X-LearnR-Request: 1`. Done again, or without a cookie, it is 204 as well.
#[utoipa::path(
    post, path = "/v1/auth/sign-out", tag = "accounts",
    params(("X-LearnR-Request" = String, Header, description = "`1`")),
    security((), ("refresh" = [])),
    responses(
        (status = 204, description = "signed out; every token of the device is worth nothing"),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the header is missing, or the page is not ours"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn sign_out(
    context: web::Data<HttpContext>,
    DeviceCookie(hash): DeviceCookie,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    if let Some(hash) = hash {
        // Spent for a token that nobody gets: that says which device it is.
        let next = RandomToken::fresh().map_err(|error| ApiError::internal(&error))?;
        let now = shared.clock.now_ms();
        let rotated = shared.store.rotate(hash, next.hash(), now, REUSE_LEEWAY_MS);
        if let Rotation::Rotated { learner, sign_in } = rotated.await? {
            shared.store.sign_out(learner, Some(sign_in)).await?;
        }
    }
    let cookie = no_refresh_cookie(context.public_url.is_secure());
    Ok(HttpResponse::NoContent()
        .insert_header((SET_COOKIE, cookie))
        .finish())
}

/// A refusal that takes the cookie away: it is good for nothing.
fn not_signed_in(context: &HttpContext) -> HttpResponse {
    let refused = ApiError::unauthorized("you are not signed in: POST /v1/auth/sign-in");
    let mut response = refused.error_response();
    let cookie = no_refresh_cookie(context.public_url.is_secure());
    let cookie = HeaderValue::from_str(&cookie).expect("a cookie of ours is text");
    response.headers_mut().insert(SET_COOKIE, cookie);
    response
}
