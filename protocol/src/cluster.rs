//! Shapes of what an operator sees of the fleet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// The fleet, as the instance that was asked sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct ClusterView {
    /// Name of the instance that was asked.
    pub node: String,
    /// Whether the directory answers; when not, `nodes` has this instance alone.
    pub directory: DirectoryHealth,
    /// Every instance with a lease, by name.
    pub nodes: Vec<NodeView>,
    /// Learners who have a socket, counted on each instance; absent when the directory cannot say, and on an instance that is alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub learners_present: Option<u64>,
    /// Sessions live on the instance that was asked, at most as many as were asked for.
    pub sessions: Vec<LiveSession>,
}

/// How the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryHealth {
    /// There is none: the instance is alone.
    None,
    /// It answers.
    Ok,
    /// It does not answer, or refuses.
    Unavailable,
}

/// One instance, as it says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct NodeView {
    /// Its name.
    pub node: String,
    /// Which of its lives this is.
    pub incarnation: String,
    /// Where other instances reach it.
    pub address: String,
    /// Where people and load balancers reach it.
    pub http_address: String,
    /// Release it runs.
    pub version: String,
    /// Whether it is leaving.
    pub draining: bool,
    /// Sessions live on it.
    pub sessions: u64,
    /// Sockets open on it.
    pub sockets: u64,
    /// Sockets of other instances that it serves.
    pub relayed_in: u64,
    /// Its sockets whose session is on another instance.
    pub relayed_out: u64,
}

/// One session, live on the instance that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct LiveSession {
    /// Which one.
    pub session_id: String,
    /// Epoch it was claimed under: grows each time the session moves.
    pub epoch: i64,
}

/// Where one session is, by everyone who has a say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, ToSchema)]
pub struct SessionPlace {
    /// Which one.
    pub session_id: String,
    /// `open`, `paused`, `completed` or `faulted`.
    pub status: String,
    /// The instance that claimed it last and has not released it, as the database says: it alone may write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub owner: Option<String>,
    /// Where that instance says it is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub owner_address: Option<String>,
    /// Whether the owner has a lease in the same life.
    pub owner_is_live: bool,
    /// The epoch in the database.
    pub epoch: i64,
    /// The instance that the directory names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub directory_node: Option<String>,
    /// The epoch that the directory names; lower than `epoch` when it is stale, which harms nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub directory_epoch: Option<i64>,
}
