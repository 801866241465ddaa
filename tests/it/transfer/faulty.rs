//! Backups that are damaged, foreign, too new, or made of a store that is not sound; and work that is stopped.

use std::fs;

use learnr::store::sqlite::SqliteStore;

use super::{SESSIONS, refused, report};
use crate::harness::postgres::{Database, left_out};
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
async fn sessions_of_a_month_without_any_events_are_counted_and_no_fault() {
    let desk = Desk::filled().await;
    let conn = rusqlite::Connection::open(SqliteStore::file_in(&desk.data())).expect("opens");
    conn.execute_batch("DELETE FROM events").expect("done");
    drop(conn);
    let ran = desk.learnr(&["backup", &text(&desk.path("b.sqlite3")), "--json"]);
    assert!(ran.success, "{}", ran.stderr);
    assert_eq!(report(&ran)["archived"], SESSIONS);
}

#[tokio::test]
async fn a_full_disk_leaves_nothing_behind() {
    let desk = Desk::filled().await;
    let file = desk.path("b.sqlite3");
    // Files may grow to 64 KiB and no further: a disk that is full, as far as a process can tell.
    let limited = "trap '' XFSZ; ulimit -f 64; exec \"$@\"";
    let binary = env!("CARGO_BIN_EXE_learnr");
    let output = std::process::Command::new("bash")
        .args([
            "-c",
            limited,
            "bash",
            binary,
            "backup",
            &text(&file),
            "--data",
        ])
        .arg(desk.data())
        .env("LEARNR_LOG", "error")
        .output()
        .expect("the binary runs");
    let words = String::from_utf8(output.stderr).expect("words");
    assert!(!output.status.success(), "{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(
        !file.exists() && !desk.path("b.sqlite3.part").exists(),
        "{words}"
    );
}

/// Puts megabytes into a store, so that there is something to stop.
fn enlarge(desk: &Desk, megabytes: u32) {
    let conn = rusqlite::Connection::open(SqliteStore::file_in(&desk.data())).expect("opens");
    conn.execute_batch(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {megabytes}) \
         INSERT INTO certifications SELECT 'cert-' || i, zeroblob(16), 'v1' FROM n; \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {megabytes}) \
         INSERT INTO learner_states SELECT (SELECT id FROM learners), 'cert-' || i, 1, zeroblob(16), \
         randomblob(1000000) FROM n"
    ))
    .expect("written");
}

/// Interrupts a command as soon as `begun`; what it says.
async fn interrupted(child: std::process::Child, begun: impl AsyncFnMut() -> bool) -> String {
    until("the copy has begun", begun).await;
    let id = child.id().to_string();
    let asked = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(asked.is_ok_and(|status| status.success()), "SIGINT is sent");
    let output = child.wait_with_output().expect("it ends");
    assert!(!output.status.success());
    String::from_utf8(output.stderr).expect("words")
}

#[tokio::test]
async fn stopped_by_ctrl_c_nothing_is_left() {
    let desk = Desk::filled().await;
    enlarge(&desk, 200);
    let part = desk.path("big.sqlite3.part");
    let child = desk.spawn(&["backup", &text(&desk.path("big.sqlite3"))]);
    let words = interrupted(child, async || part.exists()).await;
    assert!(words.contains("stopped: nothing was changed"), "{words}");
    assert!(!part.exists() && !desk.path("big.sqlite3").exists());
}

#[tokio::test]
async fn a_restore_into_postgres_that_is_stopped_leaves_an_empty_database() {
    if left_out() {
        return;
    }
    let desk = Desk::filled().await;
    enlarge(&desk, 40);
    let file = text(&desk.backup("big.sqlite3"));
    let to = Database::empty().await;
    let (client, connection) = tokio_postgres::connect(to.url(), tokio_postgres::NoTls)
        .await
        .expect("connects");
    let connection = tokio::spawn(connection);
    let child = desk.spawn(&["restore", &file, "--database-url", to.url()]);
    let words = interrupted(child, async || {
        let copying =
            "SELECT 1 FROM pg_stat_progress_copy WHERE relid = to_regclass('learner_states')";
        !client.query(copying, &[]).await.expect("told").is_empty()
    })
    .await;
    assert!(words.contains("stopped: nothing was changed"), "{words}");
    drop(client);
    connection
        .await
        .expect("it ends")
        .expect("it ends in order");
    let ran = desk.learnr(&["restore", &file, "--json", "--database-url", to.url()]);
    assert!(ran.success, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(report(&ran)["outcome"], "equal");
}
