//! An account deleted on one instance of a fleet while its learner is on another.

use std::sync::Arc;

use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr_protocol::{CloseCode, SessionKind};

use super::{another, delete};
use crate::harness::postgres::{Database, left_out};
use crate::harness::{Server, answer, demonstration};

/// What all instances sign with.
const SECRET: &str = "a secret that both instances of this test have";

/// An instance on the database at `url`.
async fn instance(url: &str, node: &'static str) -> Server {
    let store = PostgresStore::open(PostgresOptions::at(url)).await;
    let flags = ["--node", node, "--secret", SECRET];
    Server::instance(Arc::new(store.expect("opens")), &flags).await
}

#[actix_rt::test]
async fn an_account_deleted_on_one_instance_is_gone_on_every_other() {
    if left_out() {
        return;
    }
    let database = Database::empty().await;
    let here = instance(database.url(), "here").await;
    let there = instance(database.url(), "there").await;
    let mut client = here.practice().await;
    let question = client.question();
    let next = client.answer(&question).await.next.expect("another");
    let mut idle = another(&here, &client.token, SessionKind::Diagnostic).await;
    let deleted = delete(&there.rest, &client.token).await;
    assert_eq!((deleted.identities, deleted.sessions), (1, 2));

    for server in [&here, &there] {
        let refused = server.rest.ticket(&client.token, &client.session).await;
        assert_eq!(refused.expect_err("nobody").status(), Some(401));
        let create = demonstration(SessionKind::Exam);
        let refused = server.rest.create_session(&client.token, &create).await;
        assert_eq!(refused.expect_err("nobody").status(), Some(401));
    }
    let kinds = async |session: &str| {
        let events = here.stored_events(session).await;
        let kinds = events.iter().map(|event| event.kind.clone());
        kinds.collect::<Vec<_>>()
    };
    let ended = ["started", "answered", "completed"];
    assert_eq!(kinds(&client.session).await, ended);
    // Sockets there are told when they say something: nothing of it is stored.
    client.say(&answer("late", &next)).await;
    assert_eq!(client.closed().await, CloseCode::Moved.number());
    let open = idle.question();
    idle.say(&answer("late", &open)).await;
    assert_eq!(idle.closed().await, CloseCode::Moved.number());
    assert_eq!(kinds(&client.session).await, ended);
    assert_eq!(kinds(&idle.session).await, ["started", "completed"]);
    let row = here.stored_session(&client.session).await;
    assert!(row.learner.is_tombstone());
    here.stop().await;
    there.stop().await;
}
