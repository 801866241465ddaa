//! Being a member: who may join, how the lease is kept, and how it is lost. Over the directory in process, and over Redis where what
//! matters is Redis.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use learnr::clock::SystemClock;
use learnr::cluster::{
    Directory, JoinError, LEASE_TTL, Lease, Load, LocalDirectory, Membership, RENEW_EVERY, Redis,
    RedisDirectory, Renewed,
};

use super::contract::lease;
use crate::harness::redis::{RedisServer, left_out};
use crate::harness::{free_port, until};

fn local() -> Arc<LocalDirectory> {
    Arc::new(LocalDirectory::new(Arc::new(SystemClock::start())))
}

async fn join(directory: &Arc<impl Directory>, lease: Lease) -> Result<Membership, JoinError> {
    Membership::join(directory.clone(), lease, Load::default).await
}

/// With an address where nobody listens.
fn nowhere(node: &str, incarnation: i64) -> Lease {
    let mut lease = lease(node, incarnation);
    lease.member.address = format!("127.0.0.1:{}", free_port());
    lease
}

#[tokio::test]
async fn a_member_renews_its_lease_with_what_it_carries_and_leaves() {
    let directory = local();
    let sessions = Arc::new(AtomicU64::new(1));
    let counted = sessions.clone();
    let load = move || Load {
        sessions: counted.load(Ordering::Relaxed),
        ..Load::default()
    };
    let member = Membership::join(directory.clone(), lease("a", 1), load).await;
    let member = member.expect("the name is free");
    let now = async || directory.lease("a").await.expect("local");
    assert_eq!(now().await.map(|lease| lease.load.sessions), Some(1));
    sessions.store(7, Ordering::Relaxed);
    until("the load is told", async || {
        now().await.is_some_and(|lease| lease.load.sessions == 7)
    })
    .await;
    until("the peers are seen", async || member.peers().len() == 1).await;
    let age = member.lease_age().expect("it was renewed");
    assert!(age < LEASE_TTL, "{age:?}");
    let since = Instant::now();
    member.draining(true);
    until("the drain is told", async || {
        now().await.is_some_and(|lease| lease.draining)
    })
    .await;
    let took = since.elapsed();
    assert!(took < RENEW_EVERY, "it took {took:?}");
    member.leave().await;
    assert_eq!(now().await, None);
}

#[tokio::test]
async fn the_second_of_two_instances_with_one_name_does_not_start() {
    let directory = local();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let address = listener.as_ref().expect("a port").local_addr();
    let address = address.expect("it is bound").to_string();
    let mut first = lease("a", 1);
    first.member.address.clone_from(&address);
    // One that is reached, and one that is not: each renews.
    for first in [first, nowhere("b", 1)] {
        let node = first.member.node.clone();
        let kept = join(&directory, first).await.expect("the name is free");
        let second = join(&directory, nowhere(&node, 2)).await;
        let told = second.expect_err("the name is taken").to_string();
        assert!(
            told.contains(&node) && told.contains("LEARNR_NODE"),
            "{told}"
        );
        let held = directory.lease(&node).await.expect("local");
        assert_eq!(held.map(|lease| lease.member.incarnation), Some(1));
        kept.leave().await;
    }
}

#[tokio::test]
async fn a_restart_takes_over_its_own_old_lease() {
    let directory = local();
    let old = nowhere("a", 1);
    assert_eq!(directory.renew(&old).await, Ok(Renewed::Held));
    let since = Instant::now();
    let member = join(&directory, lease("a", 2)).await.expect("it is dead");
    let took = since.elapsed();
    assert!(took < Duration::from_secs(4), "refused, and still {took:?}");
    let held = directory.lease("a").await.expect("local");
    assert_eq!(held.map(|lease| lease.member.incarnation), Some(2));
    member.leave().await;
}

#[tokio::test]
async fn a_lease_whose_holder_cannot_be_asked_is_watched_until_it_runs_out() {
    let directory = local();
    // Listened at, but by nobody who renews: as when another program has got the port.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let mut old = lease("a", 1);
    old.member.address = listener.local_addr().expect("it is bound").to_string();
    assert_eq!(directory.renew(&old).await, Ok(Renewed::Held));
    let since = Instant::now();
    let member = join(&directory, lease("a", 2)).await.expect("it ran out");
    let took = since.elapsed();
    let lasts = LEASE_TTL - Duration::from_millis(500);
    assert!((lasts..lasts * 2).contains(&took), "{took:?}");
    member.leave().await;
}

#[tokio::test]
async fn a_fleet_with_another_secret_is_not_joined() {
    let directory = local();
    let mut other = lease("b", 1);
    other.secret_fingerprint = "another".to_owned();
    assert_eq!(directory.renew(&other).await, Ok(Renewed::Held));
    let refused = join(&directory, lease("a", 1)).await;
    let told = refused.expect_err("another secret").to_string();
    assert!(
        told.contains("LEARNR_SECRET") && told.contains('b'),
        "{told}"
    );
    assert_eq!(directory.lease("a").await, Ok(None));
    // Its own former life may have had another one.
    assert_eq!(directory.leave(&other.member).await, Ok(()));
    let mut before = nowhere("a", 0);
    before.secret_fingerprint = "another".to_owned();
    assert_eq!(directory.renew(&before).await, Ok(Renewed::Held));
    assert!(join(&directory, lease("a", 1)).await.is_ok());
}

#[tokio::test]
async fn a_name_lost_to_a_replacement_is_told() {
    let directory = local();
    let member = join(&directory, lease("a", 1)).await.expect("it is free");
    let lost = member.lost();
    // As after a freeze: the lease has run out, and somebody else came.
    assert_eq!(directory.leave(&lease("a", 1).member).await, Ok(()));
    let other = join(&directory, lease("a", 2)).await.expect("it is free");
    let lost = tokio::time::timeout(Duration::from_secs(10), lost).await;
    let told = lost.expect("it is noticed").to_string();
    assert!(told.contains("runs as a"), "{told}");
    let held = directory.lease("a").await.expect("local");
    assert_eq!(held.map(|lease| lease.member.incarnation), Some(2));
    drop((member, other));
}

#[tokio::test]
async fn a_directory_that_is_down_keeps_nobody_out() {
    if left_out() {
        return;
    }
    let mut server = RedisServer::start().await;
    server.kill();
    let redis = Redis::open(&server.url()).await.expect("a warning");
    let directory = Arc::new(RedisDirectory::over(&redis));
    let member = join(&directory, lease("a", 1)).await.expect("it serves");
    assert_eq!(member.lease_age(), None);
    server.start_again().await;
    until("the lease is there", async || {
        matches!(directory.lease("a").await, Ok(Some(lease)) if lease.member.incarnation == 1)
    })
    .await;
    server.kill();
    server.start_again().await;
    until("the lease is there again", async || {
        matches!(directory.lease("a").await, Ok(Some(lease)) if lease.member.incarnation == 1)
    })
    .await;
    member.leave().await;
    assert_eq!(directory.lease("a").await, Ok(None));
}
