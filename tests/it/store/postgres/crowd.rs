//! Sessions that answer all the time, each as its own actor would, and a ledger of what they were told.
//!
//! Owns the load and the verdict. Must not know what goes wrong meanwhile.

mod learner;
mod verdict;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use learnr::store::postgres::PostgresStore;
use learnr::store::{Created, Store};
use learnr_loadtest::ledger::Ledger;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::store::fixture::{NOW, certification, identity, new_session, owner, random};

pub(super) use verdict::Verdict;

/// Sessions at once.
const SESSIONS: usize = 32;
/// Longest wait for answers to go on: beyond the store's own limits of an attempt, twice.
const GOING_ON_WITHIN: Duration = Duration::from_secs(45);

/// What all sessions write down.
#[derive(Default)]
struct Books {
    ledger: Ledger,
    /// Outcomes that were no commit.
    unavailable: u64,
    fenced: u64,
    rejected: Vec<String>,
    /// Claims after such an outcome.
    claimed_again: u64,
    /// Answers found stored although nobody had been told.
    found_stored: u64,
    /// Errors of calls other than appends.
    errors: u64,
    /// Longest time from a hand-over to its answer.
    longest: Duration,
}

/// What a session's task has of the crowd.
#[derive(Clone)]
struct Shared {
    store: Arc<PostgresStore>,
    books: Arc<Mutex<Books>>,
    acked: watch::Sender<u64>,
    stop: watch::Receiver<bool>,
}

impl Shared {
    fn with<T>(&self, then: impl FnOnce(&mut Books) -> T) -> T {
        then(&mut self.books.lock().expect("nothing panics while it is held"))
    }
}

/// A few dozen sessions under load.
pub(super) struct Crowd {
    shared: Shared,
    stop: watch::Sender<bool>,
    learners: JoinSet<()>,
}

impl Crowd {
    /// Creates and claims the sessions, and lets them begin.
    pub(super) async fn over(store: PostgresStore) -> Self {
        let store = Arc::new(store);
        let saved = store.save_certification(certification("v1")).await;
        saved.expect("the certification is stored");
        let (stop, stopped) = watch::channel(false);
        let shared = Shared {
            store,
            books: Arc::default(),
            acked: watch::Sender::new(0),
            stop: stopped,
        };
        let mut learners = JoinSet::new();
        for number in 0..SESSIONS {
            let store = &shared.store;
            let subject = identity(&format!("learner {number}"));
            let learner = store.learner_for(subject, NOW).await.expect("a learner");
            let created = store.create_session(new_session(learner, "practice")).await;
            let Created::New(row) = created.expect("created") else {
                panic!("the learner is new");
            };
            let claim = store.claim(row.id, row.fence.epoch, random(), owner("n1"));
            let fence = claim.await.expect("answered").expect("nobody else claims");
            let session = row.id.to_string();
            shared.with(|books| books.ledger.other(&session, 1..=1));
            learners.spawn(learner::answer(shared.clone(), row.id, fence));
        }
        Self {
            shared,
            stop,
            learners,
        }
    }

    pub(super) fn store(&self) -> &Arc<PostgresStore> {
        &self.shared.store
    }

    /// Waits until so many more answers have been acknowledged.
    pub(super) async fn acknowledges(&self, more: u64) {
        let mut acked = self.shared.acked.subscribe();
        let target = *acked.borrow() + more;
        let reached = acked.wait_for(|acked| *acked >= target);
        let reached = tokio::time::timeout(GOING_ON_WITHIN, reached).await;
        let health = self.shared.store.health();
        assert!(reached.is_ok(), "answers do not go on: {health:?}");
    }

    /// Lets every session stop after what it waits for.
    pub(super) fn ends(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until every session has stopped, and closes the store.
    pub(super) async fn stop(mut self) -> Verdict {
        self.ends();
        while let Some(ended) = self.learners.join_next().await {
            ended.expect("no learner panics");
        }
        self.shared.store.close().await;
        let books = std::mem::take(&mut *self.shared.books.lock().expect("nobody else is left"));
        Verdict::of(books)
    }
}
