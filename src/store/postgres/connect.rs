//! Owns a connection to PostgreSQL from its making to its end, and the pools of them. Must not know SQL of ours.
//!
//! Every connection lives on the store's own thread, whichever thread asks for it: an actor's thread serves no
//! socket of the database, and may end before the store does.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bb8::{ErrorSink, ManageConnection, Pool, PooledConnection, RunError};
use tokio::runtime::Handle;
use tokio_postgres::Error;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{Address, CONNECT_WITHIN};
use super::client::{Client, Prepared, Queries};
use super::direct::is_direct;
use super::fault::Failure;
use super::tls;
use crate::store::StoreError;

/// How long a call waits for a free connection.
const FREE_WITHIN: Duration = Duration::from_secs(3);
/// Connections are made anew after this long, so that they spread again after a failover.
const LIFETIME: Duration = Duration::from_secs(1_800);
/// Idle connections are closed after this long.
const IDLE: Duration = Duration::from_secs(300);

/// How to connect to one database.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) address: Arc<Address>,
    tls: MakeRustlsConnect,
    home: Handle,
    /// Raised when a server turns out to be none that takes writes: connections of before may all lead there.
    trusted: Arc<AtomicU64>,
}

impl Way {
    /// # Errors
    /// [`StoreError::Setup`] when there are no roots to trust.
    pub(super) fn to(address: Address, home: Handle) -> Result<Way, StoreError> {
        Ok(Way {
            tls: tls::connector(&address)?,
            address: Arc::new(address),
            home,
            trusted: Arc::default(),
        })
    }

    /// One connection, made and served on the store's thread.
    pub(super) async fn connect(&self) -> Result<Connection, Failure> {
        let Way {
            address,
            tls,
            trusted,
            ..
        } = self.clone();
        let since = trusted.load(Ordering::Relaxed);
        let connecting = self.home.spawn(async move {
            Ok(Connection {
                client: first_to_answer(&address, &tls).await?,
                spent: false,
                since,
                trusted,
            })
        });
        connecting.await.unwrap_or(Err(Failure::Closed))
    }

    /// A pool of at most `size` connections; nothing is connected yet.
    pub(super) fn pool(&self, size: u32) -> Connections {
        let latest = Latest::default();
        let pool = Pool::builder()
            .max_size(size)
            .test_on_check_out(false)
            .connection_timeout(FREE_WITHIN)
            .max_lifetime(LIFETIME)
            .idle_timeout(IDLE)
            .error_sink(Box::new(latest.clone()))
            .build_unchecked(self.clone());
        Connections { pool, latest }
    }

    /// Notes that a server reached this way does not take writes.
    pub(super) fn distrust(&self) {
        self.trusted.fetch_add(1, Ordering::Relaxed);
    }
}

/// Tries the hosts in order; the last one's failure when none will do.
async fn first_to_answer(address: &Address, tls: &MakeRustlsConnect) -> Result<Client, Failure> {
    let mut latest = Failure::passing("the address names no host");
    for host in &address.hosts {
        // What takes a connection and then says nothing is no better than what takes none.
        let attempt = async {
            let (client, driver) = host.connect(tls.clone()).await?;
            tokio::spawn(async move {
                if let Err(error) = driver.await {
                    tracing::debug!(%error, "a connection to PostgreSQL has ended");
                }
            });
            let prepares = address.prepares && is_direct(&client).await?;
            Ok::<_, Error>(Client::of(client, prepares))
        };
        latest = match tokio::time::timeout(CONNECT_WITHIN, attempt).await {
            Ok(Ok(client)) => return Ok(client),
            Ok(Err(error)) => Failure::from(error),
            Err(_) => Failure::passing(format!("no answer within {} s", CONNECT_WITHIN.as_secs())),
        };
    }
    Err(latest)
}

/// Why the latest attempt to connect failed: a pool tells those who wait only that there is none.
#[derive(Debug, Clone, Default)]
struct Latest(Arc<Mutex<Option<String>>>);

impl ErrorSink<Failure> for Latest {
    fn sink(&self, failure: Failure) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure.to_string());
    }

    fn boxed_clone(&self) -> Box<dyn ErrorSink<Failure>> {
        Box::new(self.clone())
    }
}

/// A pool of connections.
#[derive(Clone)]
pub(super) struct Connections {
    pool: Pool<Way>,
    latest: Latest,
}

impl Connections {
    /// A free connection that was usable a moment ago.
    pub(super) async fn free(&self) -> Result<PooledConnection<'_, Way>, Failure> {
        loop {
            let connection = self.pool.get().await.map_err(|error| match error {
                RunError::User(failure) => failure,
                RunError::TimedOut => self.none(),
            })?;
            // Idle ones may have died in the pool, which looks at them only as they come back: each is dropped once.
            if connection.is_usable() {
                return Ok(connection);
            }
        }
    }

    fn none(&self) -> Failure {
        let latest = &self.latest.0;
        let latest = latest.lock().unwrap_or_else(PoisonError::into_inner).take();
        Failure::passing(
            latest.unwrap_or_else(|| {
                format!("no free connection within {} s", FREE_WITHIN.as_secs())
            }),
        )
    }
}

/// A connection. Dropped, it closes when what it was sent has been answered.
pub(super) struct Connection {
    client: Client,
    /// An answer is overdue, or something went wrong: nobody else may wait behind it.
    spent: bool,
    /// When it was made, in counts of `trusted`.
    since: u64,
    trusted: Arc<AtomicU64>,
}

impl Connection {
    /// Notes that it is not to be used again.
    pub(super) fn spend(&mut self) {
        self.spent = true;
    }

    pub(super) fn is_usable(&self) -> bool {
        let trusted = self.since == self.trusted.load(Ordering::Relaxed);
        trusted && !self.spent && !self.client.driver().is_closed()
    }

    /// The client, for transactions.
    pub(super) fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Deref for Connection {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Queries for Connection {
    type Driver = tokio_postgres::Client;

    fn driver(&self) -> &Self::Driver {
        Queries::driver(&self.client)
    }

    fn prepared(&self) -> Option<&Prepared> {
        self.client.prepared()
    }
}

impl ManageConnection for Way {
    type Connection = Connection;
    type Error = Failure;

    async fn connect(&self) -> Result<Connection, Failure> {
        Way::connect(self).await
    }

    async fn is_valid(&self, connection: &mut Connection) -> Result<(), Failure> {
        connection
            .driver()
            .check_connection()
            .await
            .map_err(Failure::from)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        !connection.is_usable()
    }
}
