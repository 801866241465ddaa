//! Headers of every answer: what a browser must not do with it, and the id of the request.
//!
//! Owns them. The policy of the page is `pages`'; an answer that has a header already keeps it.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::{DefaultHeaders, Next};
use uuid::Uuid;

/// The id of a request, as an error tells it and the log has it.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// For a year browsers come over TLS, once they did.
const TLS_ONLY: &str = "max-age=31536000";

/// What every answer has that does not say otherwise: nothing here is a page, and what it tells is for its reader alone.
#[must_use]
pub fn security(tls: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((X_FRAME_OPTIONS, "DENY"))
        .add((REFERRER_POLICY, "no-referrer"))
        .add((CACHE_CONTROL, "no-store"));
    match tls {
        true => headers.add((STRICT_TRANSPORT_SECURITY, TLS_ONLY)),
        false => headers,
    }
}

/// Gives every answer the id of its request; an error has one already.
///
/// # Errors
/// What the request failed with.
pub async fn note_request(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    if !response.headers().contains_key(REQUEST_ID) {
        let id = HeaderValue::from_str(&Uuid::new_v4().to_string());
        let id = id.expect("a UUID is text");
        response.headers_mut().insert(REQUEST_ID, id);
    }
    Ok(response)
}
