//! What admins did.

use actix_web::{HttpResponse, web};
use learnr_protocol::keeping::{AuditEntry, AuditPage};
use serde::Deserialize;

use crate::http::caller::Admin;
use crate::http::history::place::{Place, cut};
use crate::http::{ApiError, HttpContext};
use crate::store::AuditRow;

/// Entries of a page.
const PAGE: u32 = 100;

/// Which page of entries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AuditQuery {
    before: Option<String>,
}

/// Lists what admins did, latest first.
#[utoipa::path(
    get, path = "/v1/admin/audit", tag = "operations",
    params(("before" = Option<String>, Query, description = "`next` of the page before")),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 200, body = AuditPage),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn audit(
    context: web::Data<HttpContext>,
    _: Admin,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, ApiError> {
    let before = Place::read(query.before.as_deref(), |place| match place {
        Place::Number(id) => Some(id),
        _ => None,
    })?;
    let store = &context.sessions().store;
    let mut rows = store.audit(before, PAGE + 1).await?;
    let next = cut(&mut rows, PAGE, |row| Place::Number(row.id));
    Ok(HttpResponse::Ok().json(AuditPage {
        entries: rows.into_iter().map(told).collect(),
        next,
    }))
}

fn told(row: AuditRow) -> AuditEntry {
    let entry = row.entry;
    AuditEntry {
        id: row.id,
        at_ms: entry.at,
        actor: entry.actor.map(|learner| learner.to_string()),
        via: entry.via,
        action: entry.action,
        target: entry.target,
        detail: entry.detail,
    }
}
