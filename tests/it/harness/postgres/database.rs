//! A database of one test in the shared cluster, cloned from a migrated template and dropped afterwards.
//!
//! Owns names, locks and the end of what a killed test left. Must not know the schema: the store makes it.

use std::fs;
use std::path::Path;

use learnr::store::Store;
use learnr::store::postgres::{PostgresOptions, PostgresStore};
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, NoTls};

use super::this_test;
use crate::harness::background::Background;

/// What the name of every test's database begins with.
const PREFIX: &str = "learnr_test_";
/// Key of the lock under which the template is made, once however many test processes want it.
const TEMPLATE_LOCK: &str = "hashtextextended('learnr_template', 0)";

/// An own database. Its admin connection holds a lock for as long as it is wanted: one that nobody holds is swept.
pub(crate) struct Database {
    name: String,
    url: String,
    /// `None` once it is being dropped.
    admin: Option<Client>,
    background: Background,
}

impl Database {
    /// A database with the newest schema.
    pub(crate) async fn migrated() -> Self {
        let (admin, background) = connect().await;
        let template = format!("learnr_template_{}", schema_hash());
        make_template(&admin, &template).await;
        Self::cloned(admin, background, &template).await
    }

    /// A database with nothing in it.
    pub(crate) async fn empty() -> Self {
        let (admin, background) = connect().await;
        Self::cloned(admin, background, "template1").await
    }

    async fn cloned(admin: Client, background: Background, template: &str) -> Self {
        let name = format!("{PREFIX}{}", uuid::Uuid::new_v4().simple());
        // Held before there is anything to sweep.
        run(&admin, &format!("SELECT pg_advisory_lock({})", key(&name))).await;
        sweep(&admin).await;
        run(
            &admin,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        Self {
            url: with_database(&server_url(), &name),
            name,
            admin: Some(admin),
            background,
        }
    }

    /// The superuser's URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some(admin) = self.admin.take() else {
            return;
        };
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = self
            .background
            .wait_for(async move { admin.batch_execute(&sql).await });
        if let Err(error) = dropped {
            eprintln!("database {} is left for the next sweep: {error}", self.name);
        }
    }
}

/// The URL of the server that all tests share.
fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL").unwrap_or_else(|_| {
        panic!(
            "{} needs PostgreSQL: run `bash scripts/postgres.sh run cargo nextest run ...`, which starts one for the tests, \
             or set LEARNR_WITHOUT_POSTGRES=1 to go without",
            this_test()
        )
    })
}

async fn connect() -> (Client, Background) {
    let background = Background::start();
    let url = server_url();
    let connecting = background.handle().spawn(async move {
        let (client, connection) = tokio_postgres::connect(&url, NoTls)
            .await
            .unwrap_or_else(|error| panic!("TEST_DATABASE_URL: {error:?}"));
        // Its end is told to whoever asks something next.
        tokio::spawn(connection);
        client
    });
    let client = connecting.await.expect("a connection");
    // Whoever makes the template is waited for as long as it takes, whatever a migration has set for the role.
    run(&client, "SET lock_timeout = 0; SET statement_timeout = 0").await;
    (client, background)
}

/// Brings a database to the newest schema, and leaves no connection behind.
pub(crate) async fn migrate(url: &str) {
    let opened = PostgresStore::open(PostgresOptions::at(url)).await;
    let store = opened.unwrap_or_else(|error| panic!("{error}"));
    store.close().await;
}

/// Makes the template unless there is one; half of one, left by a killed test, is none.
async fn make_template(admin: &Client, template: &str) {
    let whole = format!("SELECT 1 FROM pg_database WHERE datname = '{template}' AND datistemplate");
    if any(admin, &whole).await {
        return;
    }
    run(admin, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    if !any(admin, &whole).await {
        run(
            admin,
            &format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)"),
        )
        .await;
        run(
            admin,
            &format!("CREATE DATABASE {template} TEMPLATE template0"),
        )
        .await;
        migrate(&with_database(&server_url(), template)).await;
        run(
            admin,
            &format!("ALTER DATABASE {template} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false"),
        )
        .await;
    }
    run(
        admin,
        &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})"),
    )
    .await;
}

/// Drops databases of tests that are no more: nobody holds their lock. By locks, not by process ids: a server may serve several
/// machines.
async fn sweep(admin: &Client) {
    let listed = format!("SELECT datname FROM pg_database WHERE starts_with(datname, '{PREFIX}')");
    for name in column(admin, &listed).await {
        let free = format!("SELECT 1 WHERE pg_try_advisory_lock({})", key(&name));
        // Its own is held by this very session, which could take it twice.
        let own = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
        if any(admin, &free).await {
            if any(admin, &own).await {
                run(
                    admin,
                    &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                )
                .await;
            }
            run(admin, &format!("SELECT pg_advisory_unlock({})", key(&name))).await;
        }
    }
}

/// The key of a database's lock, in SQL.
fn key(name: &str) -> String {
    format!("hashtextextended('{name}', 0)")
}

async fn run(admin: &Client, sql: &str) {
    let ran = admin.batch_execute(sql).await;
    ran.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

async fn any(admin: &Client, sql: &str) -> bool {
    !column(admin, sql).await.is_empty()
}

/// The first column of what a query gives.
async fn column(admin: &Client, sql: &str) -> Vec<String> {
    let rows = admin.simple_query(sql).await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let texts = rows.iter().filter_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    texts.collect()
}

/// A URL with another database in the place of its own.
fn with_database(url: &str, name: &str) -> String {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..]
        .find(['/', '?'])
        .map_or(url.len(), |at| authority + at);
    let query = url[end..].find('?').map_or("", |at| &url[end + at..]);
    format!("{}/{name}{query}", &url[..end])
}

/// Another schema, another template: one that is left in a long-lived server is not taken for the newest.
fn schema_hash() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    let files = fs::read_dir(folder).expect("the migrations are there");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        hash.update(path.file_name().expect("a file").as_encoded_bytes());
        hash.update(fs::read(&path).expect("a migration is read"));
    }
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn a_url_is_given_another_database() {
    for (url, expected) in [
        ("postgresql://u:p@h:1/postgres", "postgresql://u:p@h:1/x"),
        ("postgres://h", "postgres://h/x"),
        (
            "postgres://h?sslmode=require",
            "postgres://h/x?sslmode=require",
        ),
        ("postgres://h1,h2:5/db?a=b", "postgres://h1,h2:5/x?a=b"),
    ] {
        assert_eq!(with_database(url, "x"), expected);
    }
}
