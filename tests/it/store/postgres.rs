//! What only the PostgreSQL store promises.

use std::sync::Arc;

use async_trait::async_trait;
use learnr::store::Store;
use learnr::store::postgres::{PostgresOptions, PostgresStore};

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
