//! The connection to Redis and its circuit: while Redis does not answer, calls fail at once and one task tries to reach it.
//!
//! Owns when a connection is made, given up and made again, and how long a call may take. Must not know what is asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, TlsCertificates};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{info, warn};

use super::OpenError;
use super::address::Address;
use super::fault::Fault;
use crate::cluster::{CALL_WITHIN, DirectoryError};

/// Between two attempts to reach a Redis that does not answer.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// For a connection, TLS and password included.
const CONNECT_WITHIN: Duration = Duration::from_millis(1_500);
/// For one server of a Redis Cluster, so that one that is frozen leaves time to ask the others.
const CONNECT_ONE_WITHIN: Duration = Duration::from_millis(400);
/// Redirections and repetitions of one call within a Redis Cluster.
const CLUSTER_RETRIES: u32 = 5;
const CLUSTER_RETRY_WAIT_MS: u64 = 40;
/// Calls waiting for an answer; beyond it, Redis counts as unavailable: it is not worth more memory.
const CALLS_MAX: usize = 4_096;

/// A connection of either kind; clones share it.
#[derive(Clone)]
enum Connection {
    Single(MultiplexedConnection),
    Cluster(ClusterConnection),
}

/// How a connection is made.
enum Reach {
    Single(Box<Client>),
    /// With each server by itself, to ask why there is none.
    Cluster(Box<ClusterClient>, Vec<Client>),
}

enum State {
    /// Calls go through; the number tells connections apart.
    Closed(Connection, u64),
    /// Calls fail with this until the probe has got through.
    Open(Fault),
}

/// One connection and what to do when it breaks.
pub(super) struct Circuit {
    client: Reach,
    pub(super) shown: String,
    state: Mutex<State>,
    calls: Semaphore,
    /// Where the connection is served, whoever calls.
    home: Handle,
    own: Weak<Circuit>,
}

impl Circuit {
    /// Connects. A Redis that cannot be reached is tried again, for as long as this lives.
    ///
    /// # Errors
    /// [`OpenError`] for an address that cannot be used and for a refusal.
    pub(super) async fn open(address: Address) -> Result<Arc<Self>, OpenError> {
        let shown = address.shown.clone();
        let client = Reach::over(address)?;
        let not_yet = Fault::unavailable("not connected yet");
        let circuit = Arc::new_cyclic(|own| Self {
            client,
            shown,
            state: Mutex::new(State::Open(not_yet)),
            calls: Semaphore::new(CALLS_MAX),
            home: Handle::current(),
            own: own.clone(),
        });
        match circuit.client.connect().await {
            Ok(connection) => *circuit.state() = State::Closed(connection, 0),
            Err(Fault {
                error: DirectoryError::Refused(advice),
                ..
            }) => {
                return Err(OpenError::Refused {
                    place: circuit.shown.clone(),
                    advice,
                });
            }
            Err(fault) => {
                warn!(redis = %circuit.shown, error = %fault.error, "Redis cannot be reached; going on without it until it can");
                *circuit.state() = State::Open(fault);
                circuit.probe(0);
            }
        }
        Ok(circuit)
    }

    /// Sends a command and waits for what it gives, until `deadline` at most.
    pub(super) async fn call<T: FromRedisValue>(
        &self,
        command: &Cmd,
        deadline: Instant,
    ) -> Result<T, Fault> {
        let (mut connection, number) = match &*self.state() {
            State::Closed(connection, number) => (connection.clone(), *number),
            State::Open(fault) => return Err(fault.clone()),
        };
        let Ok(_counted) = self.calls.try_acquire() else {
            let mut full = Fault::unavailable(format!("{CALLS_MAX} calls wait for it"));
            full.breaks = false;
            return Err(full);
        };
        let fault = match timeout_at(deadline, connection.query(command)).await {
            Ok(Ok(given)) => return Ok(given),
            Ok(Err(error)) => Fault::from(error),
            Err(_) => Fault::unavailable(format!("no answer within {CALL_WITHIN:?}")),
        };
        if fault.breaks {
            self.opened(number, &fault);
        }
        Err(fault)
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(&*self.state(), State::Closed(..))
    }

    /// Opens the circuit if it still has the connection that failed.
    fn opened(&self, failed: u64, fault: &Fault) {
        let mut state = self.state();
        let current = matches!(&*state, State::Closed(_, number) if *number == failed);
        if current {
            warn!(redis = %self.shown, error = %fault.error, "Redis is left out until it answers");
            *state = State::Open(fault.clone());
            drop(state);
            self.probe(failed);
        }
    }

    /// Tries to connect until it works, in a task that ends with the circuit.
    fn probe(&self, failed: u64) {
        let own = self.own.clone();
        self.home.spawn(async move {
            let since = Instant::now();
            loop {
                tokio::time::sleep(PROBE_EVERY).await;
                let Some(circuit) = own.upgrade() else {
                    return;
                };
                match circuit.client.connect().await {
                    Ok(connection) => {
                        *circuit.state() = State::Closed(connection, failed + 1);
                        info!(redis = %circuit.shown, out_ms = since.elapsed().as_millis(), "Redis answers again");
                        return;
                    }
                    Err(fault) => *circuit.state() = State::Open(fault),
                }
            }
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // One assignment at a time: there is no half-made state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    async fn query<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, redis::RedisError> {
        match self {
            Self::Single(connection) => command.query_async(connection).await,
            Self::Cluster(connection) => command.query_async(connection).await,
        }
    }
}

impl Reach {
    fn over(address: Address) -> Result<Self, OpenError> {
        let wrong = |error: redis::RedisError| OpenError::Address {
            detail: error.to_string(),
        };
        let certificates = address.root_certificates.map(|root| TlsCertificates {
            client_tls: None,
            root_cert: Some(root),
        });
        let mut singles = Vec::new();
        for seed in &address.seeds {
            singles.push(
                match &certificates {
                    Some(certificates) => {
                        Client::build_with_tls(seed.clone(), certificates.clone())
                    }
                    None => Client::open(seed.clone()),
                }
                .map_err(wrong)?,
            );
        }
        if !address.is_cluster {
            return Ok(Self::Single(Box::new(singles.remove(0))));
        }
        let mut builder = ClusterClient::builder(address.seeds)
            .connection_timeout(CONNECT_ONE_WITHIN)
            .response_timeout(CALL_WITHIN)
            .retries(CLUSTER_RETRIES)
            .min_retry_wait(1)
            .max_retry_wait(CLUSTER_RETRY_WAIT_MS);
        if let Some(certificates) = certificates {
            builder = builder.certs(certificates);
        }
        Ok(Self::Cluster(
            Box::new(builder.build().map_err(wrong)?),
            singles,
        ))
    }

    /// A connection that has answered.
    async fn connect(&self) -> Result<Connection, Fault> {
        let connecting = async {
            match self {
                Self::Single(client) => single(client).await.map(Connection::Single),
                Self::Cluster(client, seeds) => match client.get_async_connection().await {
                    Ok(connection) => Ok(Connection::Cluster(connection)),
                    Err(error) => Err(why(seeds, error).await),
                },
            }
        };
        let mut connection = timeout(CONNECT_WITHIN, connecting)
            .await
            .unwrap_or_else(|_| {
                Err(Fault::unavailable(format!(
                    "no connection within {CONNECT_WITHIN:?}"
                )))
            })?;
        match timeout(CALL_WITHIN, connection.query::<()>(&redis::cmd("PING"))).await {
            Ok(Ok(())) => Ok(connection),
            Ok(Err(error)) => Err(Fault::from(error)),
            Err(_) => Err(Fault::unavailable(format!(
                "no answer within {CALL_WITHIN:?}"
            ))),
        }
    }
}

async fn single(client: &Client) -> Result<MultiplexedConnection, Fault> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_WITHIN))
        .set_response_timeout(Some(CALL_WITHIN));
    let connected = client
        .get_multiplexed_async_connection_with_config(&config)
        .await;
    connected.map_err(Fault::from)
}

/// Why a Redis Cluster could not be joined: the crate tells of a password refused only that there is no connection, so each server
/// is asked by itself.
async fn why(seeds: &[Client], error: redis::RedisError) -> Fault {
    for seed in seeds {
        if let Err(fault) = single(seed).await
            && matches!(fault.error, DirectoryError::Refused(_))
        {
            return fault;
        }
    }
    Fault::from(error)
}
