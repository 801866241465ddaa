//! Owns the reading of a whole database at one moment: its pages, or its rows. Must not write to what it reads, nor
//! know where that goes.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ffi};
use tokio::sync::mpsc;

use super::fault::{self, store_error};
use super::{making, open, schema};
use crate::store::StoreError;
use crate::store::whole::{Cell, Column, Encoder, Kind, Rows, Source, TABLES, Table};

/// Pages copied between two looks at whether to stop: 4 MiB.
const PAGES_AT_A_TIME: i32 = 1_024;

/// Encoded rows read ahead, in pieces of [`crate::store::whole::ROWS_BYTES`].
const PIECES_AHEAD: usize = 8;

/// How far a copy of pages is, for whoever watches; and whether to stop.
#[derive(Debug, Default)]
pub struct Copying {
    /// Pages copied.
    pub done: AtomicU64,
    /// Pages there are.
    pub of: AtomicU64,
    /// Set to have it stop.
    pub stop: AtomicBool,
}

/// A database as it was when this was opened, whoever writes to it meanwhile: one read transaction. The log of a
/// store in use cannot start over before it is dropped.
#[derive(Debug)]
pub struct Snapshot {
    path: PathBuf,
    conn: Connection,
    version: i64,
}

impl Snapshot {
    /// Opens the database at `path`, of this schema or an older one. Blocks.
    ///
    /// # Errors
    /// As [`super::SqliteStore::open`]; the file is as it was.
    pub fn open(path: &Path) -> Result<Snapshot, StoreError> {
        open::recognise(path)?;
        let conn = open::reader(path)?;
        let begin = || {
            conn.execute_batch("BEGIN")?;
            // The first read is what fixes the moment.
            schema::version(&conn)
        };
        let version = begin().map_err(|error| store_error(path, &error))?;
        Ok(Snapshot {
            path: path.to_owned(),
            conn,
            version,
        })
    }

    /// How many migrations it has had.
    #[must_use]
    pub fn schema_version(&self) -> i64 {
        self.version
    }

    /// Reads every page and every index for damage. Blocks, about 3 ms a MiB.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with what was found first.
    pub fn verify(&self) -> Result<(), StoreError> {
        open::quick_check(&self.conn).map_err(|error| store_error(&self.path, &error))
    }

    /// Copies every page to `to`, which becomes a database without a log. Blocks. `false` when it was stopped.
    ///
    /// # Errors
    /// Why the one cannot be read or the other written.
    pub(super) fn pages(&self, to: &Path, copying: &Copying) -> Result<bool, StoreError> {
        let copy = || -> rusqlite::Result<bool> {
            let mut target = making::unjournaled(to)?;
            let pages = Backup::new(&self.conn, &mut target)?;
            loop {
                let step = pages.step(PAGES_AT_A_TIME)?;
                let progress = pages.progress();
                let of = u64::try_from(progress.pagecount).unwrap_or_default();
                let left = u64::try_from(progress.remaining).unwrap_or_default();
                copying.of.store(of, Ordering::Relaxed);
                copying.done.store(of - left.min(of), Ordering::Relaxed);
                if copying.stop.load(Ordering::Relaxed) {
                    return Ok(false);
                }
                match step {
                    StepResult::Done => break,
                    StepResult::More => {}
                    _ => return Err(fault::made(ffi::SQLITE_BUSY, "it is locked".to_owned())),
                }
            }
            Ok(true)
        };
        copy().map_err(|error| store_error(to, &error))
    }

    /// Its rows, read by a thread of their own.
    #[must_use]
    pub fn rows(self) -> SqliteRows {
        let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
        let about = self.count();
        tokio::task::spawn_blocking(move || {
            let mut give = |rows| sender.blocking_send(Ok(Some(rows))).is_ok();
            let read = self.read(&mut give);
            // Nobody hears it when the receiver has gone: then nobody wants it either.
            drop(sender.blocking_send(read.map(|()| None)));
        });
        SqliteRows {
            receiver,
            about,
            ended: false,
        }
    }

    /// Rows of the tables that have many; 0 where that cannot be told.
    fn count(&self) -> u64 {
        let count = |table: &Table| {
            let sql = format!("SELECT count(*) FROM {}", table.name);
            self.conn
                .query_row(&sql, [], |row| row.get::<_, i64>(0))
                .map_or(0, |rows| rows.unsigned_abs())
        };
        TABLES.iter().map(count).sum()
    }

    /// Gives all rows until `give` wants no more.
    fn read(&self, give: &mut dyn FnMut(Rows) -> bool) -> Result<(), StoreError> {
        for table in TABLES {
            match self.table(table, give) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => return Err(store_error(&self.path, &error)),
            }
        }
        Ok(())
    }

    fn table(
        &self,
        table: &'static Table,
        give: &mut dyn FnMut(Rows) -> bool,
    ) -> rusqlite::Result<bool> {
        let known = self.columns(table.name)?;
        if known.is_empty() {
            // An older schema has no such table yet.
            return Ok(true);
        }
        let columns = table.columns.iter().map(|column| {
            let there = known.iter().any(|name| name == column.name);
            if there { column.name } else { "NULL" }
        });
        let columns: Vec<&str> = columns.collect();
        let sql = format!(
            "SELECT {} FROM {} ORDER BY {}",
            columns.join(", "),
            table.name,
            table.key_names()
        );
        let mut statement = self.conn.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut encoder = Encoder::new(table);
        while let Some(row) = rows.next()? {
            for (ix, column) in table.columns.iter().enumerate() {
                encoder.cell(cell(table, column, row.get_ref(ix)?)?);
            }
            if let Some(rows) = encoder.end_row()
                && !give(rows)
            {
                return Ok(false);
            }
        }
        Ok(encoder.finish().is_none_or(give))
    }

    fn columns(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        self.conn
            .prepare_cached("SELECT name FROM pragma_table_info(?1)")?
            .query_map([table], |row| row.get(0))?
            .collect()
    }
}

/// A stored value as it travels.
fn cell<'a>(table: &Table, column: &Column, value: ValueRef<'a>) -> rusqlite::Result<Cell<'a>> {
    match (column.kind, value) {
        (_, ValueRef::Null) => return Ok(Cell::Null),
        (Kind::Id, ValueRef::Blob(id)) => {
            if let Ok(id) = id.try_into() {
                return Ok(Cell::Id(id));
            }
        }
        (Kind::Int16 | Kind::Int32 | Kind::Int64, ValueRef::Integer(number)) => {
            return Ok(Cell::Int(number));
        }
        (Kind::Flag, ValueRef::Integer(flag @ (0 | 1))) => return Ok(Cell::Flag(flag == 1)),
        (Kind::Real, ValueRef::Real(number)) => return Ok(Cell::Real(number)),
        (Kind::Text, ValueRef::Text(text)) => return Ok(Cell::Text(text)),
        (Kind::Bytes, ValueRef::Blob(bytes)) => return Ok(Cell::Bytes(bytes)),
        _ => {}
    }
    let detail = format!(
        "table {}, column {}: a value of another kind",
        table.name, column.name
    );
    Err(fault::made(ffi::SQLITE_CORRUPT, detail))
}

/// The rows of a [`Snapshot`].
#[derive(Debug)]
pub struct SqliteRows {
    receiver: mpsc::Receiver<Result<Option<Rows>, StoreError>>,
    about: u64,
    ended: bool,
}

#[async_trait]
impl Source for SqliteRows {
    async fn rows_about(&mut self) -> Result<u64, StoreError> {
        Ok(self.about)
    }

    async fn next(&mut self) -> Result<Option<Rows>, StoreError> {
        if self.ended {
            return Ok(None);
        }
        // A thread that went away without saying that it was done has not read everything.
        let stopped = || StoreError::Unavailable("reading has stopped".into());
        let next = self.receiver.recv().await.ok_or_else(stopped)??;
        self.ended = next.is_none();
        Ok(next)
    }
}
