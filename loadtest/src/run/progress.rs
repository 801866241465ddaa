//! The line that says how a run is going, on stderr. Owns its own pace; it is handed each second's sample. Its words
//! are `report::live`'s.

use std::io::{self, IsTerminal, Write};

use crate::report::Sample;
use crate::report::live::Live;
use crate::scenario::{Pace, Scenario};

/// Seconds between two lines where nobody watches.
const PERIOD_UNWATCHED: u64 = 5;

/// Writes the progress line when it is time.
#[derive(Debug)]
pub(super) struct Progress {
    due_per_s: Option<f64>,
    phase: &'static str,
    /// Seconds that the phase takes, and when it began.
    phase_s: Option<f64>,
    began_s: f64,
    seconds: u64,
    errors: u64,
    reconnects: u64,
    is_terminal: bool,
}

impl Progress {
    pub(super) fn of(scenario: &Scenario) -> Self {
        Self {
            due_per_s: due_per_s(scenario),
            phase: "starting",
            phase_s: None,
            began_s: 0.0,
            seconds: 0,
            errors: 0,
            reconnects: 0,
            is_terminal: io::stderr().is_terminal(),
        }
    }

    /// What begins at `at_s`, and how long it takes where that is known.
    pub(super) fn begin(&mut self, phase: &'static str, at_s: f64, phase_s: Option<f64>) {
        (self.phase, self.began_s, self.phase_s) = (phase, at_s, phase_s);
    }

    /// Takes the second that has just ended.
    ///
    /// # Errors
    /// stderr's.
    pub(super) fn write(&mut self, sample: &Sample) -> io::Result<()> {
        self.seconds += 1;
        self.errors += sample.errors;
        self.reconnects += sample.reconnects;
        if !self.is_terminal && !self.seconds.is_multiple_of(PERIOD_UNWATCHED) {
            return Ok(());
        }
        let live = Live {
            phase: self.phase,
            passed_s: sample.at_s - self.began_s,
            phase_s: self.phase_s,
            due_per_s: self.due_per_s.filter(|_| sample.measured),
            sample,
            errors: self.errors,
            reconnects: self.reconnects,
            watched: self.is_terminal,
        };
        let mut stderr = io::stderr().lock();
        if self.is_terminal {
            write!(stderr, "\r\x1b[K{live}")?;
            stderr.flush()
        } else {
            writeln!(stderr, "{live}")
        }
    }

    /// Leaves the line standing.
    ///
    /// # Errors
    /// stderr's.
    pub(super) fn end(&self) -> io::Result<()> {
        if self.is_terminal {
            writeln!(io::stderr())?;
        }
        Ok(())
    }
}

/// Answers that are due a second, all together, where that stays the same.
fn due_per_s(scenario: &Scenario) -> Option<f64> {
    let learners = &scenario.learners;
    let answering = (learners.sessions - learners.odd()) as f64;
    match scenario.pace {
        Pace::Rate { per_s } => Some(answering * per_s),
        // The mean of a log-normal time.
        Pace::Think { median_s, sigma } => {
            Some(answering / (median_s * (sigma * sigma / 2.0).exp()))
        }
        Pace::Bell { .. } | Pace::Knee { .. } | Pace::Closed { .. } | Pace::Idle => None,
    }
}
