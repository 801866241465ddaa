//! Owns fault injection and mutants for tests. Exists only with the feature `faults`, which no release build has; must
//! not be needed by anything else.

use std::time::Duration;

/// What goes wrong, decided when the store is opened.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// A slow server: how long each writer waits before each batch.
    pub commit_delay: Duration,
    /// Mutant: claim and load in one statement, whose snapshot misses a batch in flight.
    pub claim_and_load_at_once: bool,
}

impl Faults {
    /// Reads `LEARNR_FAULT_COMMIT_DELAY_MS`.
    #[must_use]
    pub fn from_env() -> Faults {
        let delay = std::env::var("LEARNR_FAULT_COMMIT_DELAY_MS").ok();
        let delay = delay.and_then(|text| text.parse().ok()).unwrap_or_default();
        Faults {
            commit_delay: Duration::from_millis(delay),
            claim_and_load_at_once: false,
        }
    }
}
