//! The way up from one machine to PostgreSQL, and back: what PostgreSQL holds is equal, and goes on from there.

use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr::store::sqlite::SqliteStore;
use learnr::store::{Accounts, Identity, JobId, Outcome, Rotation, SessionId, Store};

use super::{EVENTS, SESSIONS, refused, report};
use crate::harness::postgres::{Database, left_out};
use crate::harness::{Desk, Ran, text};
use crate::store::contract::accounts::hash;
use crate::store::fixture::{CERTIFICATION, NOW, answered, append, owner, random};

async fn open(database: &Database) -> PostgresStore {
    let options = PostgresOptions::at(database.url());
    PostgresStore::open(options).await.expect("the store opens")
}

/// The report of a copy that must succeed.
#[track_caller]
fn equal(ran: &Ran) -> serde_json::Value {
    assert!(ran.success, "{}{}", ran.stdout, ran.stderr);
    let said = report(ran);
    assert_eq!(said["outcome"], "equal");
    said
}

#[tokio::test]
async fn a_store_moves_up_to_postgres_and_back_and_is_the_same() {
    if left_out() {
        return;
    }
    let desk = Desk::filled().await;
    let here = text(&desk.data());
    let there = Database::empty().await;
    let up = equal(&desk.copy(&here, there.url()));
    assert_eq!(up["sessions"], SESSIONS);
    assert!(
        !up["to"].as_str().expect("words").contains("learnr-test"),
        "{up}"
    );
    let back = text(&desk.path("back.sqlite3"));
    let down = equal(&desk.copy(there.url(), &back));
    assert_eq!(up["tables"], down["tables"]);
    let elsewhere = Database::empty().await;
    let across = equal(&desk.copy(there.url(), elsewhere.url()));
    assert_eq!(up["tables"], across["tables"]);
}

#[tokio::test]
async fn sessions_jobs_and_learners_go_on_in_postgres() {
    if left_out() {
        return;
    }
    let desk = Desk::filled().await;
    let there = Database::empty().await;
    equal(&desk.copy(&text(&desk.data()), there.url()));
    let store = open(&there).await;
    let sessions = store.sessions_of(CERTIFICATION, None, 10).await;
    let sessions = sessions.expect("they are read");
    let open = sessions
        .iter()
        .find(|session| session.row.ended_at.is_none());
    let row = &open.expect("one is open").row;
    let fence = store
        .claim(row.id, row.fence.epoch, random(), owner("new"))
        .await;
    let fence = fence.expect("answered").expect("nobody else claims");
    let go_on = |seq| store.append(append(row.id, fence, vec![answered(seq, fence)]));
    let outcome = go_on(EVENTS + 1).expect("there is room").await;
    assert_eq!(outcome, Ok(Outcome::Stored));
    let mut again = answered(EVENTS + 2, fence);
    again.request_id = Some("request-7".to_owned());
    let repeated = store.append(append(row.id, fence, vec![again]));
    let repeated = repeated.expect("there is room").await.expect("answered");
    assert!(
        matches!(repeated, Outcome::Rejected(_)),
        "request ids are still known: {repeated:?}"
    );
    let somebody = Identity {
        issuer: "guest".to_owned(),
        subject: "somebody".to_owned(),
    };
    assert_eq!(
        store.learner_for(somebody, NOW).await.expect("known"),
        row.learner
    );
    let due = store.next_jobs(i64::MAX, 10, 1_000).await.expect("leased");
    assert_eq!(due.len(), 1);
    let (JobId(last), version) = (due[0].id, new_version(&store).await);
    assert!(last < 10 && version, "numbers go on behind those that came");
    store.close().await;
}

/// Whether another version can be stored, which needs a number that is free.
async fn new_version(store: &PostgresStore) -> bool {
    let row = crate::store::fixture::certification("v2");
    store.save_certification(row).await.is_ok()
}

#[tokio::test]
async fn a_backup_of_postgres_is_a_file_that_every_store_takes() {
    if left_out() {
        return;
    }
    let desk = Desk::filled().await;
    let from = Database::empty().await;
    equal(&desk.copy(&text(&desk.data()), from.url()));
    let (file, url) = (text(&desk.path("fleet.sqlite3")), from.url());
    let made = equal(&desk.learnr(&["backup", &file, "--json", "--database-url", url]));
    let elsewhere = Desk::new();
    let restored = equal(&elsewhere.learnr(&["restore", &file, "--json"]));
    assert_eq!(made["tables"], restored["tables"]);
    let to = Database::empty().await;
    let restored =
        equal(&elsewhere.learnr(&["restore", &file, "--json", "--database-url", to.url()]));
    assert_eq!(made["tables"], restored["tables"]);
    assert_eq!(restored["left_out"], super::restore::left_out());
    let fleet = open(&to).await;
    let mail = fleet.mail_token(hash(4), NOW).await.expect("answered");
    let rotated = fleet.rotate(hash(3), hash(9), NOW + 2, 0).await;
    assert_eq!(
        (mail, rotated.expect("answered")),
        (None, Rotation::Unknown)
    );
    fleet.close().await;
    let store = super::open(&SqliteStore::file_in(&elsewhere.data()));
    let sessions = store
        .sessions_of(CERTIFICATION, None, 10)
        .await
        .expect("read");
    assert_eq!(sessions.len(), SESSIONS);
    store.close().await;
}

#[tokio::test]
async fn a_database_with_something_in_it_or_in_use_is_left_alone() {
    if left_out() {
        return;
    }
    let desk = Desk::filled().await;
    let (here, there) = (text(&desk.data()), Database::empty().await);
    let store = open(&there).await;
    refused(
        &desk.copy(&here, there.url()),
        &["somebody is using it", "stop the servers"],
    );
    let somebody = Identity {
        issuer: "guest".to_owned(),
        subject: "first".to_owned(),
    };
    store.learner_for(somebody, NOW).await.expect("stored");
    store.close().await;
    let ran = desk.copy(&here, there.url());
    refused(&ran, &["(learners, identities)", "createdb"]);
    assert!(!ran.stderr.contains("learnr-test"), "{}", ran.stderr);
}

#[tokio::test]
async fn what_postgres_cannot_hold_is_named_and_nothing_of_it_is_there() {
    if left_out() {
        return;
    }
    let desk = Desk::filled().await;
    let conn = rusqlite::Connection::open(SqliteStore::file_in(&desk.data())).expect("opens");
    let harm = "UPDATE events SET choice = 'a' || char(0) || 'b' WHERE seq = 5";
    assert!(conn.execute(harm, []).expect("written") > 0);
    drop(conn);
    let there = Database::empty().await;
    let ran = desk.copy(&text(&desk.data()), there.url());
    refused(&ran, &["table events, row ", "column choice: a NUL"]);
    let store = open(&there).await;
    assert_eq!(store.certifications().await.expect("read"), []);
    assert_eq!(
        store
            .session(SessionId(uuid::Uuid::nil()))
            .await
            .expect("read"),
        None
    );
    store.close().await;
}

#[tokio::test]
async fn a_session_id_without_a_time_is_refused_where_months_are_kept() {
    if left_out() {
        return;
    }
    let desk = Desk::filled().await;
    let conn = rusqlite::Connection::open(SqliteStore::file_in(&desk.data())).expect("opens");
    conn.execute_batch(
        "PRAGMA foreign_keys = OFF; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) \
         INSERT INTO sessions (id, learner, organization, certification, bank_version, kind, settings, stream, status, \
         epoch, claim, started_at, ended_at) SELECT randomblob(16), randomblob(16), organization, certification, bank_version, \
         kind, settings, stream, 'faulted', 1, 1, 1, 1 FROM n, (SELECT * FROM sessions LIMIT 1)",
    )
    .expect("written");
    drop(conn);
    let there = Database::empty().await;
    let ran = desk.copy(&text(&desk.data()), there.url());
    refused(&ran, &["months", "no UUIDv7"]);
}

#[tokio::test]
async fn no_database_a_wrong_password_or_a_wrong_address_is_one_clear_line() {
    let desk = Desk::filled().await;
    let here = text(&desk.data());
    let nobody = "postgres://u:hush@127.0.0.1:1/learnr";
    for ran in [
        desk.copy(&here, nobody),
        desk.copy(nobody, &text(&desk.path("b.sqlite3"))),
        desk.copy(&here, "postgres://u:hush@/learnr"),
    ] {
        refused(&ran, &["postgres"]);
        assert!(!ran.stderr.contains("hush"), "{}", ran.stderr);
    }
    assert!(!desk.path("b.sqlite3").exists());
    assert!(!desk.path("b.sqlite3.part").exists());
}
