//! The one list of tables, held against the schema of every store: a table that nobody lists would be in no backup.

use std::collections::{BTreeMap, BTreeSet};

use learnr::store::Store;
use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::whole::{Kind, TABLES};

use crate::harness::postgres::{Database, left_out};

/// Columns of each table with their types.
type Schema = BTreeMap<String, BTreeMap<String, String>>;

#[tokio::test]
async fn every_table_and_column_of_sqlite_is_listed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = SqliteStore::file_in(folder.path());
    let store = SqliteStore::open(&path, SqliteOptions::default()).expect("a new store");
    store.close().await;
    let conn = rusqlite::Connection::open(&path).expect("opens");
    let mut schema = Schema::new();
    let mut columns = conn
        .prepare(
            "SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'",
        )
        .expect("a statement");
    let mut rows = columns.query([]).expect("columns");
    while let Some(row) = rows.next().expect("a row") {
        let column = |ix| row.get::<_, String>(ix).expect("a name");
        let table = schema.entry(column(0)).or_default();
        table.insert(column(1), column(2));
    }
    hold(&schema, |kind| match kind {
        Kind::Id | Kind::Bytes => "BLOB",
        Kind::Int16 | Kind::Int32 | Kind::Int64 | Kind::Flag => "INTEGER",
        Kind::Real => "REAL",
        Kind::Text => "TEXT",
    });
}

#[tokio::test]
async fn every_table_and_column_of_postgres_is_listed() {
    if left_out() {
        return;
    }
    let database = Database::empty().await;
    let options = PostgresOptions::at(database.url());
    let store = PostgresStore::open(options).await.expect("a new store");
    store.close().await;
    let connecting = tokio_postgres::connect(database.url(), tokio_postgres::NoTls);
    let (client, connection) = connecting.await.expect("connects");
    let connection = tokio::spawn(connection);
    // A partition is part of its table, and migrations are of the database, not of what is in it.
    let rows = client
        .query(
            "SELECT c.relname, a.attname, a.atttypid::regtype::text FROM pg_class c \
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
             AND c.relname <> 'schema_migrations'",
            &[],
        )
        .await
        .expect("columns");
    let mut schema = Schema::new();
    for row in rows {
        let table: String = row.get::<_, &str>(0).to_owned();
        schema
            .entry(table)
            .or_default()
            .insert(row.get(1), row.get(2));
    }
    drop(client);
    connection
        .await
        .expect("it ends")
        .expect("it ends in order");
    hold(&schema, |kind| match kind {
        Kind::Id => "uuid",
        Kind::Int16 => "smallint",
        Kind::Int32 => "integer",
        Kind::Int64 => "bigint",
        Kind::Real => "double precision",
        Kind::Flag => "boolean",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
    });
}

/// Holds a schema against the list; `named` is how the store calls each kind.
fn hold(schema: &Schema, named: impl Fn(Kind) -> &'static str) {
    let listed: BTreeSet<&str> = TABLES.iter().map(|table| table.name).collect();
    let stored: BTreeSet<&str> = schema.keys().map(String::as_str).collect();
    assert_eq!(
        listed, stored,
        "src/store/whole/tables.rs must list what there is, or it is in no backup"
    );
    for table in TABLES {
        let mut expected: BTreeMap<&str, &str> = BTreeMap::new();
        for column in table.columns {
            expected.insert(column.name, named(column.kind));
        }
        let columns = &schema[table.name];
        let travel = columns
            .iter()
            .filter(|(name, _)| !table.derived.contains(&name.as_str()));
        let found: BTreeMap<&str, &str> = travel
            .map(|(name, kind)| (name.as_str(), kind.as_str()))
            .collect();
        assert_eq!(expected, found, "table {}", table.name);
    }
}

#[test]
fn a_table_comes_after_those_it_refers_to() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = SqliteStore::file_in(folder.path());
    drop(SqliteStore::open(&path, SqliteOptions::default()).expect("a new store"));
    let conn = rusqlite::Connection::open(&path).expect("opens");
    let place = |name: &str| TABLES.iter().position(|table| table.name == name);
    for table in TABLES {
        let mut parents = conn
            .prepare("SELECT \"table\" FROM pragma_foreign_key_list(?1)")
            .expect("a statement");
        let parents = parents
            .query_map([table.name], |row| row.get::<_, String>(0))
            .expect("foreign keys");
        for parent in parents {
            let parent = parent.expect("a name");
            assert!(place(&parent) < place(table.name), "{}", table.name);
        }
    }
}
