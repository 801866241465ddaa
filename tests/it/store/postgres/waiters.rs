//! Connections of the test's own: one holds locks, the other sees who waits for them. So races run in the order a test wants.

use tokio_postgres::{Client, NoTls};

use crate::harness::until;

/// Two connections beside those of the stores.
pub(super) struct Bystander {
    holds: Client,
    /// Apart: a transaction sees the activity of others only as it was when it first looked.
    sees: Client,
}

impl Bystander {
    pub(super) async fn at(url: &str) -> Self {
        Self {
            holds: connect(url).await,
            sees: connect(url).await,
        }
    }

    /// Does something in the connection that holds locks.
    pub(super) async fn run(&self, sql: &str) {
        let ran = self.holds.batch_execute(sql).await;
        ran.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// What is there, as everybody else sees it.
    pub(super) async fn number(&self, sql: &str) -> i64 {
        let row = self.sees.query_one(sql, &[]).await;
        row.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
            .get(0)
    }

    /// Returns when so many statements that contain these words wait for a lock in this database.
    pub(super) async fn sees_waiting(&self, count: i64, words: &str) {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND wait_event_type = 'Lock' AND strpos(query, '{words}') > 0"
        );
        until(words, async || self.number(&sql).await == count).await;
    }

    /// Begins a transaction in whose way every insert of this event is: it waits until the transaction ends.
    pub(super) async fn occupy(&self, session: uuid::Uuid, seq: u32) {
        self.run(&format!(
            "BEGIN; INSERT INTO events (session, epoch, claim, at_ms, seq, participant, event_version, kind, payload) \
             VALUES ('{session}', 0, 0, 0, {seq}, 0, 0, 'in the way', '')"
        ))
        .await;
    }

    /// Begins a transaction that has claimed the session, and has not said so yet.
    pub(super) async fn claim_without_commit(&self, session: uuid::Uuid, claim: i64) {
        self.run(&format!(
            "BEGIN; UPDATE sessions SET epoch = epoch + 1, claim = {claim} WHERE id = '{session}'"
        ))
        .await;
    }
}

pub(super) async fn connect(url: &str) -> Client {
    let connected = tokio_postgres::connect(url, NoTls).await;
    let (client, connection) = connected.expect("it takes connections");
    tokio::spawn(connection);
    client
}

/// What a batch's statement names, and no other.
pub(super) const BATCH: &str = "store_batch_v1";
/// How a claim begins.
pub(super) const CLAIM: &str = "UPDATE sessions SET epoch";
