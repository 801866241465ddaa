//! REST: one route table, and what every route shares.
//!
//! Owns the routes. They read the store, never a live session; what they change goes through the store too, but for the
//! sessions of a deleted account, which are ended first.

mod address;
mod caller;
mod certifications;
pub mod cluster;
mod error;
mod export;
mod exports;
mod fleet;
mod guests;
mod health;
mod history;
mod learners;
mod limits;
mod lookups;
pub mod openapi;
mod owner;
mod pages;
mod reckonings;
mod review;
mod sessions;
mod standing;
mod starts;

use std::sync::Arc;

use actix_cors::Cors;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, Resource, Route, web};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::auth::{OwnerToken, Secret};
use crate::session::{Registry, SessionContext};

pub use address::Proxies;
pub use error::ApiError;
pub use exports::{EXPORTS_PER_MINUTE, Exports};
pub use guests::{GUESTS_PER_MINUTE, GuestLimits};
pub use lookups::{LOOKUPS_PER_MINUTE, Lookups};
pub use reckonings::{Reckonings, STANDINGS_PER_MINUTE};
pub use starts::{STARTS_PER_MINUTE, StartLimits};

/// Largest body a REST route takes, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// What every route shares.
pub struct HttpContext {
    /// The live sessions, and what they share: store, clock and certifications.
    pub registry: Arc<Registry>,
    /// What tokens are signed with.
    pub secret: Secret,
    /// Whose word is taken for where a request comes from.
    pub proxies: Proxies,
    /// How many guests may be made.
    pub guests: GuestLimits,
    /// How many sessions each learner may start.
    pub starts: StartLimits,
    /// How many standings are reckoned.
    pub reckonings: Reckonings,
    /// How often history is looked at.
    pub lookups: Lookups,
    /// What the owner's token is recognised by; without one nobody is the owner.
    pub owner: Option<OwnerToken>,
    /// How many exports of a learner's own records there are.
    pub exports: Exports,
    /// Where the page finds its server; empty for its own origin.
    pub api_origin: String,
    /// Renders `/metrics`.
    pub metrics: PrometheusHandle,
}

impl HttpContext {
    /// What live sessions and these routes share.
    fn sessions(&self) -> &SessionContext {
        self.registry.context()
    }
}

/// Every route of REST. Each line is one path with the methods it takes; beside them there is only the
/// socket, which `app` adds.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(
            web::JsonConfig::default()
                .limit(BODY_BYTES_MAX)
                .error_handler(error::bad_json),
        )
        .app_data(web::PathConfig::default().error_handler(error::bad_path))
        .app_data(web::QueryConfig::default().error_handler(error::bad_query))
        .service(path("/healthz", [(Method::GET, web::to(health::healthz))]))
        .service(path("/readyz", [(Method::GET, web::to(health::readyz))]))
        .service(path("/metrics", [(Method::GET, web::to(health::metrics))]))
        .service(path(
            "/config.json",
            [(Method::GET, web::to(health::config))],
        ))
        .service(
            web::scope("/v1")
                .service(path(
                    "/openapi.json",
                    [(Method::GET, web::to(openapi::serve))],
                ))
                .service(path("/guests", [(Method::POST, web::to(guests::create))]))
                .service(path(
                    "/learners/me",
                    [(Method::DELETE, web::to(learners::delete))],
                ))
                .service(path(
                    "/learners/me/export",
                    [(Method::GET, web::to(export::export))],
                ))
                .service(path(
                    "/certifications",
                    [(Method::GET, web::to(certifications::list))],
                ))
                .service(path(
                    "/certifications/{id}/standing",
                    [(Method::GET, web::to(standing::show))],
                ))
                .configure(history_routes)
                .configure(admin_routes)
                .service(path(
                    "/sessions",
                    [
                        (Method::POST, web::to(sessions::create)),
                        (Method::GET, web::to(sessions::list_open)),
                    ],
                ))
                .service(path(
                    "/sessions/{id}",
                    [(Method::GET, web::to(sessions::view))],
                ))
                .service(path(
                    "/sessions/{id}/summary",
                    [(Method::GET, web::to(sessions::summary))],
                ))
                .service(path(
                    "/sessions/{id}/review",
                    [(Method::GET, web::to(review::review))],
                ))
                .service(path(
                    "/sessions/{id}/tickets",
                    [(Method::POST, web::to(sessions::ticket))],
                ))
                .default_service(web::to(no_route)),
        )
        .default_service(web::to(pages::serve));
}

/// What learners look back on, and what owners see. Before `/sessions/{id}`, which would take `history` for an id.
fn history_routes(config: &mut web::ServiceConfig) {
    config
        .service(path(
            "/certifications/{id}/progress",
            [(Method::GET, web::to(history::progress))],
        ))
        .service(path(
            "/certifications/{id}/activity",
            [(Method::GET, web::to(history::activity))],
        ))
        .service(path(
            "/certifications/{id}/hardest",
            [(Method::GET, web::to(history::hardest))],
        ))
        .service(path(
            "/certifications/{id}/items/statistics",
            [(Method::GET, web::to(owner::items))],
        ))
        .service(path(
            "/certifications/{id}/learners",
            [(Method::GET, web::to(owner::learners))],
        ))
        .service(path(
            "/certifications/{id}/export",
            [(Method::GET, web::to(owner::export))],
        ))
        .service(path(
            "/sessions/history",
            [(Method::GET, web::to(history::list))],
        ))
        .service(path(
            "/sessions/{id}/answers",
            [(Method::GET, web::to(history::answers))],
        ));
}

/// What those who run the fleet see.
fn admin_routes(config: &mut web::ServiceConfig) {
    config
        .service(path(
            "/admin/cluster",
            [(Method::GET, web::to(cluster::show))],
        ))
        .service(path(
            "/admin/cluster/sessions/{id}",
            [(Method::GET, web::to(cluster::session))],
        ));
}

/// What pages of other origins may ask: those on the list, with a bearer token, never with a cookie.
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::POST, Method::DELETE])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER])
        .max_age(3600);
    origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// A path of the table: what is done for each method it takes. Any other is refused with 405, which names
/// those.
#[must_use]
pub fn path<const N: usize>(pattern: &str, methods: [(Method, Route); N]) -> Resource {
    let taken: Arc<str> = methods
        .each_ref()
        .map(|(method, _)| method.as_str())
        .join(", ")
        .into();
    let refuse = web::to(move |request: HttpRequest| {
        let error = ApiError::method_not_allowed(request.method().as_str(), &taken);
        async move { Err::<HttpResponse, ApiError>(error) }
    });
    methods.into_iter().fold(
        web::resource(pattern).default_service(refuse),
        |resource, (method, route)| resource.route(route.method(method)),
    )
}

/// A path that is not in the table.
async fn no_route(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(ApiError::no_route(
        request.method().as_str(),
        request.path(),
    ))
}
