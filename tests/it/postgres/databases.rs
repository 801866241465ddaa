//! Databases of tests: cloned, apart, dropped, swept.

use tokio_postgres::{Client, NoTls};

use crate::harness::postgres::{Database, left_out};
use crate::harness::until;

/// A connection for questions.
pub(super) async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

pub(super) async fn count(client: &Client, sql: &str) -> i64 {
    let row = client.query_one(sql, &[]).await;
    row.expect("it answers").get(0)
}

#[tokio::test]
async fn databases_begin_with_the_schema_and_are_apart() {
    if left_out() {
        return;
    }
    let one = Database::migrated().await;
    let other = Database::migrated().await;
    let (in_one, in_other) = (
        connect(one.url()).await.expect("connects"),
        connect(other.url()).await.expect("connects"),
    );
    let more = "INSERT INTO organizations VALUES ('00000000-0000-0000-0000-000000000001', 'more')";
    in_one.batch_execute(more).await.expect("stored");
    let organizations = "SELECT count(*) FROM organizations";
    assert_eq!(count(&in_one, organizations).await, 2);
    assert_eq!(count(&in_other, organizations).await, 1);
}

#[tokio::test]
async fn a_database_is_dropped_though_somebody_is_connected() {
    if left_out() {
        return;
    }
    let database = Database::empty().await;
    let url = database.url().to_owned();
    let client = connect(&url).await.expect("connects");
    drop(database);
    assert!(client.batch_execute("SELECT 1").await.is_err());
    let gone = connect(&url).await.expect_err("there is no such database");
    assert_eq!(
        gone.code(),
        Some(&tokio_postgres::error::SqlState::UNDEFINED_DATABASE)
    );
}

#[tokio::test]
async fn what_a_killed_test_left_is_swept_and_what_another_uses_is_not() {
    if left_out() {
        return;
    }
    let used = Database::empty().await;
    let client = connect(used.url()).await.expect("connects");
    let left = "learnr_test_left_by_nobody";
    let made = client
        .batch_execute(&format!("CREATE DATABASE {left}"))
        .await;
    made.expect("made");
    let others = Database::empty().await;
    let names = format!("SELECT count(*) FROM pg_database WHERE datname = '{left}'");
    // Another test may be sweeping it at this moment.
    until("it is swept", async || count(&client, &names).await == 0).await;
    assert!(connect(others.url()).await.is_ok());
}
