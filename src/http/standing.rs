//! Where the caller stands in a certification.

use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, web};
use learnr_domain::learner::{
    AreaCompetency, ConceptMastery, MasteryStatus, Readiness, Standing, Verdict,
};
use learnr_domain::{Bank, LearnerState, Millis};
use learnr_protocol::{CertificationRef, ErrorCode, standing as wire};

use super::caller::Named;
use super::fleet::{self, MadeFrom};
use super::{ApiError, HttpContext};
use crate::session::{ENDED_MAX, VersionedBank, known_at, view};
use crate::store::record;

/// Concepts listed at most: as many as a certification may list itself.
const CONCEPTS_MAX: usize = 10_000;

/// Shows where the caller stands: competency, mastery, readiness and the reviews that are due.
#[utoipa::path(
    get, path = "/v1/certifications/{id}/standing", tag = "certifications",
    params(("id" = String, Path, description = "certification id")), security(("bearer" = [])),
    responses(
        (status = 200, body = wire::Standing),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "asked for too often by this learner"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn show(
    context: web::Data<HttpContext>,
    named: Named,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    let asked_ms = shared.clock.now_ms();
    context
        .reckonings
        .take(&*shared.shared, named.learner, asked_ms)
        .await
        .map_err(|wait_ms| {
            ApiError::later(
                StatusCode::TOO_MANY_REQUESTS,
                ErrorCode::RateLimited,
                "asked where you stand too often at the moment: try again",
                u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000),
            )
        })?;
    let claimant = named.claimant(asked_ms);
    let point = shared.store.starting_point(claimant, &path, ENDED_MAX);
    let point = named.is_still(point.await?, |point| point.has_account)?;
    let versioned = shared.banks.named(&path, point.bank_version).await?;
    let known = known_at(&*shared.store, &shared.banks, (point.state, point.ended)).await?;
    let now = Millis(shared.clock.now_ms());
    let digest = made_from(&path, &versioned, known.as_ref(), now).digest();
    if let Some(body) = fleet::kept(&*shared.shared, &digest).await {
        return Ok(told_json(body));
    }
    let VersionedBank { bank, rho, .. } = versioned;
    let turn = context.reckonings.turn().await;
    // The longest exam takes tens of milliseconds to reckon: not on a thread that serves sockets.
    let reckoned = web::block(move || {
        let standing = Standing::new(&bank, known.as_ref(), rho, now)?;
        drop(turn);
        Ok::<_, learnr_domain::learner::StandingError>(told(&bank, &standing))
    });
    let standing = reckoned.await.map_err(|error| ApiError::internal(&error))?;
    let standing = standing.map_err(|error| ApiError::internal(&error))?;
    let body = serde_json::to_vec(&standing).map_err(|error| ApiError::internal(&error))?;
    fleet::keep(&*shared.shared, &digest, &body).await;
    Ok(told_json(body))
}

fn told_json(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(body)
}

/// All that a standing depends on: the questions, what the learner's answers came to, and the time. An answer more, or a version more,
/// is another key, so that nothing has to be dropped in time.
fn made_from(
    certification: &str,
    versioned: &VersionedBank,
    known: Option<&LearnerState>,
    now: Millis,
) -> MadeFrom {
    MadeFrom::of("standing", now.0)
        .and(certification.as_bytes())
        .and(versioned.version.as_bytes())
        .and(&versioned.rho.to_be_bytes())
        .and(&known.map(record::learner_to_bytes).unwrap_or_default())
}

fn told(bank: &Bank, standing: &Standing) -> wire::Standing {
    let certification = bank.certification();
    let concepts = standing.concepts.iter().take(CONCEPTS_MAX);
    wire::Standing {
        certification: CertificationRef {
            id: certification.id.to_string(),
            title: certification.title.clone(),
        },
        areas: standing
            .areas
            .iter()
            .map(|known| area(bank, known))
            .collect(),
        concepts: concepts.map(|known| concept(bank, known)).collect(),
        readiness: readiness(&standing.readiness),
        reviews: wire::ReviewsDue {
            now: standing.reviews.now,
            next_days: standing.reviews.next_days.to_vec(),
        },
    }
}

fn area(bank: &Bank, known: &AreaCompetency) -> wire::AreaStanding {
    let area = bank.area(known.area);
    wire::AreaStanding {
        area: area.id.to_string(),
        title: area.title.clone(),
        score: view::percent(known.score),
        low: view::percent(known.low),
        high: view::percent(known.high),
        answers: known.answers,
    }
}

fn concept(bank: &Bank, known: &ConceptMastery) -> wire::ConceptStanding {
    let id = &bank.concepts()[known.concept.at()];
    let listed = &bank.certification().concepts;
    let place = listed.binary_search_by(|concept| concept.id.cmp(id)).ok();
    wire::ConceptStanding {
        concept: id.to_string(),
        title: place.map_or_else(|| id.to_string(), |place| listed[place].title.clone()),
        score: view::percent(known.score),
        low: view::percent(known.low),
        high: view::percent(known.high),
        answers: known.answers,
        status: match known.status {
            MasteryStatus::Uncertain => wire::MasteryStatus::Uncertain,
            MasteryStatus::Gap => wire::MasteryStatus::Gap,
            MasteryStatus::Borderline => wire::MasteryStatus::Borderline,
            MasteryStatus::Mastered => wire::MasteryStatus::Mastered,
        },
    }
}

fn readiness(known: &Readiness) -> wire::Readiness {
    wire::Readiness {
        pass: view::percent(known.pass),
        low: view::percent(known.low),
        high: view::percent(known.high),
        score: view::percent(known.score),
        verdict: match known.verdict {
            Verdict::NotEnoughEvidence => wire::Verdict::NotEnoughEvidence,
            Verdict::LikelyToPass => wire::Verdict::LikelyToPass,
            Verdict::LikelyToFail => wire::Verdict::LikelyToFail,
        },
    }
}
