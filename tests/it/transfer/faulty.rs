//! Backups that are damaged, foreign, too new, or made of a store that is not sound; and work that is stopped.

use std::fs;

use learnr::store::sqlite::SqliteStore;

use super::{refused, report};
use crate::harness::{Desk, text, until};

#[tokio::test]
async fn a_damaged_foreign_or_newer_backup_is_refused_and_nothing_is_there() {
    let from = Desk::filled().await;
    let sound = from.backup("sound.sqlite3");
    let bytes = fs::read(&sound).expect("read");
    let mut scribbled = bytes.clone();
    let page = scribbled.len() - 4_096;
    scribbled[page..].fill(0x5a);
    let newer = from.path("newer.sqlite3");
    fs::copy(&sound, &newer).expect("copied");
    let conn = rusqlite::Connection::open(&newer).expect("opens");
    conn.pragma_update(None, "user_version", 999).expect("set");
    drop(conn);
    let cases = [
        (from.file("half", &bytes[..bytes.len() / 2]), "damaged"),
        (from.file("scribbled", scribbled), "damaged"),
        (from.file("foreign", "NUL\0bytes"), "not a LearnR database"),
        (from.file("empty", ""), "not a LearnR database"),
        (text(&newer), "start that release"),
        (text(&from.path("nowhere")), "there is no database"),
    ];
    for (file, words) in cases {
        let desk = Desk::new();
        refused(&desk.learnr(&["restore", &file]), &[words]);
        assert!(!SqliteStore::file_in(&desk.data()).exists(), "{file}");
        assert!(!desk.data().join("learnr.sqlite3.part").exists(), "{file}");
    }
}

#[tokio::test]
async fn a_store_with_a_gap_or_a_session_without_events_is_backed_up_and_said_to_be_faulty() {
    for (harm, words) in [
        (
            "DELETE FROM events WHERE seq = 7 AND kind = 'answered'",
            "event 8 follows event 6",
        ),
        (
            "DELETE FROM events WHERE session = (SELECT max(id) FROM sessions)",
            "3 sessions, but events of 2",
        ),
    ] {
        let desk = Desk::filled().await;
        let conn = rusqlite::Connection::open(SqliteStore::file_in(&desk.data())).expect("opens");
        assert!(conn.execute(harm, []).expect("done") > 0);
        drop(conn);
        let file = desk.path("faulty.sqlite3");
        let ran = desk.learnr(&["backup", &text(&file), "--json"]);
        refused(&ran, &["faults of its own"]);
        let said = report(&ran);
        assert_eq!(said["outcome"], "faulty");
        assert!(
            said["faults"][0]
                .as_str()
                .is_some_and(|fault| fault.contains(words)),
            "{said}"
        );
        assert!(
            file.exists(),
            "a backup of a faulty store is better than none"
        );
    }
}

#[tokio::test]
async fn a_value_that_makes_no_sense_is_named_and_nothing_is_kept() {
    let desk = Desk::filled().await;
    let database = SqliteStore::file_in(&desk.data());
    let conn = rusqlite::Connection::open(&database).expect("opens");
    conn.execute_batch("PRAGMA foreign_keys = OFF; UPDATE learners SET organization = x'00'")
        .expect("written");
    drop(conn);
    let ran = desk.learnr(&["backup", &text(&desk.path("b.sqlite3"))]);
    refused(&ran, &["table learners, column organization"]);
    assert!(!desk.path("b.sqlite3").exists());
    assert!(!desk.path("b.sqlite3.part").exists());
}

#[tokio::test]
async fn stopped_by_ctrl_c_nothing_is_left() {
    let desk = Desk::filled().await;
    let database = SqliteStore::file_in(&desk.data());
    let conn = rusqlite::Connection::open(&database).expect("opens");
    // A few hundred megabytes of pages, so that there is something to stop.
    conn.execute_batch(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) \
         INSERT INTO learner_states SELECT (SELECT id FROM learners), 'cert-' || i, 1, zeroblob(16), randomblob(1000000) \
         FROM n",
    )
    .expect_err("there is no such certification");
    conn.execute_batch(
        "PRAGMA foreign_keys = OFF; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) \
         INSERT INTO learner_states SELECT (SELECT id FROM learners), 'cert-' || i, 1, zeroblob(16), randomblob(1000000) \
         FROM n",
    )
    .expect("written");
    drop(conn);
    let part = desk.path("big.sqlite3.part");
    let child = desk.spawn(&["backup", &text(&desk.path("big.sqlite3"))]);
    until("the copy has begun", async || part.exists()).await;
    let id = child.id().to_string();
    let asked = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(asked.is_ok_and(|status| status.success()), "SIGINT is sent");
    let output = child.wait_with_output().expect("it ends");
    let words = String::from_utf8(output.stderr).expect("words");
    assert!(!output.status.success());
    assert!(words.contains("stopped: nothing was changed"), "{words}");
    assert!(!part.exists() && !desk.path("big.sqlite3").exists());
}
