//! What learners say is wrong with a question, and what its author reads of it.
//!
//! Owns that only questions one has answered can be complained of, and that who said it is told to nobody.

use actix_web::{HttpResponse, web};
use learnr_protocol::keeping::{ItemReport, ItemReportPage, ReportItem, ReportReason};
use serde::Deserialize;

use super::answered::{Asked, answered_in};
use super::bookmarks::looked;
use super::note;
use crate::http::caller::{AuthorOf, Caller};
use crate::http::history::place::{Place, cut};
use crate::http::{ApiError, HttpContext};
use crate::store::{ItemReportRow, NewItemReport};

/// Reports of a page.
const PAGE: u32 = 100;

/// Says what is wrong with a question that the caller has answered, of the version they answered. What they said of it before is replaced.
#[utoipa::path(
    post, path = "/v1/certifications/{id}/items/{item}/reports", tag = "learners", request_body = ReportItem,
    params(
        ("id" = String, Path, description = "certification id"),
        ("item" = String, Path, description = "item id"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 202, description = "its authors can read it"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "no such question, or none that you have answered"),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "a note that is too long"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn report(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<(String, String)>,
    body: web::Json<ReportItem>,
) -> Result<HttpResponse, ApiError> {
    let (certification, item) = path.into_inner();
    let ReportItem { reason, note: text } = body.into_inner();
    let note = note(text)?;
    looked(&context, learner).await?;
    let shared = context.sessions();
    let asked = Asked {
        learner,
        certification: &certification,
        item: &item,
    };
    let version = answered_in(&context, asked).await?;
    let version = version.ok_or_else(|| ApiError::not_found("question that you have answered"))?;
    let said = shared.store.report_item(NewItemReport {
        certification,
        version,
        item,
        learner,
        reason: word(reason).to_owned(),
        note,
        reported_at: shared.clock.now_ms(),
    });
    said.await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Which page of reports.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ReportsQuery {
    before: Option<String>,
}

/// Lists what learners said of a certification's questions, latest first.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/reports", tag = "owner",
    params(
        ("id" = String, Path, description = "certification id"),
        ("before" = Option<String>, Query, description = "`next` of the page before"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 200, body = ItemReportPage),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "no author of this certification and no admin"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn reports(
    context: web::Data<HttpContext>,
    _: AuthorOf,
    path: web::Path<String>,
    query: web::Query<ReportsQuery>,
) -> Result<HttpResponse, ApiError> {
    let before = Place::read(query.before.as_deref(), |place| match place {
        Place::Number(id) => Some(id),
        _ => None,
    })?;
    let shared = context.sessions();
    // One that is not there has no page either.
    shared.banks.current(&path).await?;
    let rows = shared.store.item_reports(&path, before, PAGE + 1);
    let mut rows = rows.await?;
    let next = cut(&mut rows, PAGE, |row| Place::Number(row.id));
    Ok(HttpResponse::Ok().json(ItemReportPage {
        reports: rows.into_iter().map(told).collect(),
        next,
    }))
}

fn told(row: ItemReportRow) -> ItemReport {
    ItemReport {
        id: row.id,
        version: row.version,
        item: row.item,
        reason: reason(&row.reason),
        note: row.note,
        reported_ms: row.reported_at,
    }
}

fn word(reason: ReportReason) -> &'static str {
    match reason {
        ReportReason::WrongKey => "wrong_key",
        ReportReason::Unclear => "unclear",
        ReportReason::Outdated => "outdated",
        ReportReason::Typo => "typo",
        ReportReason::Other => "other",
    }
}

/// The reason a stored word stands for; one that this release does not know is something else.
pub(in crate::http) fn reason(stored: &str) -> ReportReason {
    [
        ReportReason::WrongKey,
        ReportReason::Unclear,
        ReportReason::Outdated,
        ReportReason::Typo,
    ]
    .into_iter()
    .find(|reason| word(*reason) == stored)
    .unwrap_or(ReportReason::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_comes_back_from_its_word() {
        for known in [
            ReportReason::WrongKey,
            ReportReason::Unclear,
            ReportReason::Outdated,
            ReportReason::Typo,
            ReportReason::Other,
        ] {
            assert_eq!(reason(word(known)), known);
        }
        assert_eq!(reason("from-a-later-release"), ReportReason::Other);
    }
}
