//! The web client, embedded in the binary.
//!
//! Owns its caching and the policy that keeps anything but our own scripts from running.

use actix_web::http::Method;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{ApiError, HttpContext};

/// The built client. `scripts/web.sh` builds it before the server is built.
#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Client;

/// The methods that files are read with.
const READABLE: &str = "GET, HEAD";
const INDEX: &str = "index.html";
/// Files below here carry a hash of their content in their names, so they never change.
const HASHED: &str = "assets/";
/// Files that stand in folders; all others stand at the root and have a dot in their names.
const FOLDERS: [&str; 2] = [HASHED, "icons/"];
/// What opens the page without a network, and what is served in its place to take it out of browsers again.
const WORKER: &str = "service-worker.js";
const WORKER_OFF: &str = "worker-off.js";
const FOREVER: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

/// Serves a file of the client, or its index for any path that is a page of it.
pub(super) async fn serve(
    context: web::Data<HttpContext>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let path = request.path().trim_start_matches('/');
    let readable = request.method() == Method::GET || request.method() == Method::HEAD;
    let name = match path {
        WORKER if context.no_worker => WORKER_OFF,
        _ if Client::get(path).is_some() => path,
        _ if names_a_file(path) => "",
        _ => INDEX,
    };
    match Client::get(name) {
        Some(file) if readable => Ok(respond(&context, &request, name, file)),
        Some(_) => Err(ApiError::method_not_allowed(
            request.method().as_str(),
            READABLE,
        )),
        None => Err(ApiError::no_route(
            request.method().as_str(),
            request.path(),
        )),
    }
}

/// Whether a path is a file's, which is there or is not, and never a page's. Below the first segment a dot says nothing: it may
/// be of an id. `web/src/worker/page-addresses.ts` tells them apart in the same way.
fn names_a_file(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    first.contains('.') || FOLDERS.iter().any(|folder| path.starts_with(folder))
}

fn respond(
    context: &HttpContext,
    request: &HttpRequest,
    name: &str,
    file: EmbeddedFile,
) -> HttpResponse {
    let tag: String = file.metadata.sha256_hash()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"{tag}\"");
    let known = request
        .headers()
        .get(IF_NONE_MATCH)
        .is_some_and(|held| held.as_bytes() == tag.as_bytes());
    let mut response = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    let caching = if name.starts_with(HASHED) {
        FOREVER
    } else {
        REVALIDATE
    };
    response.insert_header((CACHE_CONTROL, caching));
    response.insert_header((ETAG, tag));
    secure(&mut response, context);
    if known {
        return response.finish();
    }
    response
        .insert_header((CONTENT_TYPE, content_type(&file)))
        .body(file.data.into_owned())
}

/// The type of a file, and how its letters are written where it is text.
fn content_type(file: &EmbeddedFile) -> String {
    let kind = file.metadata.mimetype();
    match kind.starts_with("text/") {
        true => format!("{kind}; charset=utf-8"),
        false => kind.to_owned(),
    }
}

fn secure(response: &mut HttpResponseBuilder, context: &HttpContext) {
    // Another origin for the server means another origin for its socket.
    let elsewhere = match context.api_origin.split_once("://") {
        Some(("https", host)) => format!(" https://{host} wss://{host}"),
        Some((_, host)) => format!(" http://{host} ws://{host}"),
        None => String::new(),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'{elsewhere}; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    response
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((X_FRAME_OPTIONS, "DENY"))
        .insert_header((REFERRER_POLICY, "no-referrer"));
}
