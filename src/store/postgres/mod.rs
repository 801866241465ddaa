//! Owns the fleet's system of record: PostgreSQL, a few writers with a connection each, pools for everything else.
//!
//! Must not know what events, items or states mean. Who may write a session is proved inside the statement that
//! writes.

mod accounts;
mod address;
mod attempts;
mod batch;
mod catalogue;
mod client;
mod connect;
mod contract;
mod copying;
mod deletion;
mod direct;
mod events;
mod exposures;
mod fault;
#[cfg(feature = "faults")]
mod faults;
mod history;
mod jobs;
mod known;
mod lanes;
mod learners;
mod partitions;
mod rows;
mod schema;
mod sessions;
mod settle;
mod setup;
mod starts;
mod tls;
mod upkeep;
mod whole;
mod whole_sessions;
mod writer;

use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio_postgres::error::SqlState;

use self::address::Address;
use self::connect::{Connection, Connections, Way};
use self::fault::Failure;
#[cfg(feature = "faults")]
pub use self::faults::Faults;
use self::lanes::{Lanes, Work};
pub use self::partitions::Month;
pub use self::whole::{PostgresFilling, PostgresSnapshot};
use self::writer::Writer;
use super::StoreError;

/// How a store behaves; [`PostgresOptions::at`] is right outside tests.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Where the database is: libpq's URL.
    pub url: String,
    /// Where a replica is, for dashboards and exports; they go to the database itself when there is none.
    pub read_url: Option<String>,
    /// Writers, one connection and one batch in flight each.
    pub lanes: usize,
    /// Connections for everything but the writers.
    pub connections: u32,
    /// Connections for dashboards and exports.
    pub read_connections: u32,
    /// Whether opening brings the database to the newest schema.
    pub migrate: bool,
    /// How many months of events stay attached beside the current one; `None` keeps all.
    pub keep_months: Option<u32>,
    /// How long a write is tried, counted from its hand-over, before it is answered as unavailable.
    pub retry_limit: Duration,
    /// What goes wrong.
    #[cfg(feature = "faults")]
    pub faults: Faults,
}

impl PostgresOptions {
    /// The usual behaviour with the database at `url`.
    #[must_use]
    pub fn at(url: impl Into<String>) -> PostgresOptions {
        PostgresOptions {
            url: url.into(),
            read_url: None,
            lanes: 2,
            connections: 16,
            read_connections: 4,
            migrate: true,
            keep_months: None,
            retry_limit: Duration::from_secs(30),
            #[cfg(feature = "faults")]
            faults: Faults::from_env(),
        }
    }

    /// The database for people: hosts and name, never the password.
    #[must_use]
    pub fn shown(&self) -> String {
        Address::parse(&self.url)
            .map_or_else(|_| "DATABASE_URL".to_owned(), |address| address.shown)
    }
}

/// The store in a PostgreSQL database. Dropping it without [`close`](super::Store::close) still writes what was handed
/// over, on its own thread; nobody waits for that.
pub struct PostgresStore {
    place: String,
    way: Way,
    lanes: Lanes,
    /// For what the answer path and a learner's own pages ask: it sees every write that was acknowledged.
    pool: Connections,
    /// For dashboards and exports: a replica may lag.
    read_pool: Connections,
    retry_limit: Duration,
    #[cfg(feature = "faults")]
    faults: Faults,
    /// Dropped or set, the upkeep ends, and the thread when the writers have ended too.
    stop: watch::Sender<bool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl PostgresStore {
    /// Connects to the database, brings it to the newest schema unless told not to, and makes the partitions that are
    /// needed next. Instances that do so at the same moment wait for each other.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when the address, the server or the role is not as it has to be,
    /// [`StoreError::NewerSchema`] when a newer release has taken away what this one needs, [`StoreError::Foreign`]
    /// when tables are in the way. Nothing is tried for long: whoever starts this decides on trying again.
    pub async fn open(options: PostgresOptions) -> Result<PostgresStore, StoreError> {
        let (lanes, work) = Lanes::new(options.lanes);
        let (stop, stopped) = watch::channel(false);
        let (home, run, thread) = start_thread()?;
        let opened = async {
            let way = Way::to(Address::parse(&options.url)?, home.clone())?;
            let read_way = match &options.read_url {
                Some(url) => Way::to(Address::parse(url)?, home.clone())?,
                None => way.clone(),
            };
            let place = way.address.shown.clone();
            let mut first = setup::first_connection(&way).await?;
            prepare(&mut first, &place, options.migrate).await?;
            let pool = way.pool(options.connections);
            let writers: Vec<Writer> = work
                .into_iter()
                .map(|work: UnboundedReceiver<Work>| {
                    Writer::new(way.clone(), work, lanes.waiting().clone(), &options)
                })
                .collect();
            // Gone only if the thread has died, which every call then says.
            drop(run.send(Running {
                writers,
                pool: pool.clone(),
                keep_months: options.keep_months,
                stopped,
            }));
            Ok((place, way, pool, read_way.pool(options.read_connections)))
        };
        // Made on the caller's runtime, the pools' own tasks would end with it.
        let (place, way, pool, read_pool) = opened.await?;
        Ok(PostgresStore {
            place,
            way,
            lanes,
            pool,
            read_pool,
            retry_limit: options.retry_limit,
            #[cfg(feature = "faults")]
            faults: options.faults,
            stop,
            thread: Mutex::new(Some(thread)),
        })
    }

    fn place(&self) -> &str {
        &self.place
    }

    /// Takes a connection out of use after a failure: nobody knows what it still has to say. After a COPY that the
    /// server refuses, a pooler may wait for what never comes, and so would whoever asks next. A server that takes no writes any more
    /// takes all others with it.
    fn note_failure(&self, connection: &mut Connection, failure: &Failure) {
        if matches!(failure, Failure::Transient(_) | Failure::Permanent(_)) {
            connection.spend();
        }
        if failure.code() == Some(SqlState::READ_ONLY_SQL_TRANSACTION) {
            self.way.distrust();
        }
    }

    fn is_closed(&self) -> bool {
        self.lanes.is_closed()
    }

    /// Takes no more, and waits until everything handed over has been answered.
    async fn stop(&self) {
        self.lanes.close();
        self.stop.send_replace(true);
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(thread) = thread else { return };
        let joined = tokio::task::spawn_blocking(move || thread.join().is_ok()).await;
        if !matches!(joined, Ok(true)) {
            tracing::error!("the thread of the store ended in a panic");
        }
    }
}

/// What the store's thread does until the store is closed.
struct Running {
    writers: Vec<Writer>,
    pool: Connections,
    keep_months: Option<u32>,
    stopped: watch::Receiver<bool>,
}

/// The thread that all connections live on. It ends when it is given nothing to run, or when that has ended.
fn start_thread() -> Result<(Handle, oneshot::Sender<Running>, JoinHandle<()>), StoreError> {
    let unavailable = |error: std::io::Error| StoreError::Unavailable(Box::new(error));
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(unavailable)?;
    let home = runtime.handle().clone();
    let (run, running) = oneshot::channel::<Running>();
    let thread = std::thread::Builder::new()
        .name("store-postgres".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                let Ok(running) = running.await else { return };
                let mut writers = JoinSet::new();
                for writer in running.writers {
                    writers.spawn(writer.run());
                }
                upkeep::run(&running.pool, running.keep_months, running.stopped).await;
                while writers.join_next().await.is_some() {}
            });
        })
        .map_err(unavailable)?;
    Ok((home, run, thread))
}

/// Sees that the database is what this binary needs.
async fn prepare(first: &mut Connection, place: &str, migrate: bool) -> Result<(), StoreError> {
    let refused = |failure: Failure| setup::refusal(failure, place);
    let state = schema::state(first).await.map_err(refused)?;
    if migrate && state.version < schema::SUPPORTED {
        schema::migrate(first.client_mut(), place).await?;
        setup::set_timeouts(first).await.map_err(refused)?;
    }
    let state = schema::state(first).await.map_err(refused)?;
    if let Some(refusal) = schema::refusal(state, place) {
        return Err(refusal);
    }
    setup::check_promises(first, place).await?;
    setup::check_rights(first, place).await?;
    upkeep::make_partitions(first.client_mut())
        .await
        .map_err(refused)
}
