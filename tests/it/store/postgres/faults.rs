//! Faults of PostgreSQL and of the way to it, under load: nothing acknowledged is lost or doubled, and answers go on.

mod disk;
mod kills;
mod links;
mod locks;
mod replicas;
mod unheard;
mod unheard_accounts;

use std::time::Duration;

use learnr::store::postgres::PostgresOptions;

use super::crowd::Crowd;
use super::place::open;
use crate::harness::postgres::Cluster;

/// Answers between two faults: every session has been through several batches.
pub(super) const BETWEEN: u64 = 300;

/// A cluster with an empty database, and its URL.
pub(super) async fn cluster() -> (Cluster, String) {
    let cluster = Cluster::start().await;
    let url = cluster.create_database("learnr");
    (cluster, url)
}

/// A crowd on a store at `url`.
pub(super) async fn crowd_at(url: &str) -> Crowd {
    let crowd = Crowd::over(open(PostgresOptions::at(url)).await).await;
    crowd.acknowledges(BETWEEN).await;
    crowd
}

/// How long a fault lasts that nothing but time ends.
async fn lasting(duration: Duration) {
    tokio::time::sleep_until(tokio::time::Instant::now() + duration).await;
}
