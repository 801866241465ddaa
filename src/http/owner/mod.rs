//! What the owner of a certification sees of its use.
//!
//! Owns who that is, and these routes. They read roll-ups, and may be as late as a replica; exports read answers page by
//! page as the client takes them. Nothing here names a learner but by a random id.

mod export;
mod pages;
mod records;
mod statistics;

use std::future::{Ready, ready};

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, dev, web};
use learnr_protocol::ErrorCode;

use super::{ApiError, HttpContext};

pub(super) use export::{__path_export, export};
pub(super) use statistics::{__path_items, __path_learners, items, learners};

/// Proof that the owner asks; a route that takes one answers nobody else.
pub(super) struct Owner;

impl FromRequest for Owner {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(identify(request).map(|()| Self))
    }
}

fn identify(request: &HttpRequest) -> Result<(), ApiError> {
    let context = request
        .app_data::<web::Data<HttpContext>>()
        .ok_or_else(|| ApiError::internal(&"the routes have no context"))?;
    let Some(owner) = &context.owner else {
        return Err(ApiError::refused(
            StatusCode::FORBIDDEN,
            ErrorCode::Forbidden,
            "no owner's token is set: start the server with LEARNR_OWNER_TOKEN or --owner-token, at least 32 characters",
        ));
    };
    let token = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match token {
        Some(token) if owner.is(token.trim()) => Ok(()),
        _ => Err(ApiError::unauthorized(
            "send `Authorization: Bearer <token>` with the owner's token, LEARNR_OWNER_TOKEN of the server",
        )),
    }
}
