//! The ledger against what is stored, read by a connection that knows nothing of the store. Must not decide what a fault is.

use learnr_loadtest::{LedgerReport, StoredAnswer};
use tokio_postgres::NoTls;

use super::Books;
use crate::harness::counted;

/// What was told, until it is held against the database.
pub(in super::super) struct Verdict {
    books: Books,
}

impl Verdict {
    pub(super) fn of(books: Books) -> Self {
        Self { books }
    }

    /// Holds everything against a database, and leaves the counts where the documentation finds them.
    pub(in super::super) async fn against(self, url: &str, fault: &str, times: u64) -> Counted {
        let stored = stored(url).await;
        let counted = Counted {
            ledger: self.books.ledger.check(stored.into_iter()),
            books: self.books,
        };
        counted.tell(fault, times);
        counted
    }
}

/// What it came to.
pub(in super::super) struct Counted {
    ledger: LedgerReport,
    books: Books,
}

impl Counted {
    fn tell(&self, fault: &str, times: u64) {
        let LedgerReport {
            acked,
            missing,
            doubled,
            unsent,
            gaps,
            ..
        } = self.ledger;
        let books = &self.books;
        counted(&format!(
            "PostgreSQL, {fault}, {times} times: {acked} answers acknowledged, {missing} missing, {doubled} doubled, \
             {unsent} unsent, {gaps} gaps; {} unavailable, {} fenced, {} found stored on coming back, longest wait {:.1} s",
            books.unavailable,
            books.fenced,
            books.found_stored,
            books.longest.as_secs_f64(),
        ));
    }

    /// Every acknowledged answer once, no hole, nothing that nobody sent, and no session lost to anyone.
    pub(in super::super) fn is_clean(&self) {
        let (ledger, books) = (&self.ledger, &self.books);
        assert!(ledger.is_clean(), "{ledger:?}");
        assert!(ledger.acked > 0);
        assert_eq!(books.rejected, [""; 0]);
        assert_eq!(books.fenced, 0, "nobody else claimed");
    }

    /// Answers that were acknowledged and are not there.
    pub(in super::super) fn missing(&self) -> u64 {
        self.ledger.missing
    }

    /// Appends that were answered as unavailable.
    pub(in super::super) fn unavailable(&self) -> u64 {
        self.books.unavailable
    }
}

async fn stored(url: &str) -> Vec<StoredAnswer> {
    let connected = tokio_postgres::connect(url, NoTls).await;
    let (client, connection) = connected.expect("it takes connections");
    tokio::spawn(connection);
    let sql = "SELECT session::text, seq, request_id, position, epoch FROM events WHERE kind = 'answered'";
    let rows = client.query(sql, &[]).await.expect("it answers");
    rows.iter()
        .map(|row| StoredAnswer {
            session: row.get(0),
            seq: row.get::<_, i32>(1) as u32,
            request_id: row.get(2),
            position: row.get::<_, i32>(3) as u16,
            epoch: row.get(4),
        })
        .collect()
}
