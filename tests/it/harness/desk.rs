//! A folder for files and data, and the `learnr` binary on it.
//!
//! Owns running the binary as a person does. Must not know what its commands are: each subject adds its verbs to [`Desk`].

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A folder of its own, and the binary on its data.
pub(crate) struct Desk {
    folder: TempDir,
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a file and gives its path as text.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("the folder takes files");
        text(&path)
    }

    /// Runs `learnr ARGS --data DATA` to its end.
    pub(crate) fn learnr(&self, args: &[&str]) -> Ran {
        let output = self
            .spawn(args)
            .wait_with_output()
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

    /// Starts `learnr ARGS --data DATA`.
    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_learnr"))
            .args(args)
            .arg("--data")
            .arg(self.data())
            .env("LEARNR_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts")
    }
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("temporary paths are text").to_owned()
}
