//! Exports: answers, items and learners of a certification, as many as there are.
//!
//! Owns the route and what its records are. Reading them page by page is `pages`', writing them `records`'.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::pages::{Export, Pages};
use super::records::{Format, Records};
use super::statistics::version;
use crate::http::caller::AuthorOf;
use crate::http::history::days;
use crate::http::{ApiError, HttpContext};

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum What {
    /// Every answer of sessions that ended.
    Answers,
    /// The items of a version with their figures.
    Items,
    /// The learners with their progress.
    Learners,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Items => "items",
            Self::Learners => "learners",
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Answers => &[
                "session",
                "learner",
                "version",
                "kind",
                "ended_ms",
                "position",
                "item_id",
                "area",
                "choice",
                "correct",
                "elapsed_ms",
                "answered_ms",
                "theta",
                "standard_error",
            ],
            Self::Items => &[
                "item_id",
                "area",
                "active",
                "served",
                "exposure_rate",
                "answers",
                "correct",
                "p_value",
                "mean_elapsed_ms",
                "judged",
                "discrimination",
                "infit",
                "infit_z",
                "outfit",
                "outfit_z",
                "misfit",
            ],
            Self::Learners => &[
                "learner",
                "sessions",
                "answers",
                "correct",
                "elapsed_ms",
                "first_ms",
                "last_ms",
            ],
        }
    }
}

/// What is exported, how, and of when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ExportQuery {
    format: Format,
    what: Option<What>,
    version: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

/// Exports a certification's use, streamed: answers of sessions that ended, items with their figures, or learners.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/export", tag = "owner",
    params(
        ("id" = String, Path, description = "certification id"),
        ("format" = inline(Format), Query, description = "how it is written"),
        ("what" = inline(Option<What>), Query, description = "by default `answers`"),
        ("version" = Option<String>, Query, description = "of items: a version; by default the current one"),
        ("from" = Option<String>, Query, description = "of answers: those of sessions that ended on this day of UTC or later, `YYYY-MM-DD`"),
        ("to" = Option<String>, Query, description = "of answers: those of sessions that ended on this day or before"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 200, description = "as `format` says, however long", content((String = "text/csv"), (Vec<Object> = "application/json"))),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "no author of this certification and no admin"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "four exports run already"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn export(
    context: web::Data<HttpContext>,
    _: AuthorOf,
    path: web::Path<String>,
    query: web::Query<ExportQuery>,
) -> Result<HttpResponse, ApiError> {
    let what = query.what.unwrap_or(What::Answers);
    let ended = days::ended(query.from.as_deref(), query.to.as_deref())?;
    let versioned = version(&context, &path, query.version.as_deref()).await?;
    let permit = context.lookups.export()?;
    let name = format!("{path}-{}.{}", what.name(), query.format.extension());
    let records = Records::new(query.format, what.fields());
    let pages = Pages::of(what, ended);
    let export = Export::new(context, versioned, records, pages, permit);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, query.format.content_type()))
        .insert_header((CONTENT_DISPOSITION, attachment(&name)))
        .streaming(export.stream()))
}

/// Ids are of letters, digits and a few signs; whatever else there might be has no place in a header.
fn attachment(name: &str) -> String {
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || "-_.".contains(*letter);
    let name: String = name.chars().filter(plain).collect();
    format!("attachment; filename=\"{name}\"")
}
