//! What came of a file of answers, as people read it and as programs do.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::import::outcome::{count, peak_memory_bytes, show};
use crate::import::report::{Findings, Notes};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Something is stored that was not before, and nothing was refused.
    Stored,
    /// Everything was there.
    Unchanged,
    /// Found sound, and not stored because that was not asked for.
    Checked,
    /// Some sessions were refused; all others are stored.
    Partly,
    /// Nothing could be taken.
    Refused,
}

/// What a file of answers came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Report {
    pub(super) outcome: Outcome,
    pub(super) file: String,
    pub(super) certification: Option<String>,
    /// Sessions in the file.
    pub(super) sessions: u64,
    /// Sessions stored, those that were there, those that were not taken.
    pub(super) stored: u64,
    pub(super) unchanged: u64,
    pub(super) refused: u64,
    /// Answers of the stored sessions.
    pub(super) answers: u64,
    pub(super) faults: Findings,
    pub(super) seconds: f64,
    pub(super) peak_memory_bytes: Option<u64>,
}

impl Report {
    pub(super) fn of(file: String) -> Report {
        Report {
            outcome: Outcome::Refused,
            file,
            certification: None,
            sessions: 0,
            stored: 0,
            unchanged: 0,
            refused: 0,
            answers: 0,
            faults: Findings::default(),
            seconds: 0.0,
            peak_memory_bytes: None,
        }
    }

    /// Everything is known: what it comes to.
    pub(super) fn settle(&mut self, notes: Notes, checked: bool, time: Duration) {
        self.faults = notes.faults;
        self.refused = self.sessions - self.stored - self.unchanged;
        self.outcome = match (self.faults.is_empty(), self.stored + self.unchanged > 0) {
            (true, _) if checked => Outcome::Checked,
            (true, _) if self.stored > 0 => Outcome::Stored,
            (true, _) => Outcome::Unchanged,
            (false, true) => Outcome::Partly,
            (false, false) => Outcome::Refused,
        };
        if checked {
            (self.stored, self.unchanged) = (0, 0);
        }
        self.seconds = (time.as_secs_f64() * 1_000.0).round() / 1_000.0;
        self.peak_memory_bytes = peak_memory_bytes();
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.outcome {
            Outcome::Stored => "stored",
            Outcome::Unchanged => "unchanged: the store has these sessions already",
            Outcome::Checked => "sound; not stored (--dry-run)",
            Outcome::Partly => "stored but for what was refused",
            Outcome::Refused => "refused, nothing was stored",
        };
        writeln!(f, "{}: {what}", self.file)?;
        write!(f, "  {}", count(self.sessions, "session"))?;
        for (number, what) in [
            (self.stored, "stored"),
            (self.unchanged, "there already"),
            (self.refused, "refused"),
        ] {
            if number > 0 {
                write!(f, ", {number} {what}")?;
            }
        }
        writeln!(f, ", {} stored", count(self.answers, "answer"))?;
        show(f, "fault", &self.faults)?;
        if self.stored > 0 {
            let rate = self.answers as f64 / self.seconds.max(0.001);
            writeln!(f, "  in {:.2} s, {rate:.0} answers/s", self.seconds)?;
        }
        Ok(())
    }
}
