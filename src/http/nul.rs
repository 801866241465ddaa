//! Addresses with the one character that no text in a store has.
//!
//! Owns that a request for one is refused before anybody looks at it: PostgreSQL stores no such character, and calls asking for it an
//! error. Must not know any route; what has it in a body is that route's to refuse.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use learnr_protocol::ErrorCode;

use super::ApiError;

/// The character as addresses spell it.
const SPELT: &str = "%00";

/// Refuses a request whose path or query has the character.
///
/// # Errors
/// What the request failed with.
pub async fn refuse_nul<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let refused = if request.uri().path().contains(SPELT) {
        Some(ApiError::no_route(
            request.method().as_str(),
            request.uri().path(),
        ))
    } else if request.query_string().contains(SPELT) {
        Some(ApiError::refused(
            StatusCode::BAD_REQUEST,
            ErrorCode::BadRequest,
            "query: it has a character that no text here has, %00",
        ))
    } else {
        None
    };
    match refused {
        // An answer and no error: what is wrapped around this adds its headers to answers alone.
        Some(error) => Ok(request.error_response(error).map_into_right_body()),
        None => Ok(next.call(request).await?.map_into_left_body()),
    }
}
