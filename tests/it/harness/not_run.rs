//! What a run says beside its tests' success: tests that cannot run where they are, none skipped in silence, and counts that people
//! want to see.

use std::io::Write;

/// Says that a test could not run, here and where `make test` collects it.
pub(crate) fn not_run(test: &str, reason: &str) {
    said(&format!("NOT RUN: {test}: {reason}"));
}

/// Says what a test has counted, in the same places.
pub(crate) fn counted(counts: &str) {
    said(counts);
}

fn said(line: &str) {
    println!("{line}");
    if let Ok(path) = std::env::var("LEARNR_NOT_RUN") {
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .expect("LEARNR_NOT_RUN names a file that can be written");
        writeln!(file, "{line}").expect("LEARNR_NOT_RUN can be written");
    }
}
