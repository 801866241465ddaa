//! Sessions over REST: start one, get a ticket for its socket, look at it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use learnr_domain::session::{Kind, Settings, Start};
use learnr_domain::tick::Chance;
use learnr_domain::{AreaId, Bank, ConceptId, Event, ItemIx, Millis, Session, Tick};
use learnr_protocol::rest::{
    CreateSession, OpenSessions, SessionSummary, SessionTicket, SessionView,
};
use learnr_protocol::{ErrorCode, SessionInfo};
use serde::Deserialize;
use uuid::Uuid;

use super::caller::{Caller, Named};
use super::{ApiError, HttpContext, keeping};
use crate::auth::Ticket;
use crate::session::{ENDED_MAX, VersionedBank, known_at, random_claim, view};
use crate::store::record;
use crate::store::{
    Created, FIRST_EPOCH, Fence, LearnerId, NewSession, OrganizationId, SessionId, SessionRow,
    SessionStatus,
};

/// Questions of a session unless told otherwise.
const LENGTH_DEFAULT: u16 = 20;
/// Questions of a diagnostic unless told otherwise: enough for every area of a usual blueprint.
const DIAGNOSTIC_LENGTH_DEFAULT: u16 = 30;
/// Longest time limit in minutes.
const TIME_LIMIT_MINUTES_MAX: u16 = 600;

/// Starts a session, or resumes the open one of the same certification and kind.
#[utoipa::path(
    post, path = "/v1/sessions", tag = "sessions", request_body = CreateSession,
    security(("bearer" = [])),
    responses(
        (status = 201, body = SessionTicket),
        (status = 200, body = SessionTicket, description = "an open session of this kind was there already"),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 422, body = learnr_protocol::rest::ErrorEnvelope, description = "settings out of range, or nothing to ask"),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "too many sessions started by this learner"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn create(
    context: web::Data<HttpContext>,
    named: Named,
    body: web::Json<CreateSession>,
) -> Result<HttpResponse, ApiError> {
    let (shared, learner) = (context.sessions(), named.learner);
    let asked_ms = shared.clock.now_ms();
    let may_start = context.starts.check(&*shared.shared, learner, asked_ms);
    if let Err(wait_ms) = may_start.await {
        return resume_only(&context, &named, &body, wait_ms).await;
    }
    let id = &body.certification;
    // No store has such a text, and one of them calls asking for it an error.
    if id.contains('\0') {
        return Err(ApiError::not_found("certification"));
    }
    let point = shared
        .store
        .starting_point(named.claimant(asked_ms), id, ENDED_MAX);
    let point = named.is_still(point.await?, |point| point.has_account)?;
    let versioned = shared.banks.named(id, point.bank_version.clone()).await?;
    let mut settings = settings(&body, &versioned.bank)?;
    settings.time_multiplier = keeping::time_multiplier(&point, settings.kind);
    let known = known_at(&*shared.store, &shared.banks, (point.state, point.ended)).await?;
    let claim = random_claim();
    let now = Millis(shared.clock.now_ms());
    let tick = Tick {
        now,
        seed: Chance::new(claim.cast_unsigned()).bits(),
    };
    let mut start = Start::new(settings.clone(), known, versioned.version.clone());
    (start.rho, start.q) = (versioned.rho, versioned.q);
    start.ineligible = kept_out(&context, &versioned, &settings, tick).await?;
    let VersionedBank { bank, version, .. } = versioned;
    let event = Session::start(bank.clone(), start, tick)?;
    let session =
        Session::replay(bank.clone(), [&event]).map_err(|error| ApiError::internal(&error))?;
    let fence = Fence {
        epoch: FIRST_EPOCH,
        claim,
    };
    let created = shared
        .store
        .create_session(NewSession {
            id: SessionId(Uuid::now_v7()),
            learner,
            organization: OrganizationId::DEFAULT,
            certification: body.certification.clone(),
            bank_version: version.to_string(),
            kind: record::kind_name(settings.kind).to_owned(),
            settings: record::settings_to_bytes(&settings),
            stream: Uuid::new_v4().simple().to_string()[..12].to_owned(),
            claim,
            deadline_at: view::deadline(&session),
            started_at: now.0,
            started: record::event_to_row(&event, &bank, fence),
        })
        .await?;
    let (row, resumed) = match created {
        Created::New(row) => (row, false),
        Created::Open(row) => (row, true),
        Created::NoLearner => return Err(ApiError::no_account()),
    };
    if !resumed {
        let started = context.starts.count(&*shared.shared, learner, asked_ms);
        started.await;
    }
    Ok(told(&context, learner, row.id, resumed))
}

/// What whoever asked for a session is told of it: whether it was begun, or was open already.
fn told(context: &HttpContext, learner: LearnerId, id: SessionId, resumed: bool) -> HttpResponse {
    let status = if resumed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    HttpResponse::build(status).json(issue(context, learner, id, resumed))
}

/// The items that exposure control keeps out of a session that begins at `tick`.
async fn kept_out(
    context: &HttpContext,
    versioned: &VersionedBank,
    settings: &Settings,
    tick: Tick,
) -> Result<Vec<ItemIx>, ApiError> {
    let exposures = &context.sessions().exposures;
    let of = (settings.kind, settings.length);
    let out = exposures.ineligible(versioned, of, tick.seed, tick.now.0);
    Ok(out.await?)
}

/// What a learner who has started too many sessions is given: the open one they ask for, or when to try again.
async fn resume_only(
    context: &HttpContext,
    named: &Named,
    body: &CreateSession,
    wait_ms: i64,
) -> Result<HttpResponse, ApiError> {
    named.look(context).await?;
    let learner = named.learner;
    let kind = record::kind_name(view::kind_from_wire(body.kind));
    let store = &context.sessions().store;
    let mut open = store.open_sessions(learner).await?.into_iter();
    match open.find(|row| row.certification == body.certification && row.kind == kind) {
        Some(row) => Ok(told(context, learner, row.id, true)),
        None => Err(ApiError::later(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::RateLimited,
            "too many sessions started at the moment: try again",
            u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000),
        )),
    }
}

fn settings(body: &CreateSession, bank: &Bank) -> Result<Settings, ApiError> {
    let kind = view::kind_from_wire(body.kind);
    let mut settings = match kind {
        Kind::Exam => Settings::exam(bank.certification()),
        Kind::Diagnostic => Settings::new(kind, DIAGNOSTIC_LENGTH_DEFAULT),
        Kind::Practice | Kind::Focused | Kind::Review => Settings::new(kind, LENGTH_DEFAULT),
    };
    settings.length = body.length.unwrap_or(settings.length);
    for id in &body.areas {
        let area = AreaId::new(id).ok().and_then(|id| bank.find_area(&id));
        settings
            .areas
            .push(area.ok_or_else(|| invalid(format!("areas: there is no area {id:?}")))?);
    }
    for id in &body.concepts {
        let concept = ConceptId::new(id)
            .ok()
            .and_then(|id| bank.find_concept(&id));
        settings
            .concepts
            .push(concept.ok_or_else(|| invalid(format!("concepts: there is no concept {id:?}")))?);
    }
    if let Some(minutes) = body.time_limit_minutes {
        if !(1..=TIME_LIMIT_MINUTES_MAX).contains(&minutes) {
            return Err(invalid(format!(
                "time_limit_minutes must be 1 to {TIME_LIMIT_MINUTES_MAX}, got {minutes}"
            )));
        }
        settings.time_limit_ms = Some(i64::from(minutes) * 60_000);
    }
    Ok(settings)
}

fn invalid(message: String) -> ApiError {
    ApiError::refused(
        StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::BadRequest,
        message,
    )
}

fn issue(
    context: &HttpContext,
    learner: LearnerId,
    session: SessionId,
    resumed: bool,
) -> SessionTicket {
    let ticket = Ticket::issue(learner, session, context.sessions().clock.now_ms());
    SessionTicket {
        session_id: session.to_string(),
        path: format!("/v1/ws/sessions/{session}"),
        ticket: ticket.seal(&context.secret),
        expires_ms: ticket.expires_ms,
        resumed,
    }
}

/// Gives another ticket for a session's socket.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/tickets", tag = "sessions",
    params(("id" = String, Path, description = "session id")), security(("bearer" = [])),
    responses(
        (status = 201, body = SessionTicket),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "a fault stopped the session"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn ticket(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let row = own(&context, learner, &path).await?;
    Ok(HttpResponse::Created().json(issue(&context, learner, row.id, true)))
}

/// What a list of sessions may be narrowed by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    status: ListedStatus,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ListedStatus {
    Open,
}

/// Lists the caller's sessions that have not ended.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "sessions",
    params(("status" = String, Query, description = "`open`")), security(("bearer" = [])),
    responses(
        (status = 200, body = OpenSessions),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 410, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn list_open(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    query: web::Query<ListQuery>,
) -> Result<HttpResponse, ApiError> {
    let ListedStatus::Open = query.status;
    let rows = context.sessions().store.open_sessions(learner).await?;
    let mut sessions = Vec::with_capacity(rows.len());
    for row in rows {
        sessions.push(info(&context, &row).await?.0);
    }
    Ok(HttpResponse::Ok().json(OpenSessions { sessions }))
}

/// Shows a session as it is stored.
#[utoipa::path(
    get, path = "/v1/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "session id")), security(("bearer" = [])),
    responses(
        (status = 200, body = SessionView),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "a fault stopped the session"),
        (status = 410, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn view(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let row = own(&context, learner, &path).await?;
    let (info, versioned) = info(&context, &row).await?;
    let events = events(&context, &row).await?;
    let session =
        Session::replay(versioned.bank, &events).map_err(|error| ApiError::internal(&error))?;
    Ok(HttpResponse::Ok().json(SessionView {
        session: info,
        offset: session.seq(),
        progress: view::progress(&session),
        competency: view::competency(&session),
        started_ms: row.started_at,
        ended_ms: row.ended_at,
    }))
}

/// Shows what an ended session came to.
#[utoipa::path(
    get, path = "/v1/sessions/{id}/summary", tag = "sessions",
    params(("id" = String, Path, description = "session id")), security(("bearer" = [])),
    responses(
        (status = 200, body = SessionSummary),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope, description = "no such session, or it has not ended"),
        (status = 409, body = learnr_protocol::rest::ErrorEnvelope, description = "a fault stopped the session"),
        (status = 410, body = learnr_protocol::rest::ErrorEnvelope, description = "the account was deleted meanwhile"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn summary(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let row = own(&context, learner, &path).await?;
    let (session, versioned) = info(&context, &row).await?;
    let stored = row
        .summary
        .as_deref()
        .ok_or_else(|| ApiError::not_found("summary: the session has not ended"))?;
    let stored = record::summary_from_bytes(stored)?;
    let summary = view::summary(&versioned.bank, &stored)
        .ok_or_else(|| ApiError::internal(&"a stored summary has no reason"))?;
    Ok(HttpResponse::Ok().json(SessionSummary { session, summary }))
}

/// The caller's session by the id in the path. One that a fault stopped is not replayed, for nobody: all there is
/// to say of it is that.
pub(super) async fn own(
    context: &HttpContext,
    learner: LearnerId,
    id: &str,
) -> Result<SessionRow, ApiError> {
    let not_found = || ApiError::not_found("session");
    let id = Uuid::parse_str(id).map_err(|_| not_found())?;
    let row = context.sessions().store.session(SessionId(id)).await?;
    let row = row
        .filter(|row| row.learner == learner)
        .ok_or_else(not_found)?;
    if row.status == SessionStatus::Faulted {
        return Err(ApiError::refused(
            StatusCode::CONFLICT,
            ErrorCode::Faulted,
            "a fault on the server stopped this session: what you were told counted is stored",
        ));
    }
    Ok(row)
}

/// The stored events of a session, in order.
pub(super) async fn events(
    context: &HttpContext,
    row: &SessionRow,
) -> Result<Vec<Event>, ApiError> {
    let rows = context.sessions().store.load_events(row.id).await?;
    let events = rows.iter().map(record::event_from_row);
    Ok(events.collect::<Result<_, _>>()?)
}

pub(super) async fn info(
    context: &HttpContext,
    row: &SessionRow,
) -> Result<(SessionInfo, VersionedBank), ApiError> {
    let banks = &context.sessions().banks;
    let versioned = banks.version(&row.certification, &row.bank_version).await?;
    Ok((view::session_info(row, &versioned.bank)?, versioned))
}
