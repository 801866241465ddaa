//! Owns the threads that read, one connection each, and what waits for them. Must not write.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::fault::store_error;
use super::open;
use crate::store::StoreError;

/// Reads under way at once. They block on the disk, not on the writer.
const READERS: usize = 4;

/// Reads that may wait; beyond it they are refused as unavailable.
const READS_WAITING_MAX: usize = 1_024;

type Read = Box<dyn FnOnce(&Connection) + Send>;

/// The way to the reading threads.
pub(super) struct Readers {
    path: PathBuf,
    sender: Mutex<Option<SyncSender<Read>>>,
}

impl Readers {
    /// Starts the threads.
    pub(super) fn start(path: &Path) -> Result<(Readers, Vec<JoinHandle<()>>), StoreError> {
        let (sender, receiver) = sync_channel::<Read>(READS_WAITING_MAX);
        let receiver = Arc::new(Mutex::new(receiver));
        let mut threads = Vec::with_capacity(READERS);
        for number in 0..READERS {
            let conn = open::reader(path)?;
            let receiver = receiver.clone();
            let thread = thread::Builder::new()
                .name(format!("store-read-{number}"))
                .spawn(move || serve(&conn, &receiver))
                .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
            threads.push(thread);
        }
        let readers = Readers {
            path: path.to_owned(),
            sender: Mutex::new(Some(sender)),
        };
        Ok((readers, threads))
    }

    /// Runs a read on one of the threads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, result) = oneshot::channel();
        self.push(Box::new(move |conn| {
            // Dropped when the caller has stopped waiting.
            drop(reply.send(read(conn)));
        }))?;
        match result.await {
            Ok(result) => result.map_err(|error| store_error(&self.path, &error)),
            Err(_) => Err(StoreError::Unavailable("a read was abandoned".into())),
        }
    }

    /// The database.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes no more reads; the threads end after those that wait.
    pub(super) fn close(&self) {
        self.sender
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    fn push(&self, read: Read) -> Result<(), StoreError> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(StoreError::Closed)?;
        sender.try_send(read).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                StoreError::Unavailable(format!("{READS_WAITING_MAX} reads are waiting").into())
            }
            TrySendError::Disconnected(_) => StoreError::Closed,
        })
    }
}

fn serve(conn: &Connection, reads: &Mutex<Receiver<Read>>) {
    loop {
        let next = reads.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(read) = next else { return };
        read(conn);
    }
}
