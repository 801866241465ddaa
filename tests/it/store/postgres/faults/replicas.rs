//! A second server: behind, gone, or in the place of the first.

use std::net::SocketAddr;

use learnr::store::Store;
use learnr::store::postgres::PostgresOptions;

use super::{BETWEEN, cluster, crowd_at};
use crate::harness::postgres::{Cluster, PASSWORD, USER, left_out, migrate};
use crate::harness::until;
use crate::store::fixture::{NOW, identity};
use crate::store::postgres::crowd::Crowd;
use crate::store::postgres::place::open;

/// Both servers, whichever takes writes.
fn either(first: SocketAddr, second: SocketAddr) -> String {
    format!(
        "postgresql://{USER}:{PASSWORD}@{first},{second}/learnr?target_session_attrs=read-write"
    )
}

/// A primary and a standby that has every commit on disk before it is acknowledged.
async fn pair() -> (Cluster, Cluster) {
    let (primary, _) = cluster().await;
    let standby = primary.standby("second").await;
    primary.synchronous_with("second").await;
    (primary, standby)
}

#[tokio::test]
async fn answers_go_on_at_a_synchronous_standby_when_the_primary_is_lost() {
    if left_out() {
        return;
    }
    let (mut primary, standby) = pair().await;
    let crowd = crowd_at(&either(primary.address(), standby.address())).await;
    primary.kill().await;
    standby.promote();
    crowd.acknowledges(BETWEEN).await;
    let verdict = crowd.stop().await;
    let url = standby.url("learnr");
    verdict
        .against(&url, "failover to a synchronous standby", 1)
        .await
        .is_clean();
}

#[tokio::test]
async fn answers_go_on_at_a_standby_when_the_primary_takes_connections_and_says_nothing() {
    if left_out() {
        return;
    }
    let (primary, standby) = pair().await;
    let crowd = crowd_at(&either(primary.address(), standby.address())).await;
    primary.freeze();
    standby.promote();
    crowd.acknowledges(BETWEEN).await;
    let verdict = crowd.stop().await;
    let url = standby.url("learnr");
    let fault = "failover from a primary that hangs";
    verdict.against(&url, fault, 1).await.is_clean();
}

#[tokio::test]
async fn answers_go_on_at_the_standby_after_a_planned_switchover() {
    if left_out() {
        return;
    }
    let (primary, standby) = pair().await;
    let crowd = crowd_at(&either(primary.address(), standby.address())).await;
    // What a demoted server says to connections that are still there.
    primary.set("default_transaction_read_only", "on");
    until("the store refuses to write", async || {
        crowd.store().health().retrying_since.is_some()
    })
    .await;
    standby.promote();
    crowd.acknowledges(BETWEEN).await;
    let verdict = crowd.stop().await;
    let url = standby.url("learnr");
    verdict
        .against(&url, "planned switchover", 1)
        .await
        .is_clean();
}

#[tokio::test]
async fn a_replica_that_lags_or_dies_keeps_nobody_from_what_was_stored() {
    if left_out() {
        return;
    }
    let (primary, url) = cluster().await;
    let mut replica = primary.standby("second").await;
    // The schema has to be there before it can be behind.
    migrate(&url).await;
    let mut options = PostgresOptions::at(&url);
    options.read_url = Some(replica.url("learnr"));
    replica.pause_replay().await;
    let crowd = Crowd::over(open(options).await).await;
    // Every move loads the session, and a stale load would stop its learner.
    crowd.acknowledges(3 * BETWEEN).await;
    let learner = crowd.store().learner_for(identity("learner 0"), NOW).await;
    let own = crowd
        .store()
        .open_sessions(learner.expect("answered"))
        .await;
    assert_eq!(own.expect("answered").len(), 1);
    replica.kill().await;
    crowd.acknowledges(3 * BETWEEN).await;
    let verdict = crowd.stop().await;
    verdict
        .against(&url, "replica behind, then gone", 1)
        .await
        .is_clean();
}
