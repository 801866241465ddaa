//! Is it alive, is it ready, how is it doing, where is it.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use learnr_protocol::rest::{ClientConfig, Health};

use super::HttpContext;

/// A write that waits longer than this makes the instance not ready, in seconds.
const STALLED_S: u64 = 5;

fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Whether the process answers at all.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = Health)))]
pub(super) async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(Health {
        status: "ok".to_owned(),
        version: version(),
    })
}

/// Whether sessions can be served: the store answers and takes writes, and the instance is staying.
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses((status = 200, body = Health), (status = 503, body = Health))
)]
pub(super) async fn readyz(context: web::Data<HttpContext>) -> HttpResponse {
    let store = &context.sessions().store;
    let stalled = store
        .health()
        .retrying_since
        .is_some_and(|since| since.elapsed().as_secs() >= STALLED_S);
    let status = if context.registry.is_leaving() {
        "draining"
    } else if stalled {
        "store_stalled"
    } else if let Err(error) = store.ping().await {
        tracing::warn!(%error, "not ready: the store does not answer");
        "store_unavailable"
    } else {
        "ok"
    };
    let mut response = if status == "ok" {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    response.json(Health {
        status: status.to_owned(),
        version: version(),
    })
}

/// Figures in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String)))]
pub(super) async fn metrics(context: web::Data<HttpContext>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .body(context.metrics.render())
}

/// What the page needs to find its server.
#[utoipa::path(get, path = "/config.json", tag = "operations", responses((status = 200, body = ClientConfig)))]
pub(super) async fn config(context: web::Data<HttpContext>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-cache"))
        .json(ClientConfig {
            api_origin: context.api_origin.clone(),
            version: version(),
        })
}
