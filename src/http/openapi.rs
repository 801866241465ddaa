//! The OpenAPI 3.1 document, generated from the routes and the shapes they take and give.

use actix_web::HttpResponse;
use learnr_protocol::rest::{ErrorEnvelope, SessionView};
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::{
    account, auth, certifications, cluster, export, guests, health, history, keeping, learners,
    owner, people, review, sessions, standing,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "LearnR",
        description = "Sessions are started here and run over the socket at /v1/ws/sessions/{session_id}; \
                       protocol/schema/asyncapi.json describes that. Every error has the shape of ErrorEnvelope. \
                       Beside what each route lists: 404 for a path that is not here, 405 for a method that a path does not take, \
                       with those it takes in `Allow`, and 500 for a fault of ours, which tells the id of the request and no more."
    ),
    paths(
        guests::create,
        auth::register,
        auth::link,
        auth::confirm,
        auth::sign_in,
        auth::refresh,
        auth::sign_out,
        auth::forgot,
        auth::reset,
        auth::providers,
        auth::start,
        auth::callback,
        account::view,
        account::change,
        account::password,
        account::email,
        account::identities,
        account::end_identity,
        account::sign_ins,
        account::end_others,
        account::end_one,
        keeping::preferences,
        keeping::prefer,
        keeping::reminding,
        keeping::stop,
        keeping::bookmarks,
        keeping::mark,
        keeping::unmark,
        keeping::report,
        keeping::reports,
        learners::delete,
        export::export,
        certifications::list,
        standing::show,
        sessions::create,
        sessions::list_open,
        sessions::view,
        sessions::summary,
        review::review,
        sessions::ticket,
        history::list,
        history::answers,
        history::progress,
        history::activity,
        history::hardest,
        owner::items,
        owner::learners,
        owner::export,
        cluster::show,
        cluster::session,
        people::list,
        people::grant,
        people::revoke,
        people::enter,
        people::strike,
        people::sign_out,
        people::audit,
        health::healthz,
        health::readyz,
        health::metrics,
        health::config,
    ),
    components(schemas(ErrorEnvelope, SessionView)),
    modifiers(&Bearer, &TakesBody)
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
        );
        let mut owner = Http::new(HttpAuthScheme::Bearer);
        owner.description = Some("the owner's token, LEARNR_OWNER_TOKEN of the server".to_owned());
        components.add_security_scheme("owner", SecurityScheme::Http(owner));
        components.add_security_scheme(
            "refresh",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("learnr_refresh"))),
        );
    }
}

/// What every route that takes a body answers to one it cannot read.
const OF_A_BODY: [(&str, &str); 3] = [
    (
        "400",
        "the body is not the JSON that the route takes, or has a field it does not take",
    ),
    ("413", "the body is over 64 KiB"),
    ("415", "the body is not said to be application/json"),
];

/// Adds those answers to the routes that take a body, where a route does not say more of them itself.
struct TakesBody;

impl Modify for TakesBody {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for path in openapi.paths.paths.values_mut() {
            let PathItem {
                put,
                post,
                delete,
                patch,
                ..
            } = path;
            let taking = [put, post, delete, patch].into_iter().flatten();
            for operation in taking.filter(|operation| operation.request_body.is_some()) {
                for (status, words) in OF_A_BODY {
                    let responses = &mut operation.responses.responses;
                    let said = responses.entry(status.to_owned());
                    said.or_insert_with(|| refusal(words).into());
                }
            }
        }
    }
}

fn refusal(description: &str) -> Response {
    let envelope = Ref::from_schema_name("ErrorEnvelope");
    let content = ContentBuilder::new().schema(Some(envelope)).build();
    ResponseBuilder::new()
        .description(description)
        .content("application/json", content)
        .build()
}

/// The document as JSON.
#[must_use]
pub fn document() -> String {
    let mut text = Document::openapi()
        .to_pretty_json()
        .expect("the document is plain JSON");
    text.push('\n');
    text
}

/// Serves the document.
pub(super) async fn serve() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(document())
}
