//! REST: one route table, and what every route shares.
//!
//! Owns the routes. They read the store, never a live session; what they change goes through the store too.

mod caller;
mod certifications;
mod error;
mod guests;
mod health;
pub mod openapi;
mod pages;
mod sessions;
mod socket;

use std::sync::Arc;

use actix_cors::Cors;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::auth::Secret;
use crate::connection::ConnectionContext;
use crate::session::SessionContext;

pub use error::ApiError;
pub use guests::{GUESTS_PER_MINUTE, GuestLimits};

/// Largest body a REST route takes, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// What every route shares.
pub struct HttpContext {
    /// Store, clock and certifications.
    pub sessions: Arc<SessionContext>,
    /// Sockets.
    pub connections: Arc<ConnectionContext>,
    /// What tokens are signed with.
    pub secret: Secret,
    /// How many guests may be made.
    pub guests: GuestLimits,
    /// Where the page finds its server; empty for its own origin.
    pub api_origin: String,
    /// Renders `/metrics`.
    pub metrics: PrometheusHandle,
}

/// Every route. Each line is one; there are no others.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(
            web::JsonConfig::default()
                .limit(BODY_BYTES_MAX)
                .error_handler(error::bad_json),
        )
        .app_data(web::PathConfig::default().error_handler(error::bad_path))
        .app_data(web::QueryConfig::default().error_handler(error::bad_query))
        .route("/healthz", web::get().to(health::healthz))
        .route("/readyz", web::get().to(health::readyz))
        .route("/metrics", web::get().to(health::metrics))
        .route("/config.json", web::get().to(health::config))
        .service(
            web::scope("/v1")
                .route("/openapi.json", web::get().to(openapi::serve))
                .route("/guests", web::post().to(guests::create))
                .route("/certifications", web::get().to(certifications::list))
                .route("/sessions", web::post().to(sessions::create))
                .route("/sessions", web::get().to(sessions::list_open))
                .route("/sessions/{id}", web::get().to(sessions::view))
                .route("/sessions/{id}/summary", web::get().to(sessions::summary))
                .route("/sessions/{id}/tickets", web::post().to(sessions::ticket))
                .route("/ws/sessions/{id}", web::get().to(socket::open))
                .default_service(web::to(no_route)),
        )
        .default_service(web::to(pages::serve));
}

/// What pages of other origins may ask: those on the list, with a bearer token, never with a cookie.
#[must_use]
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::POST])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER])
        .max_age(3600);
    origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// A path that is not in the table, or a method its route does not take.
async fn no_route(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(ApiError::no_route(
        request.method().as_str(),
        request.path(),
    ))
}
