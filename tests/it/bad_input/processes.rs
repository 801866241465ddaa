//! `learnr serve` on what it cannot serve from: it says so and leaves everything as it was.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use learnr::store::Store;
use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

/// Runs `learnr serve` to its end, which is not to be a success; what it said on the way.
fn refused(data: &Path, port: u16) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_learnr"))
        .args(["serve", "--port", &port.to_string(), "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut ready = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    BufReader::new(stdout)
        .read_line(&mut ready)
        .expect("a line, or its end");
    if !ready.is_empty() {
        child.kill().expect("it still runs");
    }
    let Output { status, stderr, .. } = child.wait_with_output().expect("it ends");
    let said = String::from_utf8(stderr).expect("words");
    assert_eq!(ready, "", "it serves, and says {said:?}");
    assert!(!status.success(), "{said}");
    assert!(status.code().is_some(), "it ends by itself: {status}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// A data directory with a sound database in it, and the path of that.
async fn sound() -> (TempDir, PathBuf) {
    let data = tempfile::tempdir().expect("a temporary folder");
    let path = SqliteStore::file_in(data.path());
    let store = SqliteStore::open(&path, SqliteOptions::default()).expect("a new store");
    store.close().await;
    assert!(!path.with_extension("sqlite3-wal").exists());
    (data, path)
}

/// Holds that the process refuses this database in `words`, and leaves it as it was.
fn check(data: &Path, path: &Path, words: &[&str]) {
    let before = fs::read(path).expect("the file");
    let said = refused(data, 0);
    for word in words.iter().copied().chain([path.to_str().expect("text")]) {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
    assert_eq!(fs::read(path).expect("the file"), before, "untouched");
}

#[actix_rt::test]
async fn a_database_of_a_newer_version_is_refused_untouched() {
    let (data, path) = sound().await;
    let conn = rusqlite::Connection::open(&path).expect("opens");
    conn.pragma_update(None, "user_version", 999).expect("set");
    drop(conn);
    check(data.path(), &path, &["999", "newer"]);
}

#[actix_rt::test]
async fn a_corrupt_database_is_refused_untouched() {
    let (data, path) = sound().await;
    let mut bytes = fs::read(&path).expect("the file");
    bytes[100..2_000].fill(0x5a);
    fs::write(&path, bytes).expect("written");
    check(data.path(), &path, &["damaged"]);
}

#[actix_rt::test]
async fn a_file_that_is_no_database_is_refused_untouched() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let path = SqliteStore::file_in(data.path());
    for bytes in [&b"my diary, not a database"[..], &[0xa5; 100_000]] {
        fs::write(&path, bytes).expect("written");
        check(data.path(), &path, &["not"]);
    }
}

#[actix_rt::test]
async fn a_port_in_use_is_refused_in_words_before_the_store_is_touched() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = taken.local_addr().expect("its address").port();
    let said = refused(data.path(), port);
    for word in [&format!("127.0.0.1:{port}"), "--port", "PORT"] {
        assert!(said.contains(word), "{word:?} is not in {said:?}");
    }
    assert_eq!(fs::read_dir(data.path()).expect("the folder").count(), 0);
}
