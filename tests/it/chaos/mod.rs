//! The proof that a fleet loses no acknowledged answer, whatever of it dies: real instances, a real Redis and PostgreSQL,
//! learners behind a load balancer that hashes nothing, and a schedule of faults drawn from a seed. Afterwards the ledger is
//! held against the store. A fleet that does not check who owns a session must be caught.

mod campaign;
mod report;
mod schedule;
mod times;
mod verdict;
mod world;

use std::time::Duration;

use campaign::Campaign;
use schedule::Kind;

use crate::crash::{from_env, seed_named};
use crate::harness::fleet::clock_library;
use crate::harness::{not_run, postgres, redis};

/// Faults of the short form.
const FAULTS: usize = 20;
/// Of these, how many strike alone: one of each kind that is timed; of a long run, one in so many.
const ALONE: usize = 3;
const ALONE_IN: usize = 50;
/// Learners answering at once.
const LEARNERS: u64 = 300;
/// Instances of the fleet.
const INSTANCES: usize = 3;
/// From one fault to the next, on average.
const GAP_MS: u64 = 1_200;
/// Faults of a campaign against a fleet that checks no owner, and campaigns within which it must do harm. Harm needs an instance
/// that thaws while its successor has not written yet: about one campaign in ten sees none.
const MUTANT_FAULTS: usize = 16;
const MUTANT_CAMPAIGNS: u64 = 4;

#[tokio::test]
async fn every_acknowledged_answer_is_stored_once_whatever_of_the_fleet_fails() {
    let name = "chaos::every_acknowledged_answer_is_stored_once_whatever_of_the_fleet_fails";
    if cannot_run() {
        return;
    }
    let mut kinds = schedule::kinds();
    if clock_library().is_none() {
        not_run(
            &format!("{name}, steps of the clock"),
            "libfaketime is not installed",
        );
        kinds.retain(|kind| *kind != Kind::ClockStep);
    }
    let faults = from_env("LEARNR_CHAOS_FAULTS").unwrap_or(FAULTS);
    let campaign = Campaign {
        seed: seed_named("LEARNR_CHAOS_SEED"),
        faults,
        alone: ALONE.max(faults / ALONE_IN).min(faults),
        learners: from_env("LEARNR_CHAOS_LEARNERS").unwrap_or(LEARNERS),
        instances: from_env("LEARNR_CHAOS_INSTANCES").unwrap_or(INSTANCES),
        gap: Duration::from_millis(from_env("LEARNR_CHAOS_GAP_MS").unwrap_or(GAP_MS)),
        kinds,
        environment: Vec::new(),
    };
    let after = campaign.run().await;
    let world = std::sync::Arc::clone(&after.world);
    let report = verdict::of(after).await;
    println!("{report}");
    report.write();
    if !report.is_clean() {
        let logs = world.log_tails().await;
        panic!("{report}\n{}\n{logs}", report.problems());
    }
}

#[tokio::test]
async fn a_fleet_that_does_not_check_who_owns_a_session_is_caught() {
    let name = "chaos::a_fleet_that_does_not_check_who_owns_a_session_is_caught";
    if cannot_run() {
        return;
    }
    if !cfg!(feature = "faults") {
        not_run(name, "built without the feature faults");
        return;
    }
    let first = seed_named("LEARNR_CHAOS_SEED");
    for seed in (0..MUTANT_CAMPAIGNS).map(|number| first.wrapping_add(number)) {
        let report = verdict::of_ledger(unfenced(seed).run().await).await;
        println!("{report}");
        if report.defects() > 0 {
            return;
        }
    }
    panic!("the mutant went unseen in {MUTANT_CAMPAIGNS} campaigns");
}

/// What leaves an owner behind that does not know it, partitions and frozen instances, against a fleet that lets it write.
fn unfenced(seed: u64) -> Campaign {
    Campaign {
        seed,
        faults: MUTANT_FAULTS,
        alone: 0,
        learners: LEARNERS,
        instances: INSTANCES,
        gap: Duration::from_millis(GAP_MS),
        kinds: vec![Kind::InstanceFreeze, Kind::LinkCut, Kind::RedisUnreachable],
        environment: vec![("LEARNR_FAULT_UNFENCED", "1".to_owned())],
    }
}

/// Whether something is missing here; which, is noted.
fn cannot_run() -> bool {
    postgres::left_out() || redis::left_out()
}
