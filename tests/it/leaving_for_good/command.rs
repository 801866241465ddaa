//! `learnr forget`: for an operator who was asked by mail.

use std::path::Path;
use std::process::Command;

use learnr_protocol::{CloseCode, SessionKind};
use serde_json::Value;
use uuid::Uuid;

use super::{another, practised};
use crate::harness::{Client, Server, answer, session_id, until};

/// Runs `learnr forget ARGS` on the data of a server that may be running.
async fn forget(data: &Path, args: &[&str]) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_learnr"));
    command.arg("forget").args(args).arg("--data").arg(data);
    command.env("LEARNR_LOG", "error");
    let ran = tokio::task::spawn_blocking(move || command.output());
    let ran = ran.await.expect("no panic").expect("the binary runs");
    let words = |bytes| String::from_utf8(bytes).expect("words");
    (ran.status.success(), words(ran.stdout), words(ran.stderr))
}

#[actix_rt::test]
async fn a_dry_run_says_what_is_kept_and_deletes_nothing() {
    let server = Server::start().await;
    let client = practised(&server).await;
    let open = another(&server, &client.token, SessionKind::Practice).await;
    let data = server.data.path();
    let (success, said, _) = forget(data, &[&client.session]).await;
    assert!(success);
    for words in ["2 sessions", "1 ways of signing in", "--yes"] {
        assert!(said.contains(words), "{said}");
    }
    let (success, said, _) = forget(data, &[&open.session, "--json"]).await;
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert!(
        success && said["deleted"] == false && said["sessions"] == 2,
        "{said}"
    );
    open.assert_intact(&open.question(), 0).await;
    server.stop().await;
}

#[actix_rt::test]
async fn a_learner_is_forgotten_under_a_running_server() {
    let server = Server::start().await;
    let mut client = server.practice().await;
    let question = client.question();
    let next = client.answer(&question).await.next.expect("another");
    let bystander = server.practice().await;
    let data = server.data.path().to_owned();
    let (success, said, error) = forget(&data, &[&client.session, "--yes", "--json"]).await;
    assert!(success, "{error}");
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert!(said["deleted"] == true && said["sessions"] == 1, "{said}");
    let row = server.stored_session(&client.session).await;
    assert!(row.learner.is_tombstone());
    let events = server.stored_events(&client.session).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["started", "answered", "completed"]);
    // The server hears of it when it writes.
    client.say(&answer("late", &next)).await;
    assert_eq!(client.closed().await, CloseCode::Moved.number());
    let refused = server.rest.ticket(&client.token, &client.session).await;
    assert_eq!(refused.expect_err("nobody").status(), Some(401));
    assert_eq!(server.stored_events(&client.session).await, events);
    bystander.assert_intact(&bystander.question(), 0).await;
    until("nobody is left", async || server.sockets_open().await <= 1).await;
    server.stop().await;
}

#[actix_rt::test]
async fn what_cannot_be_forgotten_is_said() {
    let server = Server::start().await;
    let client: Client = server.practice().await;
    let data = server.data.path().to_owned();
    let nowhere = Uuid::now_v7().to_string();
    let (success, _, error) = forget(&data, &[&nowhere, "--yes"]).await;
    assert!(!success && error.contains("there is no session"), "{error}");
    let (success, _, error) = forget(&data.join("nowhere"), &[&nowhere]).await;
    assert!(
        !success && error.contains("there is no database"),
        "{error}"
    );
    assert!(!data.join("nowhere").exists());
    let (success, ..) = forget(&data, &[&client.session, "--yes"]).await;
    assert!(success);
    for args in [
        vec![client.session.as_str()],
        vec![&client.session, "--yes"],
    ] {
        let (success, _, error) = forget(&data, &args).await;
        assert!(!success && error.contains("deleted already"), "{error}");
    }
    server.stop().await;
}

/// Whether somebody is in the middle of writing a database.
#[cfg(feature = "faults")]
fn is_being_written(database: &Path) -> bool {
    let conn = rusqlite::Connection::open(database).expect("it can be opened");
    conn.busy_timeout(std::time::Duration::ZERO).expect("set");
    let begun = conn.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
    begun.is_err()
}

#[cfg(feature = "faults")]
#[actix_rt::test]
async fn a_deletion_killed_before_its_commit_has_deleted_nothing_and_can_be_asked_for_again() {
    let server = Server::start().await;
    let client = practised(&server).await;
    let session = client.session.clone();
    let id = session_id(&session);
    server.app.stop().await.expect("a clean stop");
    let data = server.data.path().to_owned();
    let database = learnr::store::sqlite::SqliteStore::file_in(&data);
    let place = learnr::store::Place::File(database.clone());
    let open = async || place.open_existing().await.expect("it recovers");
    let store = open().await;
    let before = store.session(id).await.expect("answered").expect("it is");
    store.close().await;
    let mut killed = Command::new(env!("CARGO_BIN_EXE_learnr"))
        .args(["forget", &session, "--yes", "--data"])
        .arg(&data)
        .env("LEARNR_FAULT_COMMIT_DELAY_MS", "600000")
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("the binary runs");
    until("it is about to commit", async || {
        is_being_written(&database)
    })
    .await;
    killed.kill().expect("killed");
    killed.wait().expect("waited for");
    let store = open().await;
    let row = store.session(id).await.expect("answered");
    assert_eq!(row.as_ref(), Some(&before));
    let kept = store.holdings(before.learner).await.expect("answered");
    let kept = kept.expect("the learner is there");
    assert_eq!((kept.identities, kept.states, kept.sessions), (1, 1, 1));
    store.close().await;
    let (success, _, error) = forget(&data, &[&session, "--yes"]).await;
    assert!(success, "{error}");
}
