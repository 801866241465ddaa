//! An export under way.
//!
//! Owns the reading page by page: one is in memory, and the next is read when the client has taken it. A client that
//! goes ends the export with it. A fault in the middle cuts the connection, so that a part is never taken for the whole.

use actix_web::web;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use super::export::What;
use super::records::Records;
use super::statistics::{learner, page, told};
use crate::http::{ApiError, HttpContext};
use crate::session::VersionedBank;
use crate::store::{EndedSpan, ExportMark, ExportedAnswer, ProgressMark};

/// Rows read at a time.
const PAGE_ROWS: u32 = 1_000;

/// An export under way.
pub(super) struct Export {
    context: web::Data<HttpContext>,
    versioned: VersionedBank,
    records: Records,
    pages: Pages,
    _permit: OwnedSemaphorePermit,
}

/// How far it is.
pub(super) enum Pages {
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

impl Pages {
    /// The beginning of an export.
    pub(super) fn of(what: What, ended: EndedSpan) -> Self {
        match what {
            What::Answers => Self::Answers {
                ended,
                after: None,
                held: Vec::new(),
            },
            What::Items => Self::Items { after: None },
            What::Learners => Self::Learners { before: None },
        }
    }
}

impl Export {
    /// An export that holds its place until it is over.
    pub(super) fn new(
        context: web::Data<HttpContext>,
        versioned: VersionedBank,
        records: Records,
        pages: Pages,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            context,
            versioned,
            records,
            pages,
            _permit: permit,
        }
    }

    /// Its bytes.
    pub(super) fn stream(self) -> impl Stream<Item = Result<Bytes, ApiError>> {
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
        let rows = store.exported_answers(
            self.versioned.bank.certification().id.as_str(),
            *ended,
            *after,
            PAGE_ROWS,
        );
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
        let (id, version) = (bank.certification().id.as_str(), &self.versioned.version);
        let versions = store.version_statistics(id).await?;
        let sessions = versions.iter().find(|one| *one.version == **version);
        let sessions = sessions.map_or(0, |one| one.sessions);
        let rows = store.item_statistics(id, version, after.as_deref(), PAGE_ROWS);
        let rows = rows.await?;
        let (items, more) = page(bank, after.as_deref(), PAGE_ROWS);
        *after = items.last().map(|item| item.id.to_string());
        let records: Vec<_> = items
            .iter()
            .map(|item| told(bank, item, &rows, sessions))
            .collect();
        self.write(&records, more.is_none())
    }

    async fn learners(&mut self) -> Result<Bytes, ApiError> {
        let Pages::Learners { before } = &mut self.pages else {
            return Ok(Bytes::new());
        };
        let store = &self.context.sessions().store;
        let rows = store.learner_progress(
            self.versioned.bank.certification().id.as_str(),
            *before,
            PAGE_ROWS,
        );
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
