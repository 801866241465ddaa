//! REST: one route table, and what every route shares.
//!
//! Owns the routes. They read the store, never a live session; what they change goes through the store too, but for the
//! sessions of a deleted account, which are ended first.

pub mod access;
mod account;
mod address;
mod auth;
mod caller;
mod certifications;
pub mod cluster;
mod cookies;
mod error;
mod export;
mod exports;
mod fleet;
mod guests;
mod headers;
mod health;
mod history;
mod keeping;
mod learners;
mod limits;
mod lookups;
mod nul;
pub mod openapi;
mod owner;
mod pages;
mod people;
mod reckonings;
mod review;
mod sessions;
mod standing;
mod starts;

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_cors::Cors;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, Resource, Route, web};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::auth::{OwnerToken, Passwords, Secret};
use crate::mail::Mails;
use crate::provider::Providers;
use crate::session::{Registry, SessionContext};

pub use address::Proxies;
pub use auth::AuthLimits;
pub use cookies::{NoPublicUrl, PublicUrl};
pub use error::ApiError;
pub use exports::{EXPORTS_PER_MINUTE, Exports};
pub use guests::{GUESTS_PER_MINUTE, GuestLimits};
pub use headers::{note_request, security};
pub use lookups::{LOOKUPS_PER_MINUTE, Lookups};
pub use nul::refuse_nul;
pub use reckonings::{Reckonings, STANDINGS_PER_MINUTE};
pub use starts::{STARTS_PER_MINUTE, StartLimits};

/// Largest body a REST route takes, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// What the paths of REST begin with.
const VERSION: &str = "/v1";

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
    /// Passwords, a few at a time.
    pub passwords: Passwords,
    /// How often one may try to sign in, and ask for mail.
    pub auth: AuthLimits,
    /// Mail to people.
    pub mails: Mails,
    /// Where else people sign in.
    pub providers: Providers,
    /// Where people find the page.
    pub public_url: PublicUrl,
    /// Origins whose pages may use this server beside its own.
    pub origins: Vec<String>,
    /// Where the page finds its server; empty for its own origin.
    pub api_origin: String,
    /// Browsers are told to forget the page's service worker.
    pub no_worker: bool,
    /// Renders `/metrics`.
    pub metrics: PrometheusHandle,
}

impl HttpContext {
    /// Takes no more errands of mail, and waits until what people were told is on its way is sent or given up, no longer than `within`; how
    /// many mails are lost then.
    pub async fn drain_mail(&self, within: Duration) -> usize {
        let until = Instant::now() + within;
        drop(tokio::time::timeout(within, self.auth.errands_done()).await);
        self.mails
            .drain(until.saturating_duration_since(Instant::now()))
            .await
    }

    /// What live sessions and these routes share.
    fn sessions(&self) -> &SessionContext {
        self.registry.context()
    }
}

/// Every route of REST, from the table in [`access`]; beside them there is only the socket, which `app` adds.
pub fn routes(config: &mut web::ServiceConfig) {
    let (versioned, plain): (Vec<_>, Vec<_>) = access::table()
        .into_iter()
        .partition(|rule| rule.path.starts_with(VERSION));
    config
        .app_data(
            web::JsonConfig::default()
                .limit(BODY_BYTES_MAX)
                .error_handler(error::bad_json),
        )
        .app_data(web::PathConfig::default().error_handler(error::bad_path))
        .app_data(web::QueryConfig::default().error_handler(error::bad_query));
    for resource in resources(plain, "") {
        config.service(resource);
    }
    let scope = resources(versioned, VERSION)
        .into_iter()
        .fold(web::scope(VERSION), |scope, resource| {
            scope.service(resource)
        });
    config
        .service(scope.default_service(web::to(no_route)))
        .default_service(web::to(pages::serve));
}

/// The lines of each path as one resource, in order; their paths begin with `prefix`, which is left out.
fn resources(rules: Vec<access::Rule>, prefix: &str) -> Vec<Resource> {
    let mut paths: Vec<(&str, Vec<(Method, Route)>)> = Vec::new();
    for rule in rules {
        let path = rule.path.strip_prefix(prefix).unwrap_or(rule.path);
        let line = (rule.method, rule.route);
        match paths.last_mut() {
            Some((last, lines)) if *last == path => lines.push(line),
            _ => paths.push((path, vec![line])),
        }
    }
    let resource = |(path, lines)| resource(path, lines);
    paths.into_iter().map(resource).collect()
}

/// What pages of other origins may ask: those on the list, with a bearer token, never with a cookie.
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER, headers::REQUEST_ID])
        .max_age(3600);
    origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// A path: what is done for each method it takes. Any other is refused with 405, which names those.
#[must_use]
pub fn path<const N: usize>(pattern: &str, methods: [(Method, Route); N]) -> Resource {
    resource(pattern, methods.into())
}

fn resource(pattern: &str, methods: Vec<(Method, Route)>) -> Resource {
    let taken: Vec<&str> = methods.iter().map(|(method, _)| method.as_str()).collect();
    let taken: Arc<str> = taken.join(", ").into();
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
