//! What a restore does: fills an empty store, all of it or nothing, and never one that has something in it.

use std::fs;

use learnr::store::sqlite::SqliteStore;

use learnr::store::whole::SIGNED_IN;
use learnr::store::{LearnerId, Rotation};
use serde_json::{Value, json};

use super::{SESSIONS, open, refused, report};
use crate::harness::{Desk, text};
use crate::store::contract::accounts::hash;
use crate::store::fixture::NOW;

#[tokio::test]
async fn a_backup_is_restored_into_no_store_and_into_an_empty_one() {
    let from = Desk::filled().await;
    let file = text(&from.backup("monday.sqlite3"));
    for empty in [false, true] {
        let desk = Desk::new();
        if empty {
            assert!(desk.learnr(&["migrate"]).success);
        }
        let ran = desk.learnr(&["restore", &file, "--json"]);
        assert!(ran.success, "{}{}", ran.stdout, ran.stderr);
        assert_eq!(report(&ran)["outcome"], "equal");
        let store = open(&SqliteStore::file_in(&desk.data()));
        let sessions = store.sessions_of("cert", None, 10).await.expect("read");
        assert_eq!(sessions.len(), SESSIONS);
        store.close().await;
        let again = desk.backup("again.sqlite3");
        let lasting = |tables: Value| {
            let mut tables = tables.as_array().expect("a list").clone();
            tables.retain(|table| !SIGNED_IN.iter().any(|name| table["table"] == *name));
            tables
        };
        let (first, second) = (tables(&from, &file), tables(&desk, &text(&again)));
        assert_eq!(
            lasting(first),
            lasting(second),
            "what was restored is what was backed up"
        );
    }
}

/// Rows of each table that are left out of a store with something in every table, as a report names them.
pub(super) fn left_out() -> Value {
    json!([
        {"table": "refresh_tokens", "rows": 2},
        {"table": "sign_ins", "rows": 1},
        {"table": "mail_tokens", "rows": 2},
    ])
}

#[tokio::test]
async fn nobody_is_signed_in_and_no_mail_can_be_used_after_a_restore_but_after_a_copy() {
    let from = Desk::filled().await;
    let file = text(&from.backup("monday.sqlite3"));
    let desk = Desk::new();
    let ran = desk.learnr(&["restore", &file, "--json"]);
    assert!(ran.success, "{}", ran.stderr);
    assert_eq!(report(&ran)["left_out"], left_out());
    let copied = desk.path("copied.sqlite3");
    let ran = desk.copy(&file, &text(&copied));
    assert!(ran.success, "{}", ran.stderr);
    assert_eq!(report(&ran)["left_out"], json!([]));
    for (path, stays) in [(SqliteStore::file_in(&desk.data()), false), (copied, true)] {
        let store = open(&path);
        let mail = store.mail_token(hash(4), NOW).await.expect("answered");
        assert_eq!(mail.is_some(), stays);
        let people = store.people(None, None, 10).await.expect("answered");
        let learner: LearnerId = people.first().expect("the account stays").account.learner;
        let devices = store.sign_ins(learner, NOW).await.expect("answered");
        assert_eq!(devices.len(), usize::from(stays));
        // Unspent when the backup was made, whatever became of it since.
        let rotated = store.rotate(hash(3), hash(9), NOW + 2, 0).await;
        let rotated = rotated.expect("answered");
        assert_eq!(matches!(rotated, Rotation::Rotated { .. }), stays);
        assert_eq!(rotated == Rotation::Unknown, !stays);
        store.close().await;
    }
    let words = Desk::new().learnr(&["restore", &file]).stdout;
    assert!(words.contains("everybody signs in again"), "{words}");
}

/// The digests of a backup's tables.
fn tables(desk: &Desk, file: &str) -> Value {
    let to = tempfile::tempdir().expect("a temporary folder");
    let copy = text(&to.path().join("copy.sqlite3"));
    let ran = desk.copy(file, &copy);
    assert!(ran.success, "{}", ran.stderr);
    report(&ran)["tables"].clone()
}

impl Desk {
    /// `learnr copy FROM TO --json`, which takes no `--data`.
    pub(super) fn copy(&self, from: &str, to: &str) -> crate::harness::Ran {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_learnr"))
            .args(["copy", from, to, "--json"])
            .env("LEARNR_LOG", "error")
            .output()
            .expect("the binary runs");
        let words = |bytes| String::from_utf8(bytes).expect("words");
        crate::harness::Ran {
            success: output.status.success(),
            stdout: words(output.stdout),
            stderr: words(output.stderr),
        }
    }
}

#[tokio::test]
async fn a_store_with_something_in_it_is_never_restored_over() {
    let desk = Desk::filled().await;
    let file = text(&desk.backup("monday.sqlite3"));
    let database = SqliteStore::file_in(&desk.data());
    let before = fs::read(&database).expect("read");
    let ran = desk.learnr(&["restore", &file]);
    refused(&ran, &["learners: 1", "ever put over it", "empty place"]);
    // The header says anew that it has a log the next time it is opened; its content is as it was.
    let store = open(&database);
    let sessions = store.sessions_of("cert", None, 10).await.expect("read");
    assert_eq!(sessions.len(), SESSIONS);
    store.close().await;
    assert_eq!(before.len(), fs::read(&database).expect("read").len());
}

#[tokio::test]
async fn an_empty_store_that_a_server_uses_is_left_alone() {
    let from = Desk::filled().await;
    let file = text(&from.backup("monday.sqlite3"));
    let desk = Desk::new();
    let store = open(&SqliteStore::file_in(&desk.data()));
    refused(
        &desk.learnr(&["restore", &file]),
        &["somebody is using it", "stop"],
    );
    assert_eq!(store.certifications().await.expect("read"), []);
    store.close().await;
    assert!(desk.learnr(&["restore", &file]).success);
}

#[tokio::test]
async fn the_log_of_another_database_is_not_read_into_what_is_restored() {
    let from = Desk::filled().await;
    let file = text(&from.backup("monday.sqlite3"));
    let desk = Desk::new();
    fs::create_dir(desk.data()).expect("made");
    let log = desk.data().join("learnr.sqlite3-wal");
    fs::write(&log, "frames").expect("written");
    refused(
        &desk.learnr(&["restore", &file]),
        &["log of another database", "move it away"],
    );
    assert_eq!(fs::read(&log).expect("read"), b"frames");
}

#[tokio::test]
async fn a_backup_of_an_older_release_is_brought_up_to_date() {
    let desk = Desk::new();
    let file = desk.path("old.sqlite3");
    let conn = rusqlite::Connection::open(&file).expect("a new file");
    let mut steps = fs::read_dir("migrations/sqlite")
        .expect("migrations")
        .map(|entry| entry.expect("a file").path())
        .collect::<Vec<_>>();
    steps.sort();
    // Before learners could be given more time.
    for step in &steps[..3] {
        let sql = fs::read_to_string(step).expect("a migration");
        conn.execute_batch(&sql).expect("migrated");
    }
    conn.execute_batch(
        "PRAGMA application_id = 0x4c726e52; PRAGMA user_version = 3; \
         INSERT INTO learners VALUES (randomblob(16), zeroblob(16), 5)",
    )
    .expect("written");
    drop(conn);
    let ran = desk.learnr(&["restore", &text(&file), "--json"]);
    assert!(ran.success, "{}", ran.stderr);
    let said = report(&ran);
    assert_eq!((&said["schema"], &said["learners"]), (&3.into(), &1.into()));
    let store = open(&SqliteStore::file_in(&desk.data()));
    let newest = store.schema_version().await.expect("told");
    assert_eq!(newest, steps.len() as i64);
    store.close().await;
    let ran = desk.copy(&text(&file), "postgres://u@127.0.0.1:1/learnr");
    refused(
        &ran,
        &[
            "from an older release (schema 3",
            "restore it into a data directory first",
        ],
    );
}

#[tokio::test]
async fn a_wrong_address_or_the_same_place_twice_is_refused() {
    let desk = Desk::filled().await;
    let here = text(&desk.data());
    let ran = desk.copy("mysql://somewhere/learnr", &here);
    assert!(
        !ran.success && ran.stderr.contains("postgres://"),
        "{}",
        ran.stderr
    );
    refused(&desk.copy(&here, &here), &["are the same"]);
    let nowhere = text(&desk.path("nowhere"));
    refused(&desk.copy(&nowhere, &here), &["there is no database"]);
    let other = Desk::filled().await;
    let there = text(&other.data());
    refused(&desk.copy(&here, &there), &["something in this store"]);
}
