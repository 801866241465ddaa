//! A session with every answer.
//!
//! Owns the route and which answers count. What may be told of a question is `session::review`'s.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use learnr_domain::session::Kind;
use learnr_protocol::history::SessionAnswers;

use crate::http::caller::Caller;
use crate::http::sessions::{info, own};
use crate::http::{ApiError, HttpContext};
use crate::session::answered_question;
use crate::store::{SessionRow, SessionStatus, StoredAnswer, record};

/// Shows a session with every answer: what was asked and chosen, the key, the explanations, ability after it. A question
/// without an answer is not shown; of an exam that is not submitted no key is.
#[utoipa::path(
    get, path = "/v1/sessions/{id}/answers", tag = "history",
    params(("id" = String, Path, description = "session id")), security(("bearer" = [])),
    responses(
        (status = 200, body = SessionAnswers),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "a fault stopped the session"),
        (status = 410, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(in crate::http) async fn answers(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    let looks = &context.lookups;
    looks
        .take(&*shared.shared, learner, shared.clock.now_ms())
        .await?;
    let row = own(&context, learner, &path).await?;
    let (session, versioned) = info(&context, &row).await?;
    let stored = shared.store.answers_of_session(row.id).await?;
    let judged = is_judged(&row);
    let answers = latest(stored)
        .iter()
        .map(|answer| {
            answered_question(&versioned.bank, answer, judged).ok_or_else(|| {
                ApiError::internal(&format!("the version has no item {:?}", answer.item))
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok().json(SessionAnswers { session, answers }))
}

/// Whether it may be told what was right: an exam is judged when it is submitted.
pub(in crate::http) fn is_judged(row: &SessionRow) -> bool {
    row.status == SessionStatus::Completed || row.kind != record::kind_name(Kind::Exam)
}

/// The last answer to each question, by position. One that was taken back is none.
pub(in crate::http) fn latest(answers: Vec<StoredAnswer>) -> Vec<StoredAnswer> {
    let by_position: BTreeMap<u16, StoredAnswer> = answers
        .into_iter()
        .map(|answer| (answer.position, answer))
        .collect();
    let mut latest: Vec<StoredAnswer> = by_position.into_values().collect();
    latest.retain(|answer| !answer.choice.is_empty());
    latest
}
