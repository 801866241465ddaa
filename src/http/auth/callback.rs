//! Coming back from a provider.
//!
//! Owns this route. Who comes back is a person in a browser: whatever happened, they are sent to a page of ours that says it in our own
//! words, never the provider's.

use actix_web::http::header::{CACHE_CONTROL, COOKIE, LOCATION, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::mailed::{Errand, ask_by_mail};
use super::network;
use super::providers::way_back;
use super::signed_in::{end_of, open};
use crate::auth::{Attempt, RandomToken, no_attempt_cookie, refresh_cookie};
use crate::http::{ApiError, HttpContext};
use crate::mail::Subject;
use crate::provider::{Person, Provider, ProviderError, Returned};
use crate::store::{AccountRow, LearnerId, ProviderAccount, ProviderSignIn};

/// Longest code that is handed to a provider, in bytes: many times what any gives.
const CODE_BYTES_MAX: usize = 4_096;

/// What comes back with a browser.
#[derive(Deserialize)]
pub(in crate::http) struct Query {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Why somebody who came back is not signed in, as `/sign-in?problem=` is told it. What the page says to each is in its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    /// They did not want to, or may not.
    Cancelled,
    /// It was begun in another browser, too long ago, or not at all.
    Again,
    /// The provider does not do its part.
    Provider,
    /// What the provider says of them is not believed.
    Refused,
    /// It is believed, and not enough for an account that may do more than learn.
    Password,
    /// Too many at once.
    Busy,
    /// We do not do our part.
    Here,
}

impl Problem {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Again => "again",
            Self::Provider => "provider",
            Self::Refused => "refused",
            Self::Password => "password",
            Self::Busy => "busy",
            Self::Here => "here",
        }
    }
}

/// Where a provider sends browsers back to. With the browser that began, it signs in, and leads to the first page; otherwise to
/// `/sign-in?problem=`, which says what happened.
#[utoipa::path(
    get, path = "/v1/auth/providers/{id}/callback", tag = "accounts",
    params(
        ("id" = String, Path, description = "the provider"),
        ("state" = Option<String>, Query, description = "as it was begun"),
        ("code" = Option<String>, Query, description = "what the provider gives"),
        ("error" = Option<String>, Query, description = "why it gives none"),
        ("iss" = Option<String>, Query, description = "which issuer it is"),
    ),
    responses(
        (status = 302, description = "to / with the cookie of who is signed in, or to /sign-in?problem=cancelled, again, provider, refused, password, busy or here"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope, description = "the query has the character 0"),
    )
)]
pub(in crate::http) async fn callback(
    context: web::Data<HttpContext>,
    request: HttpRequest,
    id: web::Path<String>,
    query: Option<web::Query<Query>>,
) -> HttpResponse {
    let secure = context.public_url.is_secure();
    let mut response = HttpResponse::Found();
    // Nobody keeps the answer.
    response.insert_header((CACHE_CONTROL, "no-store"));
    let home = context.public_url.as_str();
    let came_back = match begun(&context, &request, &id, query).await {
        Ok((begun, query)) => {
            // Whatever comes of it, this attempt is over; another one that is under way in this browser is not.
            response.append_header((SET_COOKIE, no_attempt_cookie(secure)));
            finished(&context, &request, begun, query).await
        }
        Err(problem) => Err(problem),
    };
    let outcome = match came_back {
        Ok(token) => {
            response
                .append_header((SET_COOKIE, refresh_cookie(&token, secure)))
                .insert_header((LOCATION, format!("{home}/")));
            "signed_in"
        }
        Err(problem) => {
            let word = problem.as_str();
            response.insert_header((LOCATION, format!("{home}/sign-in?problem={word}")));
            word
        }
    };
    metrics::counter!("learnr_provider_sign_ins_total", "outcome" => outcome).increment(1);
    response.finish()
}

/// What this browser began, at which provider.
struct Begun<'a> {
    provider: &'a Provider,
    attempt: Attempt,
}

/// What this browser began and comes back from.
async fn begun<'a>(
    context: &'a web::Data<HttpContext>,
    request: &HttpRequest,
    id: &str,
    query: Option<web::Query<Query>>,
) -> Result<(Begun<'a>, Query), Problem> {
    let query = query.ok_or(Problem::Again)?.into_inner();
    let provider = context.providers.get(id).ok_or(Problem::Again)?;
    let from = network(context, request);
    let admitted = context.auth.elsewhere(context, from).await;
    admitted.map_err(|_| Problem::Busy)?;
    let attempt = attempt(context, request, provider, &query).ok_or(Problem::Again)?;
    Ok((Begun { provider, attempt }, query))
}

/// Signs the browser in by what it comes back with.
async fn finished(
    context: &web::Data<HttpContext>,
    request: &HttpRequest,
    Begun { provider, attempt }: Begun<'_>,
    query: Query,
) -> Result<RandomToken, Problem> {
    if query.iss.is_some_and(|iss| iss != provider.issuer()) {
        tracing::warn!(
            provider = provider.id(),
            "another issuer sent a browser back"
        );
        return Err(Problem::Refused);
    }
    if let Some(error) = query.error {
        return Err(declined(provider, &error));
    }
    let code = query.code.filter(|code| code.len() <= CODE_BYTES_MAX);
    let returned = Returned {
        code: code.ok_or(Problem::Again)?,
        nonce: attempt.nonce,
        verifier: attempt.verifier,
        now_ms: context.sessions().clock.now_ms(),
    };
    let redirect = way_back(context, provider);
    let finished = provider.finish(&redirect, returned).await;
    let person = finished.map_err(|error| {
        tracing::warn!(provider = provider.id(), %error, "nobody is signed in by a provider");
        match error {
            ProviderError::Unavailable(_) => Problem::Provider,
            ProviderError::Refused(_) => Problem::Refused,
        }
    })?;
    let not_here = |error: ApiError| {
        tracing::warn!(%error, "somebody who came back from a provider is not signed in");
        Problem::Here
    };
    let account = account_of(context, person, attempt.guest).await;
    let account = account.map_err(not_here)?.ok_or(Problem::Password)?;
    let (_, token) = open(context, request, &account).await.map_err(not_here)?;
    if let Some(before) = attempt.before {
        end_of(context, before).await;
    }
    Ok(token)
}

/// What this browser began at this provider.
fn attempt(
    context: &HttpContext,
    request: &HttpRequest,
    provider: &Provider,
    query: &Query,
) -> Option<Attempt> {
    let state = query.state.as_deref()?;
    let now = context.sessions().clock.now_ms();
    let cookies = request.headers().get_all(COOKIE);
    cookies
        .filter_map(|value| value.to_str().ok())
        .find_map(|cookies| Attempt::open(&context.secret, cookies, state, now))
        .filter(|attempt| attempt.provider == provider.id())
}

/// Why a provider sends somebody back without a code. Its description is not looked at.
fn declined(provider: &Provider, error: &str) -> Problem {
    let theirs = [
        "access_denied",
        "login_required",
        "consent_required",
        "interaction_required",
        "account_selection_required",
    ];
    if theirs.contains(&error) {
        return Problem::Cancelled;
    }
    let passing = ["temporarily_unavailable", "server_error"].contains(&error);
    tracing::warn!(
        provider = provider.id(),
        passing,
        "a provider gave no code: unless that passes, look at what it knows of this client"
    );
    Problem::Provider
}

/// Whose account it is; `None` where it takes its password. The owner of one that was there before is told.
async fn account_of(
    context: &web::Data<HttpContext>,
    person: Person,
    guest: Option<LearnerId>,
) -> Result<Option<AccountRow>, ApiError> {
    let shared = context.sessions();
    let found = shared.store.account_at_provider(ProviderSignIn {
        identity: person.identity,
        email: person.email.map(|email| email.as_str().to_owned()),
        name: person.name,
        guest,
        fresh: LearnerId(Uuid::now_v7()),
        now_ms: shared.clock.now_ms(),
    });
    match found.await? {
        ProviderAccount::Known(account) | ProviderAccount::Made(account) => Ok(Some(account)),
        ProviderAccount::Reserved => Ok(None),
        ProviderAccount::Joined(account) => {
            if let Some(to) = account.email.clone() {
                let subject = Subject::ProviderJoined;
                if let Err(error) = ask_by_mail(context, Errand::Tell { subject, to }) {
                    tracing::warn!(%error, "nobody was told of another way of signing in");
                }
            }
            Ok(Some(account))
        }
    }
}
