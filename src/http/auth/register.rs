//! A new account: asked for, and made once a mail was answered.
//!
//! Owns these two routes, and what is taken for a name and an address.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::ErrorCode;
use learnr_protocol::account::{ConfirmMail, Register, SignedIn};
use uuid::Uuid;

use super::mailed::{Asking, Errand, ask_by_mail};
use super::network;
use super::password::fit;
use super::signed_in::begin;
use crate::auth::{Email, RandomToken};
use crate::http::caller::MaybeGuest;
use crate::http::{ApiError, HttpContext};
use crate::mail::Subject;
use crate::store::{AccountRow, Confirmed, LearnerId, MailPurpose, NAME_CHARS_MAX};

/// Asks for an account. The answer is the same whether or not the address has one already; a mail says how to go on. A guest's token keeps
/// what the guest did.
#[utoipa::path(
    post, path = "/v1/auth/register", tag = "accounts", request_body = Register,
    security((), ("bearer" = [])),
    responses(
        (status = 202, description = "a mail is on its way"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "a token was sent that is not valid"),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the token of an account was sent"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "no address, a name too long, or a password that is easily guessed"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn register(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    MaybeGuest(guest): MaybeGuest,
    body: web::Json<Register>,
) -> Result<HttpResponse, ApiError> {
    let asked = body.into_inner();
    let address = email(&asked.email)?;
    let name = name(&asked.name)?;
    let (from, key) = (network(&context, &request), Email::key(address.as_str()));
    context.auth.attempt(&context, from, key).await?;
    let known = vec![address.as_str().to_owned(), name.clone()];
    let chosen = context.passwords.choose(asked.password, known).await;
    let password_hash = chosen.map_err(fit)?;
    context.auth.mail(&context, from, key).await?;
    let store = &context.sessions().store;
    let errand = match store.account_by_email(address.as_str()).await? {
        Some(_) => Errand::Tell {
            subject: Subject::Registered,
            to: address.as_str().to_owned(),
        },
        None => Errand::Ask(Box::new(Asking {
            purpose: MailPurpose::Register,
            learner: guest,
            email: address.as_str().to_owned(),
            name,
            password_hash: Some(password_hash),
        })),
    };
    ask_by_mail(&context, errand)?;
    Ok(HttpResponse::Accepted().finish())
}

/// Does what a mail asked for: makes the account, or changes its address. Whoever does it is signed in.
#[utoipa::path(
    post, path = "/v1/auth/confirm", tag = "accounts", request_body = ConfirmMail,
    responses(
        (status = 200, body = SignedIn),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "the link was used, has run out, or never was"),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "another account has the address by now"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn confirm(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    body: web::Json<ConfirmMail>,
) -> Result<HttpResponse, ApiError> {
    let from = network(&context, &request);
    context
        .auth
        .attempt(&context, from, Email::key(&body.token))
        .await?;
    let mut account = Err(no_such_link());
    for purpose in [MailPurpose::Register, MailPurpose::Address] {
        account = confirmed(&context, &body.token, purpose, None).await?;
        if account.is_ok() {
            break;
        }
    }
    let (_, response) = begin(&context, &request, account?).await?;
    Ok(response)
}

/// Does what a mail with this token asked for, if its purpose was this. The outer error is a fault or a refusal for good, the inner one
/// that there is no such mail.
pub(super) async fn confirmed(
    context: &HttpContext,
    token: &str,
    purpose: MailPurpose,
    password_hash: Option<String>,
) -> Result<Result<AccountRow, ApiError>, ApiError> {
    let Some(hash) = RandomToken::hash_of(token) else {
        return Ok(Err(no_such_link()));
    };
    let shared = context.sessions();
    let fresh = LearnerId(Uuid::now_v7());
    let now = shared.clock.now_ms();
    let store = &shared.store;
    let confirmed = store.confirm(hash, purpose, fresh, password_hash, now);
    match confirmed.await? {
        Confirmed::Account(account) => Ok(Ok(account)),
        Confirmed::Unknown => Ok(Err(no_such_link())),
        Confirmed::Taken => Err(ApiError::refused(
            StatusCode::CONFLICT,
            ErrorCode::BadRequest,
            "another account has this address by now: sign in to it, or choose another password by POST /v1/auth/forgot",
        )),
    }
}

fn no_such_link() -> ApiError {
    ApiError::refused(
        StatusCode::NOT_FOUND,
        ErrorCode::NotFound,
        "this link was used already or has run out: ask for another",
    )
}

/// An address of mail that somebody gives.
pub(in crate::http) fn email(text: &str) -> Result<Email, ApiError> {
    Email::parse(text).ok_or_else(|| invalid("email: this is no address of mail"))
}

/// A name that somebody gives.
pub(in crate::http) fn name(text: &str) -> Result<String, ApiError> {
    let name = text.trim();
    let chars = name.chars().count();
    if chars > NAME_CHARS_MAX {
        return Err(invalid(format!(
            "name: at most {NAME_CHARS_MAX} characters, got {chars}"
        )));
    }
    if name.chars().any(char::is_control) {
        return Err(invalid("name: it has characters that cannot be shown"));
    }
    Ok(name.to_owned())
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::BadRequest,
        message,
    )
}
