//! A learner's own records over REST, sent as they are read.
//!
//! Owns the route and the order of the pieces. In memory is one page of rows and one session, whatever a learner has;
//! the next is read once the client has taken the last. What is told of each is `session::export`'s.

mod kept;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use futures_util::stream;
use learnr_protocol::ErrorCode;
use learnr_protocol::learner::{EXPORT_FORMAT, EXPORT_VERSION, ExportedIdentity, ExportedLearner};
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::caller::Caller;
use super::{ApiError, HttpContext};
use crate::session::{BankError, exported_session, exported_state};
use crate::store::{LearnerId, LearnerRow, SessionFilter, SessionMark, SessionRow};

/// Pieces that wait for the client; the next is read when there is room.
const PIECES_MAX: usize = 1;
/// Rows of sessions read at a time.
const SESSIONS_AT_A_TIME: u32 = 50;
/// Learner states read at a time: each may be as large as a bank.
const STATES_AT_A_TIME: u32 = 1;
/// Longest a client may take over one piece, and over all of them. Beyond it the export breaks off.
const PIECE_WITHIN: Duration = Duration::from_secs(30);
const ALL_WITHIN: Duration = Duration::from_secs(600);

type Piece = Result<Bytes, ApiError>;

/// Gives the caller everything that is kept of them, as one JSON document. It is whole when it ends in
/// `"complete": true`; a fault in the middle breaks it off. Keys of questions are never in it, and of an exam that is not
/// submitted not what was right.
#[utoipa::path(
    get, path = "/v1/learners/me/export", tag = "learners", security(("bearer" = [])),
    responses(
        (status = 200, body = learnr_protocol::learner::LearnerExport),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 429, body = learnr_protocol::rest::ErrorEnvelope, description = "asked for too often, or by too many at once"),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn export(
    context: web::Data<HttpContext>,
    Caller(learner): Caller,
) -> Result<HttpResponse, ApiError> {
    let now = context.sessions().clock.now_ms();
    let shared = &*context.sessions().shared;
    let place = context.exports.begin(shared, learner, now).await;
    let place = place.map_err(|wait_ms| {
        ApiError::later(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::RateLimited,
            "too many exports at the moment: try again",
            u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000),
        )
    })?;
    let row = context.sessions().store.learner(learner).await?;
    let row = row.ok_or_else(ApiError::no_account)?;
    let (pieces, taken) = channel(PIECES_MAX);
    actix_rt::spawn(async move {
        let written = tokio::time::timeout(ALL_WITHIN, write(&context, row, now, &pieces));
        let broken_off = match written.await {
            Ok(Ok(())) => return,
            Ok(Err(Stopped::Gone)) => return,
            Ok(Err(Stopped::Failed(error))) => error,
            Err(_) => ApiError::internal(&"an export took too long"),
        };
        // Without room the client has gone, or sees the connection end all the same.
        drop(pieces.try_send(Err(broken_off)));
        drop(place);
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((
            CONTENT_DISPOSITION,
            "attachment; filename=\"learnr-export.json\"",
        ))
        .streaming(body(taken)))
}

fn body(pieces: Receiver<Piece>) -> impl futures_util::Stream<Item = Piece> {
    stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece, pieces))
    })
}

/// Why an export broke off.
enum Stopped {
    /// The client has gone, or does not read.
    Gone,
    Failed(ApiError),
}

impl<E: Into<ApiError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

async fn write(
    context: &HttpContext,
    row: LearnerRow,
    now_ms: i64,
    to: &Sender<Piece>,
) -> Result<(), Stopped> {
    let learner = row.id;
    let head = format!(
        "{{\"format\":\"{EXPORT_FORMAT}\",\"version\":{EXPORT_VERSION},\"exported_ms\":{now_ms},\"learner\":{},",
        json(&exported_learner(row))?
    );
    send(to, head).await?;
    kept::write(context, learner, now_ms, to).await?;
    send(to, "\"states\":[".to_owned()).await?;
    states(context, learner, to).await?;
    send(to, "],\"sessions\":[".to_owned()).await?;
    sessions(context, learner, to).await?;
    // Deleted in the middle, the account has taken with it what was not sent yet.
    if !context.sessions().store.has_learner(learner).await? {
        return Err(Stopped::Failed(ApiError::no_account()));
    }
    send(to, "],\"complete\":true}\n".to_owned()).await
}

async fn states(
    context: &HttpContext,
    learner: LearnerId,
    to: &Sender<Piece>,
) -> Result<(), Stopped> {
    let store = &context.sessions().store;
    let mut after: Option<String> = None;
    loop {
        let rows = store.learner_states(learner, after.as_deref(), STATES_AT_A_TIME);
        let rows = rows.await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        let comma = if after.is_some() { "," } else { "" };
        let exported: Vec<_> = rows.iter().map(exported_state).collect();
        let listed = json(&exported)?;
        after = Some(last.certification.clone());
        send(to, format!("{comma}{}", unbracketed(&listed))).await?;
    }
}

async fn sessions(
    context: &HttpContext,
    learner: LearnerId,
    to: &Sender<Piece>,
) -> Result<(), Stopped> {
    let store = &context.sessions().store;
    let (mut before, mut comma) = (None, "");
    loop {
        let all = SessionFilter::default();
        let rows = store.sessions_of_learner(learner, all, before, SESSIONS_AT_A_TIME);
        let rows = rows.await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        before = Some(SessionMark {
            started_at: last.started_at,
            session: last.id,
        });
        for row in &rows {
            let session = session(context, row).await?;
            send(to, format!("{comma}{session}")).await?;
            comma = ",";
        }
    }
}

async fn session(context: &HttpContext, row: &SessionRow) -> Result<String, Stopped> {
    let shared = context.sessions();
    let banks = &shared.banks;
    let bank = match banks.version(&row.certification, &row.bank_version).await {
        Ok(versioned) => Some(versioned.bank),
        Err(BankError::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::warn!(session.id = %row.id, %error, "a session is exported without its certification");
            None
        }
    };
    let events = shared.store.load_events(row.id).await?;
    json(&exported_session(row, bank.as_deref(), &events))
}

fn exported_learner(row: LearnerRow) -> ExportedLearner {
    let identities = row.identities.into_iter().map(|row| ExportedIdentity {
        issuer: row.identity.issuer,
        subject: row.identity.subject,
        created_ms: row.created_at,
    });
    ExportedLearner {
        id: row.id.to_string(),
        organization: row.organization.to_string(),
        created_ms: row.created_at,
        time_multiplier: row.time_multiplier,
        identities: identities.collect(),
    }
}

fn json(value: &impl Serialize) -> Result<String, Stopped> {
    serde_json::to_string(value).map_err(|error| Stopped::Failed(ApiError::internal(&error)))
}

/// The elements of a list, to be put into another.
fn unbracketed(list: &str) -> &str {
    let inner = list
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.unwrap_or(list)
}

async fn send(to: &Sender<Piece>, piece: String) -> Result<(), Stopped> {
    let sent = to.send(Ok(Bytes::from(piece)));
    match tokio::time::timeout(PIECE_WITHIN, sent).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Stopped::Gone),
    }
}
