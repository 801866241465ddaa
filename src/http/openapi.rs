//! The OpenAPI 3.1 document, generated from the routes and the shapes they take and give.

use actix_web::HttpResponse;
use learnr_protocol::rest::{ErrorEnvelope, SessionView};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
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
                       protocol/schema/asyncapi.json describes that. Every error has the shape of ErrorEnvelope."
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
        account::view,
        account::change,
        account::password,
        account::email,
        account::sign_ins,
        account::end_others,
        account::end_one,
        keeping::preferences,
        keeping::prefer,
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
    modifiers(&Bearer)
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
