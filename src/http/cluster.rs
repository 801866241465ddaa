//! The fleet, for who runs it.
//!
//! Owns how it is shown. Must not move anything.

use actix_web::{HttpResponse, web};
use learnr_protocol::cluster::{ClusterView, DirectoryHealth, LiveSession, NodeView, SessionPlace};
use serde::Deserialize;
use uuid::Uuid;

use super::caller::Admin;
use super::{ApiError, HttpContext};
use crate::cluster::{Directory, DirectoryError, Lease};
use crate::store::{SessionId, SessionRow, Store, StoreError};

/// Sessions listed unless told otherwise.
const SESSIONS_DEFAULT: usize = 100;
/// Sessions listed at most.
const SESSIONS_MAX: usize = 10_000;

/// What of the fleet is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClusterQuery {
    sessions: Option<usize>,
}

/// Shows the instances of the fleet, and sessions live on the one that is asked.
#[utoipa::path(
    get, path = "/v1/admin/cluster", tag = "operations",
    params(("sessions" = Option<usize>, Query, description = "sessions listed at most, 0 to 10,000; 100 by default")),
    security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 200, body = ClusterView),
        (status = 400, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn show(
    context: web::Data<HttpContext>,
    _: Admin,
    query: web::Query<ClusterQuery>,
) -> HttpResponse {
    let shared = context.sessions();
    let limit = query.sessions.unwrap_or(SESSIONS_DEFAULT).min(SESSIONS_MAX);
    let leases = shared.fleet.directory.leases().await;
    let directory = match &leases {
        _ if !shared.fleet.has_others() => DirectoryHealth::None,
        Ok(_) => DirectoryHealth::Ok,
        Err(_) => DirectoryHealth::Unavailable,
    };
    let mut nodes: Vec<NodeView> = leases.unwrap_or_default().iter().map(node).collect();
    if nodes.is_empty() {
        nodes.extend(shared.fleet.own_lease().as_ref().map(node));
    }
    let names: Vec<String> = nodes.iter().map(|node| node.node.clone()).collect();
    let present = shared.shared.count_present(&names).await;
    let sessions = context.registry.live(limit).into_iter();
    HttpResponse::Ok().json(ClusterView {
        node: shared.owner.node.clone(),
        directory,
        nodes,
        learners_present: present.ok().filter(|_| shared.fleet.has_others()),
        sessions: sessions
            .map(|(id, epoch)| LiveSession {
                session_id: id.to_string(),
                epoch,
            })
            .collect(),
    })
}

/// Shows where a session is: by the database, and by the directory.
#[utoipa::path(
    get, path = "/v1/admin/cluster/sessions/{id}", tag = "operations",
    params(("id" = String, Path, description = "session id")), security(("bearer" = []), ("owner" = [])),
    responses(
        (status = 200, body = SessionPlace),
        (status = 401, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 403, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 404, body = learnr_protocol::rest::ErrorEnvelope),
        (status = 503, body = learnr_protocol::rest::ErrorEnvelope),
    )
)]
pub(super) async fn session(
    context: web::Data<HttpContext>,
    _: Admin,
    path: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let shared = context.sessions();
    let id = Uuid::parse_str(&path).map_err(|_| ApiError::not_found("session"))?;
    let place = session_place(&*shared.store, &*shared.fleet.directory, SessionId(id)).await?;
    let place = place.ok_or_else(|| ApiError::not_found("session"))?;
    Ok(HttpResponse::Ok().json(place))
}

/// Where a session is; `None` when there is no such session.
///
/// # Errors
/// [`StoreError`]. A directory that does not answer is left out.
pub async fn session_place(
    store: &dyn Store,
    directory: &dyn Directory,
    id: SessionId,
) -> Result<Option<SessionPlace>, StoreError> {
    let Some(row) = store.session(id).await? else {
        return Ok(None);
    };
    let entry = directory.entry(id.0).await.ok().flatten();
    Ok(Some(SessionPlace {
        session_id: id.to_string(),
        status: row.status.as_str().to_owned(),
        owner: row.owner.as_ref().map(|owner| owner.node.clone()),
        owner_address: row.owner.as_ref().map(|owner| owner.address.clone()),
        owner_is_live: owner_is_live(&row, directory).await.unwrap_or(false),
        epoch: row.fence.epoch,
        directory_node: entry.as_ref().map(|entry| entry.node.clone()),
        directory_epoch: entry.as_ref().map(|entry| entry.epoch),
    }))
}

async fn owner_is_live(
    row: &SessionRow,
    directory: &dyn Directory,
) -> Result<bool, DirectoryError> {
    let Some(owner) = &row.owner else {
        return Ok(false);
    };
    let lease = directory.lease(&owner.node).await?;
    Ok(lease.is_some_and(|lease| lease.member.is(&owner.node, owner.incarnation)))
}

/// An instance as it is shown.
#[must_use]
pub fn node(lease: &Lease) -> NodeView {
    NodeView {
        node: lease.member.node.clone(),
        incarnation: format!("{:016x}", lease.member.incarnation),
        address: lease.member.address.clone(),
        http_address: lease.http_address.clone(),
        version: lease.version.clone(),
        draining: lease.draining,
        sessions: lease.load.sessions,
        sockets: lease.load.sockets,
        relayed_in: lease.load.relayed_in,
        relayed_out: lease.load.relayed_out,
    }
}
