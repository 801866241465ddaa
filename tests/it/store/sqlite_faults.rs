//! How the SQLite store behaves while the disk is slow or full.

use std::fs;
use std::io::Write;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use learnr::store::sqlite::{Faults, SqliteOptions, SqliteStore};
use learnr::store::{
    AppendRefused, Beginning, EventRow, Outcome, SessionStatus, Store, StoreError,
};

use super::fixture::{Fixture, NOW, answered, append, identity, owner, random};
use super::sqlite::Directory;

/// Longer than any test takes.
pub(super) const NEVER: Duration = Duration::from_secs(60);
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
pub(super) async fn refusing(store: &dyn Store) {
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
    let mut sessions = Vec::new();
    for number in 0..128 {
        sessions.push(fixture.claimed(&format!("kind {number}")).await);
    }
    pages.store(1, Ordering::SeqCst);
    let (session, fence) = sessions[0];
    let mut waiting = vec![fixture.hand_over(session, fence, vec![bulky(2, fence)])];
    refusing(&*fixture.store).await;
    let refused = loop {
        let (session, fence) = sessions[waiting.len() % sessions.len()];
        let seq = (waiting.len() / sessions.len()) as u32 + 2;
        match fixture
            .store
            .append(append(session, fence, vec![answered(seq, fence)]))
        {
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
    for outcome in waiting {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
    for (session, _) in sessions {
        assert_eq!(fixture.seqs(session).await.len(), 129);
    }
}

/// A file system of 4 MiB in memory, unmounted with the test.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where mounting is not permitted.
    fn mounted() -> Option<SmallDisk> {
        let place = tempfile::tempdir().expect("a temporary directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
            .arg(place.path())
            .status();
        matches!(mounted, Ok(status) if status.success()).then(|| SmallDisk(place))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Err(error) = Command::new("umount").arg("-l").arg(self.0.path()).status() {
            eprintln!("{} stays mounted: {error}", self.0.path().display());
        }
    }
}

#[tokio::test]
async fn a_disk_really_full_loses_nothing_acknowledged() {
    let Some(disk) = SmallDisk::mounted() else {
        eprintln!("not permitted to mount: the page bound above stands in for a full disk");
        return;
    };
    let options = SqliteOptions {
        retry_limit: NEVER,
        faults: Faults::default(),
    };
    let path = SqliteStore::file_in(disk.0.path());
    let store = SqliteStore::open(&path, options.clone()).expect("opens");
    let fixture = Fixture::over(Arc::new(store)).await;
    let (session, fence) = fixture.claimed("practice").await;
    let ballast = disk.0.path().join("ballast");
    let mut file = fs::File::create(&ballast).expect("creates");
    while file.write_all(&[1; 4_096]).is_ok() {}
    // Open, it would keep its room when it is removed.
    drop(file);
    let mut waiting: Vec<_> = (2..40)
        .map(|seq| fixture.hand_over(session, fence, vec![bulky(seq, fence)]))
        .collect();
    refusing(&*fixture.store).await;
    assert!(
        waiting
            .iter_mut()
            .all(|outcome| outcome.try_recv().is_err())
    );
    assert_eq!(fixture.seqs(session).await, [1]);
    fs::remove_file(&ballast).expect("removes");
    for outcome in waiting {
        assert_eq!(outcome.await, Ok(Outcome::Stored));
    }
    fixture.store.close().await;
    let store = SqliteStore::open(&path, options).expect("opens again");
    let events = store.load_events(session).await.expect("loads");
    assert_eq!(events.len(), 39);
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

/// Needs more room than the disk has, in the last of several sessions too.
fn growing(beginning: Beginning) -> Beginning {
    let mut started = beginning.started;
    started.payload = vec![7; 20_000];
    Beginning {
        started,
        ..beginning
    }
}

#[tokio::test]
async fn a_deletion_that_a_full_disk_did_not_take_deleted_nothing() {
    let directory = Directory::new();
    let (pages, faults) = disk();
    let fixture = fixture(&directory, Duration::ZERO, faults).await;
    let mut sessions = Vec::new();
    for kind in ["practice", "diagnostic", "exam"] {
        sessions.push(fixture.created(kind).await);
    }
    pages.store(1, Ordering::SeqCst);
    let delete = || fixture.store.delete_learner(fixture.learner, growing);
    let refused = delete().await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    for session in &sessions {
        assert_eq!(&fixture.row(session.id).await, session);
        let events = fixture.store.load_events(session.id).await;
        assert_eq!(events.expect("answered")[0].payload, [0, 255, 1]);
    }
    let known = fixture.store.has_learner(fixture.learner).await;
    assert!(known.expect("answered"));
    pages.store(PLENTY, Ordering::SeqCst);
    let kept = delete().await.expect("answered").expect("there was one");
    assert_eq!((kept.identities, kept.sessions), (1, 3));
    for session in sessions {
        assert_eq!(fixture.row(session.id).await.status, SessionStatus::Faulted);
    }
}
