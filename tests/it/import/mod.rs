//! Certifications in and out by the command line, as a person meets them: what is said of good, doubtful and faulty
//! files, what is stored of them, and real content at its full size.

mod answers;
mod hostile;
mod mmlu;
mod reports;
mod round_trip;

use serde_json::Value;

use crate::harness::{Desk, text};

impl Desk {
    /// Imports what must be sound; the report.
    fn import(&self, args: &[&str]) -> String {
        let ran = self.learnr(&[&["import"], args].concat());
        assert!(ran.success, "{}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// Imports what must be refused; the report. Nothing is stored.
    fn import_refused(&self, args: &[&str]) -> String {
        let before = self.stored();
        let ran = self.learnr(&[&["import"], args].concat());
        assert!(!ran.success, "{}", ran.stdout);
        assert_eq!(self.stored(), before);
        ran.stdout
    }

    /// The reports of `learnr import --json`.
    fn reports(&self, args: &[&str]) -> Vec<Value> {
        let ran = self.learnr(&[&["import", "--json"], args].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
    }

    fn export(&self, certification: &str, format: &str) -> String {
        let ran = self.learnr(&["export", certification, "--format", format]);
        assert!(ran.success, "{}", ran.stderr);
        ran.stdout
    }

    /// Ids of the certifications in the store, by the error that lists them.
    fn stored(&self) -> String {
        if !self.data().exists() {
            return String::new();
        }
        let ran = self.learnr(&["export", "none-of-this-name"]);
        assert!(!ran.success);
        ran.stderr
            .rsplit("there are:")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    }
}

/// The lines of a report behind its heading and counts, without their indentation.
fn findings(report: &str) -> Vec<&str> {
    let lines = report.lines().skip(2).map(str::trim);
    lines.filter(|line| !line.starts_with("version ")).collect()
}
