//! The performance record: what the runs of each release came to, kept as `docs/performance/<release>.json`, and
//! the generated part of `docs/performance.md`. Owns the history's shapes and files; how it is written is
//! `markdown`'s, whether it got worse `compare`'s. Measures nothing.

pub mod compare;
mod markdown;
mod ratios;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

pub use markdown::{generated, splice};
pub use ratios::Ratios;

use crate::LedgerReport;
use crate::meter::Quantiles;
use crate::report::{CommitLatency, Floor, Machine, Reached, Report};
use crate::scenario::Scenario;

/// Shape of a history file; raised when a figure changes its meaning.
pub const HISTORY_VERSION: u32 = 1;
/// Reports read from one directory; beyond it something else is kept there.
const REPORTS_MAX: usize = 500;

/// What a release came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// [`HISTORY_VERSION`] of who wrote it.
    pub version: u32,
    /// The release: `0.1.0`.
    pub release: String,
    /// One a scenario, by name.
    pub entries: Vec<Entry>,
}

/// What one scenario came to: a report without its samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Name of the scenario.
    pub scenario: String,
    /// What was asked for, whole.
    pub plan: Scenario,
    /// The machine and what was built.
    pub machine: Machine,
    /// How to run it again.
    pub command: String,
    /// When it began, milliseconds since the epoch.
    pub at_ms: i64,
    /// Learners asked for.
    pub sessions: usize,
    /// Answers acknowledged a second.
    pub answers_per_s: f64,
    /// From when an answer was due to its acknowledgement, milliseconds.
    pub ack_ms: Quantiles,
    /// Errors of the whole run.
    pub errors: u64,
    /// Processors the servers used; absent for servers that were running already.
    pub server_cores: Option<f64>,
    /// Processor time of the servers an answer, microseconds.
    pub server_us_per_answer: Option<f64>,
    /// Memory a session, bytes: the slope where it was measured.
    pub bytes_per_session: Option<u64>,
    /// Mean rows of a commit.
    pub batch_rows_mean: Option<f64>,
    /// Latency of commits.
    pub commit_ms: Option<CommitLatency>,
    /// What the machine does bare.
    pub floor: Option<Floor>,
    /// What is compared between machines.
    pub ratios: Ratios,
    /// Each goal, and what was reached.
    pub goals: Vec<Reached>,
    /// The proof; absent when the store could not be read.
    pub ledger: Option<LedgerReport>,
    /// What else went wrong, in words.
    pub faults: Vec<String>,
}

impl Entry {
    /// A report's entry.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let server = report.server.as_ref();
        let acked = report.answers_acked as f64;
        let per_answer = |cpu_s: f64| (acked > 0.0).then(|| cpu_s * 1e6 / acked);
        Self {
            scenario: report.scenario.clone(),
            plan: report.plan.clone(),
            machine: report.machine.clone(),
            command: report.command.clone(),
            at_ms: report.at_ms,
            sessions: report.sessions,
            // Of a rate raised to its knee, the mean over its steps says nothing.
            answers_per_s: report
                .knee
                .as_ref()
                .map_or(report.answers_per_s, |knee| knee.answers_per_s),
            ack_ms: knee_ms(report).unwrap_or(report.ack_ms),
            errors: report.errors,
            server_cores: server.map(|s| s.cpu_s / report.seconds.max(f64::MIN_POSITIVE)),
            server_us_per_answer: server.and_then(|s| per_answer(s.cpu_s)),
            bytes_per_session: ratios::bytes_per_session(report),
            batch_rows_mean: report.batch_rows_mean,
            commit_ms: report.commit_ms,
            floor: report.floor,
            ratios: Ratios::of(report),
            goals: report.goals.clone(),
            ledger: report.ledger.clone(),
            faults: faults(report),
        }
    }
}

/// Latency at the highest rate that kept the goal.
fn knee_ms(report: &Report) -> Option<Quantiles> {
    let knee = report.knee.as_ref()?;
    let mut steps = knee.steps.iter();
    let kept = steps.find(|step| step.acked_per_s == knee.answers_per_s);
    kept.map(|step| step.ack_ms)
}

/// What went wrong; a run that was ended early is not the run that was asked for.
fn faults(report: &Report) -> Vec<String> {
    let early = report.interrupted.then(|| "ended early".to_owned());
    report.faults.iter().cloned().chain(early).collect()
}

impl Release {
    /// Reads a history file.
    ///
    /// # Errors
    /// The file's, and when it was written by a version with other figures.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let release: Self =
            serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))?;
        ensure!(
            release.version == HISTORY_VERSION,
            "{} is a history of version {}, this reads {HISTORY_VERSION}",
            path.display(),
            release.version
        );
        Ok(release)
    }

    /// Puts an entry in, in place of an earlier one of its scenario.
    pub fn put(&mut self, entry: Entry) {
        self.entries
            .retain(|known| known.scenario != entry.scenario);
        self.entries.push(entry);
        self.entries.sort_by(|a, b| a.scenario.cmp(&b.scenario));
    }
}

/// Every release of a directory, the latest last. A directory that is not there has none.
///
/// # Errors
/// A file's.
pub fn history(dir: &Path) -> anyhow::Result<Vec<Release>> {
    if !dir.exists() {
        return Ok(Vec::new());
    }
    let mut releases: Vec<Release> = json_files(dir)?
        .iter()
        .map(|path| Release::load(path))
        .collect::<anyhow::Result<_>>()?;
    releases.sort_by_key(|release| order(&release.release));
    Ok(releases)
}

/// Reports in a directory. Files of other shapes are passed over only where they are no report at all.
///
/// # Errors
/// A file's.
pub fn reports(dir: &Path) -> anyhow::Result<Vec<Report>> {
    let mut reports = Vec::new();
    for path in json_files(dir)? {
        match Report::load(&path) {
            Ok(report) => reports.push(report),
            Err(error) => eprintln!("passed over: {error:#}"),
        }
    }
    Ok(reports)
}

/// Records the reports of `commit`: updates each release's file in `history_dir` and the generated part of `document`.
/// Returns the entries written.
///
/// # Errors
/// When no report is of that commit, when one is of an uncommitted tree, and the files'.
pub fn record(
    reports: &[Report],
    commit: &str,
    history_dir: &Path,
    document: &Path,
) -> anyhow::Result<usize> {
    let of_commit: Vec<&Report> = reports
        .iter()
        .filter(|r| same_commit(&r.machine.commit, commit))
        .collect();
    let others: std::collections::BTreeSet<&str> =
        reports.iter().map(|r| r.machine.commit.as_str()).collect();
    ensure!(
        !of_commit.is_empty(),
        "no report is of commit {commit} with nothing uncommitted (there are some of {others:?}): commit, build, and run the scenarios"
    );
    let page =
        fs::read_to_string(document).with_context(|| format!("read {}", document.display()))?;
    let mut releases = history(history_dir)?;
    for report in &of_commit {
        check(report)?;
        ensure!(
            report.is_clean() && !report.is_wrong(),
            "{} went wrong, so how fast it was tells nothing: see its page, mend what it says and run it again",
            report.scenario
        );
        let release = &report.machine.release;
        if !releases.iter().any(|known| known.release == *release) {
            releases.push(Release {
                version: HISTORY_VERSION,
                release: release.clone(),
                entries: Vec::new(),
            });
        }
        let known = releases.iter_mut().find(|known| known.release == *release);
        known
            .context("the release was just put in")?
            .put(Entry::of(report));
    }
    releases.sort_by_key(|release| order(&release.release));
    let page = splice(&page, &generated(&releases))?;
    fs::create_dir_all(history_dir).with_context(|| format!("create {}", history_dir.display()))?;
    for release in &releases {
        let path = history_dir.join(format!("{}.json", release.release));
        let json = serde_json::to_string_pretty(release)? + "\n";
        fs::write(&path, json).with_context(|| format!("write {}", path.display()))?;
    }
    fs::write(document, page).with_context(|| format!("write {}", document.display()))?;
    Ok(of_commit.len())
}

/// Refuses a report whose figures nobody could get again.
fn check(report: &Report) -> anyhow::Result<()> {
    ensure!(
        !report.interrupted,
        "{} was ended early, its figures are not of what it says: run it to its end",
        report.scenario
    );
    ensure!(
        report.machine.cores > 0,
        "{} does not say of which machine it is, so its figures tell nothing: run it again",
        report.scenario
    );
    ensure!(
        !report
            .command
            .split_whitespace()
            .any(|word| word.starts_with('/')),
        "{} can be run on this machine alone ({}): put its file into loadtest/scenarios and play it by its name",
        report.scenario,
        report.command
    );
    let release = &report.machine.release;
    ensure!(
        !release.is_empty()
            && release
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c)),
        "{}: {release:?} is no release's name",
        report.scenario
    );
    Ok(())
}

/// Whether two short revisions are one commit; one with changes (`+`) is none.
fn same_commit(built: &str, asked: &str) -> bool {
    /// Digits below which two revisions may agree by chance.
    const DIGITS_MIN: usize = 7;
    let length = built.len().min(asked.len());
    length >= DIGITS_MIN
        && !built.ends_with('+')
        && (built.starts_with(asked) || asked.starts_with(built))
}

/// Sorts `0.10.0` after `0.9.0`.
fn order(release: &str) -> (Vec<u64>, String) {
    let numbers = release
        .split(['.', '-', '+'])
        .map_while(|part| part.parse().ok());
    (numbers.collect(), release.to_owned())
}

fn json_files(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).with_context(|| format!("list {}", dir.display()))? {
        let path = entry
            .with_context(|| format!("list {}", dir.display()))?
            .path();
        if path.extension() == Some(OsStr::new("json")) {
            files.push(path);
        }
    }
    ensure!(
        files.len() <= REPORTS_MAX,
        "{} holds {} files, at most {REPORTS_MAX} are read",
        dir.display(),
        files.len()
    );
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
