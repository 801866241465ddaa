//! Owns fault injection and mutants for tests. Exists only with the feature `faults`, which no release build has; must
//! not be needed by anything else.

use std::time::Duration;

use super::client::{Client, Queries};

use super::fault::Failure;
use crate::store::Outcome;

/// Makes the statement of a batch anew without the check of epoch and claim, in a schema of its own that this connection looks
/// into first. It is made from the real one, and fails when that has changed so much that the check is not found.
const UNFENCE: &str = "
DO $$
DECLARE
    told text := pg_get_functiondef('public.store_batch_v1'::regproc);
    unfenced text := replace(replace(replace(told,
        'FUNCTION public.', 'FUNCTION learnr_unfenced.'),
        'SELECT h.id, h.epoch, h.claim, r.first, r.epoch = h.epoch AND r.claim = h.claim AS ours',
        'SELECT h.id, r.epoch, r.claim, r.first, true AS ours'),
        'AND s.epoch = c.epoch AND s.claim = c.claim', '');
BEGIN
    IF position('true AS ours' IN unfenced) = 0 THEN
        RAISE EXCEPTION 'the check of epoch and claim is not where it was';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('learnr_unfenced', 0));
    CREATE SCHEMA IF NOT EXISTS learnr_unfenced;
    EXECUTE unfenced;
END $$;
SET search_path = learnr_unfenced, public";

/// What goes wrong, decided when the store is opened.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// A slow server: how long each writer waits before each batch.
    pub commit_delay: Duration,
    /// Mutant: claim and load in one statement, whose snapshot misses a batch in flight.
    pub claim_and_load_at_once: bool,
    /// Mutant: rows go in whoever owns the session, and what is there already is taken for them.
    pub unfenced: bool,
}

impl Faults {
    /// Reads `LEARNR_FAULT_COMMIT_DELAY_MS` and `LEARNR_FAULT_UNFENCED`.
    #[must_use]
    pub fn from_env() -> Faults {
        let delay = std::env::var("LEARNR_FAULT_COMMIT_DELAY_MS").ok();
        let delay = delay.and_then(|text| text.parse().ok()).unwrap_or_default();
        Faults {
            commit_delay: Duration::from_millis(delay),
            claim_and_load_at_once: false,
            unfenced: std::env::var("LEARNR_FAULT_UNFENCED").is_ok_and(|value| value == "1"),
        }
    }

    /// Does to a writer's new connection what is asked for.
    pub(super) async fn prepare(&self, client: &Client) -> Result<(), Failure> {
        if self.unfenced {
            client.driver().batch_execute(UNFENCE).await?;
        }
        Ok(())
    }

    /// What a writer says of an append, given what is true.
    pub(super) fn told(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Fenced if self.unfenced => Outcome::Stored,
            other => other,
        }
    }
}
