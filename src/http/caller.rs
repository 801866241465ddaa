//! Who is asking: the learner named by the bearer token.

use std::future::{Ready, ready};

use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, dev, web};

use super::{ApiError, HttpContext};
use crate::auth::{TokenError, learner_of};
use crate::store::LearnerId;

/// The learner behind a request; a route that takes one answers nobody else.
pub(super) struct Caller(pub(super) LearnerId);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(identify(request).map(Self))
    }
}

fn identify(request: &HttpRequest) -> Result<LearnerId, ApiError> {
    let context = request
        .app_data::<web::Data<HttpContext>>()
        .ok_or_else(|| ApiError::internal(&"the routes have no context"))?;
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
