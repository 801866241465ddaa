//! What a backup is: all of a store, itself a store, never over another file by mistake.

use std::fs;

use learnr::store::sqlite::SqliteStore;

use super::{EVENTS, SESSIONS, fill, open, refused, report};
use crate::harness::{Desk, text};
use crate::store::fixture::Fixture;

#[tokio::test]
async fn a_backup_is_equal_and_is_itself_a_store() {
    let desk = Desk::filled().await;
    let file = desk.path("monday.sqlite3");
    let ran = desk.learnr(&["backup", &text(&file), "--json"]);
    assert!(ran.success, "{}", ran.stderr);
    let said = report(&ran);
    assert_eq!(said["outcome"], "equal");
    assert_eq!(said["sessions"], SESSIONS);
    assert_eq!(said["events"], SESSIONS as u64 * u64::from(EVENTS));
    assert_eq!(said["differences"].as_array().map(Vec::len), Some(0));
    assert!(!file.with_extension("sqlite3.part").exists());
    let folder = desk.path("elsewhere");
    fs::create_dir(&folder).expect("made");
    fs::copy(&file, SqliteStore::file_in(&folder)).expect("copied");
    let store = open(&SqliteStore::file_in(&folder));
    let sessions = store.sessions_of("cert", None, 10).await.expect("read");
    assert_eq!(sessions.len(), SESSIONS);
    store.close().await;
}

#[tokio::test]
async fn a_backup_leaves_the_store_as_it_was_and_one_file() {
    let desk = Desk::filled().await;
    let database = SqliteStore::file_in(&desk.data());
    let before = fs::read(&database).expect("read");
    desk.backup("monday.sqlite3");
    assert!(fs::read(&database).expect("read") == before);
    let files: Vec<_> = fs::read_dir(desk.data()).expect("read").collect();
    assert_eq!(files.len(), 1, "{files:?}");
}

#[tokio::test]
async fn a_file_that_exists_is_replaced_only_when_told_to() {
    let desk = Desk::filled().await;
    let file = desk.file("mine.sqlite3", "not yours");
    refused(
        &desk.learnr(&["backup", &file]),
        &[&file, "it exists", "--force"],
    );
    assert_eq!(fs::read(&file).expect("read"), b"not yours");
    let ran = desk.learnr(&["backup", &file, "--force"]);
    assert!(ran.success, "{}", ran.stderr);
    assert!(ran.stdout.contains("equal"), "{}", ran.stdout);
    assert!(
        fs::read(&file)
            .expect("read")
            .starts_with(b"SQLite format 3")
    );
}

#[tokio::test]
async fn what_a_crash_left_beside_a_backup_is_in_nobodys_way() {
    let desk = Desk::filled().await;
    desk.file("monday.sqlite3.part", vec![7; 100_000]);
    let file = desk.backup("monday.sqlite3");
    assert!(!file.with_extension("sqlite3.part").exists());
}

#[tokio::test]
async fn a_backup_of_what_is_no_store_leaves_nothing() {
    let desk = Desk::new();
    let file = text(&desk.path("b.sqlite3"));
    refused(&desk.learnr(&["backup", &file]), &["there is no database"]);
    fs::create_dir(desk.data()).expect("made");
    fs::write(SqliteStore::file_in(&desk.data()), "hello").expect("written");
    refused(&desk.learnr(&["backup", &file]), &["not a LearnR database"]);
    assert!(!desk.path("b.sqlite3").exists());
    assert!(!desk.path("b.sqlite3.part").exists());
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let desk = Desk::filled().await;
    let file = desk.file("file", "");
    let inside = format!("{file}/b.sqlite3");
    refused(&desk.learnr(&["backup", &inside]), &[&file]);
}

#[tokio::test]
async fn a_store_in_use_is_backed_up_as_it_was_when_the_backup_began() {
    let desk = Desk::new();
    let path = SqliteStore::file_in(&desk.data());
    fill(&path).await;
    let fixture = Fixture::over(open(&path)).await;
    let file = desk.backup("in-use.sqlite3");
    // The log was not folded in, and need not be: the backup has what is in it.
    let (session, _) = fixture.claimed("afterwards").await;
    let copy = open(&file);
    assert_eq!(copy.session(session).await.expect("read"), None);
    let sessions = copy.sessions_of("cert", None, 10).await.expect("read");
    assert_eq!(sessions.len(), SESSIONS);
    copy.close().await;
    fixture.store.close().await;
}
