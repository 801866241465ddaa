//! `learnr-loadtest record`: reports of the present commit into the performance record.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};
use clap::Args;
use learnr_loadtest::record;
use learnr_loadtest::run::load_dir;

/// The flags of `record`.
#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// Where the reports are [default: `load` in the build's target directory]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Where each release's figures are kept.
    #[arg(long, default_value = "docs/performance", value_name = "DIR")]
    history: PathBuf,
    /// Document whose generated part is rewritten.
    #[arg(long, default_value = "docs/performance.md", value_name = "FILE")]
    document: PathBuf,
    /// Revision whose reports are recorded [default: the one that is checked out here]
    #[arg(long, value_name = "REVISION")]
    commit: Option<String>,
}

impl RecordArgs {
    /// Writes the record and says how many runs are in it.
    pub(crate) fn carry_out(&self) -> anyhow::Result<bool> {
        let dir = self.dir.clone().map_or_else(load_dir, Ok)?;
        let commit = self.commit.clone().map_or_else(checked_out, Ok)?;
        let reports = record::reports(&dir)?;
        let recorded = record::record(&reports, &commit, &self.history, &self.document)?;
        println!(
            "{recorded} runs of {commit} recorded in {}",
            self.history.display()
        );
        Ok(true)
    }
}

fn checked_out() -> anyhow::Result<String> {
    let output = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .output()
        .context("ask git for the revision that is checked out; or give --commit")?;
    ensure!(
        output.status.success(),
        "there is no repository here: run in one, or give --commit"
    );
    let revision = String::from_utf8(output.stdout).context("read git's answer")?;
    Ok(revision.trim().to_owned())
}
