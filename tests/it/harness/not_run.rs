//! Tests that cannot run where they are say so: none is skipped in silence.

use std::io::Write;

/// Says that a test could not run, here and where `make test` collects it.
pub(crate) fn not_run(test: &str, reason: &str) {
    let line = format!("NOT RUN: {test}: {reason}");
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
