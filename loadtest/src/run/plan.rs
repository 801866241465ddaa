//! What a run is to do, and whether this machine can do it. Owns the refusals that come before the
//! first socket.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use learnr_protocol::Encoding;
use learnr_protocol::rest::CreateSession;

use crate::base::Base;
use crate::chance::Think;

/// File descriptors kept for REST calls, pipes and files beside the sockets.
const DESCRIPTORS_BESIDE: usize = 400;
/// Answers a second that the contract lets one session give.
const ANSWERS_PER_S_MAX: f64 = 5.0;
/// Most threads that drive learners.
const THREADS_MAX: usize = 8;

/// When learners answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Each answer is due at a time that does not depend on the server; latency counts from then.
    Open(Think),
    /// Each answer goes out as soon as its question is there, no sooner than the gap after the last.
    Closed {
        /// Least time between two answers of one session.
        gap: Duration,
    },
    /// No answers: sockets and sessions only.
    Idle,
}

/// Which server is driven.
#[derive(Debug, Clone)]
pub enum Target {
    /// One of our own, started for the run and stopped after it.
    Spawned {
        /// Where it stores; a new directory below `target/load`, removed after the run, when `None`.
        data: Option<PathBuf>,
    },
    /// One that is running, or the instances of a fleet: learners are spread over them.
    Running {
        /// Their addresses; at least one.
        bases: Vec<Base>,
        /// Where they store, when the ledger is to be checked.
        data: Option<PathBuf>,
    },
}

/// A whole run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Name of its report.
    pub scenario: String,
    /// Learners at once.
    pub sessions: usize,
    /// Measured time, after every learner has started.
    pub seconds: u64,
    /// Learners started a second.
    pub ramp_per_s: f64,
    /// When they answer.
    pub mode: Mode,
    /// Encoding of their sockets.
    pub encoding: Encoding,
    /// What they start; an empty certification means the server's first.
    pub create: CreateSession,
    /// Seed of everything random.
    pub seed: u64,
    /// Threads that drive learners.
    pub threads: usize,
    /// The server.
    pub target: Target,
    /// The `learnr` binary, to serve and to list stored answers.
    pub binary: PathBuf,
    /// Whether the server's message limits stay on.
    pub limits: bool,
    /// Where to write every ledger line as JSON.
    pub ledger: Option<PathBuf>,
}

impl Plan {
    /// Refuses what cannot be done or must not be.
    ///
    /// # Errors
    /// In words for whoever typed it.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(self.sessions > 0, "there must be at least 1 session");
        ensure!(self.seconds > 0, "a run must measure at least 1 second");
        ensure!(
            self.ramp_per_s > 0.0,
            "the ramp must start sessions, got {} a second",
            self.ramp_per_s
        );
        ensure!(
            (1..=THREADS_MAX).contains(&self.threads),
            "threads must be 1 to {THREADS_MAX}, got {}",
            self.threads
        );
        if let Target::Running { bases, .. } = &self.target {
            ensure!(!bases.is_empty(), "name a server to drive");
            for base in bases {
                ensure!(
                    base.is_loopback(),
                    "{base} is not this machine: a load test drives a server on a loopback address only"
                );
            }
            ensure!(
                self.limits,
                "--no-limits needs a server of our own: a running one keeps the limits it was started with"
            );
        }
        if let Mode::Open(Think::Fixed(gap)) = self.mode
            && self.limits
            && gap.as_secs_f64() * ANSWERS_PER_S_MAX < 0.999
        {
            bail!(
                "{:.1} answers/s is above the {ANSWERS_PER_S_MAX} a session may give: lower --rate, or use --no-limits",
                1.0 / gap.as_secs_f64()
            );
        }
        let limits = fs::read_to_string("/proc/self/limits").context("read /proc/self/limits")?;
        check_descriptors(self.sessions, open_files_max(&limits))
    }
}

fn check_descriptors(sessions: usize, most: Option<usize>) -> anyhow::Result<()> {
    let needed = sessions + DESCRIPTORS_BESIDE;
    match most {
        Some(most) if needed > most => bail!(
            "{sessions} sessions need {needed} file descriptors and this process may open {most}: \
             use at most {} sessions, or raise the limit (ulimit -n) in the shell first; the server \
             needs as many",
            most.saturating_sub(DESCRIPTORS_BESIDE)
        ),
        _ => Ok(()),
    }
}

/// The soft limit on open files, from the text of `/proc/PID/limits`; `None` when it is unlimited.
fn open_files_max(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use learnr_protocol::SessionKind;

    use super::*;

    fn plan() -> Plan {
        Plan {
            scenario: "s".to_owned(),
            sessions: 10,
            seconds: 1,
            ramp_per_s: 10.0,
            mode: Mode::Idle,
            encoding: Encoding::MsgPack,
            create: CreateSession {
                certification: String::new(),
                kind: SessionKind::Practice,
                length: None,
                areas: Vec::new(),
                concepts: Vec::new(),
                time_limit_minutes: None,
            },
            seed: 1,
            threads: 1,
            target: Target::Spawned { data: None },
            binary: PathBuf::new(),
            limits: true,
            ledger: None,
        }
    }

    fn check(change: impl FnOnce(&mut Plan), expected: Option<&str>) {
        let mut plan = plan();
        change(&mut plan);
        let seen = plan.check().err().map(|error| error.to_string());
        match (seen, expected) {
            (None, None) => {}
            (Some(seen), Some(expected)) => assert!(seen.contains(expected), "{seen}"),
            (seen, expected) => panic!("{seen:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused_in_words() {
        let running = |url: &str| Target::Running {
            bases: vec![url.parse().expect("a base")],
            data: None,
        };
        check(|_| {}, None);
        check(|plan| plan.target = running("http://127.0.0.1:1"), None);
        check(
            |plan| plan.target = running("http://10.1.2.3:1"),
            Some("not this machine"),
        );
        check(|plan| plan.sessions = 0, Some("at least 1 session"));
        check(|plan| plan.threads = 9, Some("threads"));
        check(
            |plan| plan.mode = Mode::Open(Think::Fixed(Duration::from_millis(100))),
            Some("--no-limits"),
        );
        check(
            |plan| plan.mode = Mode::Open(Think::Fixed(Duration::from_millis(200))),
            None,
        );
    }

    #[test]
    fn too_many_sessions_for_the_descriptors_are_refused_with_the_number_that_fits() {
        let limits = "Limit   Soft Limit   Hard Limit   Units\n\
                      Max open files            20000                20000                files\n";
        assert_eq!(open_files_max(limits), Some(20_000));
        assert!(check_descriptors(10_000, Some(20_000)).is_ok());
        let error = check_descriptors(20_000, Some(20_000)).expect_err("too many");
        assert!(error.to_string().contains("at most 19600"), "{error}");
    }
}
