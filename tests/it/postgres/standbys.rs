//! A second cluster that follows: behind, level, promoted.

use crate::harness::postgres::{Cluster, left_out};
use crate::harness::until;

#[tokio::test]
async fn a_standby_shows_what_was_committed_when_it_replays_it() {
    if left_out() {
        return;
    }
    let primary = Cluster::start().await;
    primary.sql("postgres", "CREATE TABLE t (n int)");
    let standby = primary.standby("second").await;
    let rows = || standby.sql("postgres", "SELECT count(*) FROM t");
    assert_eq!(standby.sql("postgres", "SELECT pg_is_in_recovery()"), "t");
    standby.pause_replay().await;
    primary.sql("postgres", "INSERT INTO t VALUES (1)");
    assert_eq!(rows(), "0");
    standby.resume_replay();
    until("it has caught up", async || rows() == "1").await;
}

#[tokio::test]
async fn a_synchronous_standby_has_every_commit_when_it_is_promoted() {
    if left_out() {
        return;
    }
    let mut primary = Cluster::start().await;
    let standby = primary.standby("second").await;
    primary.synchronous_with("second").await;
    primary.sql("postgres", "CREATE TABLE t (n int)");
    primary.sql("postgres", "INSERT INTO t SELECT generate_series(1, 1000)");
    primary.kill().await;
    standby.promote();
    assert_eq!(standby.sql("postgres", "SELECT count(*) FROM t"), "1000");
    standby.sql("postgres", "INSERT INTO t VALUES (0)");
}
