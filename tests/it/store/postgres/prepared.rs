//! Which statements a server is asked by name: those that come straight to it, and none that come through a pooler.

use std::sync::Arc;

use learnr::store::Store;
use learnr::store::postgres::PostgresOptions;

use super::faults::cluster;
use super::place::open;
use crate::harness::postgres::{Cluster, PgBouncer, left_out};
use crate::harness::proxy::{LostAnswer, Proxy};
use crate::store::fixture::{Fixture, answered, append};

/// The statement of a batch, as the server logs it.
const BATCH: &str = "SELECT session, epoch, claim, last, stored, server FROM store_batch_v1";

/// How often the server was asked to store a batch by a name, and without, for one answer stored at `url`.
async fn asked(cluster: &Cluster, url: &str) -> (usize, usize) {
    let store = open(PostgresOptions::at(url)).await;
    let fixture = Fixture::over(Arc::new(store)).await;
    let (session, fence) = fixture.claimed("practice").await;
    fixture
        .append(append(session, fence, vec![answered(2, fence)]))
        .await;
    fixture.store.close().await;
    let log = cluster.log_tail();
    let batches = log.lines().filter(|line| line.contains(BATCH));
    let (mut by_name, mut whole) = (0, 0);
    for line in batches {
        if line.contains("execute <unnamed>") {
            whole += 1;
        } else if line.contains("execute s") {
            by_name += 1;
        }
    }
    (by_name, whole)
}

#[tokio::test]
async fn statements_are_prepared_on_the_way_straight_to_a_server_and_on_no_other() {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    cluster.set("log_statement", "all");
    assert_eq!(asked(&cluster, &url).await, (1, 0), "straight");

    let (cluster, url) = super::faults::cluster().await;
    cluster.set("log_statement", "all");
    let never = format!("{url}?prepare=never");
    assert_eq!(asked(&cluster, &never).await, (0, 1), "told not to");

    let (cluster, url) = super::faults::cluster().await;
    cluster.set("log_statement", "all");
    let pooler = PgBouncer::before(&url).await;
    assert_eq!(asked(&cluster, pooler.url()).await, (0, 1), "pooled");
}

#[tokio::test]
async fn a_host_that_falls_silent_after_the_handshake_is_passed_over() {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    let proxy = Proxy::to(cluster.address());
    // The answer never ends: all the server says from there on is swallowed.
    proxy.lose_answers(LostAnswer {
        request: b"pg_backend_pid".to_vec(),
        answer: b"what no server says".to_vec(),
        times: u32::MAX,
    });
    let real = cluster.address().to_string();
    let both = url.replacen(&real, &format!("{},{real}", proxy.address()), 1);
    assert_ne!(both, url, "an address with the server's in it");
    let store = open(PostgresOptions::at(both)).await;
    assert!(proxy.counts().connections > 0);
    store.close().await;
}
