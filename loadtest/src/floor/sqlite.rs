//! The bare fenced insert of the embedded store: the same two statements a row, the same settings, batches of one
//! transaction each, and nothing around them. The last place and the request ids are remembered, as the store does. Owns those statements; knows nothing of who answers.

use std::hint::black_box;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};
use uuid::Uuid;

use super::{Batches, Span};
use crate::meter::Latencies;

/// Rows of a transaction, as the store's writer has at most.
const BATCH_ROWS: usize = 1_024;
/// Bytes of an answer's payload.
const PAYLOAD_BYTES: usize = 96;
/// Page cache, KiB, as the store's writer has.
const CACHE_KIB: i64 = 64 << 10;
/// Rows between two moves of the log into the database, as in the store.
const CHECKPOINT_ROWS: usize = 8_192;
/// Pages of log above which the writer itself moves them, as in the store.
const LOG_PAGES_MAX: i64 = 16_384;
/// Bytes the log file keeps, as in the store.
const LOG_BYTES_KEPT: i64 = 2 * LOG_PAGES_MAX * 4_096;
/// Prepared statements kept.
const STATEMENTS_MAX: usize = 16;

/// The fence.
const FENCE: &str = "SELECT epoch, claim FROM sessions WHERE id = ?1";
const INSERT: &str = "INSERT INTO events (session, request_hash, seq, epoch, claim, kind, event_version, participant, \
     at_ms, request_id, position, item, choice, correct, elapsed_ms, area, theta, standard_error, payload) \
     VALUES (?1, ?2, ?3, ?4, ?5, 'answered', 1, 0, 1700000000000, ?6, 12, 'item-1234', '2', 1, 12345, 'taxation', \
     0.123, 0.123, ?7)";
const CERTIFICATION: &str = "INSERT INTO certifications (id, organization, current_version) \
     VALUES ('floor', zeroblob(16), '1'); \
     INSERT INTO certification_versions (certification, version, title, description, body, active_items, areas) \
     VALUES ('floor', '1', 'Floor', '', x'', 0, 0)";
const SESSION: &str = "INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, settings, \
     stream, status, epoch, claim, started_at) \
     VALUES (?1, ?2, zeroblob(16), 'floor', '1', 'practice', x'', 'stream', 'open', 1, 1, 1)";

struct Written {
    id: [u8; 16],
    seq: u32,
    /// Hashes of its latest request ids, as many as a session has at most.
    requests: Vec<u32>,
}

/// Request ids of a session at most: its oldest are forgotten, where a real one would have ended.
const REQUESTS_MAX: usize = 200;

/// Rows a second of the insert, and one row's commit. The file at `path` has the schema and is nobody else's.
///
/// # Errors
/// When it does not store.
pub(super) fn measure(path: &Path, span: &Span) -> anyhow::Result<Batches> {
    let conn = open(path)?;
    let mut written = make(&conn, span.sessions).context("make sessions")?;
    let moving = open(path)?;
    let (wake, woken) = sync_channel(1);
    thread::scope(|scope| {
        let mover = scope.spawn(move || move_log(&moving, &woken));
        let measured = Writer::new(&conn, wake).measure(&mut written, span);
        let moved = mover
            .join()
            .map_err(|_| anyhow!("the log's thread panicked"))?;
        moved.context("move the log")?;
        measured
    })
}

/// As the store opens its writer's connection.
fn open(path: &Path) -> anyhow::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)
        .with_context(|| format!("open {}", path.display()))?;
    conn.busy_timeout(Duration::from_secs(1))?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    let mode =
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    ensure!(mode == "wal", "the log's mode is {mode}");
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
    conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    conn.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES_KEPT, |_| Ok(()))?;
    Ok(conn)
}

fn make(conn: &Connection, sessions: usize) -> anyhow::Result<Vec<Written>> {
    conn.execute_batch("BEGIN IMMEDIATE")?;
    conn.execute_batch(CERTIFICATION)?;
    let mut written = Vec::with_capacity(sessions);
    for _ in 0..sessions {
        let id = Uuid::now_v7().into_bytes();
        let learner = Uuid::new_v4().into_bytes();
        conn.prepare_cached(SESSION)?
            .execute(params![id, learner])?;
        written.push(Written {
            id,
            seq: 0,
            requests: Vec::new(),
        });
    }
    conn.execute_batch("COMMIT")?;
    Ok(written)
}

/// The one connection that writes.
struct Writer<'a> {
    conn: &'a Connection,
    payload: [u8; PAYLOAD_BYTES],
    rows: usize,
    wake: SyncSender<()>,
}

impl<'a> Writer<'a> {
    fn new(conn: &'a Connection, wake: SyncSender<()>) -> Self {
        Self {
            conn,
            payload: [7; PAYLOAD_BYTES],
            rows: 0,
            wake,
        }
    }

    fn measure(mut self, written: &mut [Written], span: &Span) -> anyhow::Result<Batches> {
        let (begun, mut rows) = (Instant::now(), 0);
        while span.goes_on(begun, span.within())? {
            for batch in written.chunks_mut(BATCH_ROWS) {
                self.store(batch)?;
                rows += batch.len();
            }
        }
        let rows_per_s = rows as f64 / begun.elapsed().as_secs_f64();
        let (begun, mut taken) = (Instant::now(), Latencies::default());
        while span.goes_on(begun, span.within() / 2)? {
            let next = (taken.count() % written.len() as u64) as usize;
            let at = Instant::now();
            self.store(&mut written[next..=next])?;
            taken.record(at.elapsed());
        }
        Ok(Batches {
            rows_per_s,
            commit_ms: taken.quantiles(),
        })
    }

    /// One transaction with the next row of each session.
    fn store(&mut self, batch: &mut [Written]) -> anyhow::Result<()> {
        self.conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for session in batch.iter_mut() {
            self.row(session)?;
        }
        self.conn.prepare_cached("COMMIT")?.execute([])?;
        self.rows += batch.len();
        if self.rows >= CHECKPOINT_ROWS && self.wake.try_send(()).is_ok() {
            self.rows = 0;
        } else if self.rows >= 2 * CHECKPOINT_ROWS {
            // The thread does not keep up: what it has left is moved here, while nobody writes.
            if checkpoint(self.conn)? <= LOG_PAGES_MAX {
                self.rows = 0;
            }
        }
        Ok(())
    }

    fn row(&self, session: &mut Written) -> anyhow::Result<()> {
        let fence = self
            .conn
            .prepare_cached(FENCE)?
            .query_row([session.id], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?;
        ensure!(fence == (1, 1), "the fence is another: {fence:?}");
        let request_id = Uuid::new_v4().to_string();
        let hash = hash(request_id.as_bytes());
        if session.requests.len() == REQUESTS_MAX {
            session.requests.clear();
        }
        // The store looks such a one up; at one in twenty million rows that is no part of a floor.
        black_box(session.requests.contains(&hash));
        session.requests.push(hash);
        session.seq += 1;
        let row = params![
            session.id,
            hash,
            session.seq,
            1,
            1,
            request_id,
            self.payload
        ];
        self.conn.prepare_cached(INSERT)?.execute(row)?;
        Ok(())
    }
}

/// FNV-1a of 32 bits, which the store keeps beside a request id.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// Moves the log into the database each time it is told to, until the writer has gone.
fn move_log(conn: &Connection, woken: &Receiver<()>) -> rusqlite::Result<()> {
    while woken.recv().is_ok() {
        checkpoint(conn)?;
    }
    Ok(())
}

/// Pages the log has.
fn checkpoint(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))
}
