//! Clusters of their own: killed, stopped, frozen, full, behind TLS or a pooler.

use tokio_postgres::error::SqlState;

use super::databases::{connect, count};
use crate::harness::not_run;
use crate::harness::postgres::{
    Cluster, ClusterOptions, PgBouncer, SmallDisk, at, left_out, this_test,
};
use crate::harness::proxy::Proxy;
use crate::harness::until;

/// Enough for a cluster and a few segments of its log.
const DISK_MEGABYTES: u32 = 64;

#[tokio::test]
async fn a_killed_cluster_comes_back_at_its_address_with_what_was_committed() {
    if left_out() {
        return;
    }
    let mut cluster = Cluster::start().await;
    let url = cluster.url("postgres");
    cluster.sql("postgres", "CREATE TABLE t (n int)");
    let client = connect(&url).await.expect("connects");
    for round in 1..=2 {
        cluster.sql("postgres", "INSERT INTO t VALUES (1)");
        if round == 1 {
            cluster.kill().await;
        } else {
            cluster.stop_immediately().await;
        }
        assert!(connect(&url).await.is_err());
        assert!(client.batch_execute("SELECT 1").await.is_err());
        cluster.start_again().await;
        assert_eq!(
            cluster.sql("postgres", "SELECT count(*) FROM t"),
            round.to_string()
        );
    }
}

#[tokio::test]
async fn a_frozen_cluster_answers_when_it_is_let_go_on() {
    if left_out() {
        return;
    }
    let cluster = Cluster::start().await;
    let proxy = Proxy::to(cluster.address());
    let through = at(&cluster.url("postgres"), proxy.address());
    let client = connect(&through).await.expect("connects");
    cluster.freeze();
    let before = proxy.counts();
    let question = tokio::spawn(async move { count(&client, "SELECT 7::bigint").await });
    until("the question is with the server", async || {
        proxy.counts().to_server > before.to_server
    })
    .await;
    assert_eq!(proxy.counts().to_client, before.to_client);
    cluster.thaw();
    assert_eq!(question.await.expect("no panic"), 7);
}

#[tokio::test]
async fn a_full_disk_refuses_rows_and_takes_them_again_when_there_is_room() {
    if left_out() {
        return;
    }
    let disk = match SmallDisk::of(DISK_MEGABYTES) {
        Ok(disk) => disk,
        Err(reason) => return not_run(&this_test(), &reason),
    };
    let cluster = Cluster::with(ClusterOptions {
        disk: Some(disk),
        ..ClusterOptions::default()
    })
    .await;
    let client = connect(&cluster.url("postgres")).await.expect("connects");
    let table = client.batch_execute("CREATE TABLE t (b bytea)").await;
    table.expect("made");
    cluster.disk().fill();
    let row = "INSERT INTO t SELECT decode(repeat('5a', 1000), 'hex') FROM generate_series(1, 100)";
    let refused = loop {
        if let Err(error) = client.batch_execute(row).await {
            break error;
        }
    };
    assert_eq!(refused.code(), Some(&SqlState::DISK_FULL), "{refused:?}");
    cluster.disk().free();
    client.batch_execute(row).await.expect("there is room");
}

#[tokio::test]
async fn clients_share_connections_behind_a_pooler() {
    if left_out() {
        return;
    }
    let cluster = Cluster::start().await;
    let pooler = PgBouncer::before(&cluster.url("postgres")).await;
    let mut clients = Vec::new();
    for _ in 0..30 {
        clients.push(connect(pooler.url()).await.expect("connects"));
    }
    let mut backends = std::collections::BTreeSet::new();
    for client in &clients {
        let rows = client.simple_query("SELECT pg_backend_pid()").await;
        backends.insert(format!("{:?}", rows.expect("answers").last()));
    }
    assert!(backends.len() < clients.len(), "{backends:?}");
}

#[tokio::test]
async fn a_cluster_speaks_tls_with_a_certificate_of_its_authority() {
    if left_out() {
        return;
    }
    let cluster = Cluster::with(ClusterOptions {
        tls: true,
        ..ClusterOptions::default()
    })
    .await;
    assert_eq!(cluster.sql("postgres", "SHOW ssl"), "on");
    let authority = std::fs::read_to_string(cluster.authority()).expect("it is there");
    assert!(authority.contains("BEGIN CERTIFICATE"), "{authority}");
}
