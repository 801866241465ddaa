//! What instances count and remember together: the contract, over both adapters, and Redis emptied, spoilt and killed.

use std::sync::Arc;
use std::time::Duration;

use learnr::clock::ManualClock;
use learnr::cluster::shared::KEPT_BYTES_MAX;
use learnr::cluster::{
    Counting, LocalShared, Member, Presence, PresenceChange, Rate, Redis, RedisShared, Shared,
};
use uuid::Uuid;

use crate::harness::redis::{RedisCluster, RedisServer, left_out};
use crate::harness::until;

/// One a minute over time, three at once.
const RATE: Rate = Rate {
    interval: Duration::from_secs(60),
    tolerance: Duration::from_secs(120),
};
const MINUTE: Duration = Duration::from_secs(60);

async fn over(url: &str) -> RedisShared {
    RedisShared::over(&Redis::open(url).await.expect("Redis is there"))
}

#[tokio::test]
async fn an_instance_that_is_alone_counts_and_remembers_by_itself() {
    let shared = LocalShared::new(Arc::new(ManualClock::at(1_000)));
    contract(&shared, &shared).await;
}

#[tokio::test]
async fn instances_count_and_remember_together_in_redis() {
    if left_out() {
        return;
    }
    let server = RedisServer::start().await;
    let (one, other) = (over(&server.url()).await, over(&server.url()).await);
    contract(&one, &other).await;
    // Nothing stays for ever.
    let keys = server.run(&["KEYS", "learnr:*"]);
    assert!(keys.lines().count() >= 6, "{keys}");
    for key in keys.lines() {
        let left: i64 = server.run(&["PTTL", key]).parse().expect("a number");
        assert!((1..=200_000).contains(&left), "{key}: {left} ms");
    }
}

#[tokio::test]
async fn instances_count_and_remember_together_in_a_redis_cluster() {
    if left_out() {
        return;
    }
    let cluster = RedisCluster::start().await;
    let (one, other) = (over(&cluster.url()).await, over(&cluster.url()).await);
    contract(&one, &other).await;
}

/// `one` and `other`: two instances of one fleet.
pub(super) async fn contract(one: &dyn Shared, other: &dyn Shared) {
    limits(one, other).await;
    nonces(one, other).await;
    reckonings(one, other).await;
    presence(one, other).await;
}

async fn limits(one: &dyn Shared, other: &dyn Shared) {
    let take = async |shared: &dyn Shared, key, counting| {
        shared.limit(key, RATE, counting).await.expect("it answers")
    };
    for shared in [one, other, one] {
        for _ in 0..3 {
            assert_eq!(take(shared, "a", Counting::Look).await, Duration::ZERO);
        }
        assert_eq!(take(shared, "a", Counting::Take).await, Duration::ZERO);
    }
    for (shared, counting) in [(one, Counting::Look), (other, Counting::Take)] {
        let wait = take(shared, "a", counting).await;
        assert!((MINUTE / 2..=MINUTE).contains(&wait), "{wait:?}");
    }
    assert_eq!(take(other, "b", Counting::Take).await, Duration::ZERO);
}

async fn nonces(one: &dyn Shared, other: &dyn Shared) {
    let nonce = Uuid::new_v4();
    assert_eq!(one.spend(nonce, MINUTE).await, Ok(true));
    assert_eq!(other.spend(nonce, MINUTE).await, Ok(false));
    assert_eq!(one.spend(nonce, MINUTE).await, Ok(false));
    assert_eq!(other.spend(Uuid::new_v4(), MINUTE).await, Ok(true));
}

async fn reckonings(one: &dyn Shared, other: &dyn Shared) {
    let (digest, body) = ([7; 32], [0, 255, b'\n']);
    assert_eq!(one.kept(&digest).await, Ok(None));
    assert_eq!(one.keep(&digest, &body, MINUTE).await, Ok(()));
    assert_eq!(other.kept(&digest).await, Ok(Some(body.to_vec())));
    assert_eq!(other.kept(&[8; 32]).await, Ok(None));
    let long = vec![1; KEPT_BYTES_MAX + 1];
    assert_eq!(one.keep(&[9; 32], &long, MINUTE).await, Ok(()));
    assert_eq!(one.kept(&[9; 32]).await, Ok(None));
}

async fn presence(one: &dyn Shared, other: &dyn Shared) {
    let learners: Vec<Uuid> = (0..3).map(|_| Uuid::new_v4()).collect();
    let change = |incarnation, from, to, come: &[Uuid], gone: &[Uuid]| PresenceChange {
        node: "a".to_owned(),
        incarnation,
        from,
        to,
        come: come.to_vec(),
        gone: gone.to_vec(),
    };
    let nodes = ["a".to_owned(), "unknown".to_owned()];
    let count = async || other.count_present(&nodes).await.expect("it answers");
    let orphan = change(1, Some(4), 5, &learners, &[]);
    assert_eq!(one.note_presence(&orphan).await, Ok(false));
    assert_eq!(count().await, 0);
    let first = change(1, None, 1, &learners[..2], &[]);
    assert_eq!(one.note_presence(&first).await, Ok(true));
    assert_eq!(count().await, 2);
    let next = change(1, Some(1), 2, &learners[2..], &learners[..1]);
    assert_eq!(one.note_presence(&next).await, Ok(true));
    assert_eq!(one.note_presence(&next).await, Ok(false), "twice");
    assert_eq!(count().await, 2);
    for (learner, here) in learners.iter().zip([false, true, true]) {
        assert_eq!(other.is_present(&nodes, *learner).await, Ok(here));
        assert_eq!(other.is_present(&nodes[1..], *learner).await, Ok(false));
    }
    let other_life = change(2, Some(2), 3, &[], &[]);
    assert_eq!(one.note_presence(&other_life).await, Ok(false));
    let anew = change(2, None, 1, &learners[..1], &[]);
    assert_eq!(one.note_presence(&anew).await, Ok(true));
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn a_limit_that_was_spoilt_holds_nobody_up_longer_than_a_full_one() {
    if left_out() {
        return;
    }
    let server = RedisServer::start().await;
    let shared = over(&server.url()).await;
    for (spoilt, waits) in [("nonsense", false), ("-1", false), ("9e300", true)] {
        server.run(&["SET", "learnr:limit:a", spoilt]);
        let wait = shared.limit("a", RATE, Counting::Take).await;
        let wait = wait.expect("it answers");
        assert_eq!(!wait.is_zero(), waits, "{spoilt}: {wait:?}");
        assert!(wait <= MINUTE, "{spoilt}: {wait:?}");
    }
}

#[tokio::test]
async fn a_redis_that_goes_and_comes_back_empty_has_no_answer_and_then_a_new_one() {
    if left_out() {
        return;
    }
    let mut server = RedisServer::start().await;
    let shared = over(&server.url()).await;
    let nonce = Uuid::new_v4();
    assert_eq!(shared.spend(nonce, MINUTE).await, Ok(true));
    server.kill();
    assert!(shared.spend(nonce, MINUTE).await.is_err());
    assert!(shared.limit("a", RATE, Counting::Take).await.is_err());
    assert!(shared.kept(&[7; 32]).await.is_err());
    assert!(shared.keep(&[7; 32], b"x", MINUTE).await.is_err());
    server.start_again().await;
    until("it answers again", async || {
        shared.spend(Uuid::new_v4(), MINUTE).await == Ok(true)
    })
    .await;
    assert_eq!(shared.spend(nonce, MINUTE).await, Ok(true), "it forgot");
    server.run(&["FLUSHALL"]);
    let passed = shared.limit("a", RATE, Counting::Take).await;
    assert_eq!(passed, Ok(Duration::ZERO));
}

#[tokio::test]
async fn who_is_present_is_told_within_seconds_and_again_to_a_redis_that_forgot() {
    if left_out() {
        return;
    }
    let mut server = RedisServer::start().await;
    let (shared, looking) = (over(&server.url()).await, over(&server.url()).await);
    let presence = Arc::new(Presence::new());
    // More than one call takes.
    let learners: Vec<Uuid> = (0..2_500).map(|_| Uuid::new_v4()).collect();
    for learner in &learners {
        presence.came(*learner);
    }
    // Twice: two sockets.
    presence.came(learners[0]);
    let member = Member {
        node: "a".to_owned(),
        incarnation: 1,
        address: String::new(),
    };
    let telling = tokio::spawn(presence.clone().run(Arc::new(shared), member));
    let nodes = ["a".to_owned()];
    let told = async |count| {
        until("the count is told", async || {
            looking.count_present(&nodes).await == Ok(count)
        })
        .await;
    };
    told(2_500).await;
    presence.went(learners[0]);
    presence.went(learners[1]);
    told(2_499).await;
    assert_eq!(looking.is_present(&nodes, learners[0]).await, Ok(true));
    assert_eq!(looking.is_present(&nodes, learners[1]).await, Ok(false));
    server.run(&["FLUSHALL"]);
    told(2_499).await;
    server.kill();
    presence.came(learners[1]);
    presence.went(learners[2]);
    presence.went(learners[3]);
    server.start_again().await;
    told(2_498).await;
    telling.abort();
}
