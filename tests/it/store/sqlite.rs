//! What only the SQLite store promises: which files it takes, refuses, and recovers.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use learnr::store::sqlite::{SqliteOptions, SqliteStore};
use learnr::store::{Beginning, Outcome, Store, StoreError};
use tempfile::TempDir;

use super::contract::account_deletion::furnish;
use super::contract::accounts::EMAIL;
use super::contract::store_contract;
use super::fixture::{Fixture, Place, answered};

/// A directory of its own, gone with the test.
pub(crate) struct Directory(TempDir);

impl Directory {
    pub(crate) fn new() -> Directory {
        Directory(tempfile::tempdir().expect("a temporary directory"))
    }

    pub(crate) fn file(&self) -> PathBuf {
        SqliteStore::file_in(&self.0.path().join("made/by/the/store"))
    }

    fn written(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("learnr.sqlite3");
        fs::write(&path, bytes).expect("writes");
        path
    }
}

#[async_trait]
impl Place for Directory {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(open(&self.file()).expect("opens"))
    }
}

mod contract {
    use super::store_contract;

    store_contract!(crate::store::sqlite::Directory::new());
}

fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path, SqliteOptions::default())
}

fn refused(path: &Path) -> StoreError {
    match open(path) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

/// A sound database with a session in it, closed.
async fn sound(directory: &Directory) -> PathBuf {
    let fixture = Fixture::at(directory).await;
    let (session, fence) = fixture.claimed("practice").await;
    let rows: Vec<_> = (2..200).map(|seq| answered(seq, fence)).collect();
    let stored = fixture.hand_over(session, fence, rows).await;
    assert_eq!(stored, Ok(Outcome::Stored));
    fixture.store.close().await;
    directory.file()
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused_untouched() {
    let directory = Directory::new();
    let path = sound(&directory).await;
    let conn = rusqlite::Connection::open(&path).expect("opens");
    conn.pragma_update(None, "user_version", 999).expect("set");
    drop(conn);
    let before = fs::read(&path).expect("reads");
    let error = refused(&path);
    assert!(
        matches!(error, StoreError::NewerSchema { found: 999, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("start that release"), "{error}");
    assert_eq!(fs::read(&path).expect("reads"), before);
}

#[tokio::test]
async fn what_is_not_a_learnr_database_is_refused_untouched() {
    let directory = Directory::new();
    let other = directory.0.path().join("other.sqlite3");
    let conn = rusqlite::Connection::open(&other).expect("opens");
    conn.execute_batch("CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')")
        .expect("writes");
    drop(conn);
    let foreign = fs::read(&other).expect("reads");
    let cases = [b"hello".to_vec(), vec![0xa5; 100_000], foreign];
    for bytes in cases {
        let path = directory.written(&bytes);
        let error = refused(&path);
        assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
        let place = path.display().to_string();
        assert!(error.to_string().starts_with(&place), "{error}");
        assert_eq!(fs::read(&path).expect("reads"), bytes);
    }
}

#[tokio::test]
async fn a_closed_store_is_one_file_and_its_copy_is_whole() {
    for _ in 0..10 {
        let directory = Directory::new();
        let path = sound(&directory).await;
        assert!(!path.with_extension("sqlite3-wal").exists());
        let copy = directory.0.path().join("copy.sqlite3");
        fs::copy(&path, &copy).expect("copied");
        let store = open(&copy).expect("opens");
        assert!(
            !store
                .answers_after(None, 10)
                .await
                .expect("read")
                .is_empty()
        );
        store.close().await;
    }
}

#[tokio::test]
async fn a_damaged_database_is_refused_untouched() {
    let directory = Directory::new();
    let bytes = fs::read(sound(&directory).await).expect("reads");
    let scribbled = |from: usize, to: usize| {
        let mut bytes = bytes.clone();
        bytes[from..to].fill(0x5a);
        bytes
    };
    let cases = [
        ("cut in half", bytes[..bytes.len() / 2].to_vec()),
        ("schema overwritten", scribbled(100, 2_000)),
        (
            "a page in the middle overwritten",
            scribbled(bytes.len() - 4_096, bytes.len()),
        ),
        (
            "everything but the first page overwritten",
            scribbled(4_096, bytes.len()),
        ),
    ];
    for (name, bytes) in cases {
        let path = directory.written(&bytes);
        let error = refused(&path);
        assert!(
            matches!(error, StoreError::Corrupt { .. }),
            "{name}: {error:?}"
        );
        assert!(error.to_string().contains("restore a backup"), "{error}");
        assert_eq!(fs::read(&path).expect("reads"), bytes, "{name}");
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let directory = Directory::new();
    let file = directory.written(b"a file");
    // A file where a directory would have to be, and the reverse: true for root as well.
    let cases = [file.join("learnr.sqlite3"), directory.0.path().to_owned()];
    for path in cases {
        let error = refused(&path);
        assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
        let named = directory.0.path().display().to_string();
        assert!(error.to_string().starts_with(&named), "{error}");
    }
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let directory = Directory::new();
    let path = directory.written(b"");
    let store = open(&path).expect("opens");
    assert_eq!(store.certifications().await.expect("answered"), []);
    store.close().await;
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_crash() {
    let directory = Directory::new();
    let fixture = Fixture::at(&directory).await;
    let (session, fence) = fixture.claimed("practice").await;
    for seq in 2..50 {
        let stored = fixture.hand_over(session, fence, vec![answered(seq, fence)]);
        assert_eq!(stored.await, Ok(Outcome::Stored));
    }
    // The files as a crash would leave them: a log that was never moved, no shared memory.
    let crashed = Directory::new();
    let image = crashed.file();
    fs::create_dir_all(image.parent().expect("has one")).expect("creates");
    let log = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
    for (from, to) in [
        (directory.file(), image.clone()),
        (log(&directory.file()), log(&image)),
    ] {
        fs::copy(from, to).expect("copies");
    }
    let recovered = Fixture {
        store: Arc::new(open(&image).expect("recovers")),
        learner: fixture.learner,
    };
    assert_eq!(recovered.seqs(session).await, (1..50).collect::<Vec<_>>());
    assert_eq!(recovered.row(session).await, fixture.row(session).await);
}

/// What of an account furnished by the contract stands in the files of a store.
fn told_of_an_account(path: &Path, learner: &[u8]) -> Vec<String> {
    let log = PathBuf::from(format!("{}-wal", path.display()));
    let files = [path.to_owned(), log].map(|file| fs::read(file).unwrap_or_default());
    let key = EMAIL.to_lowercase();
    let wanted: [(&str, &[u8]); 8] = [
        ("address", EMAIL.as_bytes()),
        ("address in lower case", key.as_bytes()),
        ("password", b"the first"),
        ("browser", b"browser 2"),
        ("token", &[3; 32]),
        ("mail", &[4; 32]),
        ("note", b"a note"),
        ("learner", learner),
    ];
    let stands = |needle: &[u8]| {
        let holds = |file: &Vec<u8>| file.windows(needle.len()).any(|window| window == needle);
        files.iter().any(holds)
    };
    let found = wanted.iter().filter(|(_, needle)| stands(needle));
    found.map(|(name, _)| (*name).to_owned()).collect()
}

#[tokio::test]
async fn nothing_of_a_deleted_account_is_left_in_the_files() {
    let directory = Directory::new();
    let fixture = Fixture::at(&directory).await;
    furnish(&fixture).await;
    let (path, learner) = (directory.file(), fixture.learner);
    let told = || told_of_an_account(&path, learner.0.as_bytes());
    assert_eq!(told().len(), 8, "before the deletion: {:?}", told());
    let as_it_is = |beginning: Beginning| beginning;
    let deleted = fixture.store.delete_learner(learner, as_it_is).await;
    deleted.expect("answered").expect("there was one");
    fixture.store.close().await;
    assert_eq!(told(), [""; 0]);
}
