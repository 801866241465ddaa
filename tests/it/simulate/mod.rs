//! `learnr simulate` by the command line, as a person meets it: what comes out, and what is said of what is wrong.

mod page;
mod refusals;
mod results;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder for files and data, and the binary on it.
struct Desk {
    folder: TempDir,
}

/// What a run came to.
struct Ran {
    success: bool,
    stdout: String,
    stderr: String,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and gives its path as text.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("the folder takes files");
        path.to_str().expect("temporary paths are text").to_owned()
    }

    /// Runs `learnr COMMAND --data DATA`, the words of the command separated by blanks.
    fn learnr(&self, words: &str) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_learnr"))
            .args(words.split_whitespace())
            .arg("--data")
            .arg(self.path("data"))
            .env("LEARNR_LOG", "error")
            .stdin(Stdio::null())
            .output()
            .expect("the binary runs");
        let words = |bytes| String::from_utf8(bytes).expect("words");
        let ran = Ran {
            success: output.status.success(),
            stdout: words(output.stdout),
            stderr: words(output.stderr),
        };
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        ran
    }

    /// Simulates what must succeed; the standard output.
    fn simulate(&self, flags: &str) -> String {
        let ran = self.learnr(&format!("simulate {flags}"));
        assert!(ran.success, "{flags}: {}", ran.stderr);
        assert_eq!(ran.stderr, "", "progress is shown to people only");
        ran.stdout
    }

    fn json(&self, flags: &str) -> Value {
        let json = self.simulate(&format!("{flags} --json"));
        serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"))
    }

    /// Simulates what must be refused; what is said of it.
    fn refused(&self, flags: &str) -> String {
        let ran = self.learnr(&format!("simulate {flags}"));
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
