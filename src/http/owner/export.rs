//! Exports: answers, items and learners of a certification, as many as there are.
//!
//! Owns the reading page by page: one is in memory, and the next is read when the client has taken it. A client that
//! goes ends the export with it. A fault in the middle cuts the connection, so that a part is never taken for the whole.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use learnr_domain::ItemId;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;

use super::Owner;
use super::records::{Format, Records};
use super::statistics::{figures, learner, version};
use crate::http::history::days;
use crate::http::{ApiError, HttpContext};
use crate::session::VersionedBank;
use crate::store::{EndedSpan, ExportMark, ExportedAnswer, ProgressMark};

/// Rows read at a time.
const PAGE_ROWS: u32 = 1_000;

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
        ("format" = Format, Query, description = "how it is written"),
        ("what" = Option<What>, Query, description = "by default `answers`"),
        ("version" = Option<String>, Query, description = "of items: a version; by default the current one"),
        ("from" = Option<String>, Query, description = "of answers: those of sessions that ended on this day of UTC or later, `YYYY-MM-DD`"),
        ("to" = Option<String>, Query, description = "of answers: those of sessions that ended on this day or before"),
    ),
    security(("owner" = [])),
    responses(
        (status = 200, description = "as `format` says, however long", content((String = "text/csv"), (Vec<Object> = "application/json"))),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "the server was started without an owner's token"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "four exports run already"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn export(
    context: web::Data<HttpContext>,
    _: Owner,
    path: web::Path<String>,
    query: web::Query<ExportQuery>,
) -> Result<HttpResponse, ApiError> {
    let what = query.what.unwrap_or(What::Answers);
    let ended = days::ended(query.from.as_deref(), query.to.as_deref())?;
    let versioned = version(&context, &path, query.version.as_deref()).await?;
    let permit = context.lookups.export()?;
    let name = format!("{path}-{}.{}", what.name(), query.format.extension());
    let export = Export {
        certification: path.into_inner(),
        records: Records::new(query.format, what.fields()),
        pages: match what {
            What::Answers => Pages::Answers {
                ended,
                after: None,
                held: Vec::new(),
            },
            What::Items => Pages::Items { after: None },
            What::Learners => Pages::Learners { before: None },
        },
        versioned,
        context,
        _permit: permit,
    };
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

/// An export under way.
struct Export {
    context: web::Data<HttpContext>,
    certification: String,
    versioned: VersionedBank,
    records: Records,
    pages: Pages,
    _permit: OwnedSemaphorePermit,
}

/// How far it is.
enum Pages {
    Answers {
        ended: EndedSpan,
        after: Option<ExportMark>,
        /// The answers of the exam being read: the last one to each question counts, 500 at most.
        held: Vec<ExportedAnswer>,
    },
    Items {
        after: Option<String>,
    },
    Learners {
        before: Option<ProgressMark>,
    },
    Done,
}

impl Export {
    fn stream(self) -> impl Stream<Item = Result<Bytes, ApiError>> {
        stream::try_unfold(self, |mut export| async move {
            if matches!(export.pages, Pages::Done) {
                return Ok(None);
            }
            let bytes = export.page().await?;
            Ok(Some((bytes, export)))
        })
    }

    /// Reads and writes the next page.
    async fn page(&mut self) -> Result<Bytes, ApiError> {
        match &self.pages {
            Pages::Answers { .. } => self.answers().await,
            Pages::Items { .. } => self.items().await,
            Pages::Learners { .. } => self.learners().await,
            Pages::Done => Ok(Bytes::new()),
        }
    }

    async fn answers(&mut self) -> Result<Bytes, ApiError> {
        let Pages::Answers { ended, after, held } = &mut self.pages else {
            return Ok(Bytes::new());
        };
        let store = &self.context.sessions().store;
        let rows = store.exported_answers(&self.certification, *ended, *after, PAGE_ROWS);
        let rows = rows.await?;
        let last = rows.len() < PAGE_ROWS as usize;
        *after = rows.last().map(ExportedAnswer::mark).or(*after);
        let mut settled = Vec::with_capacity(rows.len());
        for row in rows {
            settle(held, &mut settled, row);
        }
        if last {
            settled.append(held);
        }
        let records: Vec<_> = settled
            .iter()
            .filter(|row| !row.answer.choice.is_empty())
            .map(AnswerRecord::of)
            .collect();
        self.write(&records, last)
    }

    async fn items(&mut self) -> Result<Bytes, ApiError> {
        let Pages::Items { after } = &mut self.pages else {
            return Ok(Bytes::new());
        };
        let (store, bank) = (&self.context.sessions().store, &self.versioned.bank);
        let version = &self.versioned.version;
        let versions = store.version_statistics(&self.certification).await?;
        let sessions = versions.iter().find(|one| *one.version == **version);
        let sessions = sessions.map_or(0, |one| one.sessions);
        let rows = store
            .item_statistics(&self.certification, version, after.as_deref(), PAGE_ROWS)
            .await?;
        let last = rows.len() < PAGE_ROWS as usize;
        *after = rows.last().map(|row| row.item.clone()).or(after.take());
        let told = rows.iter().filter_map(|row| {
            let item = bank.item(bank.find(&ItemId::new(&row.item).ok()?)?);
            Some(figures(bank, item, Some(row), sessions))
        });
        let records: Vec<_> = told.collect();
        self.write(&records, last)
    }

    async fn learners(&mut self) -> Result<Bytes, ApiError> {
        let Pages::Learners { before } = &mut self.pages else {
            return Ok(Bytes::new());
        };
        let store = &self.context.sessions().store;
        let rows = store.learner_progress(&self.certification, *before, PAGE_ROWS);
        let rows = rows.await?;
        let last = rows.len() < PAGE_ROWS as usize;
        let mark = rows.last().map(|row| ProgressMark {
            last_at: row.last_at,
            learner: row.learner,
        });
        *before = mark.or(*before);
        let records: Vec<_> = rows.iter().map(learner).collect();
        self.write(&records, last)
    }

    fn write<T: Serialize>(&mut self, records: &[T], last: bool) -> Result<Bytes, ApiError> {
        let mut bytes = self.records.page(records)?.to_vec();
        if last {
            self.pages = Pages::Done;
            bytes.extend(self.records.end()?);
        }
        Ok(bytes.into())
    }
}

/// Moves what is final from `held` to `settled` as `row` comes: an answer of an exam is, once the next session begins.
fn settle(held: &mut Vec<ExportedAnswer>, settled: &mut Vec<ExportedAnswer>, row: ExportedAnswer) {
    if held
        .first()
        .is_some_and(|first| first.session != row.session)
    {
        settled.append(held);
    }
    if !row.answer.recorded {
        settled.push(row);
        return;
    }
    let position = row.answer.position;
    match held.iter_mut().find(|one| one.answer.position == position) {
        Some(before) => *before = row,
        None => held.push(row),
    }
}

/// An answer as it is exported.
#[derive(Serialize)]
struct AnswerRecord<'a> {
    session: String,
    learner: String,
    version: &'a str,
    kind: &'a str,
    ended_ms: i64,
    position: u16,
    item_id: &'a str,
    area: &'a str,
    choice: &'a str,
    correct: bool,
    elapsed_ms: i64,
    answered_ms: i64,
    theta: Option<f64>,
    standard_error: Option<f64>,
}

impl<'a> AnswerRecord<'a> {
    fn of(row: &'a ExportedAnswer) -> Self {
        let answer = &row.answer;
        Self {
            session: row.session.to_string(),
            learner: row.learner.to_string(),
            version: &row.version,
            kind: &row.kind,
            ended_ms: row.ended_at,
            position: answer.position,
            item_id: &answer.item,
            area: &answer.area,
            choice: &answer.choice,
            correct: answer.correct,
            elapsed_ms: answer.elapsed_ms,
            answered_ms: answer.at_ms,
            theta: answer.theta,
            standard_error: answer.standard_error,
        }
    }
}
