//! `learnr simulate` by the command line, as a person meets it: what comes out, and what is said of what is wrong.

mod page;
mod refusals;
mod results;

use serde_json::Value;

use crate::harness::{Desk, Ran};

/// Runs `learnr simulate FLAGS`, the flags separated by blanks.
fn ran(desk: &Desk, flags: &str) -> Ran {
    let words = std::iter::once("simulate").chain(flags.split_whitespace());
    desk.learnr(&words.collect::<Vec<_>>())
}

impl Desk {
    /// Simulates what must succeed; the standard output.
    fn simulate(&self, flags: &str) -> String {
        let ran = ran(self, flags);
        assert!(ran.success, "{flags}: {}", ran.stderr);
        assert_eq!(ran.stderr, "", "progress is shown to people only");
        ran.stdout
    }

    fn json(&self, flags: &str) -> Value {
        let json = self.simulate(&format!("{flags} --json"));
        serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
    }

    /// Simulates what must be refused; what is said of it.
    fn simulate_refused(&self, flags: &str) -> String {
        let ran = ran(self, flags);
        assert!(!ran.success, "{flags}: {}", ran.stdout);
        assert_eq!(ran.stdout, "");
        ran.stderr
    }
}

/// A bank of forty items in two areas.
fn table() -> String {
    let mut table = String::from("id,area,a,b,c\n");
    for item in 0..40 {
        let area = if item % 4 == 0 { "law" } else { "ethics" };
        let b = f64::from(item) / 10.0 - 2.0;
        table.push_str(&format!("q{item},{area},1.2,{b},0.2\n"));
    }
    table
}
