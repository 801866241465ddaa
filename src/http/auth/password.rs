//! Signing in with a password, and choosing another one by mail.
//!
//! Owns these routes. For an address nobody has, and for an account without a password, as much is reckoned as for any other.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::ErrorCode;
use learnr_protocol::account::{ForgotPassword, ResetPassword, SignIn, SignedIn};

use super::mailed::{Errand, ask_by_mail};
use super::register::{Link, confirmed, email, no_such_link, opened};
use super::signed_in::{begin, end_of};
use super::{busy, network};
use crate::auth::{Email, PasswordError, Verdict};
use crate::http::cookies::{device, is_ours};
use crate::http::{ApiError, HttpContext};
use crate::mail::Subject;
use crate::store::{AccountRow, MailPurpose};

/// Signs in with an address and a password.
#[utoipa::path(
    post, path = "/v1/auth/sign-in", tag = "accounts", request_body = SignIn,
    responses(
        (status = 200, body = SignedIn),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "the address or the password is wrong: which of them is not told"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "too many attempts for this address or from this network"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn sign_in(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    body: web::Json<SignIn>,
) -> Result<HttpResponse, ApiError> {
    let asked = body.into_inner();
    let from = network(&context, &request);
    context.auth.attempt(&context, from, &asked.email).await?;
    let account = match Email::parse(&asked.email) {
        Some(address) => {
            let store = &context.sessions().store;
            store.account_by_email(address.as_str()).await?
        }
        None => None,
    };
    let verdict = passed(&context, account.as_ref(), asked.password.clone()).await?;
    let (Some(account), Verdict::Right | Verdict::Outdated) = (account, verdict) else {
        return Err(refused());
    };
    let account = match verdict {
        Verdict::Outdated => renewed(&context, account, asked.password).await?,
        Verdict::Right | Verdict::Wrong => account,
    };
    let (_, response) = begin(&context, &request, account).await?;
    // The browser has one cookie: nobody would have the one before any more.
    let headers = request.headers();
    if let Some(before) = device(headers).filter(|_| is_ours(headers, &context)) {
        end_of(&context, before).await;
    }
    metrics::counter!("learnr_sign_ins_total", "outcome" => "signed_in").increment(1);
    Ok(response)
}

/// Stores the password of an account hashed at today's cost. That it is not leaves the account as it is: the next time it is tried again.
async fn renewed(
    context: &HttpContext,
    account: AccountRow,
    password: String,
) -> Result<AccountRow, ApiError> {
    let Some(from) = account.password_hash.clone() else {
        return Ok(account);
    };
    let to = match context.passwords.renew(password.clone()).await {
        Ok(to) => to,
        Err(error) => {
            tracing::warn!(%error, "an outdated hash was not renewed");
            return Ok(account);
        }
    };
    let store = &context.sessions().store;
    let renewed = store.renew_password(account.learner, &from, to.clone());
    if renewed.await? {
        return Ok(AccountRow {
            password_hash: Some(to),
            ..account
        });
    }
    // Another device has renewed it at the same moment, or the password is another by now.
    let account = store.account(account.learner).await?;
    let verdict = passed(context, account.as_ref(), password).await?;
    account
        .filter(|_| verdict != Verdict::Wrong)
        .ok_or_else(refused)
}

/// The address or the password: which of them is nobody's to know.
fn refused() -> ApiError {
    metrics::counter!("learnr_sign_ins_total", "outcome" => "refused").increment(1);
    ApiError::unauthorized("the address or the password is wrong")
}

/// Checks the password of an account, or reckons as much without one.
pub(in crate::http) async fn passed(
    context: &HttpContext,
    account: Option<&AccountRow>,
    password: String,
) -> Result<Verdict, ApiError> {
    let stored = account.and_then(|account| account.password_hash.clone());
    let checked = context.passwords.check(password, stored).await;
    checked.map_err(fit)
}

/// Asks for a mail by which to choose another password. The answer is the same whether or not the address has an account.
#[utoipa::path(
    post, path = "/v1/auth/forgot", tag = "accounts", request_body = ForgotPassword,
    responses(
        (status = 202, description = "if the address has an account, a mail is on its way"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "no address of mail"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn forgot(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    body: web::Json<ForgotPassword>,
) -> Result<HttpResponse, ApiError> {
    let address = email(&body.email)?;
    let from = network(&context, &request);
    context.auth.mail(&context, from, address.as_str()).await?;
    let store = &context.sessions().store;
    let account = store.account_by_email(address.as_str()).await?;
    let errand = match account.and_then(|account| Some((account.learner, account.email?))) {
        // To the address as its account has it, never as it was asked for.
        Some((learner, email)) => Errand::of_account(MailPurpose::Reset, learner, email),
        None => Errand::Nothing,
    };
    ask_by_mail(&context, errand)?;
    Ok(HttpResponse::Accepted().finish())
}

/// Chooses another password by a mail. Every device is signed out but the one that does it.
#[utoipa::path(
    post, path = "/v1/auth/reset", tag = "accounts", request_body = ResetPassword,
    responses(
        (status = 200, body = SignedIn),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "the link was used, has run out, or never was"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "a password that is easily guessed; the link still works"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn reset(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    body: web::Json<ResetPassword>,
) -> Result<HttpResponse, ApiError> {
    let asked = body.into_inner();
    let (hash, mail) = opened(&context, &request, &asked.token).await?;
    if mail.purpose != MailPurpose::Reset {
        return Err(no_such_link());
    }
    let chosen = context.passwords.choose(asked.password, vec![mail.email]);
    let link = Link {
        hash,
        purpose: MailPurpose::Reset,
        guest: None,
        password_hash: Some(chosen.await.map_err(fit)?),
    };
    let account = confirmed(&context, link).await?;
    tell_changed(&context, account.email.clone());
    let (_, response) = begin(&context, &request, account).await?;
    Ok(response)
}

/// Tells the owner of an account that its password was changed, if that can be done: it is changed already.
pub(in crate::http) fn tell_changed(context: &web::Data<HttpContext>, email: Option<String>) {
    let Some(to) = email else { return };
    let subject = Subject::PasswordChanged;
    if let Err(error) = ask_by_mail(context, Errand::Tell { subject, to }) {
        tracing::warn!(%error, "nobody was told of a changed password");
    }
}

/// Why a password is refused, as its owner is told.
pub(in crate::http) fn fit(error: PasswordError) -> ApiError {
    match error {
        PasswordError::Length { .. } | PasswordError::Guessable => ApiError::refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::BadRequest,
            format!("password: {error}"),
        ),
        PasswordError::Busy => busy("too many people sign in at the moment: try again"),
        PasswordError::Fault(_) => ApiError::internal(&error),
    }
}
