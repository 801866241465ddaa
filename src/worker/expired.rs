//! What of accounts has run out: devices, mails that nobody confirmed, and what deleted accounts said long ago.
//!
//! Owns how much of it is dropped in one go. None of it counts any more, so that nobody waits for it. Must not know what it is.

use crate::store::{Store, StoreError};

/// Rows of each kind dropped in one transaction: answers are stored between two of them.
const BATCH: u32 = 64;
/// Transactions in one go, half a second before the next: 1,000 rows of each kind a second, several times what the limits on
/// signing in and on mails let a hundred networks add.
const BATCHES_MAX: u32 = 8;

/// Whether there is more to drop.
#[derive(Debug, Default)]
pub(super) struct Expired {
    more: bool,
}

impl Expired {
    /// Drops some batches, when it is time to look or the last look left something.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer; the rest is found again.
    pub(super) async fn sweep(
        &mut self,
        store: &dyn Store,
        now_ms: i64,
        look: bool,
    ) -> Result<(), StoreError> {
        if !look && !self.more {
            return Ok(());
        }
        let mut dropped = 0;
        for _ in 0..BATCHES_MAX {
            let batch = store.sweep_accounts(now_ms, BATCH).await?;
            dropped += batch;
            self.more = batch >= u64::from(BATCH);
            if !self.more {
                break;
            }
        }
        if dropped > 0 {
            tracing::debug!(
                dropped,
                more = self.more,
                "what had run out of accounts is dropped"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;
    use crate::store::sqlite::{SqliteOptions, SqliteStore};
    use crate::store::{Accounts, MailPurpose, MailTokenRow, TokenHash};

    /// A mail asked for by nobody in particular, which has run out.
    async fn ran_out(store: &SqliteStore, number: u32) {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        let row = MailTokenRow {
            purpose: MailPurpose::Register,
            learner: None,
            email: format!("{number}@example.org"),
            name: String::new(),
            created_at: 0,
            expires_at: 1,
        };
        let saved = store.save_mail_token(TokenHash(hash), row).await;
        saved.expect("it is stored");
    }

    #[tokio::test]
    async fn more_than_a_look_takes_goes_with_the_next_tick_and_not_with_the_next_look() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = SqliteStore::file_in(folder.path());
        let store = SqliteStore::open(&path, SqliteOptions::default()).expect("a new store");
        let many = BATCH * BATCHES_MAX + 1;
        join_all((0..many).map(|number| ran_out(&store, number))).await;
        let mut expired = Expired::default();
        for look in [true, false] {
            let swept = expired.sweep(&store, 2, look).await;
            swept.expect("the store answers");
        }
        let left = store.sweep_accounts(2, many).await;
        assert_eq!(left.expect("the store answers"), 0);
        // Nothing was left: the next tick asks for nothing.
        ran_out(&store, many).await;
        let swept = expired.sweep(&store, 2, false).await;
        swept.expect("the store answers");
        let left = store.sweep_accounts(2, many).await;
        assert_eq!(left.expect("the store answers"), 1);
        store.close().await;
    }
}
