//! How the caller has come along: competency over time, activity by day, what is hard for them.

use actix_web::{HttpResponse, web};
use learnr_domain::Bank;
use learnr_domain::bank::Area;
use learnr_domain::learner::score_at;
use learnr_protocol::history::{
    Activity, ActivityArea, ActivityDay, AreaProgress, CompetencyHistory, CompetencyPoint,
    HardConcept, HardestConcepts,
};
use serde::Deserialize;

use super::days::{self, DaysQuery};
use super::place::{bad, page_rows};
use super::{asked, certification, current};
use crate::http::caller::Caller;
use crate::http::{ApiError, HttpContext};
use crate::session::view;
use crate::store::{ConceptRow, DayCompetency};

/// Concepts told unless told otherwise.
const CONCEPTS_USUAL: u32 = 10;
/// Concepts told at most.
const CONCEPTS_MAX: u32 = 100;
/// Answers from which a concept may be called hard unless told otherwise: one slip is none.
const ANSWERS_MIN_USUAL: u32 = 3;
/// Most answers a query may ask for.
const ANSWERS_MIN_MAX: u32 = 1_000;
/// Standard errors from the mean to the ends of an 80 % interval of a normal distribution.
const INTERVAL_ERRORS: f64 = 1.281_551_565_544_6;

/// Shows the caller's competency over time: the last of each day in each area, from sessions that ended.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/progress", tag = "history",
    params(
        ("id" = String, Path, description = "certification id"),
        ("from" = Option<String>, Query, description = "first day, `YYYY-MM-DD`; by default 29 days before `to`"),
        ("to" = Option<String>, Query, description = "last day, at most 366 days in all; by default today"),
        ("utc_offset_minutes" = Option<i32>, Query, description = "what the caller's clock is ahead of UTC, -720 to 840 by quarters of an hour; by default 0"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, body = CompetencyHistory),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn progress(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
    query: web::Query<DaysQuery>,
) -> Result<HttpResponse, ApiError> {
    let (span, [from, to]) = asked(&context, &query)?;
    let versioned = current(&context, learner, &path).await?;
    let store = &context.sessions().store;
    let rows = store.competency_by_day(learner, &path, span).await?;
    let areas = versioned.bank.areas().iter().filter_map(|area| {
        let of_area = rows.iter().filter(|row| row.area == area.id.as_str());
        let points: Vec<_> = of_area.map(|row| point(area, row)).collect();
        (!points.is_empty()).then(|| AreaProgress {
            area: area.id.to_string(),
            title: area.title.clone(),
            points,
        })
    });
    Ok(HttpResponse::Ok().json(CompetencyHistory {
        certification: certification(&versioned),
        from,
        to,
        utc_offset_minutes: query.offset_minutes(),
        areas: areas.collect(),
    }))
}

fn point(area: &Area, row: &DayCompetency) -> CompetencyPoint {
    let ability = row.ability;
    let away = INTERVAL_ERRORS * ability.standard_error;
    let score = |theta| view::percent(score_at(area.curve(), theta));
    CompetencyPoint {
        day: days::name(row.day),
        score: score(ability.theta),
        low: score(ability.theta - away),
        high: score(ability.theta + away),
        theta: ability.theta,
        standard_error: ability.standard_error,
    }
}

/// Shows what the caller did by day, and in which areas, from sessions that ended.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/activity", tag = "history",
    params(
        ("id" = String, Path, description = "certification id"),
        ("from" = Option<String>, Query, description = "first day, `YYYY-MM-DD`; by default 29 days before `to`"),
        ("to" = Option<String>, Query, description = "last day, at most 366 days in all; by default today"),
        ("utc_offset_minutes" = Option<i32>, Query, description = "what the caller's clock is ahead of UTC, -720 to 840 by quarters of an hour; by default 0"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, body = Activity),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn activity(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
    query: web::Query<DaysQuery>,
) -> Result<HttpResponse, ApiError> {
    let (span, [from, to]) = asked(&context, &query)?;
    let versioned = current(&context, learner, &path).await?;
    let store = &context.sessions().store;
    let by_day = store.activity_by_day(learner, &path, span).await?;
    let by_area = store.activity_by_area(learner, &path, span).await?;
    let days = by_day.iter().map(|row| ActivityDay {
        day: days::name(row.day),
        sessions: row.sessions,
        answers: row.totals.answers,
        correct: row.totals.correct,
        elapsed_ms: row.totals.elapsed_ms,
    });
    let areas = versioned.bank.areas().iter().filter_map(|area| {
        let row = by_area.iter().find(|row| row.area == area.id.as_str())?;
        Some(ActivityArea {
            area: row.area.clone(),
            title: area.title.clone(),
            answers: row.totals.answers,
            correct: row.totals.correct,
            elapsed_ms: row.totals.elapsed_ms,
        })
    });
    Ok(HttpResponse::Ok().json(Activity {
        certification: certification(&versioned),
        from,
        to,
        utc_offset_minutes: query.offset_minutes(),
        days: days.collect(),
        areas: areas.collect(),
    }))
}

/// How many concepts, and from how many answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct HardestQuery {
    answers_min: Option<u32>,
    limit: Option<u32>,
}

/// Shows the concepts the caller gets wrong most, from sessions that ended.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/hardest", tag = "history",
    params(
        ("id" = String, Path, description = "certification id"),
        ("answers_min" = Option<u32>, Query, description = "only concepts with as many answers, 1 to 1,000; by default 3"),
        ("limit" = Option<u32>, Query, description = "1 to 100, by default 10"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, body = HardestConcepts),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn hardest(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
    query: web::Query<HardestQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = page_rows(query.limit, CONCEPTS_USUAL, CONCEPTS_MAX)?;
    let answers_min = query.answers_min.unwrap_or(ANSWERS_MIN_USUAL);
    if !(1..=ANSWERS_MIN_MAX).contains(&answers_min) {
        return Err(bad(format!(
            "answers_min must be 1 to {ANSWERS_MIN_MAX}, got {answers_min}"
        )));
    }
    let versioned = current(&context, learner, &path).await?;
    let store = &context.sessions().store;
    let rows = store.hardest_concepts(learner, &path, answers_min, limit);
    let concepts = rows
        .await?
        .iter()
        .map(|row| concept(&versioned.bank, row))
        .collect();
    Ok(HttpResponse::Ok().json(HardestConcepts {
        certification: certification(&versioned),
        concepts,
    }))
}

fn concept(bank: &Bank, row: &ConceptRow) -> HardConcept {
    let listed = &bank.certification().concepts;
    let place = listed
        .binary_search_by(|concept| concept.id.as_str().cmp(row.concept.as_str()))
        .ok();
    let answers = f64::from(row.totals.answers.max(1));
    HardConcept {
        concept: row.concept.clone(),
        title: place.map_or_else(|| row.concept.clone(), |place| listed[place].title.clone()),
        answers: row.totals.answers,
        correct: row.totals.correct,
        score: view::percent(f64::from(row.totals.correct) / answers),
        expected: view::percent(row.expected / answers),
        elapsed_ms: row.totals.elapsed_ms,
    }
}
