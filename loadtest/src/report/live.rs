//! The line that says how a run is going. Owns its words and its width; who writes it where, and how often, is the
//! run's.

use std::fmt::{self, Write};

use super::Sample;
use super::format::{figure, short};

/// Characters of the bar.
const BAR_CHARS: usize = 20;

/// A run at this second.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    /// What it is doing: `starting`, `measuring`.
    pub phase: &'a str,
    /// Seconds of the phase that have passed.
    pub passed_s: f64,
    /// Seconds the phase takes; absent where that is not known.
    pub phase_s: Option<f64>,
    /// Answers that are due a second; absent where answers wait for the server.
    pub due_per_s: Option<f64>,
    /// The second that has just ended.
    pub sample: &'a Sample,
    /// Errors so far.
    pub errors: u64,
    /// Sockets lost and made again so far.
    pub reconnects: u64,
    /// Whether someone watches: then there is a bar.
    pub watched: bool,
}

impl fmt::Display for Live<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sample = self.sample;
        write!(f, "{:>5.0} s  {:<9} ", sample.at_s, self.phase)?;
        match self.phase_s {
            Some(phase_s) => {
                if self.watched {
                    self.bar(f, phase_s)?;
                }
                write!(f, "{:>4.0} s left", (phase_s - self.passed_s).max(0.0))?;
            }
            None => f.write_str("  - s left")?,
        }
        write!(f, "  {} answers/s", sample.acked)?;
        if let Some(due_per_s) = self.due_per_s {
            write!(f, " of {}", short(due_per_s))?;
        }
        write!(
            f,
            "  p50 {}  p99 {} ms  {} errors  {} reconnects  {} connected",
            figure(sample.p50_ms),
            figure(sample.p99_ms),
            self.errors,
            self.reconnects,
            sample.connected
        )
    }
}

impl Live<'_> {
    fn bar(&self, f: &mut fmt::Formatter<'_>, phase_s: f64) -> fmt::Result {
        let share = (self.passed_s / phase_s.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        let full = (share * BAR_CHARS as f64).round() as usize;
        f.write_char('[')?;
        for at in 0..BAR_CHARS {
            f.write_char(if at < full { '#' } else { '.' })?;
        }
        f.write_str("] ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Sample = Sample {
        at_s: 34.0,
        measured: true,
        connected: 1_000,
        acked: 97,
        errors: 0,
        reconnects: 0,
        p50_ms: 1.834,
        p99_ms: 5.41,
        max_ms: 9.0,
        server_cores: 0.1,
        database_cores: 0.1,
        client_cores: 0.1,
        server_rss_bytes: 0,
        database_rss_bytes: 0,
        commits: 0,
        batch_rows: 0.0,
        commit_p50_ms: 0.0,
        commit_p99_ms: 0.0,
    };

    const LIVE: Live<'_> = Live {
        phase: "measuring",
        passed_s: 30.0,
        phase_s: Some(60.0),
        due_per_s: Some(100.0),
        sample: &SAMPLE,
        errors: 2,
        reconnects: 3,
        watched: true,
    };

    #[test]
    fn a_watched_line_has_a_bar_and_the_time_left() {
        assert_eq!(
            LIVE.to_string(),
            "   34 s  measuring [##########..........]   30 s left  97 answers/s of 100  p50 1.83  p99 5.41 ms  \
             2 errors  3 reconnects  1000 connected"
        );
    }

    #[test]
    fn a_line_nobody_watches_has_no_bar_and_an_overdue_phase_no_time_left() {
        let live = Live {
            watched: false,
            passed_s: 70.0,
            ..LIVE
        };
        assert!(
            live.to_string()
                .starts_with("   34 s  measuring    0 s left  97"),
            "{live}"
        );
        let closed = Live {
            phase_s: None,
            due_per_s: None,
            ..LIVE
        };
        assert!(
            closed.to_string().contains("- s left  97 answers/s  p50"),
            "{closed}"
        );
    }
}
