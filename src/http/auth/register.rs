//! A new account: asked for, and made once a mail was answered.
//!
//! Owns these routes, that nothing of whoever asked opens the account, and what is taken for a name and an address.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::ErrorCode;
use learnr_protocol::account::{
    ConfirmMail, LinkAsker, LinkPurpose, LinkView, OpenLink, Register, SignedIn,
};
use uuid::Uuid;

use super::mailed::{Asking, Errand, ask_by_mail};
use super::network;
use super::password::fit;
use super::signed_in::{begin, end};
use crate::auth::{Email, RandomToken};
use crate::http::caller::{Here, MaybeGuest};
use crate::http::{ApiError, HttpContext};
use crate::mail::Subject;
use crate::store::{
    AccountRow, Confirmation, Confirmed, LearnerId, MailPurpose, MailTokenRow, NAME_CHARS_MAX,
    TokenHash, email_key,
};

/// Asks for an account. The answer is the same whether or not the address has one already; a mail says how to go on, and who opens its link
/// chooses the password. A guest's token keeps what the guest did, where it comes along again with the link.
#[utoipa::path(
    post, path = "/v1/auth/register", tag = "accounts", request_body = Register,
    security((), ("bearer" = [])),
    responses(
        (status = 202, description = "a mail is on its way"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "a token was sent that is not valid"),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the token of an account was sent"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "no address, or a name too long"),
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
    let from = network(&context, &request);
    context.auth.mail(&context, from, address.as_str()).await?;
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
        })),
    };
    ask_by_mail(&context, errand)?;
    Ok(HttpResponse::Accepted().finish())
}

/// Tells what the link in a mail is for and for whom, before anything is done; with a token also whether it was asked for by who bears it.
/// The link still works afterwards.
#[utoipa::path(
    post, path = "/v1/auth/link", tag = "accounts", request_body = OpenLink,
    security((), ("bearer" = [])),
    responses(
        (status = 200, body = LinkView),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "the link was used, has run out, or never was"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn link(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    here: Here,
    body: web::Json<OpenLink>,
) -> Result<HttpResponse, ApiError> {
    let (_, mail) = opened(&context, &request, &body.token).await?;
    let (purpose, you) = match mail.purpose {
        MailPurpose::Register => (LinkPurpose::Register, here.guest()),
        MailPurpose::Reset => (LinkPurpose::Reset, here.account()),
        MailPurpose::Address => (LinkPurpose::Address, here.account()),
    };
    Ok(HttpResponse::Ok().json(LinkView {
        purpose,
        email: mail.email,
        name: mail.name,
        asker: match mail.learner {
            None => LinkAsker::Nobody,
            asked if asked == you => LinkAsker::You,
            Some(_) => LinkAsker::Another,
        },
    }))
}

/// Does what a mail asked for: makes the account with the password that is chosen here, or changes its address, which takes the token of
/// the account. Whoever does it is signed in. What a guest did is the account's where the token of the guest who asked comes along.
#[utoipa::path(
    post, path = "/v1/auth/confirm", tag = "accounts", request_body = ConfirmMail,
    security((), ("bearer" = [])),
    responses(
        (status = 200, body = SignedIn),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "another address, without the token of its account"),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "the link was used, has run out, or never was"),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "another account has the address by now"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "no password, or one that is easily guessed; the link still works"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn confirm(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    here: Here,
    body: web::Json<ConfirmMail>,
) -> Result<HttpResponse, ApiError> {
    let ConfirmMail { token, password } = body.into_inner();
    let (hash, mail) = opened(&context, &request, &token).await?;
    let password_hash = match mail.purpose {
        MailPurpose::Register => {
            let password = password
                .ok_or_else(|| invalid("password: choose one, the account is made with it"))?;
            let chosen = context
                .passwords
                .choose(password, vec![mail.email, mail.name]);
            Some(chosen.await.map_err(fit)?)
        }
        // Who reads the mailbox may not know whose account this is: its owner may, and would be told its mails.
        MailPurpose::Address if here.account() != mail.learner => return Err(not_theirs()),
        MailPurpose::Address => None,
        MailPurpose::Reset => return Err(no_such_link()),
    };
    let link = Link {
        hash,
        purpose: mail.purpose,
        guest: here.guest(),
        password_hash,
    };
    let store = &context.sessions().store;
    let before = match (mail.purpose, mail.learner) {
        (MailPurpose::Address, Some(learner)) => store.account(learner).await?,
        _ => None,
    };
    let account = confirmed(&context, link).await?;
    tell_before(&context, before.and_then(|row| row.email), &account);
    let (_, response) = begin(&context, &request, account).await?;
    if let Here::Account(whose, before) = here {
        // The device goes on with what it was just given, whoever's it was before.
        end(&context, whose, before).await;
    }
    Ok(response)
}

/// Tells of another address at the one before, if that can be done: by now it cannot sign in, and finds nothing out by itself.
fn tell_before(context: &web::Data<HttpContext>, before: Option<String>, account: &AccountRow) {
    let now = account.email.as_deref().map(email_key);
    let Some(to) = before.filter(|to| Some(email_key(to)) != now) else {
        return;
    };
    let subject = Subject::AddressChanged;
    if let Err(error) = ask_by_mail(context, Errand::Tell { subject, to }) {
        tracing::warn!(%error, "nobody was told of a changed address");
    }
}

fn not_theirs() -> ApiError {
    ApiError::refused(
        StatusCode::FORBIDDEN,
        ErrorCode::Forbidden,
        "this link gives an account another address: sign in to that account, and open the link again",
    )
}

/// What a link that comes is for, counted as an attempt to sign in is.
pub(super) async fn opened(
    context: &web::Data<HttpContext>,
    request: &HttpRequest,
    token: &str,
) -> Result<(TokenHash, MailTokenRow), ApiError> {
    let from = network(context, request);
    context.auth.attempt(context, from, token).await?;
    let hash = RandomToken::hash_of(token).ok_or_else(no_such_link)?;
    let shared = context.sessions();
    let mail = shared.store.mail_token(hash, shared.clock.now_ms()).await?;
    Ok((hash, mail.ok_or_else(no_such_link)?))
}

/// A link, and what its reader adds to it.
pub(super) struct Link {
    pub(super) hash: TokenHash,
    pub(super) purpose: MailPurpose,
    /// Who opens it, if a guest.
    pub(super) guest: Option<LearnerId>,
    pub(super) password_hash: Option<String>,
}

/// Does what a mail with this link asked for; the account as it is then.
pub(super) async fn confirmed(context: &HttpContext, link: Link) -> Result<AccountRow, ApiError> {
    let shared = context.sessions();
    let confirmed = shared.store.confirm(Confirmation {
        hash: link.hash,
        purpose: link.purpose,
        guest: link.guest,
        fresh: LearnerId(Uuid::now_v7()),
        password_hash: link.password_hash,
        now_ms: shared.clock.now_ms(),
    });
    match confirmed.await? {
        Confirmed::Account(account) => Ok(account),
        Confirmed::Unknown => Err(no_such_link()),
        Confirmed::Taken => Err(ApiError::refused(
            StatusCode::CONFLICT,
            ErrorCode::BadRequest,
            "another account has this address by now: sign in to it, or choose another password by POST /v1/auth/forgot",
        )),
    }
}

pub(super) fn no_such_link() -> ApiError {
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
