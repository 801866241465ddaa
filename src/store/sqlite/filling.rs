//! Owns the filling of a new database with the rows of another store. Must not know which.

use async_trait::async_trait;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::fault::store_error;
use super::snapshot::Snapshot;
use super::staged::Staged;
use super::{events, making, schema};
use crate::store::StoreError;
use crate::store::whole::{Cell, Damaged, Rows, Source, Table, Target};

/// Encoded rows that wait to be written, in pieces of [`crate::store::whole::ROWS_BYTES`].
const PIECES_WAITING: usize = 8;

/// A new database that takes the rows of another store, by a thread of its own.
pub struct Filling {
    staged: Staged,
    rows: Option<mpsc::Sender<Rows>>,
    written: Option<JoinHandle<Result<(), StoreError>>>,
}

impl Filling {
    /// Begins a database in a staged file. Blocks.
    ///
    /// # Errors
    /// Why the file cannot be written.
    pub fn new(staged: Staged) -> Result<Filling, StoreError> {
        let part = staged.part().to_owned();
        let mut conn = making::unjournaled(&part).map_err(|error| store_error(&part, &error))?;
        making::mark(&conn).map_err(|error| store_error(&part, &error))?;
        schema::migrate(&mut conn, &part)?;
        let (rows, mut waiting) = mpsc::channel::<Rows>(PIECES_WAITING);
        let written = tokio::task::spawn_blocking(move || {
            let begin = "BEGIN; DELETE FROM organizations";
            conn.execute_batch(begin)
                .map_err(|error| store_error(&part, &error))?;
            while let Some(rows) = waiting.blocking_recv() {
                insert(&conn, &rows).map_err(|fault| fault.of(&part, &rows))?;
            }
            conn.execute_batch("COMMIT")
                .map_err(|error| store_error(&part, &error))
        });
        Ok(Filling {
            staged,
            rows: Some(rows),
            written: Some(written),
        })
    }

    /// Waits until everything put is in the file.
    async fn finish(&mut self) -> Result<(), StoreError> {
        self.rows = None;
        match self.written.take() {
            Some(written) => written
                .await
                .unwrap_or_else(|_| Err(StoreError::Unavailable("writing has stopped".into()))),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Target for Filling {
    async fn put(&mut self, rows: Rows) -> Result<(), StoreError> {
        if let Some(sender) = &self.rows
            && sender.send(rows).await.is_ok()
        {
            return Ok(());
        }
        self.finish().await?;
        Err(StoreError::Closed)
    }

    async fn read_back(&mut self) -> Result<Box<dyn Source + '_>, StoreError> {
        self.finish().await?;
        Ok(Box::new(Snapshot::open(self.staged.part())?.rows()))
    }

    async fn empty(&mut self, tables: &[&'static str]) -> Result<Vec<u64>, StoreError> {
        self.finish().await?;
        self.staged.empty(tables)
    }

    async fn keep(mut self: Box<Self>) -> Result<(), StoreError> {
        self.finish().await?;
        let staged = self.staged;
        tokio::task::spawn_blocking(move || staged.keep())
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("writing has stopped".into())))
    }
}

/// Why rows do not go in.
enum Fault {
    Damaged,
    Sqlite(rusqlite::Error),
}

impl Fault {
    fn of(self, path: &std::path::Path, rows: &Rows) -> StoreError {
        match self {
            Fault::Damaged => StoreError::Rejected(Damaged.to_string()),
            Fault::Sqlite(error) => match store_error(path, &error) {
                StoreError::Rejected(why) => {
                    StoreError::Rejected(format!("table {}: {why}", rows.table.name))
                }
                other => other,
            },
        }
    }
}

impl From<Damaged> for Fault {
    fn from(_: Damaged) -> Fault {
        Fault::Damaged
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        Fault::Sqlite(error)
    }
}

/// What this store makes of other columns by itself.
const DERIVED: &str = "request_hash";

fn insert(conn: &Connection, rows: &Rows) -> Result<(), Fault> {
    let table = rows.table;
    let derives = table.derived.contains(&DERIVED);
    let mut statement = conn.prepare_cached(&insert_sql(table, derives))?;
    let request_id = table
        .columns
        .iter()
        .position(|column| column.name == "request_id");
    rows.each(|cells| {
        let hash = request_id.filter(|_| derives).map(|ix| match cells[ix] {
            Cell::Text(text) => Value::Integer(i64::from(events::hash(text))),
            _ => Value::Null,
        });
        let cells = cells.iter().map(|cell| Bound::Cell(*cell));
        statement.execute(params_from_iter(cells.chain(hash.map(Bound::Made))))?;
        Ok(())
    })
}

fn insert_sql(table: &Table, derives: bool) -> String {
    let (mut names, mut count) = (table.column_names(), table.columns.len());
    if derives {
        names = format!("{names}, {DERIVED}");
        count += 1;
    }
    let places = vec!["?"; count].join(", ");
    format!("INSERT INTO {} ({names}) VALUES ({places})", table.name)
}

/// One value of a row to insert.
enum Bound<'a> {
    Cell(Cell<'a>),
    Made(Value),
}

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Bound::Made(value) => ToSqlOutput::Borrowed(ValueRef::from(value)),
            Bound::Cell(Cell::Null) => ToSqlOutput::Borrowed(ValueRef::Null),
            Bound::Cell(Cell::Id(id)) => ToSqlOutput::Borrowed(ValueRef::Blob(id)),
            Bound::Cell(Cell::Int(number)) => ToSqlOutput::Owned(Value::Integer(*number)),
            Bound::Cell(Cell::Real(number)) => ToSqlOutput::Owned(Value::Real(*number)),
            Bound::Cell(Cell::Flag(flag)) => ToSqlOutput::Owned(Value::Integer(i64::from(*flag))),
            Bound::Cell(Cell::Text(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text)),
            Bound::Cell(Cell::Bytes(bytes)) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}
