//! Owns fault injection and mutants for the crash tests. Exists only with the feature `faults`,
//! which no release build has; must not be needed by anything else.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::Duration;

/// What goes wrong, decided when the store is opened.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Mutant: the log is never synced. Only tracing can see it.
    pub synchronous_off: bool,
    /// A slow disk: how long the writer waits before each COMMIT.
    pub commit_delay: Duration,
    /// Mutant: outcomes go out before the COMMIT.
    pub ack_before_commit: bool,
    /// A full disk: the most pages the database may have, read before each batch.
    pub pages_max: Option<Arc<AtomicU32>>,
    /// A disk that fails at the end: while it is set, every batch is undone at its COMMIT.
    pub commits_failing: Option<Arc<AtomicBool>>,
    /// A disk that fails after the end: so many COMMITs are done and said to have failed.
    pub commits_unheard: Option<Arc<AtomicU32>>,
    /// A full queue: while it is set, every append is refused as it is handed over.
    pub appends_refused: Option<Arc<AtomicBool>>,
}

impl Faults {
    /// Reads `LEARNR_FAULT_SYNCHRONOUS_OFF`, `LEARNR_FAULT_ACK_BEFORE_COMMIT` (1 sets them) and
    /// `LEARNR_FAULT_COMMIT_DELAY_MS`.
    #[must_use]
    pub fn from_env() -> Faults {
        Faults {
            synchronous_off: number::<u8>("LEARNR_FAULT_SYNCHRONOUS_OFF") == Some(1),
            commit_delay: Duration::from_millis(
                number("LEARNR_FAULT_COMMIT_DELAY_MS").unwrap_or_default(),
            ),
            ack_before_commit: number::<u8>("LEARNR_FAULT_ACK_BEFORE_COMMIT") == Some(1),
            pages_max: None,
            commits_failing: None,
            commits_unheard: None,
            appends_refused: None,
        }
    }
}

fn number<N: FromStr>(name: &str) -> Option<N> {
    std::env::var(name).ok()?.parse().ok()
}
