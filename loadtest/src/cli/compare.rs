//! `learnr-loadtest compare`: whether a run got worse than another.

use std::path::{Path, PathBuf};

use clap::Args;
use learnr_loadtest::record::compare::compare;
use learnr_loadtest::record::{Entry, Release, reports};
use learnr_loadtest::report::Report;

/// The flags of `compare`.
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// What is compared with: a report, a release's history file, or a directory of reports.
    base: PathBuf,
    /// What is compared: the same three. Of a single report, only its scenario is.
    current: PathBuf,
    /// Write the comparison as JSON.
    #[arg(long)]
    json: bool,
}

impl CompareArgs {
    /// Tells every change; whether nothing got worse.
    pub(crate) fn carry_out(&self) -> anyhow::Result<bool> {
        let mut base = entries(&self.base)?;
        let current = entries(&self.current)?;
        if self.current.is_file()
            && let [only] = current.as_slice()
            && base.iter().any(|entry| entry.scenario == only.scenario)
        {
            base.retain(|entry| entry.scenario == only.scenario);
        }
        let comparison = compare(&base, &current)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&comparison)?);
        } else {
            print!("{comparison}");
        }
        Ok(comparison.passes())
    }
}

fn entries(path: &Path) -> anyhow::Result<Vec<Entry>> {
    if path.is_dir() {
        return Ok(reports(path)?.iter().map(Entry::of).collect());
    }
    if let Ok(release) = Release::load(path) {
        return Ok(release.entries);
    }
    Ok(vec![Entry::of(&Report::load(path)?)])
}
