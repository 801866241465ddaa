//! What is not of the fleet, and what is of it and should not be.

use std::net::TcpListener;
use std::sync::Arc;

use learnr::app::App;
use learnr::clock::SystemClock;
use learnr::store::postgres::{PostgresOptions, PostgresStore};

use super::{Fleet, SECRET, learner};
use crate::harness::config;

/// What a start with these flags fails with.
async fn refusal(fleet: &Fleet, flags: &[&str]) -> String {
    let store = PostgresStore::open(PostgresOptions::at(fleet.database.url())).await;
    let data = tempfile::tempdir().expect("a temporary folder");
    let redis = fleet.redis.url();
    let fixed = ["--redis-url", redis.as_str()];
    let flags: Vec<&str> = fixed.iter().chain(flags).copied().collect();
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let started = App::with(
        config(data.path(), &flags),
        listener,
        Arc::new(store.expect("opens")),
        Arc::new(SystemClock::start()),
    )
    .await;
    match started {
        Ok(_) => panic!("it started"),
        Err(error) => format!("{error:#}"),
    }
}

#[actix_rt::test]
async fn a_second_instance_of_the_same_name_refuses_to_start() {
    let Some(fleet) = Fleet::new().await else {
        return;
    };
    let here = fleet.instance("here").await;
    let refused = refusal(&fleet, &["--node", "here", "--secret", SECRET]).await;
    assert!(refused.contains("LEARNR_NODE"), "{refused}");
    let mut client = learner(&here).await;
    let question = client.question();
    client.answer(&question).await;
    here.stop().await;
}

#[actix_rt::test]
async fn an_instance_with_another_secret_refuses_to_start() {
    let Some(fleet) = Fleet::new().await else {
        return;
    };
    let here = fleet.instance("here").await;
    let other = [
        "--node",
        "there",
        "--secret",
        "another secret than that of the fleet",
    ];
    let refused = refusal(&fleet, &other).await;
    assert!(refused.contains("LEARNR_SECRET"), "{refused}");
    here.stop().await;
}

#[actix_rt::test]
async fn an_address_of_redis_that_makes_no_sense_is_said_at_the_start() {
    let Some(fleet) = Fleet::new().await else {
        return;
    };
    let refused = refusal(&fleet, &["--redis-url", "postgres://localhost/0"]).await;
    assert!(refused.contains("REDIS_URL"), "{refused}");
}
