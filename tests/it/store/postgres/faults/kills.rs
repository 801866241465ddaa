//! The server dies, or stands still.

use std::time::Duration;

use super::{BETWEEN, cluster, crowd_at, lasting};
use crate::harness::postgres::left_out;

/// Times the server is killed, and times it is shut down immediately.
const TIMES: u64 = 5;
/// Within every deadline of a statement: nothing is even tried again.
const SHORT: Duration = Duration::from_secs(5);
/// Beyond the deadline of a statement: the server finds what was given up when it wakes, beside what was sent again.
const LONG: Duration = Duration::from_secs(13);

#[tokio::test]
async fn answers_survive_kills_of_the_server() {
    if left_out() {
        return;
    }
    let (mut cluster, url) = cluster().await;
    let crowd = crowd_at(&url).await;
    for _ in 0..TIMES {
        cluster.kill().await;
        cluster.start_again().await;
        crowd.acknowledges(BETWEEN).await;
    }
    let verdict = crowd.stop().await;
    verdict
        .against(&url, "kill -9 and restart", TIMES)
        .await
        .is_clean();
}

#[tokio::test]
async fn a_server_that_acknowledges_before_it_has_written_is_caught() {
    if left_out() {
        return;
    }
    let (mut cluster, url) = cluster().await;
    let crowd = crowd_at(&url).await;
    // The store refuses such a server when it starts, and is not asked again.
    cluster.set("wal_writer_delay", "10s");
    cluster.set("synchronous_commit", "off");
    crowd.acknowledges(BETWEEN).await;
    crowd.ends();
    cluster.kill().await;
    cluster.start_again().await;
    let counted = crowd
        .stop()
        .await
        .against(&url, "mutant: acknowledged before the commit", 1);
    let missing = counted.await.missing();
    assert!(missing > 0, "the mutant went unseen");
}

#[tokio::test]
async fn answers_survive_immediate_shutdowns() {
    if left_out() {
        return;
    }
    let (mut cluster, url) = cluster().await;
    let crowd = crowd_at(&url).await;
    for _ in 0..TIMES {
        cluster.stop_immediately().await;
        cluster.start_again().await;
        crowd.acknowledges(BETWEEN).await;
    }
    let verdict = crowd.stop().await;
    verdict
        .against(&url, "immediate shutdown and restart", TIMES)
        .await
        .is_clean();
}

#[tokio::test]
async fn answers_wait_for_a_server_that_stands_still() {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    let crowd = crowd_at(&url).await;
    cluster.freeze();
    lasting(SHORT).await;
    cluster.thaw();
    crowd.acknowledges(BETWEEN).await;
    let counted = crowd.stop().await.against(&url, "5 s freeze", 1).await;
    counted.is_clean();
    assert_eq!(
        counted.unavailable(),
        0,
        "a short freeze is only waited for"
    );
}

#[tokio::test]
async fn statements_given_up_and_done_all_the_same_are_stored_once() {
    if left_out() {
        return;
    }
    let (cluster, url) = cluster().await;
    let crowd = crowd_at(&url).await;
    cluster.freeze();
    lasting(LONG).await;
    cluster.thaw();
    crowd.acknowledges(BETWEEN).await;
    let verdict = crowd.stop().await;
    verdict.against(&url, "13 s freeze", 1).await.is_clean();
}
