//! Owns when the log is moved into the database, and how far the log may grow. Must not know what
//! is written.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::Connection;
use tracing::warn;

/// Rows committed between two checkpoints: about 1.1 pages of log each, so some 36 MB. Fewer
/// checkpoints write a page that many rows touched less often.
const CHECKPOINT_ROWS: usize = 8_192;

/// Pages of log (of 4 KiB) above which the writer pauses to let it start over. Without that a
/// writer that never rests would never let it: the thread's checkpoint always ends a little behind.
const LOG_PAGES_MAX: i64 = 16_384;

/// Bytes the log file keeps when it starts over; a longer one is cut. Twice the bound, since
/// overwriting in place is cheaper than growing again.
pub(super) const LOG_BYTES_KEPT: i64 = 2 * LOG_PAGES_MAX * 4_096;

/// The writer's side: tells the checkpointer when there is enough to move.
pub(super) struct Wake {
    rows: usize,
    wake: SyncSender<()>,
    overlong: Arc<AtomicBool>,
}

/// The thread that moves the log while the writer goes on writing.
pub(super) struct Checkpointer {
    path: PathBuf,
    conn: Connection,
    wake: Receiver<()>,
    overlong: Arc<AtomicBool>,
}

pub(super) fn pair(path: PathBuf, conn: Connection) -> (Wake, Checkpointer) {
    // One waiting signal says as much as many.
    let (sender, receiver) = sync_channel(1);
    let overlong = Arc::new(AtomicBool::new(false));
    let wake = Wake {
        rows: 0,
        wake: sender,
        overlong: overlong.clone(),
    };
    let checkpointer = Checkpointer {
        path,
        conn,
        wake: receiver,
        overlong,
    };
    (wake, checkpointer)
}

impl Wake {
    /// Notes a commit. When the log is overlong, moves what the thread has left of it: little, and
    /// with nobody writing all of it, so that the next write begins the log anew.
    pub(super) fn committed(&mut self, rows: usize, conn: &Connection) {
        self.rows += rows;
        if self.overlong.swap(false, Ordering::Relaxed) {
            if let Err(error) = passive(conn) {
                warn!(%error, "the log could not be moved into the database");
            }
            self.rows = 0;
        } else if self.rows >= CHECKPOINT_ROWS && self.wake.try_send(()).is_ok() {
            self.rows = 0;
        }
    }
}

impl Checkpointer {
    /// Moves the log each time it is told to, until the writer has gone.
    pub(super) fn run(self) {
        while self.wake.recv().is_ok() {
            match passive(&self.conn) {
                Ok(pages) if pages > LOG_PAGES_MAX => self.overlong.store(true, Ordering::Relaxed),
                Ok(_) => {}
                // The log keeps what could not be moved; nothing is lost, it only grows.
                Err(error) => {
                    warn!(path = %self.path.display(), %error, "the log could not be moved into the database");
                }
            }
        }
    }
}

/// Moves as much of the log as nobody is in the way of; how many pages the log has.
fn passive(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))
}
