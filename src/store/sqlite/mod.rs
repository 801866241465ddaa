//! Owns the embedded system of record: one SQLite file, one thread that writes it, a few that read.
//!
//! Must not know what events, items or states mean. Every check the contract asks for is made
//! inside the transaction that writes.

mod accounts;
mod batch;
mod call;
mod catalogue;
mod checkpoint;
mod contract;
mod deletion;
mod events;
mod exposures;
mod fault;
#[cfg(feature = "faults")]
mod faults;
mod filling;
mod history;
mod jobs;
mod known;
mod learners;
mod making;
mod open;
mod queue;
mod readers;
mod rows;
mod schema;
mod sessions;
mod snapshot;
mod staged;
mod whole_sessions;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tracing::{error, warn};

#[cfg(feature = "faults")]
pub use self::faults::Faults;
pub use self::filling::Filling;
use self::known::Known;
use self::queue::{Queue, Work};
use self::readers::Readers;
pub use self::snapshot::{Copying, Snapshot, SqliteRows};
pub use self::staged::{Staged, Taken};
use self::writer::Writer;
use super::{AppendRefused, StoreError};

/// A payload of this size counts as one more row in the queue and in a batch.
const BYTES_PER_ROW: usize = 4_096;

/// How a store behaves; [`Default`] is right outside tests.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// How long a write is tried, counted from its hand-over, before it is answered as unavailable.
    pub retry_limit: Duration,
    /// What goes wrong; by default what the environment says.
    #[cfg(feature = "faults")]
    pub faults: Faults,
}

impl Default for SqliteOptions {
    fn default() -> SqliteOptions {
        SqliteOptions {
            retry_limit: Duration::from_secs(30),
            #[cfg(feature = "faults")]
            faults: Faults::from_env(),
        }
    }
}

/// The store in one SQLite file. Dropping it without [`close`](super::Store::close) still writes
/// what was handed over, on its own thread; nobody waits for that.
pub struct SqliteStore {
    queue: Arc<Queue>,
    readers: Readers,
    /// Joined by `close`, the writer first: what it drops ends the checkpointer.
    threads: Mutex<Vec<JoinHandle<()>>>,
    #[cfg(feature = "faults")]
    appends_refused: Option<Arc<std::sync::atomic::AtomicBool>>,
}

impl SqliteStore {
    /// Opens the database at `path`, creating it and its directory where they are missing, and
    /// brings it to the newest schema. Blocks while it does.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the file cannot be used, [`StoreError::Foreign`] when it is not a
    /// LearnR database, [`StoreError::NewerSchema`] when a newer release wrote it,
    /// [`StoreError::Corrupt`] when it is damaged. The file is as it was after any of the four.
    pub fn open(path: &Path, options: SqliteOptions) -> Result<SqliteStore, StoreError> {
        let conn = open::writer(path)?;
        #[cfg(feature = "faults")]
        if options.faults.synchronous_off {
            conn.pragma_update(None, "synchronous", "OFF")
                .map_err(|error| fault::store_error(path, &error))?;
        }
        let (readers, reading) = Readers::start(path)?;
        let (wake, checkpointer) = checkpoint::pair(path.to_owned(), open::checkpointer(path)?);
        let (queue, lane) = Queue::new();
        let queue = Arc::new(queue);
        #[cfg(feature = "faults")]
        let appends_refused = options.faults.appends_refused.clone();
        let writer = Writer {
            path: path.to_owned(),
            conn,
            queue: queue.clone(),
            lane,
            known: Known::default(),
            retry_limit: options.retry_limit,
            checkpoint: wake,
            #[cfg(feature = "faults")]
            faults: options.faults,
        };
        let mut threads = vec![
            spawn("store-write", move || writer.run())?,
            spawn("store-checkpoint", move || checkpointer.run())?,
        ];
        threads.extend(reading);
        Ok(SqliteStore {
            queue,
            readers,
            threads: Mutex::new(threads),
            #[cfg(feature = "faults")]
            appends_refused,
        })
    }

    /// The newest schema this binary knows.
    pub const SCHEMA: i64 = schema::SUPPORTED;

    /// The file of the database in a data directory.
    #[must_use]
    pub fn file_in(directory: &Path) -> PathBuf {
        directory.join("learnr.sqlite3")
    }

    /// Runs a write in the next batch. It may run more than once, and must find out by itself
    /// whether an earlier run was committed.
    async fn write<T: Send + 'static>(
        &self,
        bytes: usize,
        run: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (write, result) = call::Call::with_reply(run);
        let rows = 1 + bytes / BYTES_PER_ROW;
        self.queue
            .push(Work::Other(write), rows, bytes)
            .map_err(|refused| match refused {
                AppendRefused::Full => StoreError::Unavailable(Box::new(refused)),
                AppendRefused::Closed => StoreError::Closed,
            })?;
        result
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("the writer has stopped".into())))
    }

    /// Empties the log, in which pages of before a deletion may still stand. While somebody reads an older state, or
    /// another process has the file open, it may not come to that: the log is written over as it goes on.
    async fn forget_log(&self) {
        let path = self.readers.path().to_owned();
        let emptied = tokio::task::spawn_blocking(move || open::write_back(&path)).await;
        match emptied {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => warn!("the log still holds what was deleted: it is being read"),
            Ok(Err(error)) => warn!(%error, "the log still holds what was deleted"),
            Err(error) => warn!(%error, "the log still holds what was deleted"),
        }
    }

    /// Ends the threads after what they have to do; how many ended badly is logged.
    async fn stop(&self) {
        self.queue.close();
        self.readers.close();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let path = self.readers.path().to_owned();
        let joined = tokio::task::spawn_blocking(move || {
            let panicked = threads
                .into_iter()
                .filter_map(|thread| thread.join().err())
                .count();
            // Connections that closed at the same moment each took another for the last, and left the log
            // in a file of its own. This one is the last: everything is in one file once it has closed.
            open::write_back(&path).map(|_| panicked)
        });
        match joined.await {
            Ok(Ok(0)) => {}
            Ok(Ok(panicked)) => error!(panicked, "threads of the store ended in a panic"),
            Ok(Err(error)) => error!(%error, "the log stays in a file of its own"),
            Err(error) => error!(%error, "the store could not be waited for"),
        }
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| StoreError::Unavailable(Box::new(error)))
}
