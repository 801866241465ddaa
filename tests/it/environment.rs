//! What the load test runs on is there as the scenario says, and nothing of it is left afterwards.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use learnr_loadtest::Ledger;
use learnr_loadtest::environment::{Running, Tools};
use learnr_loadtest::floor::{Conditions, FrameBytes};
use learnr_loadtest::scenario::{Scenario, StoreKind, Wire};
use learnr_protocol::Encoding;
use tokio_postgres::NoTls;

use crate::harness::{not_run, postgres};

fn scenario(environment: &str) -> Scenario {
    let text = format!(
        "name = 'environment'\ntitle = 'What runs under the learners'\nseconds = 1\n\
         [learners]\nsessions = 1\n[pace]\nkind = 'idle'\n[environment]\n{environment}\n"
    );
    Scenario::read("environment", &text).expect("the scenario can be meant")
}

fn tools(keep: Option<&Path>) -> Tools {
    Tools {
        server: PathBuf::from(env!("CARGO_BIN_EXE_learnr")),
        keep: keep.map(Path::to_owned),
    }
}

/// One value that the server of `TEST_DATABASE_URL` gives for a statement.
async fn asked(sql: &str) -> String {
    let url = std::env::var("TEST_DATABASE_URL").expect("this test runs with PostgreSQL");
    let (client, connection) = tokio_postgres::connect(&url, NoTls)
        .await
        .expect("PostgreSQL is there");
    let connection = tokio::spawn(connection);
    let row = client.query_one(sql, &[]).await.expect("it is answered");
    drop(client);
    connection.await.expect("it ends").expect("it ends well");
    row.get(0)
}

#[test]
fn an_embedded_store_is_read_after_its_server_has_stopped_and_then_removed() {
    let mut running = Running::start(&scenario(""), &tools(None)).expect("it starts");
    let folder = running
        .bank()
        .and_then(Path::parent)
        .expect("a folder")
        .to_owned();
    assert!(folder.join("certification.json").is_file());
    let used = running.usage().expect("it runs");
    assert!(
        used.server.rss_bytes > 0 && used.database.is_none(),
        "{used:?}"
    );
    assert_eq!(running.metrics().expect("they are served").len(), 1);
    assert!(running.slow_commits(20).is_err(), "that is PostgreSQL's");
    running.stop().expect("it ends well");
    running.stop().expect("it has ended");
    let checked = running
        .check(&Ledger::default())
        .expect("the store is there");
    assert!(checked.is_clean() && checked.stored == 0, "{checked:?}");
    drop(running);
    assert!(!folder.exists(), "{}", folder.display());
}

#[test]
fn a_store_that_is_to_be_kept_stays() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let kept = data.path().join("kept");
    let running = Running::start(&scenario(""), &tools(Some(&kept))).expect("it starts");
    drop(running);
    assert!(kept.join("certification.json").is_file());
}

#[test]
fn a_server_that_does_not_start_leaves_nothing_and_says_why() {
    let wrong = scenario("serve = ['--no-such-flag']");
    let error = Running::start(&wrong, &tools(None)).expect_err("there is no such flag");
    let said = format!("{error:#}");
    assert!(
        said.contains("no-such-flag") && said.contains("instance 1"),
        "{said}"
    );
}

#[test]
fn instances_have_their_bounds_and_their_groups_go_with_them() {
    let bounded = scenario("cpus = 0.5\nmemory_mib = 512");
    let mut running = match Running::start(&bounded, &tools(None)) {
        Ok(running) => running,
        Err(error) => {
            let said = format!("{error:#}");
            assert!(said.contains("control group"), "{said}");
            not_run(
                "instances_have_their_bounds_and_their_groups_go_with_them",
                &said,
            );
            return;
        }
    };
    running.stop().expect("it ends well");
    let throttled = running.throttled().expect("the kernel counts");
    let throttled = throttled.expect("it has a group");
    assert!(throttled.periods > 0, "{throttled:?}");
    assert!(throttled.memory_peak_bytes > 1 << 20, "{throttled:?}");
    assert_eq!(throttled.oom_kills, 0);
}

#[actix_rt::test]
async fn a_fleet_shares_a_database_that_is_slowed_and_far_away_and_goes_with_it() {
    if postgres::left_out() {
        return;
    }
    let fleet = scenario("store = 'postgres'\ninstances = 2\ndatabase_delay_ms = 5");
    let mut running = Running::start(&fleet, &tools(None)).expect("it starts");
    assert_eq!(running.bases().len(), 2);
    let database = running.database().expect("it has one").url();
    let name = database.rsplit_once('/').expect("a name").1.to_owned();
    let exists = format!("SELECT count(*)::text FROM pg_database WHERE datname = '{name}'");
    assert_eq!(asked(&exists).await, "1");
    // Not waited for by anybody else: tests share the server, and another may have slowed it.
    running.slow_commits(0).expect("it can be told so");
    let used = running.usage().expect("it runs");
    let database = used.database.expect("its processes can be seen");
    assert!(
        database.rss_bytes > 1 << 20 && database.cpu_s > 0.0,
        "{used:?}"
    );
    let begun = Instant::now();
    let again = running.usage().expect("it runs");
    assert!(again.database.expect("still").cpu_s >= database.cpu_s);
    assert!(begun.elapsed().as_secs() < 1, "{:?}", begun.elapsed());
    running.stop().expect("all end well");
    let checked = running
        .check(&Ledger::default())
        .expect("the store is there");
    assert_eq!(checked.stored, 0);
    drop(running);
    assert_eq!(asked(&exists).await, "0");
}

/// Within a tenth.
fn near(seen: usize, expected: usize) -> bool {
    seen.abs_diff(expected) * 10 <= expected
}

#[actix_rt::test]
async fn the_echo_of_the_floor_has_frames_as_large_as_those_of_an_answer() {
    let running = Running::start(&scenario("limits = false"), &tools(None)).expect("it starts");
    let base = running.bases().first().expect("there is one");
    for (wire, encoding) in [
        (Wire::Msgpack, Encoding::MsgPack),
        (Wire::Json, Encoding::Json),
    ] {
        let seen = FrameBytes::measure(base, encoding)
            .await
            .expect("a session");
        let expected = FrameBytes::of(wire);
        let is_near = near(seen.request, expected.request) && near(seen.reply, expected.reply);
        assert!(
            is_near,
            "{wire:?}: {seen:?}, and the floor has {expected:?}"
        );
    }
}

fn conditions(store: StoreKind) -> Conditions {
    Conditions {
        // Only the echo needs it.
        program: PathBuf::new(),
        server: PathBuf::from(env!("CARGO_BIN_EXE_learnr")),
        store,
        database_delay_ms: 0,
        sessions: 1_000,
        threads: 1,
        frames: FrameBytes::of(Wire::Msgpack),
        seconds: 1,
        interrupted: Arc::new(AtomicBool::new(false)),
    }
}

/// The floor's statements are a copy of the store's: they still fit the schema, and store.
fn stores(store: StoreKind) {
    let conditions = conditions(store);
    let found = conditions.batches().expect("rows are stored");
    assert!(found.rows_per_s > 100.0, "{found:?}");
    assert!(found.commit_ms.p50 > 0.0, "{found:?}");
    conditions.interrupted.store(true, Ordering::Relaxed);
    let error = conditions.batches().expect_err("it was interrupted");
    assert!(format!("{error:#}").contains("interrupted"), "{error:#}");
}

#[test]
fn the_floor_stores_rows_in_an_embedded_store() {
    stores(StoreKind::Sqlite);
}

#[test]
fn the_floor_stores_rows_in_postgres() {
    if !postgres::left_out() {
        stores(StoreKind::Postgres);
    }
}
