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
