//! The load test itself, against a real server: each way of answering and each thing that can happen to learners,
//! at a size of seconds. What is held to here is what a report says, never how fast the machine is.

mod odd;
mod open_loop;
mod processes;
mod storm;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use learnr_loadtest::report::Report;
use tempfile::TempDir;

use crate::harness::binary::BINARY;

/// What a run printed, how it ended, and its report.
struct Played {
    output: Output,
    report: Report,
}

impl Played {
    /// Panics with what it printed unless the run found nothing wrong.
    fn clean(self) -> Report {
        let Self { output, report } = self;
        assert!(output.status.success(), "{output:?}");
        assert!(report.is_clean(), "{report}");
        let ledger = report.ledger.as_ref().expect("the store was read");
        assert_eq!((ledger.missing, ledger.doubled), (0, 0), "{report}");
        report
    }
}

/// The load test's program, which is built beside the server's.
fn program() -> PathBuf {
    let program = Path::new(BINARY).with_file_name("learnr-loadtest");
    assert!(
        program.is_file(),
        "{} is not there: build it with `cargo build -p learnr-loadtest`, or run the tests of the whole workspace",
        program.display()
    );
    program
}

/// Plays a scenario of so many sessions; `rest` is the rest of its text after the learners' keys.
fn play(name: &str, rest: &str, flags: &[&str]) -> Played {
    let folder = TempDir::new().expect("a folder");
    let (scenario, json) = (
        folder.path().join(format!("test-{name}.toml")),
        folder.path().join("report.json"),
    );
    fs::write(&scenario, format!("title = \"{name}\"\n{rest}")).expect("written");
    let output = Command::new(program())
        .arg("play")
        .arg(&scenario)
        .args(["--server", BINARY, "--json"])
        .arg(&json)
        .args(flags)
        .output()
        .expect("the program runs");
    let text = fs::read(&json).unwrap_or_else(|error| panic!("no report: {error}: {output:?}"));
    let report = serde_json::from_slice(&text).expect("the report reads");
    Played { output, report }
}
