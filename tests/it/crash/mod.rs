//! The proof that no acknowledged answer is lost: the real binary, killed with `kill -9` again and again
//! under load, its ledger held against its store; and two mutants that the proof must catch.
//!
//! A kill does not empty the page cache, so it cannot see a log that is never synced: that one is caught by
//! tracing the order of writes, syncs and acknowledgements.

mod campaign;
mod companion;
pub(crate) mod crew;
mod exam;
mod order;
pub(crate) mod pictures;
mod report;
mod server;
pub(crate) mod store;
mod trace;
mod traced;
mod verdict;

use campaign::Campaign;
use order::Order;

use crate::harness::not_run;

/// Kills of the short form; `LEARNR_CRASH_ROUNDS` asks for more.
const ROUNDS: u32 = 20;
/// Rounds within which acknowledging before the commit must lose an answer.
const MUTANT_ROUNDS: u32 = 8;

#[tokio::test]
async fn every_acknowledged_answer_is_stored_once_whenever_the_server_is_killed() {
    let slow_disk = if cfg!(feature = "faults") {
        vec![0, 5, 10, 20]
    } else {
        not_run(
            "crash::every_acknowledged_answer_is_stored_once_whenever_the_server_is_killed, slow disk",
            "built without the feature faults",
        );
        vec![0]
    };
    let campaign = Campaign {
        rounds: from_env("LEARNR_CRASH_ROUNDS").unwrap_or(ROUNDS),
        seed: seed(),
        commit_delays_ms: slow_disk,
        mutant: None,
    };
    let report = verdict::of(campaign.run().await).await;
    println!("{report}");
    report.write();
    assert!(report.is_clean(), "{report}\n{}", report.problems());
}

#[tokio::test]
async fn acknowledging_before_the_commit_is_caught() {
    if !cfg!(feature = "faults") {
        not_run(
            "crash::acknowledging_before_the_commit_is_caught",
            "built without the feature faults",
        );
        return;
    }
    let campaign = Campaign {
        rounds: MUTANT_ROUNDS,
        seed: seed(),
        commit_delays_ms: vec![20],
        mutant: Some("LEARNR_FAULT_ACK_BEFORE_COMMIT"),
    };
    let report = verdict::of_ledger(campaign.run().await).await;
    println!("{report}");
    assert!(
        report.ledger.missing > 0,
        "the mutant went unseen: {report}"
    );
}

#[tokio::test]
async fn the_log_is_synced_between_every_answer_and_its_acknowledgement() {
    let name = "crash::the_log_is_synced_between_every_answer_and_its_acknowledgement";
    let Some(order) = trace_of(name, None).await else {
        return;
    };
    println!("{order}");
    assert!(
        order.proves(traced::ANSWERS),
        "{order}\n{}",
        order.offences()
    );
}

#[tokio::test]
async fn a_log_that_is_never_synced_is_caught() {
    let name = "crash::a_log_that_is_never_synced_is_caught";
    if !cfg!(feature = "faults") {
        not_run(name, "built without the feature faults");
        return;
    }
    let Some(order) = trace_of(name, Some("LEARNR_FAULT_SYNCHRONOUS_OFF")).await else {
        return;
    };
    println!("{order}");
    // It is the syncs that lack, not the evidence: every acknowledged answer was seen being written.
    assert_eq!(order.unwritten.len(), 0, "{order}\n{}", order.offences());
    assert!(order.acknowledged >= traced::ANSWERS, "{order}");
    assert_eq!(
        order.unsynced.len(),
        order.acknowledged,
        "the mutant went unseen: {order}"
    );
}

/// What a traced server did; `None` where no process can be traced, which is noted.
async fn trace_of(test: &str, mutant: Option<&'static str>) -> Option<Order> {
    match traced::unable() {
        None => Some(traced::order_of(mutant).await),
        Some(reason) => {
            not_run(test, &reason);
            None
        }
    }
}

/// What every draw of a run hangs on; told, so that a failure can be run again. It repeats what was drawn,
/// not how threads take turns.
fn seed() -> u64 {
    seed_named("LEARNR_CRASH_SEED")
}

/// The seed that a variable names, or one that is drawn; told either way.
pub(crate) fn seed_named(name: &str) -> u64 {
    // Of 32 bits: short to copy, and exact in any reader of JSON.
    let drawn = || uuid::Uuid::new_v4().as_u64_pair().1 >> 32;
    let seed = from_env(name).unwrap_or_else(drawn);
    println!("{name}={seed}");
    seed
}

pub(crate) fn from_env<N: std::str::FromStr>(name: &str) -> Option<N> {
    let text = std::env::var(name).ok()?;
    let number = text.parse().ok();
    assert!(number.is_some(), "{name} is not a number: {text:?}");
    number
}
