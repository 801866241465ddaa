//! How long an import takes, and how much memory: all of `../shared/data/mmlu`, and a hundred thousand questions made of
//! them. Runs the binary as a person does and prints what its report says; one line each for CSV and for our JSON.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The most questions a certification may have.
const QUESTIONS_MAX: usize = learnr_domain::bank::ITEMS_MAX;

fn main() {
    // Cargo runs benchmarks as tests too; this one has nothing to check.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mmlu");
    if !folder.is_dir() {
        println!("NOT RUN: import: ../shared/data/mmlu is not there");
        return;
    }
    let work = tempfile::tempdir().expect("a temporary folder");
    println!(
        "{:<34} {:>9} {:>9} {:>8} {:>9}",
        "what", "questions", "file", "time", "memory"
    );
    let layout = ["--layout", "question-options-key"];
    measure("57 tables", &work.path().join("a"), &folder, &layout);
    let many = work.path().join("many.csv");
    write_many(&folder, &many);
    measure(
        "one table of 100,000",
        &work.path().join("b"),
        &many,
        &layout,
    );
    for (what, data) in [("JSON", "a"), ("JSON of 100,000", "b")] {
        let file = work.path().join(format!("{data}.json"));
        export(&work.path().join(data), &file);
        measure(what, &work.path().join(format!("{data}2")), &file, &[]);
        measure(
            "the same again, unchanged",
            &work.path().join(format!("{data}2")),
            &file,
            &[],
        );
    }
}

/// Imports into a database and prints a line.
fn measure(what: &str, data: &Path, file: &Path, flags: &[&str]) {
    let mut command = learnr(data);
    command.arg("import").arg(file).args(flags).arg("--json");
    if !flags.is_empty() {
        command.args(["--certification", "bench"]);
    }
    let output = command.output().expect("the binary runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let report = &report[0];
    assert_ne!(report["outcome"], "refused", "{report}");
    let memory = report["peak_memory_bytes"]
        .as_f64()
        .map_or(f64::NAN, |bytes| bytes / 1_048_576.0);
    println!(
        "{what:<34} {:>9} {:>6.1} MB {:>6.2} s {memory:>5.0} MiB",
        report["questions"],
        bytes_of(file) as f64 / 1e6,
        report["seconds"].as_f64().unwrap_or(f64::NAN),
    );
}

fn export(data: &Path, file: &Path) {
    let status = learnr(data)
        .args(["export", "bench", "--out"])
        .arg(file)
        .status();
    assert!(status.expect("the binary runs").success());
}

fn learnr(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_learnr"));
    command.env("LEARNR_DATA", data).env("LEARNR_LOG", "error");
    command
}

fn bytes_of(path: &Path) -> u64 {
    let length = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
    if path.is_dir() {
        tables(path).iter().map(|path| length(path)).sum()
    } else {
        length(path)
    }
}

fn tables(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "csv"));
    paths.sort();
    paths
}

/// As many different questions as there may be: the real ones again and again, each time with another number in front.
fn write_many(folder: &Path, out: &Path) {
    let mut rows = Vec::new();
    for path in tables(folder) {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_path(&path);
        rows.extend(
            reader
                .expect("a table")
                .into_records()
                .map(|row| row.expect("a row")),
        );
    }
    rows.sort_by(|a, b| a.iter().cmp(b.iter()));
    rows.dedup();
    let mut writer = csv::Writer::from_path(out).expect("the folder takes files");
    let numbered = (0..).flat_map(|round| rows.iter().map(move |row| (round, row)));
    for (round, row) in numbered.take(QUESTIONS_MAX) {
        let stem = format!("({round}) {}", &row[0]);
        let cells = std::iter::once(stem.as_str()).chain(row.iter().skip(1));
        writer.write_record(cells).expect("the disk takes it");
    }
    writer.flush().expect("the disk takes it");
}
