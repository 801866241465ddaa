//! Sessions that ended and are in no roll-up: those of before there were any, and those whose job was done by a release
//! that knew none.
//!
//! Owns how many are added in one go, so that a long history is worked off beside everything else. Must not know what
//! is added.

use crate::session::{SessionContext, roll_up};
use crate::store::StoreError;

/// Sessions added in one go, half a second before the next: some 100 a second, a million in three hours.
const BATCH: u32 = 64;

/// Whether there is more to add.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    more: bool,
}

impl Backlog {
    /// Adds a batch, when it is time to look or the last look left something.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer; the rest is found again.
    pub(super) async fn work_off(
        &mut self,
        context: &SessionContext,
        look: bool,
    ) -> Result<(), StoreError> {
        if !look && !self.more {
            return Ok(());
        }
        let waiting = context.store.sessions_to_roll_up(None, BATCH).await?;
        self.more = waiting.len() >= BATCH as usize;
        for row in &waiting {
            roll_up(context, row).await?;
        }
        if !waiting.is_empty() {
            tracing::info!(
                sessions = waiting.len(),
                more = self.more,
                "sessions of before added to the roll-ups"
            );
        }
        Ok(())
    }
}
