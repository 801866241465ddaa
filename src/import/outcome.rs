//! What became of files, as people read it and as programs do.
//!
//! Owns the words around findings and the JSON of a report.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::report::{Findings, Notes};
use super::source::Source;

/// Findings of each weight in the text, as many as one looks at at once; `--json` has more.
const SHOWN_MAX: usize = 20;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Stored as a new version, which new sessions use from now on.
    Stored,
    /// The store has this content already.
    Unchanged,
    /// Found sound, and not stored because that was not asked for.
    Checked,
    /// There are faults; nothing was stored.
    Refused,
}

/// What files came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What became of them.
    pub outcome: Outcome,
    /// The files, by name.
    pub files: Vec<String>,
    /// Id of the certification, once it is known.
    pub certification: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// The version that this content is.
    pub version: Option<String>,
    /// Questions in the files, faulty ones included.
    pub read: usize,
    /// Questions of the certification.
    pub questions: usize,
    /// Its areas.
    pub areas: usize,
    /// Questions left out because the same one was there before.
    pub duplicates: usize,
    /// Questions whose options keep their order, mostly because they speak of each other.
    pub kept_in_order: usize,
    /// Reasons why nothing was stored.
    pub faults: Findings,
    /// Worth a look.
    pub warnings: Findings,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// The most memory the process has had, in bytes, where the system says.
    pub peak_memory_bytes: Option<u64>,
}

impl Report {
    pub(super) fn of(sources: &[Source]) -> Self {
        Self {
            outcome: Outcome::Refused,
            files: sources.iter().map(|source| source.name.clone()).collect(),
            certification: None,
            title: None,
            version: None,
            read: 0,
            questions: 0,
            areas: 0,
            duplicates: 0,
            kept_in_order: 0,
            faults: Findings::default(),
            warnings: Findings::default(),
            seconds: 0.0,
            peak_memory_bytes: None,
        }
    }

    pub(super) fn take(&mut self, notes: Notes) {
        self.faults = notes.faults;
        self.warnings = notes.warnings;
        self.faults.sort();
        self.warnings.sort();
    }

    pub(super) fn took(&mut self, time: Duration) {
        self.seconds = (time.as_secs_f64() * 1_000.0).round() / 1_000.0;
        self.peak_memory_bytes = peak_memory_bytes();
    }

    fn heading(&self) -> String {
        let named = match (&self.certification, &self.title) {
            (Some(id), Some(title)) if id != title => format!("{title} ({id})"),
            (Some(id), _) => id.clone(),
            (None, _) => match self.files.as_slice() {
                [one] => one.clone(),
                files => format!("{} files", files.len()),
            },
        };
        let what = match self.outcome {
            Outcome::Stored => "stored as a new version",
            Outcome::Unchanged => "unchanged: the store has this content already",
            Outcome::Checked => "sound; not stored (--dry-run)",
            Outcome::Refused => "refused, nothing was stored",
        };
        format!("{named}: {what}")
    }

    fn counts(&self) -> String {
        let mut parts = vec![
            count(self.questions as u64, "question"),
            count(self.areas as u64, "area"),
        ];
        if self.read != self.questions {
            parts.push(format!("{} read", self.read));
        }
        if self.duplicates > 0 {
            parts.push(format!(
                "{} left out",
                count(self.duplicates as u64, "duplicate")
            ));
        }
        if self.kept_in_order > 0 {
            parts.push(format!(
                "{} with options in fixed order",
                self.kept_in_order
            ));
        }
        parts.join(", ")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading())?;
        writeln!(f, "  {}", self.counts())?;
        show(f, "fault", &self.faults)?;
        show(f, "warning", &self.warnings)?;
        if let (Outcome::Stored, Some(version)) = (self.outcome, &self.version) {
            writeln!(f, "  version {version}, in {:.2} s", self.seconds)?;
        }
        Ok(())
    }
}

pub(super) fn show(f: &mut fmt::Formatter<'_>, weight: &str, findings: &Findings) -> fmt::Result {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(f, "  {}:", count(findings.total, weight))?;
    for finding in findings.found.iter().take(SHOWN_MAX) {
        writeln!(f, "    {finding}")?;
    }
    let more = findings.total.saturating_sub(SHOWN_MAX as u64);
    if more > 0 {
        writeln!(f, "    and {more} more; --json shows them")?;
    }
    Ok(())
}

pub(super) fn count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Linux keeps the high-water mark of a process; elsewhere nothing is said.
pub(super) fn peak_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1_024)
}
