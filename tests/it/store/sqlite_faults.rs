//! How the SQLite store behaves while the disk is slow or full.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use learnr::store::sqlite::{Faults, SqliteOptions, SqliteStore};
use learnr::store::{AppendRefused, EventRow, Outcome, Store, StoreError};

use super::fixture::{Fixture, NOW, answered, append, identity, new_session, owner, random};
use super::sqlite::Directory;

/// Longer than any test takes.
const NEVER: Duration = Duration::from_secs(600);
const PLENTY: u32 = u32::MAX >> 2;

async fn fixture(directory: &Directory, retry_limit: Duration, faults: Faults) -> Fixture {
    let options = SqliteOptions {
        retry_limit,
        faults,
    };
    let store = SqliteStore::open(&directory.file(), options).expect("opens");
    Fixture::over(Arc::new(store)).await
}

/// A disk that can be filled and freed, and the faults that make it so.
fn disk() -> (Arc<AtomicU32>, Faults) {
    let pages = Arc::new(AtomicU32::new(PLENTY));
    let faults = Faults {
        pages_max: Some(pages.clone()),
        ..Faults::default()
    };
    (pages, faults)
}

fn bulky(seq: u32, fence: learnr::store::Fence) -> EventRow {
    EventRow {
        payload: vec![7; 20_000],
        ..answered(seq, fence)
    }
}

/// Waits until the writer has met the fault.
async fn refusing(store: &dyn Store) {
    while store.health().retrying_since.is_none() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_full_disk_holds_rows_back_and_goes_on_when_there_is_room() {
    let directory = Directory::new();
    let (pages, faults) = disk();
    let fixture = fixture(&directory, NEVER, faults).await;
    let (session, fence) = fixture.claimed("practice").await;
    pages.store(1, Ordering::SeqCst);
    let mut waiting: Vec<_> = (2..20)
        .map(|seq| fixture.hand_over(session, fence, vec![bulky(seq, fence)]))
        .collect();
    refusing(&*fixture.store).await;
    assert!(
        waiting
            .iter_mut()
            .all(|outcome| outcome.try_recv().is_err())
    );
    assert_eq!(fixture.seqs(session).await, [1], "reading goes on");
    assert_eq!(fixture.store.health().queue_rows, 18);
    pages.store(PLENTY, Ordering::SeqCst);
    for outcome in waiting {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
    assert_eq!(fixture.seqs(session).await, (1..20).collect::<Vec<_>>());
    assert_eq!(fixture.store.health().retrying_since, None);
    assert_eq!(fixture.store.health().queue_rows, 0);
}

#[tokio::test]
async fn nothing_is_acknowledged_that_a_full_disk_did_not_take() {
    let directory = Directory::new();
    let (pages, faults) = disk();
    let fixture = fixture(&directory, Duration::ZERO, faults).await;
    let (session, fence) = fixture.claimed("practice").await;
    pages.store(1, Ordering::SeqCst);
    let outcomes: Vec<_> = (2..40)
        .map(|seq| fixture.hand_over(session, fence, vec![bulky(seq, fence)]))
        .collect();
    for outcome in outcomes {
        assert_eq!(outcome.await, Ok(Outcome::Unavailable));
    }
    let refused = fixture
        .store
        .create_session(new_session(fixture.learner, "exam"))
        .await;
    assert!(
        refused.is_ok() || matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    assert_eq!(fixture.seqs(session).await, [1]);
    pages.store(PLENTY, Ordering::SeqCst);
    // Behind a row that was given up nothing may follow, or the session had a gap.
    let behind = append(session, fence, vec![answered(40, fence)]);
    assert_eq!(fixture.append(behind).await, Outcome::Unavailable);
    let again = append(session, fence, vec![answered(2, fence)]);
    assert_eq!(fixture.append(again).await, Outcome::Stored);
}

#[tokio::test]
async fn a_backlog_over_the_bound_is_refused_and_drains() {
    let directory = Directory::new();
    let (pages, faults) = disk();
    let fixture = fixture(&directory, NEVER, faults).await;
    let (session, fence) = fixture.claimed("practice").await;
    pages.store(1, Ordering::SeqCst);
    let first = fixture.hand_over(session, fence, vec![bulky(2, fence)]);
    refusing(&*fixture.store).await;
    let mut waiting = vec![first];
    let refused = loop {
        let seq = waiting.len() as u32 + 2;
        let row = EventRow {
            payload: Vec::new(),
            ..answered(seq, fence)
        };
        match fixture.store.append(append(session, fence, vec![row])) {
            Ok(outcome) => waiting.push(outcome),
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused, AppendRefused::Full);
    assert_eq!(waiting.len(), 16_384);
    let claim = fixture
        .store
        .claim(session, fence.epoch, random(), owner("n2"))
        .await;
    assert!(
        matches!(claim, Err(StoreError::Unavailable(_))),
        "{claim:?}"
    );
    pages.store(PLENTY, Ordering::SeqCst);
    let rows = waiting.len() as u32;
    for outcome in waiting {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
    assert_eq!(fixture.seqs(session).await.len() as u32, rows + 1);
}

#[tokio::test]
async fn payloads_over_the_bound_in_bytes_are_refused() {
    let directory = Directory::new();
    let (pages, faults) = disk();
    let fixture = fixture(&directory, NEVER, faults).await;
    let (session, fence) = fixture.claimed("practice").await;
    pages.store(1, Ordering::SeqCst);
    let mut waiting = Vec::new();
    let refused = loop {
        let row = EventRow {
            payload: vec![1; 1 << 20],
            ..answered(waiting.len() as u32 + 2, fence)
        };
        match fixture.store.append(append(session, fence, vec![row])) {
            Ok(outcome) => waiting.push(outcome),
            Err(refused) => break refused,
        }
    };
    assert_eq!((refused, waiting.len()), (AppendRefused::Full, 64));
    pages.store(PLENTY, Ordering::SeqCst);
    for outcome in waiting {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
}

#[tokio::test]
async fn a_slow_disk_makes_batches_not_errors() {
    let directory = Directory::new();
    let faults = Faults {
        commit_delay: Duration::from_millis(20),
        ..Faults::default()
    };
    let fixture = fixture(&directory, NEVER, faults).await;
    let (session, fence) = fixture.claimed("practice").await;
    let outcomes: Vec<_> = (2..500)
        .map(|seq| fixture.hand_over(session, fence, vec![answered(seq, fence)]))
        .collect();
    for outcome in outcomes {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
}

#[tokio::test]
async fn a_caller_that_stopped_waiting_changes_nothing() {
    let directory = Directory::new();
    let (pages, faults) = disk();
    let fixture = fixture(&directory, NEVER, faults).await;
    let (session, fence) = fixture.claimed("practice").await;
    pages.store(1, Ordering::SeqCst);
    drop(fixture.hand_over(session, fence, vec![bulky(2, fence)]));
    refusing(&*fixture.store).await;
    pages.store(PLENTY, Ordering::SeqCst);
    fixture
        .store
        .learner_for(identity("next in the lane"), NOW)
        .await
        .expect("answered");
    assert_eq!(fixture.seqs(session).await, [1, 2]);
}
