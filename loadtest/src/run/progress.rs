//! The line that says how a run is going, on stderr. Owns its own pace; it is handed each second's sample.

use std::io::{self, IsTerminal, Write};

use crate::report::Sample;

/// Seconds between two lines where nobody watches.
const PERIOD_UNWATCHED: u64 = 5;

/// Writes the progress line when it is time.
#[derive(Debug)]
pub(super) struct Progress {
    seconds: u64,
    errors: u64,
    is_terminal: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            seconds: 0,
            errors: 0,
            is_terminal: io::stderr().is_terminal(),
        }
    }

    /// Takes the second that has just ended.
    ///
    /// # Errors
    /// stderr's.
    pub(super) fn write(&mut self, phase: &str, sample: &Sample) -> io::Result<()> {
        self.seconds += 1;
        self.errors += sample.errors;
        if !self.is_terminal && !self.seconds.is_multiple_of(PERIOD_UNWATCHED) {
            return Ok(());
        }
        let line = format!(
            "{:>5.0} s  {phase}  {} connected  {} answers/s  p50 {:.1} ms  p99 {:.1} ms  {} errors",
            sample.at_s, sample.connected, sample.acked, sample.p50_ms, sample.p99_ms, self.errors,
        );
        let mut stderr = io::stderr().lock();
        if self.is_terminal {
            write!(stderr, "\r\x1b[K{line}")?;
            stderr.flush()
        } else {
            writeln!(stderr, "{line}")
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
