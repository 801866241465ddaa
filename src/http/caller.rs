//! Who is asking: the learner named by the bearer token, as long as their account is there.
//!
//! Owns the check that every route of a learner's makes. Tokens are proof by themselves, so the store is asked whether
//! their learner was deleted since, on whichever instance; that a deletion a moment later changes nothing for a write is
//! the store's to see to.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, dev, web};

use super::{ApiError, HttpContext};
use crate::auth::{TokenError, learner_of};
use crate::store::LearnerId;

/// The learner behind a request; a route that takes one answers nobody else.
pub(super) struct Caller(pub(super) LearnerId);

/// The learner that a request's token names, whose account may be gone. For a route that finds that out by itself, with what else
/// it asks the store.
pub(super) struct Named(pub(super) LearnerId);

impl FromRequest for Named {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(named(request).map(|(learner, _)| Self(learner)))
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let named = named(request);
        Box::pin(async move {
            let (learner, context) = named?;
            match context.sessions().store.has_learner(learner).await? {
                true => Ok(Self(learner)),
                false => Err(ApiError::no_account()),
            }
        })
    }
}

fn named(request: &HttpRequest) -> Result<(LearnerId, web::Data<HttpContext>), ApiError> {
    let context = request.app_data::<web::Data<HttpContext>>().cloned();
    let context = context.ok_or_else(|| ApiError::internal(&"the routes have no context"))?;
    Ok((identify(request, &context)?, context))
}

fn identify(request: &HttpRequest, context: &HttpContext) -> Result<LearnerId, ApiError> {
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| {
            ApiError::unauthorized(
                "send `Authorization: Bearer <token>`: POST /v1/guests gives one",
            )
        })?;
    let now = context.sessions().clock.now_ms();
    learner_of(&context.secret, token.trim(), now).map_err(|error| {
        ApiError::unauthorized(match error {
            TokenError::Forged => "the token is not valid: POST /v1/guests gives another",
            TokenError::Expired => "the token has expired: POST /v1/guests gives another",
        })
    })
}
