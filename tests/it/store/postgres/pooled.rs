//! The contract once more, through PgBouncer in transaction mode; and a server that dies behind it.

use std::sync::Arc;

use async_trait::async_trait;
use learnr::store::Store;
use learnr::store::postgres::PostgresOptions;

use super::faults::{BETWEEN, cluster, crowd_at};
use super::place::{Fresh, open};
use crate::harness::postgres::{PgBouncer, left_out};
use crate::store::contract::store_contract;
use crate::store::fixture::Place;

/// Times the server is killed.
const TIMES: u64 = 3;

/// A database of its own, behind a pooler of its own.
pub(crate) struct Pooled {
    pooler: Option<PgBouncer>,
    behind: Fresh,
}

impl Pooled {
    pub(crate) async fn new() -> Self {
        let behind = Fresh::new().await;
        let pooler = match behind.is_left_out() {
            true => None,
            false => Some(PgBouncer::before(behind.url()).await),
        };
        Self { pooler, behind }
    }
}

#[async_trait]
impl Place for Pooled {
    async fn open(&self) -> Arc<dyn Store> {
        let pooler = self.pooler.as_ref().expect("the run has PostgreSQL");
        Arc::new(open(PostgresOptions::at(pooler.url())).await)
    }

    fn is_left_out(&self) -> bool {
        self.behind.is_left_out()
    }
}

mod contract {
    use super::store_contract;

    store_contract!(crate::store::postgres::pooled::Pooled::new().await);
}

#[tokio::test]
async fn answers_survive_kills_of_a_server_behind_a_pooler() {
    if left_out() {
        return;
    }
    let (mut cluster, url) = cluster().await;
    let pooler = PgBouncer::before(&url).await;
    let crowd = crowd_at(pooler.url()).await;
    for _ in 0..TIMES {
        cluster.kill().await;
        cluster.start_again().await;
        crowd.acknowledges(BETWEEN).await;
    }
    let verdict = crowd.stop().await;
    let fault = "kill -9 and restart behind PgBouncer";
    verdict.against(&url, fault, TIMES).await.is_clean();
}
