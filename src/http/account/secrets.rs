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
use crate::store::{AccountRow, LearnerId, MailPurpose, SignInId};

/// How long who signed in at a provider is taken for who did, in milliseconds: 10 minutes.
const FRESH_MS: i64 = 10 * 60_000;

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
    // In place of the one that was shown: another may have been chosen by mail while this one was reckoned.
    let from = account.password_hash.as_deref();
    let changed = store.set_password(caller.learner, from, hash, Some(caller.sign_in));
    if !changed.await? {
        return Err(ApiError::unauthorized(
            "the account was deleted or its password changed at this moment: sign in again",
        ));
    }
    tell_changed(&context, account.email);
    Ok(HttpResponse::NoContent().finish())
}

/// Asks for a mail to another address, by which it becomes the account's. The answer is the same whether or not another account has it. Who has
/// neither password nor address, from a provider that told none, gives one without a password, within ten minutes of signing in.
#[utoipa::path(
    post, path = "/v1/account/email", tag = "accounts", request_body = ChangeEmail,
    security(("bearer" = [])),
    responses(
        (status = 202, description = "a mail is on its way"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "a guest has no account, or the password is wrong"),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "the account has no password yet, or neither that nor an address and was signed in to too long ago"),
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
    let account = match nameless(&context, &caller).await? {
        Some(account) => account,
        None => proven(&context, &request, caller.learner, asked.password).await?,
    };
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

/// The caller's account, if it has neither password nor address: its provider told none, and nothing can be shown or sent. Who signed in a
/// moment ago is taken for its owner.
async fn nameless(context: &HttpContext, caller: &Account) -> Result<Option<AccountRow>, ApiError> {
    let account = own(context, caller.learner).await?;
    if account.password_hash.is_some() || account.email.is_some() {
        return Ok(None);
    }
    if !is_fresh(context, caller.learner, caller.sign_in).await? {
        return Err(unfit(
            "this account has no address yet: sign in at your provider again, and give one within ten minutes",
        ));
    }
    Ok(Some(account))
}

/// Whether a device of an account signed in a moment ago.
pub(in crate::http) async fn is_fresh(
    context: &HttpContext,
    learner: LearnerId,
    sign_in: SignInId,
) -> Result<bool, ApiError> {
    let shared = context.sessions();
    let now = shared.clock.now_ms();
    let devices = shared.store.sign_ins(learner, now).await?;
    let this = devices.iter().find(|row| row.id == sign_in);
    Ok(this.is_some_and(|row| now.saturating_sub(row.created_at) < FRESH_MS))
}

/// Lets a caller go on who has shown the password of their account, or who has none and signed in a moment ago.
pub(super) async fn shown(
    context: &web::Data<HttpContext>,
    request: &HttpRequest,
    caller: &Account,
    password: String,
) -> Result<(), ApiError> {
    let account = own(context, caller.learner).await?;
    if account.password_hash.is_some() {
        proven(context, request, caller.learner, password).await?;
    } else if !is_fresh(context, caller.learner, caller.sign_in).await? {
        return Err(unfit(
            "this account has no password: sign in at your provider again, and do this within ten minutes",
        ));
    }
    Ok(())
}

fn unfit(message: &str) -> ApiError {
    ApiError::refused(StatusCode::CONFLICT, ErrorCode::BadRequest, message)
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
        return Err(unfit(match &account.email {
            Some(_) => "this account has no password yet: POST /v1/auth/forgot gives it one",
            None => {
                "this account has neither a password nor an address yet: POST /v1/account/email gives it an address"
            }
        }));
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
