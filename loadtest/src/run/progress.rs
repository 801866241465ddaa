//! The line that says how a run is going, on stderr. Owns its own pace.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::meter::Meter;

/// Between two lines where nobody watches.
const PERIOD_UNWATCHED: Duration = Duration::from_secs(5);
/// Between two lines on a terminal.
const PERIOD_WATCHED: Duration = Duration::from_secs(1);

/// Writes the progress line when it is time.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    last: Instant,
    last_acked: u64,
    is_terminal: bool,
}

impl Progress {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            began: now,
            last: now,
            last_acked: 0,
            is_terminal: io::stderr().is_terminal(),
        }
    }

    /// Whether the next line is due.
    pub(super) fn is_due(&self) -> bool {
        let period = if self.is_terminal {
            PERIOD_WATCHED
        } else {
            PERIOD_UNWATCHED
        };
        self.last.elapsed() >= period
    }

    /// Writes the line; `meter` holds the latencies since the last one.
    ///
    /// # Errors
    /// stderr's.
    pub(super) fn write(&mut self, phase: &str, meter: &Meter) -> io::Result<()> {
        let rate = meter.acked.saturating_sub(self.last_acked) as f64
            / self.last.elapsed().as_secs_f64().max(0.001);
        self.last = Instant::now();
        self.last_acked = meter.acked;
        let lately = meter.ack_lately.quantiles();
        let line = format!(
            "{:>5.0} s  {phase}  {} connected  {rate:.0} answers/s  p50 {:.1} ms  p99 {:.1} ms  {} errors  {} reconnects",
            self.began.elapsed().as_secs_f64(),
            meter.connected,
            lately.p50,
            lately.p99,
            meter.errors.values().sum::<u64>(),
            meter.reconnects.values().sum::<u64>(),
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
