//! Figures of items and of learners, by page.

use actix_web::{HttpResponse, web};
use learnr_domain::Bank;
use learnr_domain::bank::Item;
use learnr_domain::calibration::{ItemFit, Misfit};
use learnr_protocol::history::{
    ItemMisfit, ItemStatistics, ItemStatisticsPage, LearnerProgress, LearnerProgressPage,
    VersionUse,
};
use serde::Deserialize;

use crate::http::caller::AuthorOf;
use crate::http::history::certification;
use crate::http::history::place::{Place, cut, page_rows};
use crate::http::{ApiError, HttpContext};
use crate::session::VersionedBank;
use crate::store::{
    ItemStatisticsRow, LearnerId, LearnerProgressRow, ProgressMark, VersionStatisticsRow,
};

/// Rows of a page unless told otherwise.
const PAGE_USUAL: u32 = 100;
/// Rows of a page at most.
const PAGE_MAX: u32 = 500;

/// Which items, and which page of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ItemsQuery {
    version: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Shows what the use of each item says of it, from sessions that ended: by id, those never shown among them.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/items/statistics", tag = "owner",
    params(
        ("id" = String, Path, description = "certification id"),
        ("version" = Option<String>, Query, description = "a version of it; by default the current one"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 500, by default 100"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 200, body = ItemStatisticsPage),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "no author of this certification and no admin"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn items(
    context: web::Data<HttpContext>,
    _: AuthorOf,
    path: web::Path<String>,
    query: web::Query<ItemsQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = page_rows(query.limit, PAGE_USUAL, PAGE_MAX)?;
    let after = Place::read(query.cursor.as_deref(), |place| match place {
        Place::Item(id) => Some(id),
        _ => None,
    })?;
    let versioned = version(&context, &path, query.version.as_deref()).await?;
    let store = &context.sessions().store;
    let versions = store.version_statistics(&path).await?;
    let of_version = versions
        .iter()
        .find(|one| *one.version == *versioned.version);
    let sessions = of_version.map_or(0, |one| one.sessions);
    // A page has no more items than that, so that the rows behind the same place are all it needs.
    let rows = store.item_statistics(&path, &versioned.version, after.as_deref(), limit);
    let rows = rows.await?;
    let bank = &versioned.bank;
    let (page, next) = page(bank, after.as_deref(), limit);
    let items = page.iter().map(|item| told(bank, item, &rows, sessions));
    Ok(HttpResponse::Ok().json(ItemStatisticsPage {
        certification: certification(&versioned),
        version: versioned.version.to_string(),
        versions: versions.into_iter().map(used).collect(),
        items: items.collect(),
        next,
    }))
}

/// One version of a certification, the current one by default.
pub(super) async fn version(
    context: &HttpContext,
    id: &str,
    version: Option<&str>,
) -> Result<VersionedBank, ApiError> {
    let banks = &context.sessions().banks;
    Ok(match version {
        Some(version) => banks.version(id, version).await?,
        None => banks.current(id).await?,
    })
}

/// The items behind an id, and where those behind them begin. A bank has its items in order of id.
pub(super) fn page<'a>(
    bank: &'a Bank,
    after: Option<&str>,
    limit: u32,
) -> (Vec<&'a Item>, Option<String>) {
    let items = bank.items();
    let first = after.map_or(0, |after| {
        items.partition_point(|item| item.id.as_str() <= after)
    });
    let mut page: Vec<&Item> = items[first..].iter().take(limit as usize + 1).collect();
    let next = cut(&mut page, limit, |item| Place::Item(item.id.to_string()));
    (page, next)
}

/// An item with its figures among `rows`, which are in order of id; `sessions` of its version had an answer.
pub(super) fn told(
    bank: &Bank,
    item: &Item,
    rows: &[ItemStatisticsRow],
    sessions: i64,
) -> ItemStatistics {
    let place = rows.binary_search_by(|row| row.item.as_str().cmp(item.id.as_str()));
    let row = place.ok().map(|place| &rows[place]);
    figures(bank, item, row, sessions)
}

fn figures(
    bank: &Bank,
    item: &Item,
    row: Option<&ItemStatisticsRow>,
    sessions: i64,
) -> ItemStatistics {
    let judged = row.map_or(0.0, |row| row.fit.answers);
    let fit = row.filter(|_| judged > 0.0).map(|row| row.fit.fit());
    let of = |figure: fn(&ItemFit) -> f64| fit.as_ref().map(figure);
    let answers = row.map_or(0, |row| row.answers);
    let correct = row.map_or(0, |row| row.correct);
    let served = row.map_or(0, |row| row.served);
    let answered = answers > 0;
    let share = |part: i64, whole: i64| part as f64 / whole.max(1) as f64;
    ItemStatistics {
        item_id: item.id.to_string(),
        area: bank.area(item.area).id.to_string(),
        active: item.active,
        served,
        exposure_rate: share(served, sessions),
        answers,
        correct,
        p_value: answered.then(|| share(correct, answers)),
        mean_elapsed_ms: row.filter(|_| answered).map(|row| row.elapsed_ms / answers),
        judged: judged as i64,
        discrimination: of(|fit| fit.item_rest),
        infit: of(|fit| fit.infit),
        infit_z: of(|fit| fit.infit_z),
        outfit: of(|fit| fit.outfit),
        outfit_z: of(|fit| fit.outfit_z),
        misfit: fit.and_then(|fit| fit.misfit(judged)).map(misfit),
    }
}

fn misfit(misfit: Misfit) -> ItemMisfit {
    match misfit {
        Misfit::DoesNotDiscriminate => ItemMisfit::DoesNotDiscriminate,
        Misfit::Noisy => ItemMisfit::Noisy,
        Misfit::Redundant => ItemMisfit::Redundant,
    }
}

fn used(row: VersionStatisticsRow) -> VersionUse {
    VersionUse {
        version: row.version,
        sessions: row.sessions,
        answers: row.answers,
        correct: row.correct,
        elapsed_ms: row.elapsed_ms,
        last_ms: row.last_at,
    }
}

/// Which page of learners.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct LearnersQuery {
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Shows how far each learner has come, from sessions that ended: whoever learnt last comes first.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/learners", tag = "owner",
    params(
        ("id" = String, Path, description = "certification id"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 500, by default 100"),
    ),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 200, body = LearnerProgressPage),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope, description = "no author of this certification and no admin"),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn learners(
    context: web::Data<HttpContext>,
    _: AuthorOf,
    path: web::Path<String>,
    query: web::Query<LearnersQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = page_rows(query.limit, PAGE_USUAL, PAGE_MAX)?;
    let before = Place::read(query.cursor.as_deref(), |place| match place {
        Place::Learner(last_at, id) => Some(ProgressMark {
            last_at,
            learner: LearnerId(id),
        }),
        _ => None,
    })?;
    let versioned = version(&context, &path, None).await?;
    let store = &context.sessions().store;
    let mut rows = store.learner_progress(&path, before, limit + 1).await?;
    let next = cut(&mut rows, limit, |row| {
        Place::Learner(row.last_at, row.learner.0)
    });
    Ok(HttpResponse::Ok().json(LearnerProgressPage {
        certification: certification(&versioned),
        learners: rows.iter().map(learner).collect(),
        next,
    }))
}

/// A learner as they are told of.
pub(super) fn learner(row: &LearnerProgressRow) -> LearnerProgress {
    LearnerProgress {
        learner: row.learner.to_string(),
        sessions: row.sessions,
        answers: row.totals.answers,
        correct: row.totals.correct,
        elapsed_ms: row.totals.elapsed_ms,
        first_ms: row.first_at,
        last_ms: row.last_at,
    }
}
