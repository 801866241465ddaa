//! This instance as one of a fleet: its thread, its directory, its links, its lease.
//!
//! Owns the order of joining and leaving. Joining comes last, when everything that others may ask for is there; leaving begins with
//! saying so.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Context as _;

use crate::auth::{PeerSeal, Secret};
use crate::clock::Clock;
use crate::cluster::link::Links;
use crate::cluster::{
    ClusterThread, Directory, Lease, Load, LocalDirectory, LocalShared, Lost, Member, Membership,
    Redis, RedisDirectory, RedisShared, Shared,
};
use crate::config::FleetConfig;
use crate::connection::{ConnectionContext, Reception};
use crate::session::random_claim;
use crate::store::Owner;

/// What an instance that is alone calls itself.
const ALONE: &str = "local";

/// What there is of a fleet before there are sessions.
pub(super) struct Muster {
    pub(super) directory: Arc<dyn Directory>,
    pub(super) shared: Arc<dyn Shared>,
    pub(super) owner: Owner,
    /// None where this instance is alone.
    ground: Option<Ground>,
}

/// What the cluster's own work stands on.
struct Ground {
    thread: ClusterThread,
    listener: TcpListener,
}

/// An instance in its fleet.
pub(super) struct Fleet {
    links: Links,
    membership: Membership,
    thread: ClusterThread,
}

impl Muster {
    /// Opens what others will find this instance through, and it them.
    ///
    /// # Errors
    /// What is wrong with the configuration, in words that say what to do.
    pub(super) async fn call(
        config: &FleetConfig,
        http: SocketAddr,
        clock: &Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let owner = |node: &str, address: String| Owner {
            node: node.to_owned(),
            incarnation: random_claim(),
            address,
        };
        let node = config.node.as_deref().filter(|node| !node.is_empty());
        let Some(url) = config.redis_url.as_deref().filter(|url| !url.is_empty()) else {
            return Ok(Self {
                directory: Arc::new(LocalDirectory::new(Arc::clone(clock))),
                shared: Arc::new(LocalShared::new(Arc::clone(clock))),
                owner: owner(node.unwrap_or(ALONE), http.to_string()),
                ground: None,
            });
        };
        let listener = TcpListener::bind(config.internal_listen).with_context(|| {
            format!(
                "cannot listen on {} for other instances: set LEARNR_INTERNAL_LISTEN or --internal-listen to a free address",
                config.internal_listen
            )
        })?;
        let bound = listener.local_addr()?;
        let told = config.internal_address.as_deref();
        let address = told.filter(|told| !told.is_empty());
        let address = address.map_or_else(|| bound.to_string(), ToOwned::to_owned);
        let thread = ClusterThread::start()?;
        let url = url.to_owned();
        let opened = async move { Redis::open(&url).await };
        let redis = thread.runtime().spawn(opened).await??;
        let named = node.map_or_else(
            || format!("{}-{}", machine(), bound.port()),
            ToOwned::to_owned,
        );
        Ok(Self {
            directory: Arc::new(RedisDirectory::over(&redis)),
            shared: Arc::new(RedisShared::over(&redis)),
            owner: owner(&named, address),
            ground: Some(Ground { thread, listener }),
        })
    }

    /// Joins the fleet: from here on others ask this instance, and it them. `None` where it is alone.
    ///
    /// # Errors
    /// Why it must not join, in words that say what to do.
    pub(super) async fn join(
        self,
        connections: &Arc<ConnectionContext>,
        secret: &Secret,
        http: SocketAddr,
    ) -> anyhow::Result<Option<Fleet>> {
        let load = {
            // Not to keep alive what keeps this.
            let connections = Arc::downgrade(connections);
            move || {
                connections
                    .upgrade()
                    .map(|of| load(&of))
                    .unwrap_or_default()
            }
        };
        let lease = Lease {
            member: Member {
                node: self.owner.node,
                incarnation: self.owner.incarnation,
                address: self.owner.address,
            },
            beat: 0,
            draining: false,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            secret_fingerprint: secret.fingerprint(),
            http_address: http.to_string(),
            load: Load::default(),
        };
        let fleet = &connections.registry.context().fleet;
        let (own, carried) = (lease.clone(), load.clone());
        fleet.describe(move || Lease {
            load: carried(),
            ..own.clone()
        });
        let Some(Ground { thread, listener }) = self.ground else {
            return Ok(None);
        };
        let links = Links::listen(
            listener,
            lease.member.clone(),
            Arc::new(PeerSeal::new(secret.clone())),
            Arc::new(Reception {
                context: Arc::downgrade(connections),
            }),
            thread.runtime(),
        )
        .await?;
        fleet.link(links.clone());
        let presence = Arc::clone(&connections.presence);
        let told = presence.run(Arc::clone(&self.shared), lease.member.clone());
        thread.runtime().spawn(told);
        let node = lease.member.node.clone();
        let joined = Membership::join(self.directory, lease, load);
        let membership = thread.runtime().spawn(joined).await??;
        tracing::info!(node, internal_address = %links.address(), "joined the fleet");
        Ok(Some(Fleet {
            links,
            membership,
            thread,
        }))
    }
}

impl Fleet {
    /// Says that this instance is leaving: nobody asks it for anything new.
    pub(super) fn leave_soon(&self) {
        self.membership.draining(true);
    }

    /// Ends once another life has taken the name of this instance, which then has to stop.
    pub(super) fn lost(&self) -> impl Future<Output = Lost> + Send + use<> {
        self.membership.lost()
    }

    /// Leaves, when nothing here can be asked for any more.
    pub(super) async fn leave(self) -> anyhow::Result<()> {
        let Self {
            links,
            membership,
            thread,
        } = self;
        let left = async move {
            membership.leave().await;
            links.close().await;
        };
        thread.runtime().spawn(left).await?;
        Ok(())
    }
}

/// The directory in the Redis at `url`, served by the runtime this is called on.
///
/// # Errors
/// An address that makes no sense, or a Redis that refuses, in words that say what to do.
pub async fn open_directory(url: String) -> anyhow::Result<Arc<dyn Directory>> {
    let redis = Redis::open(&url).await?;
    Ok(Arc::new(RedisDirectory::over(&redis)))
}

fn load(connections: &ConnectionContext) -> Load {
    let (sockets, relayed_in, relayed_out) = connections.load();
    Load {
        sessions: connections.registry.len() as u64,
        sockets: sockets as u64,
        relayed_in: relayed_in as u64,
        relayed_out: relayed_out as u64,
    }
}

/// The name of this machine, as far as it has one.
fn machine() -> String {
    let named = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = named.trim();
    if name.is_empty() { ALONE } else { name }.to_owned()
}
