//! The password and the address of an account: what whoever finds a device signed in must not change.
//!
//! Owns that the password is asked for first.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::ErrorCode;
use learnr_protocol::account::{ChangeEmail, ChangePassword};

use super::own;
use crate::auth::Verdict;
use crate::http::auth::{Errand, ask_by_mail, fit, network, passed, tell_changed};
use crate::http::caller::Account;
use crate::http::{ApiError, HttpContext, auth};
use crate::mail::Subject;
use crate::store::{AccountRow, LearnerId, MailPurpose};

/// Changes the caller's password. Every other device is signed out.
#[utoipa::path(
    post, path = "/v1/account/password", tag = "accounts", request_body = ChangePassword,
    security(("bearer" = [])),
    responses(
        (status = 204, description = "changed"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account, or the password so far is wrong"),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "the account has no password yet"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "a password that is easily guessed"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn password(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    caller: Account,
    body: web::Json<ChangePassword>,
) -> Result<HttpResponse, ApiError> {
    let asked = body.into_inner();
    let account = proven(&context, &request, caller.learner, asked.current).await?;
    let mut known = vec![account.name];
    known.extend(account.email.clone());
    let chosen = context.passwords.choose(asked.new, known).await;
    let hash = chosen.map_err(fit)?;
    let store = &context.sessions().store;
    let changed = store.set_password(caller.learner, hash, Some(caller.sign_in));
    if !changed.await? {
        return Err(ApiError::no_account());
    }
    tell_changed(&context, account.email);
    Ok(HttpResponse::NoContent().finish())
}

/// Asks for a mail to another address, by which it becomes the account's. The answer is the same whether or not another account has it.
#[utoipa::path(
    post, path = "/v1/account/email", tag = "accounts", request_body = ChangeEmail,
    security(("bearer" = [])),
    responses(
        (status = 202, description = "a mail is on its way"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account, or the password is wrong"),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "the account has no password yet"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "no address of mail"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn email(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    caller: Account,
    body: web::Json<ChangeEmail>,
) -> Result<HttpResponse, ApiError> {
    let asked = body.into_inner();
    let address = auth::email(&asked.email)?;
    let account = proven(&context, &request, caller.learner, asked.password).await?;
    let from = network(&context, &request);
    context.auth.mail(&context, from, address.as_str()).await?;
    let store = &context.sessions().store;
    let to = address.as_str().to_owned();
    let errand = match store.account_by_email(address.as_str()).await? {
        // One's own, cased otherwise perhaps, is as good as any other.
        Some(other) if other.learner != account.learner => Errand::Tell {
            subject: Subject::AddressTaken,
            to,
        },
        _ => Errand::of_account(MailPurpose::Address, account.learner, to),
    };
    ask_by_mail(&context, errand)?;
    Ok(HttpResponse::Accepted().finish())
}

/// The caller's account, once they have shown that they know its password. Counted as attempts to sign in are.
pub(in crate::http) async fn proven(
    context: &web::Data<HttpContext>,
    request: &HttpRequest,
    learner: LearnerId,
    password: String,
) -> Result<AccountRow, ApiError> {
    let account = own(context, learner).await?;
    // Under the key that signing in is counted by: there are no more guesses from inside than from outside.
    let counted = account.email.clone();
    let counted = counted.unwrap_or_else(|| learner.to_string());
    let from = network(context, request);
    context.auth.attempt(context, from, &counted).await?;
    if account.password_hash.is_none() {
        return Err(ApiError::refused(
            StatusCode::CONFLICT,
            ErrorCode::BadRequest,
            "this account has no password yet: POST /v1/auth/forgot gives it one",
        ));
    }
    match passed(context, Some(&account), password).await? {
        Verdict::Right | Verdict::Outdated => Ok(account),
        Verdict::Wrong => Err(ApiError::refused(
            StatusCode::FORBIDDEN,
            ErrorCode::WrongPassword,
            "the password is wrong",
        )),
    }
}
