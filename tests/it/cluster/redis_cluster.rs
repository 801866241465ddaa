//! The directory in a Redis Cluster: the contract, slots that move while calls run, and a server that dies.

use std::sync::Arc;

use learnr::cluster::{Directory, Entry, Redis, RedisDirectory, Renewed};
use uuid::Uuid;

use super::contract::{Place, all, lease};
use crate::harness::redis::{RedisCluster, left_out};
use crate::harness::until;

struct Cluster {
    cluster: RedisCluster,
    directory: Arc<RedisDirectory>,
}

impl Place for Cluster {
    fn directory(&self) -> Arc<dyn Directory> {
        self.directory.clone()
    }

    async fn outlive(&self, node: &str) {
        let key = format!("learnr:node:{node}");
        self.cluster.run_at(&key, &["PEXPIRE", &key, "0"]);
    }
}

async fn place() -> Option<Cluster> {
    if left_out() {
        return None;
    }
    let cluster = RedisCluster::start().await;
    let redis = Redis::open(&cluster.url()).await.expect("it is there");
    let directory = Arc::new(RedisDirectory::over(&redis));
    Some(Cluster { cluster, directory })
}

#[tokio::test]
async fn a_redis_cluster_keeps_the_contract() {
    if let Some(place) = place().await {
        all(&place).await;
    }
}

/// Every call that there is, over one session and one name.
async fn calls(directory: &dyn Directory, session: Uuid, epoch: i64) {
    let entry = Entry {
        node: "a".to_owned(),
        incarnation: 1,
        epoch,
    };
    assert_eq!(directory.record(session, &entry).await, Ok(true));
    assert_eq!(directory.entry(session).await, Ok(Some(entry.clone())));
    assert_eq!(directory.renew(&lease("a", 1)).await, Ok(Renewed::Held));
    assert_eq!(directory.lease("a").await, Ok(Some(lease("a", 1))));
    assert_eq!(directory.leases().await, Ok(vec![lease("a", 1)]));
    assert_eq!(directory.erase(session, &entry).await, Ok(true));
    assert_eq!(directory.entry(session).await, Ok(None));
    assert_eq!(directory.record(session, &entry).await, Ok(true));
}

#[tokio::test]
async fn calls_go_on_while_their_slots_move() {
    let Some(place) = place().await else {
        return;
    };
    let (directory, session) = (place.directory(), Uuid::new_v4());
    calls(&*directory, session, 1).await;
    let keys = [
        format!("learnr:session:{session}"),
        "learnr:node:a".to_owned(),
        "learnr:nodes".to_owned(),
    ];
    let mut epoch = 1;
    for key in &keys {
        let mut next = async || {
            epoch += 1;
            calls(&*directory, session, epoch).await;
        };
        let moved = place.cluster.begin_move(key);
        // Keys that are still there are answered; those that are not, by ASK.
        next().await;
        place.cluster.move_keys(&moved);
        next().await;
        place.cluster.end_move(&moved);
        // By MOVED, and then at the new place.
        next().await;
        next().await;
    }
}

#[tokio::test]
async fn a_server_that_dies_and_returns_is_found_again() {
    let Some(mut place) = place().await else {
        return;
    };
    let (directory, session) = (place.directory(), Uuid::new_v4());
    calls(&*directory, session, 1).await;
    for number in 0..3 {
        place.cluster.servers()[number].kill();
        place.cluster.servers()[number].start_again().await;
        let entry = Entry {
            node: "a".to_owned(),
            incarnation: 1,
            epoch: 2,
        };
        until("every key is written and read again", async || {
            directory.renew(&lease("a", 1)).await == Ok(Renewed::Held)
                && directory.record(session, &entry).await == Ok(true)
                && directory.leases().await == Ok(vec![lease("a", 1)])
        })
        .await;
    }
}
