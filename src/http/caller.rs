//! Who is asking: what the bearer token says, and what the store makes of it in one look.
//!
//! Owns the checks that the table in `access` names: a route that takes one of these answers nobody else. Tokens are proof by themselves, so
//! the store is asked whether their learner was deleted since, the device signed out or a role taken away, on whichever instance; that such a
//! thing a moment later changes nothing for a write is the store's to see to.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, ResponseError, dev, web};
use learnr_protocol::ErrorCode;

use super::{ApiError, HttpContext};
use crate::auth::{TokenError, learner_of, signed_in_as};
use crate::store::{Claimant, LearnerId, NewAudit, RoleName, SignInId};

/// The learner behind a request, guest or with an account.
pub(super) struct Caller(pub(super) LearnerId);

/// The learner that a token names, who may be gone or signed out. For a route that finds that out by itself, with what else it asks the
/// store.
pub(super) struct Named {
    pub(super) learner: LearnerId,
    sign_in: Option<SignInId>,
}

/// A learner with an account who is signed in.
pub(super) struct Account {
    pub(super) learner: LearnerId,
    pub(super) sign_in: SignInId,
    pub(super) roles: Vec<RoleName>,
}

/// The guest behind a request that may come without a token; no learner with an account.
pub(super) struct MaybeGuest(pub(super) Option<LearnerId>);

/// Whose browser it is, as far as a token says so that is still worth something. A token that is not is as good as none.
pub(super) enum Here {
    Nobody,
    Guest(LearnerId),
    Account(LearnerId, SignInId),
}

/// An admin, or the bearer of the owner's token.
pub(super) struct Admin {
    /// Whose account; `None` for the owner's token.
    actor: Option<LearnerId>,
}

/// Who may see the statistics of the certification `{id}` of the path: an author of it, an admin, the bearer of the owner's token.
pub(super) struct AuthorOf;

impl Admin {
    /// What is written down of something that this admin does.
    pub(super) fn audit(&self, at: i64, action: &str, target: String, detail: &str) -> NewAudit {
        let via = match self.actor {
            Some(_) => "account",
            None => "owner-token",
        };
        NewAudit {
            at,
            actor: self.actor,
            via: via.to_owned(),
            action: action.to_owned(),
            target,
            detail: detail.to_owned(),
        }
    }
}

/// What a check comes to, later.
type Checked<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let asked = asked(request);
        Box::pin(async move {
            let (context, bearer) = asked?;
            Ok(Self(look(&context, &bearer).await?.learner))
        })
    }
}

impl Named {
    /// The device that an account is signed in on; `None` for a guest.
    pub(super) fn sign_in(&self) -> Option<SignInId> {
        self.sign_in
    }

    /// What the store is asked for.
    pub(super) fn claimant(&self, now_ms: i64) -> Claimant {
        Claimant {
            learner: self.learner,
            sign_in: self.sign_in,
            now_ms,
        }
    }

    /// What the store found for [`Self::claimant`]. `has_account` tells of it whether the learner has an account.
    ///
    /// # Errors
    /// 401 when the token is worth nothing any more.
    pub(super) fn is_still<T>(
        &self,
        found: Option<T>,
        has_account: impl Fn(&T) -> bool,
    ) -> Result<T, ApiError> {
        match found {
            None if self.sign_in.is_none() => Err(ApiError::no_account()),
            None => Err(ApiError::unauthorized(
                "this device was signed out, or the account was deleted: POST /v1/auth/sign-in gives another token",
            )),
            Some(found) if self.sign_in.is_none() && has_account(&found) => {
                Err(ApiError::unauthorized(
                    "this guest has an account now: POST /v1/auth/sign-in gives a token for it",
                ))
            }
            Some(found) => Ok(found),
        }
    }

    /// Asks the store for nothing else.
    ///
    /// # Errors
    /// As [`Self::is_still`].
    pub(super) async fn look(&self, context: &HttpContext) -> Result<Vec<RoleName>, ApiError> {
        let shared = context.sessions();
        let (now, store) = (shared.clock.now_ms(), &shared.store);
        let found = store.caller(self.learner, self.sign_in, now).await?;
        Ok(self.is_still(found, |row| row.has_account)?.roles)
    }
}

impl FromRequest for Named {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(asked(request).and_then(|(_, bearer)| named(&bearer)))
    }
}

impl FromRequest for Account {
    type Error = ApiError;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let asked = asked(request);
        Box::pin(async move {
            let (context, bearer) = asked?;
            let seen = look(&context, &bearer).await?;
            let sign_in = seen.sign_in.ok_or_else(|| {
                forbidden("this needs an account: POST /v1/auth/register makes one, and you keep what you did")
            })?;
            Ok(Self {
                learner: seen.learner,
                sign_in,
                roles: seen.roles,
            })
        })
    }
}

impl FromRequest for MaybeGuest {
    type Error = ApiError;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let asked = match request.headers().contains_key(AUTHORIZATION) {
            true => Some(asked(request)),
            false => None,
        };
        Box::pin(async move {
            let Some(asked) = asked else {
                return Ok(Self(None));
            };
            let (context, bearer) = asked?;
            let seen = look(&context, &bearer).await?;
            match seen.sign_in {
                None => Ok(Self(Some(seen.learner))),
                Some(_) => Err(forbidden(
                    "the token belongs to an account: leave it out to register another",
                )),
            }
        })
    }
}

impl Here {
    /// The guest, if it is one.
    pub(super) fn guest(&self) -> Option<LearnerId> {
        match *self {
            Self::Guest(learner) => Some(learner),
            Self::Nobody | Self::Account(..) => None,
        }
    }

    /// Whose account, if it is one's.
    pub(super) fn account(&self) -> Option<LearnerId> {
        match *self {
            Self::Account(learner, _) => Some(learner),
            Self::Nobody | Self::Guest(_) => None,
        }
    }
}

impl FromRequest for Here {
    type Error = ApiError;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let asked = asked(request);
        Box::pin(async move {
            let seen = match asked {
                Ok((context, bearer)) => look(&context, &bearer).await,
                Err(error) => Err(error),
            };
            match seen {
                Ok(seen) => Ok(match seen.sign_in {
                    None => Self::Guest(seen.learner),
                    Some(sign_in) => Self::Account(seen.learner, sign_in),
                }),
                Err(error) if error.status_code() == StatusCode::UNAUTHORIZED => Ok(Self::Nobody),
                Err(error) => Err(error),
            }
        })
    }
}

impl FromRequest for Admin {
    type Error = ApiError;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let asked = asked(request);
        Box::pin(async move {
            let (context, bearer) = asked?;
            if matches!(bearer, Bearer::Owner) {
                return Ok(Self { actor: None });
            }
            let seen = look(&context, &bearer).await?;
            if !seen.roles.contains(&RoleName::Admin) {
                return Err(forbidden("this is for admins"));
            }
            Ok(Self {
                actor: Some(seen.learner),
            })
        })
    }
}

impl FromRequest for AuthorOf {
    type Error = ApiError;
    type Future = Checked<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let asked = asked(request);
        // As the handler reads it: both mean the same certification.
        let path = web::Path::<String>::extract(request);
        Box::pin(async move {
            let (context, bearer) = asked?;
            if matches!(bearer, Bearer::Owner) {
                return Ok(Self);
            }
            let seen = look(&context, &bearer).await?;
            if seen.roles.contains(&RoleName::Admin) {
                return Ok(Self);
            }
            let id = path.await;
            let id = id.map_err(|_| ApiError::not_found("certification"))?;
            // Nobody else is looked up: most callers have no role.
            let entered = seen.roles.contains(&RoleName::Author)
                && context
                    .sessions()
                    .store
                    .authored(seen.learner)
                    .await?
                    .contains(&*id);
            match entered {
                true => Ok(Self),
                false => Err(forbidden(
                    "this is for authors of this certification and for admins: an admin can enter you as one",
                )),
            }
        })
    }
}

/// What a bearer token says, by itself.
enum Bearer {
    Guest(LearnerId),
    Account(LearnerId, SignInId),
    Owner,
}

/// Who asks, as the store has them.
struct Seen {
    learner: LearnerId,
    /// None for a guest.
    sign_in: Option<SignInId>,
    roles: Vec<RoleName>,
}

/// The context of a request and what its token says.
fn asked(request: &HttpRequest) -> Result<(web::Data<HttpContext>, Bearer), ApiError> {
    let context = request.app_data::<web::Data<HttpContext>>().cloned();
    let context = context.ok_or_else(|| ApiError::internal(&"the routes have no context"))?;
    let bearer = bearer(request, &context)?;
    Ok((context, bearer))
}

fn bearer(request: &HttpRequest, context: &HttpContext) -> Result<Bearer, ApiError> {
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim)
        .ok_or_else(|| {
            ApiError::unauthorized(
                "send `Authorization: Bearer <token>`: POST /v1/auth/sign-in gives one, POST /v1/guests one for a guest",
            )
        })?;
    let now = context.sessions().clock.now_ms();
    let owner = &context.owner;
    if owner.as_ref().is_some_and(|owner| owner.is(token)) {
        return Ok(Bearer::Owner);
    }
    match signed_in_as(&context.secret, token, now) {
        Ok((learner, sign_in)) => return Ok(Bearer::Account(learner, sign_in)),
        Err(TokenError::Expired) => {
            return Err(ApiError::unauthorized(
                "the token has expired: POST /v1/auth/refresh gives another, or POST /v1/guests one for a guest",
            ));
        }
        Err(TokenError::Forged) => {}
    }
    match learner_of(&context.secret, token, now) {
        Ok(learner) => Ok(Bearer::Guest(learner)),
        Err(TokenError::Expired) => Err(ApiError::unauthorized(
            "the token has expired: POST /v1/guests gives another",
        )),
        Err(TokenError::Forged) => Err(ApiError::unauthorized(
            "the token is not valid: POST /v1/auth/sign-in gives another, POST /v1/guests one for a guest",
        )),
    }
}

/// Looks up once who bears a token: whether they are there, still signed in, and what they may do.
async fn look(context: &HttpContext, bearer: &Bearer) -> Result<Seen, ApiError> {
    let named = named(bearer)?;
    let roles = named.look(context).await?;
    Ok(Seen {
        learner: named.learner,
        sign_in: named.sign_in,
        roles,
    })
}

fn named(bearer: &Bearer) -> Result<Named, ApiError> {
    let (learner, sign_in) = match *bearer {
        Bearer::Guest(learner) => (learner, None),
        Bearer::Account(learner, sign_in) => (learner, Some(sign_in)),
        Bearer::Owner => {
            return Err(ApiError::unauthorized(
                "the owner's token is no learner's: POST /v1/auth/sign-in or POST /v1/guests gives one",
            ));
        }
    };
    Ok(Named { learner, sign_in })
}

fn forbidden(message: &str) -> ApiError {
    ApiError::refused(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message)
}
