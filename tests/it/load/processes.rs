//! The processes that a run is made of: how it ends early, and what is left of it.

use std::fs;
use std::process::{Child, Command, Stdio};

use learnr_loadtest::report::Report;
use tempfile::TempDir;

use super::program;
use crate::harness::binary::BINARY;
use crate::harness::until;

/// The processes that a coordinator has started: those of learners, and the others.
fn children(coordinator: &Child) -> (Vec<u32>, Vec<u32>) {
    let id = coordinator.id();
    // None are listed once it has ended.
    let listed = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let ids = listed
        .split_whitespace()
        .filter_map(|id| id.parse::<u32>().ok());
    ids.partition(|id| {
        let line = fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        line.trim_end_matches('\0').ends_with("worker")
    })
}

/// The same once both processes of learners are there.
async fn started(coordinator: &Child) -> (Vec<u32>, Vec<u32>) {
    let mut found = (Vec::new(), Vec::new());
    until("two processes of learners", async || {
        found = children(coordinator);
        found.0.len() == 2
    })
    .await;
    found
}

/// Whether a process is there and not merely unburied.
fn lives(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn start(folder: &TempDir) -> Child {
    Command::new(program())
        .args([
            "run",
            "--sessions",
            "10",
            "--seconds",
            "600",
            "--processes",
            "2",
            "--rate",
            "1",
        ])
        .args(["--server", BINARY, "--scenario", "test-ended", "--data"])
        .arg(folder.path().join("data"))
        .arg("--json")
        .arg(folder.path().join("report.json"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs")
}

fn signal(name: &str, id: u32) {
    let sent = Command::new("kill").args([name, &id.to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

#[tokio::test]
async fn a_run_that_is_told_to_end_proves_what_it_has_and_leaves_nothing() {
    for name in ["-INT", "-TERM"] {
        let folder = TempDir::new().expect("a folder");
        let mut run = start(&folder);
        let (workers, others) = started(&run).await;
        signal(name, run.id());
        let status = run.wait().expect("it is a child");
        assert!(status.success(), "{name}: {status}");
        let left: Vec<_> = workers
            .iter()
            .chain(&others)
            .filter(|id| lives(**id))
            .collect();
        assert!(left.is_empty(), "{name}: {left:?}");
        let text = fs::read(folder.path().join("report.json")).expect("a report");
        let report: Report = serde_json::from_slice(&text).expect("the report reads");
        assert!(report.interrupted && report.is_clean(), "{report}");
        assert!(report.ledger.is_some(), "{report}");
    }
}

#[tokio::test]
async fn learners_end_with_a_coordinator_that_is_killed() {
    let folder = TempDir::new().expect("a folder");
    let mut run = start(&folder);
    let (workers, servers) = started(&run).await;
    run.kill().expect("it is a child");
    run.wait().expect("it is a child");
    until("the end of its learners", async || {
        workers.iter().all(|id| !lives(*id))
    })
    .await;
    // Nobody is left to end the server: that takes whoever killed its owner.
    for server in servers.into_iter().filter(|id| lives(*id)) {
        signal("-KILL", server);
    }
}
