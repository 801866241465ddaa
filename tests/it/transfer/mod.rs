//! Whole stores on their way: backup, restore and copy by the command line, and what is held against what.

mod backup;
mod drill;
mod faulty;
mod postgres;
mod restore;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::{Outcome, SessionStatus, StatusChange, Store};
use serde_json::Value;

use crate::harness::{Desk, Ran, text};
use crate::store::contract::account_deletion::furnish;
use crate::store::fixture::{Fixture, answered, append};

/// Sessions of a filled store.
const SESSIONS: usize = 3;
/// Events of each.
const EVENTS: u32 = 40;

impl Desk {
    /// A desk whose store has something in every table.
    async fn filled() -> Desk {
        let desk = Desk::new();
        fill(&SqliteStore::file_in(&desk.data())).await;
        desk
    }

    fn backup(&self, name: &str) -> PathBuf {
        let file = self.path(name);
        let ran = self.learnr(&["backup", &text(&file)]);
        assert!(ran.success, "{}{}", ran.stdout, ran.stderr);
        file
    }
}

/// What a refusal must say.
#[track_caller]
fn refused(ran: &Ran, words: &[&str]) {
    assert!(!ran.success, "{}", ran.stdout);
    for word in words {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
}

fn open(path: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(path, SqliteOptions::default()).expect("the store opens"))
}

/// A store with something in every table, closed.
async fn fill(path: &Path) {
    let fixture = Fixture::over(open(path)).await;
    furnish(&fixture).await;
    for number in 0..SESSIONS {
        let (session, fence) = fixture.claimed(&format!("kind {number}")).await;
        let rows: Vec<_> = (2..=EVENTS).map(|seq| answered(seq, fence)).collect();
        let mut append = append(session, fence, rows);
        append.status = (number == 0).then(|| StatusChange {
            status: SessionStatus::Completed,
            ended_at: Some(5),
            deadline_at: None,
            summary: Some(vec![1, 2, 3]),
            jobs: vec![learnr::store::JobKind::SessionEnded],
        });
        assert_eq!(fixture.append(append).await, Outcome::Stored);
    }
    fixture.store.close().await;
}

/// A report of `--json`.
fn report(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
}
