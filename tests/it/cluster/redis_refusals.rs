//! A Redis that answers and refuses: what people are told to do, at the start and later.

use std::sync::Arc;

use learnr::cluster::{
    Directory, DirectoryError, Entry, OpenError, Redis, RedisDirectory, RedisShared,
};
use uuid::Uuid;

use super::contract::lease;
use super::redis::Single;
use crate::harness::redis::{RedisOptions, RedisServer, left_out};
use crate::harness::until;

async fn open(url: &str) -> RedisDirectory {
    let redis = Redis::open(url).await.expect("it takes the connection");
    RedisDirectory::over(&redis)
}

/// What the directory says instead of renewing.
async fn refusal(directory: &RedisDirectory) -> String {
    match directory.renew(&lease("a", 1)).await {
        Err(DirectoryError::Refused(advice)) => advice,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_wrong_password_is_an_error_at_the_start() {
    if left_out() {
        return;
    }
    let server = RedisServer::with(RedisOptions {
        password: Some("right"),
        ..RedisOptions::default()
    })
    .await;
    let port = server.port();
    for user in ["", ":wrong@", "nobody:right@"] {
        for scheme in ["redis", "redis-cluster"] {
            let url = format!("{scheme}://{user}127.0.0.1:{port}");
            let Err(OpenError::Refused { place, advice }) = Redis::open(&url).await else {
                panic!("{url}: not refused");
            };
            assert!(advice.contains("REDIS_URL"), "{url}: {advice}");
            assert!(!place.contains('@'), "{place}");
        }
    }
}

#[tokio::test]
async fn an_address_that_makes_no_sense_is_an_error_at_the_start() {
    for url in [
        "",
        "localhost:6379",
        "http://localhost",
        "redis://localhost:x",
    ] {
        let refused = Redis::open(url).await.err();
        assert!(matches!(refused, Some(OpenError::Address { .. })), "{url}");
    }
}

#[tokio::test]
async fn a_replica_says_where_to_point() {
    if left_out() {
        return;
    }
    let primary = RedisServer::start().await;
    let replica = RedisServer::start().await;
    let directory = open(&replica.url()).await;
    let port = primary.port().to_string();
    replica.run(&["REPLICAOF", "127.0.0.1", &port]);
    let advice = refusal(&directory).await;
    assert!(advice.contains("primary"), "{advice}");
    replica.run(&["REPLICAOF", "NO", "ONE"]);
    until("it takes writes again", async || {
        directory.renew(&lease("a", 1)).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_full_redis_says_so_and_reads_go_on() {
    if left_out() {
        return;
    }
    let server = RedisServer::start().await;
    let directory = open(&server.url()).await;
    let (session, entry) = (
        Uuid::new_v4(),
        Entry {
            node: "a".to_owned(),
            incarnation: 1,
            epoch: 1,
        },
    );
    assert_eq!(directory.record(session, &entry).await, Ok(true));
    server.run(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    server.run(&["CONFIG", "SET", "maxmemory", "1"]);
    let advice = refusal(&directory).await;
    assert!(advice.contains("maxmemory"), "{advice}");
    assert_eq!(directory.entry(session).await, Ok(Some(entry)));
    server.run(&["CONFIG", "SET", "maxmemory", "0"]);
    assert!(directory.renew(&lease("a", 1)).await.is_ok());
}

#[tokio::test]
async fn a_user_without_the_rights_is_told_what_to_grant() {
    if left_out() {
        return;
    }
    let server = RedisServer::start().await;
    server.run(&["ACL", "SETUSER", "app", "on", ">pw", "~learnr:*", "+ping"]);
    let url = format!("redis://app:pw@127.0.0.1:{}", server.port());
    let advice = refusal(&open(&url).await).await;
    assert!(advice.contains("docs/redis.md"), "{advice}");
}

#[tokio::test]
async fn a_password_that_changes_is_told_of_when_the_connection_is_made_anew() {
    if left_out() {
        return;
    }
    let server = RedisServer::start().await;
    let directory = open(&server.url()).await;
    assert!(directory.renew(&lease("a", 1)).await.is_ok());
    server.run(&["CONFIG", "SET", "requirepass", "new"]);
    server.run_with_password(
        "new",
        &["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"],
    );
    until("the refusal is seen", async || {
        let renewed = directory.renew(&lease("a", 1)).await;
        matches!(renewed, Err(DirectoryError::Refused(advice)) if advice.contains("REDIS_URL"))
    })
    .await;
}

#[tokio::test]
async fn a_user_with_the_rights_that_are_documented_can_do_everything() {
    if left_out() {
        return;
    }
    let server = RedisServer::start().await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/redis.md");
    let text = std::fs::read_to_string(path).expect("the documentation is there");
    let line = text.lines().find(|line| line.contains("ACL SETUSER"));
    let words: Vec<&str> = line
        .expect("it names the rights")
        .split_whitespace()
        .collect();
    server.run(&words);
    let url = format!("redis://learnr:PASSWORD@127.0.0.1:{}", server.port());
    let redis = Redis::open(&url).await.expect("it takes the connection");
    let shared = RedisShared::over(&redis);
    super::shared::contract(&shared, &shared).await;
    let directory = Arc::new(RedisDirectory::over(&redis));
    let place = Single { server, directory };
    super::contract::all(&place).await;
}
