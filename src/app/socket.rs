//! The socket of a session: refusals as REST errors, then the connection takes over.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use learnr_protocol::ErrorCode;
use uuid::Uuid;

use crate::connection::{ConnectionContext, HandshakeRefused, open_socket};
use crate::http::ApiError;
use crate::store::SessionId;

/// When to try again when every place is taken, in seconds.
const FULL_RETRY_S: u64 = 2;

/// When to try again at an instance that is leaving, in seconds: another takes its place.
const DRAINING_RETRY_S: u64 = 1;
/// Over how many seconds those are spread that come all at once.
const SPREAD_S: u128 = 4;

/// Upgrades to the socket of a session. Whose session it is is decided by the ticket in `hello`.
pub(super) async fn open(
    context: web::Data<ConnectionContext>,
    path: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let id = Uuid::parse_str(&path).map_err(|_| ApiError::not_found("session"))?;
    open_socket(&context, SessionId(id), &request, payload)
        .await
        .map_err(refused)
}

/// Upgrades to a socket that gives back what it gets.
#[cfg(feature = "echo")]
pub(super) async fn echo(
    context: web::Data<ConnectionContext>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    crate::connection::open_echo(&context, &request, payload)
        .await
        .map_err(refused)
}

fn refused(refused: HandshakeRefused) -> ApiError {
    let text = refused.to_string();
    match refused {
        HandshakeRefused::Origin => {
            ApiError::refused(StatusCode::FORBIDDEN, ErrorCode::OriginNotAllowed, text)
        }
        HandshakeRefused::Subprotocol => ApiError::refused(
            StatusCode::BAD_REQUEST,
            ErrorCode::UnsupportedSubprotocol,
            text,
        ),
        HandshakeRefused::NotAnUpgrade => {
            ApiError::refused(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, text)
        }
        HandshakeRefused::Full => later(&text, FULL_RETRY_S),
        HandshakeRefused::Draining => later(&text, DRAINING_RETRY_S),
        HandshakeRefused::TooFast => {
            let drawn = Uuid::new_v4().as_u128() % SPREAD_S;
            later(&text, 1 + u64::try_from(drawn).unwrap_or(0))
        }
    }
}

fn later(text: &str, retry_s: u64) -> ApiError {
    ApiError::later(
        StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Busy,
        text,
        retry_s,
    )
}
