//! The directory in a Redis of its own: the contract, and Redis killed, frozen and emptied.

use std::sync::Arc;
use std::time::{Duration, Instant};

use learnr::cluster::{
    CALL_WITHIN, Directory, DirectoryError, Entry, Redis, RedisDirectory, Renewed,
};
use uuid::Uuid;

use super::contract::{Place, directory_contract, lease};
use crate::harness::redis::{RedisOptions, RedisServer, left_out};
use crate::harness::until;

pub(super) struct Single {
    pub(super) server: RedisServer,
    pub(super) directory: Arc<RedisDirectory>,
}

impl Place for Single {
    fn directory(&self) -> Arc<dyn Directory> {
        self.directory.clone()
    }

    async fn outlive(&self, node: &str) {
        let key = format!("learnr:node:{node}");
        let left: u64 = self.server.run(&["PTTL", &key]).parse().expect("a number");
        assert!((1..=5_000).contains(&left), "{left} ms are left");
        self.server.run(&["PEXPIRE", &key, "0"]);
    }
}

async fn with(options: RedisOptions) -> Option<Single> {
    if left_out() {
        return None;
    }
    let server = RedisServer::with(options).await;
    let redis = Redis::open(&server.url()).await.expect("Redis is there");
    let directory = Arc::new(RedisDirectory::over(&redis));
    Some(Single { server, directory })
}

async fn place() -> Option<Single> {
    with(RedisOptions::default()).await
}

directory_contract!(super::place());

fn entry() -> Entry {
    Entry {
        node: "a".to_owned(),
        incarnation: 1,
        epoch: 1,
    }
}

#[tokio::test]
async fn redis_over_tls_with_a_password_keeps_the_contract() {
    let options = RedisOptions {
        password: Some("open:sesame"),
        tls: true,
        ..RedisOptions::default()
    };
    if let Some(place) = with(options).await {
        super::contract::all(&place).await;
    }
}

#[tokio::test]
async fn a_redis_that_was_killed_and_comes_back_empty_is_written_anew() {
    let Some(mut place) = place().await else {
        return;
    };
    let directory = place.directory();
    assert_eq!(directory.renew(&lease("a", 1)).await, Ok(Renewed::Held));
    place.server.kill();
    let gone = directory.renew(&lease("a", 1)).await;
    assert!(
        matches!(gone, Err(DirectoryError::Unavailable(_))),
        "{gone:?}"
    );
    place.server.start_again().await;
    until("the lease is held again", async || {
        directory.renew(&lease("a", 1)).await == Ok(Renewed::Held)
    })
    .await;
    let listed = directory.leases().await.expect("it answers");
    assert_eq!(listed, [lease("a", 1)]);
    assert_eq!(directory.entry(Uuid::new_v4()).await, Ok(None));
}

#[tokio::test]
async fn scripts_that_a_redis_has_forgotten_are_sent_again() {
    let Some(place) = place().await else {
        return;
    };
    let (directory, session) = (place.directory(), Uuid::new_v4());
    for flush in [&["FLUSHALL"][..], &["SCRIPT", "FLUSH"]] {
        place.server.run(flush);
        assert_eq!(directory.renew(&lease("a", 1)).await, Ok(Renewed::Held));
        assert_eq!(directory.record(session, &entry()).await, Ok(true));
        assert_eq!(directory.erase(session, &entry()).await, Ok(true));
    }
}

#[tokio::test]
async fn a_frozen_redis_costs_one_call_its_time_and_the_others_nothing() {
    let Some(place) = place().await else {
        return;
    };
    let (directory, session) = (place.directory(), Uuid::new_v4());
    assert_eq!(directory.entry(session).await, Ok(None));
    place.server.freeze();
    let since = Instant::now();
    let first = directory.entry(session).await;
    assert!(
        matches!(first, Err(DirectoryError::Unavailable(_))),
        "{first:?}"
    );
    let took = since.elapsed();
    assert!(took < CALL_WITHIN * 2, "the first call took {took:?}");
    // Past two probes, which the frozen server's system still accepts.
    let (since, mut calls, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    while since.elapsed() < Duration::from_millis(2_500) {
        let call = Instant::now();
        assert!(directory.entry(session).await.is_err());
        slowest = slowest.max(call.elapsed());
        calls += 1;
        tokio::task::yield_now().await;
    }
    assert!(calls > 100, "{calls} calls");
    // None waited for an answer, however busy the machine.
    assert!(slowest < CALL_WITHIN, "one took {slowest:?}");
    place.server.thaw();
    until("it answers again", async || {
        directory.entry(session).await == Ok(None)
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_is_not_there_at_the_start_is_found_later() {
    let Some(mut place) = place().await else {
        return;
    };
    place.server.kill();
    let redis = Redis::open(&place.server.url()).await.expect("a warning");
    assert!(!redis.answers());
    let directory = RedisDirectory::over(&redis);
    assert!(directory.leases().await.is_err());
    place.server.start_again().await;
    until("Redis is found", async || {
        directory.renew(&lease("a", 1)).await == Ok(Renewed::Held)
    })
    .await;
    assert!(redis.answers());
}

#[tokio::test]
async fn what_another_release_wrote_is_left_out_or_replaced() {
    let Some(place) = place().await else {
        return;
    };
    let (directory, session) = (place.directory(), Uuid::new_v4());
    assert_eq!(directory.renew(&lease("ours", 1)).await, Ok(Renewed::Held));
    let newer = r#"{"version":2,"life":"9","epoch":99,"it":{"who":"knows"}}"#;
    let key = format!("learnr:session:{session}");
    for strange in [newer, "", "nonsense", "[1]", r#"{"version":1,"life":"9"}"#] {
        for node in ["learnr:node:newer", "learnr:node:ours2"] {
            place.server.run(&["SET", node, strange, "PX", "60000"]);
        }
        place
            .server
            .run(&["ZADD", "learnr:nodes", "99999999999", "newer"]);
        assert_eq!(directory.leases().await, Ok(vec![lease("ours", 1)]));
        for unread in [
            directory.lease("newer").await.map(|_| ()),
            directory.renew(&lease("newer", 1)).await.map(|_| ()),
        ] {
            let unreadable = matches!(&unread, Err(DirectoryError::Unreadable { key }) if key == "learnr:node:newer");
            assert!(unreadable, "{strange}: {unread:?}");
        }
        place.server.run(&["SET", &key, strange]);
        let unread = directory.entry(session).await;
        let unreadable = matches!(unread, Err(DirectoryError::Unreadable { .. }));
        assert!(unreadable, "{strange}: {unread:?}");
        // A claim was made at the store: it is noted over what nobody here can read.
        assert_eq!(directory.record(session, &entry()).await, Ok(true));
        assert_eq!(directory.entry(session).await, Ok(Some(entry())));
    }
}
