//! Owns one lane's writer: what makes a batch, when it is tried again, when it is given up, whose fault it is. Must not
//! contain SQL.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio_postgres::error::SqlState;
use tracing::{error, info, warn};

use super::attempts::{Attempts, STATEMENT_WITHIN};
use super::connect::{Connection, Way};
use super::fault::Failure;
#[cfg(feature = "faults")]
use super::faults::Faults;
use super::known::Known;
use super::lanes::{Queued, Work, answer};
use super::settle;
use crate::store::Outcome;
use crate::store::waiting::{Waiting, note_commit};

/// Rows of one statement. More share one commit, and wait for each other.
const BATCH_ROWS_MAX: usize = 500;

/// One writer. It has one batch in flight; the next is whatever has come meanwhile.
pub(super) struct Writer {
    way: Way,
    connection: Option<Connection>,
    work: UnboundedReceiver<Work>,
    /// To be told when the batch under way has been answered.
    behind: Vec<oneshot::Sender<()>>,
    known: Known,
    waiting: Arc<Waiting>,
    retry_limit: Duration,
    #[cfg(feature = "faults")]
    faults: Faults,
}

impl Writer {
    pub(super) fn new(
        way: Way,
        work: UnboundedReceiver<Work>,
        waiting: Arc<Waiting>,
        options: &super::PostgresOptions,
    ) -> Writer {
        Writer {
            way,
            connection: None,
            work,
            behind: Vec::new(),
            known: Known::default(),
            waiting,
            retry_limit: options.retry_limit,
            #[cfg(feature = "faults")]
            faults: options.faults.clone(),
        }
    }

    /// Writes until nobody can hand anything over and everything has been answered.
    pub(super) async fn run(mut self) {
        while let Some(first) = self.work.recv().await {
            match first {
                Work::Behind(reply) => self.behind.push(reply),
                Work::Append(queued) => {
                    let batch = self.gather(queued);
                    self.write(batch).await;
                }
            }
            for reply in self.behind.drain(..) {
                // Its caller has gone when nobody hears it.
                reply.send(()).unwrap_or_default();
            }
        }
    }

    fn gather(&mut self, first: Queued) -> Vec<Queued> {
        let mut rows = first.rows();
        let mut batch = vec![first];
        while rows < BATCH_ROWS_MAX {
            match self.work.try_recv() {
                Ok(Work::Append(queued)) => {
                    rows += queued.rows();
                    batch.push(queued);
                }
                // It ends no batch: rows handed over after it may as well be answered before it is.
                Ok(Work::Behind(reply)) => self.behind.push(reply),
                Err(_) => break,
            }
        }
        self.waiting.note_batch(rows);
        batch
    }

    /// Writes a batch, the same rows first until they are stored, refused or too old. One that is refused for good is
    /// halved until the append at fault is found; only that one is rejected.
    async fn write(&mut self, batch: Vec<Queued>) {
        let mut attempts = Attempts::within(Duration::MAX);
        let mut parts = vec![batch];
        while let Some(mut part) = parts.pop() {
            let begun = Instant::now();
            match self.attempt(&part).await {
                Ok(outcomes) => {
                    note_commit(begun.elapsed());
                    self.note_success();
                    attempts.reset();
                    for (queued, outcome) in part.into_iter().zip(outcomes) {
                        answer(&self.waiting, queued, outcome);
                    }
                }
                Err(failure @ (Failure::Permanent(_) | Failure::Unreadable(_))) => {
                    if part.len() > 1 {
                        let rest = part.split_off(part.len() / 2);
                        parts.extend([rest, part]);
                        continue;
                    }
                    for queued in part {
                        let session = queued.append.session;
                        error!(session.id = %session, error = %failure, "append rejected");
                        answer(
                            &self.waiting,
                            queued,
                            Outcome::Rejected(failure.to_string()),
                        );
                    }
                }
                Err(failure) => {
                    self.note_failure(&failure);
                    let part = self.give_up_old(part, &failure);
                    if part.is_empty() {
                        continue;
                    }
                    match attempts.after(failure).await {
                        Ok(()) => parts.push(part),
                        Err(closed) => self.give_up(part, &closed),
                    }
                }
            }
        }
    }

    /// One attempt, on a connection that is made when there is none and given up when it does not answer.
    async fn attempt(&mut self, part: &[Queued]) -> Result<Vec<Outcome>, Failure> {
        let connection = match self.connection.take().filter(Connection::is_usable) {
            Some(connection) => connection,
            None => {
                // It may lead to another server than before, which may lack what that one had.
                self.known.clear();
                let connection = self.way.connect().await?;
                #[cfg(feature = "faults")]
                self.faults.prepare(&connection).await?;
                connection
            }
        };
        #[cfg(feature = "faults")]
        tokio::time::sleep(self.faults.commit_delay).await;
        let outcomes = settle::outcomes(&connection, part, &mut self.known);
        let done = tokio::time::timeout(STATEMENT_WITHIN, outcomes)
            .await
            .unwrap_or_else(|_| Err(Failure::passing("no answer to a batch in time")));
        #[cfg(feature = "faults")]
        let done = done.map(|told| {
            told.into_iter()
                .map(|told| self.faults.told(told))
                .collect()
        });
        // After a fault of the surroundings nobody knows what the connection still has to say, or whether it leads to
        // a server that takes writes.
        match done {
            Err(Failure::Transient(_)) => self.known.clear(),
            _ => self.connection = Some(connection),
        }
        done
    }

    fn note_success(&self) {
        if let Some(since) = self.waiting.retrying_since() {
            info!(
                outage_ms = since.elapsed().as_millis(),
                "the store writes again"
            );
            self.waiting.note_retrying(false);
        }
    }

    fn note_failure(&self, failure: &Failure) {
        if failure.code() == Some(SqlState::READ_ONLY_SQL_TRANSACTION) {
            self.way.distrust();
        }
        if self.waiting.retrying_since().is_none() {
            warn!(place = %self.way.address.shown, error = %failure, "the store refuses to write, retrying");
        }
        self.waiting.note_retrying(true);
    }

    /// Answers what has been tried up to the limit, and keeps the rest in order.
    fn give_up_old(&self, part: Vec<Queued>, failure: &Failure) -> Vec<Queued> {
        let (old, kept): (Vec<_>, Vec<_>) = part
            .into_iter()
            .partition(|queued| queued.since.elapsed() >= self.retry_limit);
        if !old.is_empty() {
            self.give_up(old, failure);
        }
        kept
    }

    fn give_up(&self, part: Vec<Queued>, failure: &Failure) {
        error!(place = %self.way.address.shown, error = %failure, writes = part.len(), "writes given up");
        for queued in part {
            answer(&self.waiting, queued, Outcome::Unavailable);
        }
    }
}
