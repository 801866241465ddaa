//! Owns a PostgreSQL store as a whole: read at one moment, or filled in one transaction. Must not know where rows come
//! from or go to.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::time::Duration;

use super::client::{Client, Queries};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::SinkExt;
use tokio::runtime::Handle;
use tokio_postgres::CopyInSink;

use super::address::Address;
use super::connect::{Connection, Way};
use super::copying::{Tables, put_end, put_head, put_row};
use super::fault::Failure;
use super::partitions::{self, Month};
use super::rows::texts;
use super::{PostgresOptions, events, prepare, schema, setup};
use crate::store::StoreError;
use crate::store::whole::{Cell, Damaged, Rows, Source, TABLES, Table, Target};

/// Months of session ids that one store may have: fifty years. More are not the ids of sessions.
const MONTHS_MAX: usize = 600;

/// Reading and filling take as long as they take; whoever waits for them can stop them.
const UNHURRIED: &str =
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
/// How often, and how long apart, it is looked whether others have gone: two seconds in all.
const LOOKS_MAX: u32 = 20;
const LOOK: Duration = Duration::from_millis(100);
/// Whoever holds a table longer than this is using it.
const LOCKED_WITHIN: &str = "SET LOCAL lock_timeout = '10s'";

/// Everything is read as it is at the first statement behind this.
const AT_ONE_MOMENT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
const ABOUT: &str = "SELECT coalesce(sum(greatest(reltuples, 0)), 0)::int8 FROM pg_class \
     WHERE relkind = 'r' AND (relname = ANY($1) OR oid IN \
     (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'events'::regclass))";
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND application_name = 'learnr' AND pid <> pg_backend_pid()";

/// A store as it was when this was opened: one transaction that sees nothing later.
pub struct PostgresSnapshot {
    place: String,
    connection: Connection,
    tables: Tables,
}

impl PostgresSnapshot {
    /// Connects, and fixes the moment. To be called on a runtime that runs until this is dropped.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when the address, the server, the role or the schema is not as it has to be.
    pub async fn open(options: &PostgresOptions) -> Result<PostgresSnapshot, StoreError> {
        let way = Way::to(Address::parse(&options.url)?, Handle::current())?;
        let place = way.address.shown.clone();
        let connection = setup::first_connection(&way).await?;
        let begin = async {
            connection.driver().batch_execute(AT_ONE_MOMENT).await?;
            connection.driver().batch_execute(UNHURRIED).await?;
            schema::state(&connection).await
        };
        let state = begin
            .await
            .map_err(|failure| failure.into_store_error(&place))?;
        if let Some(refusal) = schema::refusal(state, &place) {
            return Err(refusal);
        }
        Ok(PostgresSnapshot {
            place,
            connection,
            tables: Tables::new(),
        })
    }
}

#[async_trait]
impl Source for PostgresSnapshot {
    async fn rows_about(&mut self) -> Result<u64, StoreError> {
        about(&self.connection)
            .await
            .map_err(|failure| failure.into_store_error(&self.place))
    }

    async fn next(&mut self) -> Result<Option<Rows>, StoreError> {
        self.tables
            .next(&self.connection)
            .await
            .map_err(|failure| failure.into_store_error(&self.place))
    }
}

/// An empty store that is being filled: one transaction, which nobody sees anything of before it is kept.
pub struct PostgresFilling {
    place: String,
    connection: Connection,
    copying: Option<Copying>,
    /// The months that partitions are needed for.
    months: BTreeSet<Month>,
    put: u64,
}

/// One table being filled.
struct Copying {
    table: &'static Table,
    sink: Pin<Box<CopyInSink<Bytes>>>,
}

impl PostgresFilling {
    /// Connects, brings the database to the newest schema unless told not to, and sees that there is nothing in it and
    /// nobody at it. To be called on a runtime that runs until this is dropped.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when there is something in it, or when it is not as it has to be.
    pub async fn open(options: &PostgresOptions) -> Result<PostgresFilling, StoreError> {
        let way = Way::to(Address::parse(&options.url)?, Handle::current())?;
        let place = way.address.shown.clone();
        let mut connection = setup::first_connection(&way).await?;
        prepare(&mut connection, &place, options.migrate).await?;
        let begun = begin(&connection)
            .await
            .map_err(|failure| failure.into_store_error(&place))?;
        if let Some((detail, advice)) = begun {
            return Err(StoreError::Setup {
                place,
                detail,
                advice: advice.to_owned(),
            });
        }
        Ok(PostgresFilling {
            place,
            connection,
            copying: None,
            months: BTreeSet::new(),
            put: 0,
        })
    }

    async fn put_rows(&mut self, rows: &Rows) -> Result<(), Failure> {
        let same = |copying: &Copying| copying.table.name == rows.table.name;
        if !self.copying.as_ref().is_some_and(same) {
            self.end_table().await?;
            self.begin_table(rows.table).await?;
        }
        let mut bytes = BytesMut::with_capacity(rows.bytes.len() + rows.bytes.len() / 4);
        let derived = derivation(rows.table);
        let sessions = rows.table.name == "sessions";
        rows.each(|cells| {
            if let (true, Cell::Id(id)) = (sessions, cells[0]) {
                self.months.insert(Month::of(uuid::Uuid::from_bytes(id)));
            }
            let derived = derived.map(|(participant, id)| request_key(cells, participant, id));
            put_row(&mut bytes, rows.table, cells, derived)
        })?;
        self.put += rows.count;
        match &mut self.copying {
            Some(copying) => Ok(copying.sink.send(bytes.freeze()).await?),
            None => Err(Failure::Closed),
        }
    }

    async fn begin_table(&mut self, table: &'static Table) -> Result<(), Failure> {
        if table.name == "events" {
            self.make_partitions().await?;
        }
        let mut columns = table.column_names();
        if derivation(table).is_some() {
            columns = format!("{columns}, {DERIVED}");
        }
        let sql = format!("COPY {} ({columns}) FROM STDIN (FORMAT binary)", table.name);
        let mut sink = Box::pin(self.connection.driver().copy_in(&sql).await?);
        let mut head = BytesMut::new();
        put_head(&mut head);
        sink.send(head.freeze()).await?;
        self.copying = Some(Copying { table, sink });
        Ok(())
    }

    /// Waits until the table's rows are in.
    async fn end_table(&mut self) -> Result<(), Failure> {
        let Some(mut copying) = self.copying.take() else {
            return Ok(());
        };
        let mut end = BytesMut::new();
        put_end(&mut end);
        copying.sink.send(end.freeze()).await?;
        copying.sink.as_mut().finish().await?;
        Ok(())
    }

    async fn make_partitions(&self) -> Result<(), Failure> {
        let months = self.months.len();
        if months > MONTHS_MAX {
            return Err(Failure::Permanent(format!(
                "session ids of {months} months, at most {MONTHS_MAX} are taken: they are no UUIDv7"
            )));
        }
        for month in &self.months {
            partitions::make(&self.connection, *month).await?;
        }
        Ok(())
    }

    async fn empty_tables(&mut self, tables: &[&'static str]) -> Result<Vec<u64>, Failure> {
        self.end_table().await?;
        let mut rows = Vec::with_capacity(tables.len());
        for table in tables {
            let sql = format!("DELETE FROM {table}");
            rows.push(self.connection.execute_typed(&sql, &[]).await?);
        }
        Ok(rows)
    }

    /// Numbers that the store gives out next begin behind those that came.
    async fn commit(&mut self) -> Result<(), Failure> {
        self.end_table().await?;
        for table in TABLES.iter().filter(|table| table.numbered) {
            let (name, key) = (table.name, table.key_names());
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('{name}', '{key}'), coalesce(max({key}), 0) + 1, false) FROM {name}"
            );
            self.connection.query_typed(&sql, &[]).await?;
        }
        self.connection.driver().batch_execute("COMMIT").await?;
        Ok(())
    }
}

#[async_trait]
impl Target for PostgresFilling {
    async fn put(&mut self, rows: Rows) -> Result<(), StoreError> {
        self.put_rows(&rows)
            .await
            .map_err(|failure| in_table(failure, rows.table).into_store_error(&self.place))
    }

    async fn read_back(&mut self) -> Result<Box<dyn Source + '_>, StoreError> {
        self.end_table()
            .await
            .map_err(|failure| failure.into_store_error(&self.place))?;
        Ok(Box::new(ReadBack {
            filling: self,
            tables: Tables::new(),
        }))
    }

    async fn empty(&mut self, tables: &[&'static str]) -> Result<Vec<u64>, StoreError> {
        self.empty_tables(tables)
            .await
            .map_err(|failure| failure.into_store_error(&self.place))
    }

    async fn keep(mut self: Box<Self>) -> Result<(), StoreError> {
        self.commit()
            .await
            .map_err(|failure| failure.into_store_error(&self.place))?;
        // What was kept is kept; without statistics its first queries may only be planned badly.
        if let Err(error) = self.connection.driver().batch_execute("ANALYZE").await {
            tracing::warn!(%error, "the database has no statistics yet: run ANALYZE");
        }
        Ok(())
    }
}

/// What was put, read in the transaction that put it.
struct ReadBack<'a> {
    filling: &'a PostgresFilling,
    tables: Tables,
}

#[async_trait]
impl Source for ReadBack<'_> {
    async fn rows_about(&mut self) -> Result<u64, StoreError> {
        Ok(self.filling.put)
    }

    async fn next(&mut self) -> Result<Option<Rows>, StoreError> {
        let filling = self.filling;
        self.tables
            .next(&filling.connection)
            .await
            .map_err(|failure| failure.into_store_error(&filling.place))
    }
}

impl From<Damaged> for Failure {
    fn from(damaged: Damaged) -> Failure {
        Failure::Unreadable(damaged.to_string())
    }
}

async fn about(client: &Client) -> Result<u64, Failure> {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let row = client.query_typed_one(ABOUT, &[texts(&names)]).await?;
    Ok(row.try_get::<_, i64>(0)?.unsigned_abs())
}

/// How many others are connected. A command that has just ended may be seen for a moment longer.
async fn others(client: &Client) -> Result<i64, Failure> {
    let mut looks = 0;
    loop {
        // Within a transaction what was seen first would be seen again.
        client
            .driver()
            .batch_execute("SELECT pg_stat_clear_snapshot()")
            .await?;
        let others: i64 = client.query_typed_one(OTHERS, &[]).await?.try_get(0)?;
        looks += 1;
        if others == 0 || looks == LOOKS_MAX {
            return Ok(others);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Begins the transaction, with everybody kept out; why not, and what to do.
async fn begin(client: &Client) -> Result<Option<(String, &'static str)>, Failure> {
    client.driver().batch_execute("BEGIN").await?;
    client.driver().batch_execute(UNHURRIED).await?;
    client.driver().batch_execute(LOCKED_WITHIN).await?;
    let others = others(client).await?;
    if others > 0 {
        return Ok(Some((
            format!("somebody is using it ({others} connections)"),
            "stop the servers that do",
        )));
    }
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let lock = format!("LOCK TABLE {} IN EXCLUSIVE MODE", names.join(", "));
    client.driver().batch_execute(&lock).await?;
    let mut found = Vec::new();
    for name in names {
        let but = match name {
            "organizations" => " WHERE name <> 'default'",
            _ => "",
        };
        let sql = format!("SELECT EXISTS (SELECT FROM {name}{but})");
        if client.query_typed_one(&sql, &[]).await?.try_get(0)? {
            found.push(name);
        }
    }
    if !found.is_empty() {
        return Ok(Some((
            format!(
                "there is something in this store ({}), and nothing is ever put over it",
                found.join(", ")
            ),
            "name an empty database, made with createdb",
        )));
    }
    client
        .driver()
        .batch_execute("DELETE FROM organizations")
        .await?;
    Ok(None)
}

/// What this store makes of other columns by itself.
const DERIVED: &str = "request_key";

/// Where the columns are that it is made of, if the table has it: the participant and the request id.
fn derivation(table: &Table) -> Option<(usize, usize)> {
    let place = |name| table.columns.iter().position(|column| column.name == name);
    let derives = table.derived.contains(&DERIVED);
    derives.then(|| place("participant").zip(place("request_id")))?
}

fn request_key(cells: &[Cell<'_>], participant: usize, request_id: usize) -> Option<i64> {
    let (Cell::Int(participant), Cell::Text(id)) = (cells[participant], cells[request_id]) else {
        return None;
    };
    let participant = u32::try_from(participant).ok()?;
    Some(events::request_key(
        participant,
        std::str::from_utf8(id).ok()?,
    ))
}

/// What the server refuses, with the table it refuses it for.
fn in_table(failure: Failure, table: &Table) -> Failure {
    match failure {
        Failure::Permanent(why) if !why.starts_with("table ") => {
            Failure::Permanent(format!("table {}: {why}", table.name))
        }
        other => other,
    }
}
