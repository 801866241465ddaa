//! The server's disk is full.

use learnr::store::Store;

use super::{BETWEEN, crowd_at};
use crate::harness::postgres::{Cluster, ClusterOptions, SmallDisk, left_out, this_test};
use crate::harness::{not_run, until};

/// Room for a cluster and what the crowd writes.
const MEGABYTES: u32 = 160;
/// Times it is filled.
const TIMES: u64 = 3;

#[tokio::test]
async fn answers_wait_while_the_disk_is_full() {
    if left_out() {
        return;
    }
    let disk = match SmallDisk::of(MEGABYTES) {
        Ok(disk) => disk,
        Err(reason) => return not_run(&this_test(), &reason),
    };
    let mut cluster = Cluster::with(ClusterOptions {
        disk: Some(disk),
        // Segments of the log are soon used up: a new one finds no room, and the server goes down.
        settings: vec![("min_wal_size", "2MB".to_owned())],
        ..ClusterOptions::default()
    })
    .await;
    let url = cluster.create_database("learnr");
    let crowd = crowd_at(&url).await;
    for _ in 0..TIMES {
        cluster.disk().fill();
        until("the store refuses to write", async || {
            crowd.store().health().retrying_since.is_some()
        })
        .await;
        cluster.disk().free();
        // A server that could not even write its log has ended; somebody starts it again.
        if cluster.has_ended() {
            cluster.start_again().await;
        }
        crowd.acknowledges(BETWEEN).await;
    }
    let verdict = crowd.stop().await;
    verdict.against(&url, "disk full", TIMES).await.is_clean();
}
