//! What only the PostgreSQL store promises.

use std::sync::Arc;

use async_trait::async_trait;
use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr::store::{Store, TABLES_OF_LEARNERS};

use super::contract::store_contract;
use super::fixture::Place;

struct Fresh(String);

impl Fresh {
    async fn new() -> Fresh {
        let server = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL");
        let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls)
            .await
            .expect("connects");
        tokio::spawn(connection);
        let name = format!("t{}", uuid::Uuid::new_v4().simple());
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .expect("created");
        let base = server.rsplit_once('/').expect("a URL").0;
        Fresh(format!("{base}/{name}"))
    }
}

#[async_trait]
impl Place for Fresh {
    async fn open(&self) -> Arc<dyn Store> {
        let options = PostgresOptions::at(&self.0);
        Arc::new(PostgresStore::open(options).await.expect("opens"))
    }
}

mod contract {
    use super::store_contract;

    store_contract!(crate::store::postgres::Fresh::new().await);
}

#[tokio::test]
async fn every_table_that_names_learners_is_listed() {
    let fresh = Fresh::new().await;
    fresh.open().await.close().await;
    let (client, connection) = tokio_postgres::connect(&fresh.0, tokio_postgres::NoTls)
        .await
        .expect("connects");
    tokio::spawn(connection);
    let sql = "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
               WHERE a.attname = 'learner' AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
               AND c.relnamespace = 'public'::regnamespace ORDER BY 1";
    let found = client.query(sql, &[]).await.expect("answered");
    let found: Vec<String> = found.iter().map(|row| row.get(0)).collect();
    let mut listed: Vec<&str> = TABLES_OF_LEARNERS.iter().map(|(table, _)| *table).collect();
    listed.sort_unstable();
    assert_eq!(
        found, listed,
        "add it to TABLES_OF_LEARNERS in store/deletion.rs, and to docs/privacy.md"
    );
}
