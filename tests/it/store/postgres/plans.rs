//! How PostgreSQL looks up what every request asks for.

use std::sync::Arc;

use tokio_postgres::Client;

use super::place::Fresh;
use super::waiters::connect;
use crate::store::contract::accounts::EMAIL;
use crate::store::contract::sign_ins::device;
use crate::store::fixture::{Fixture, NOW, Place};

/// The first column of every row.
async fn column(client: &Client, sql: &str) -> Vec<String> {
    let rows = client.query(sql, &[]).await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn who_a_request_comes_from_is_found_by_keys_alone() {
    let place = Fresh::new().await;
    if place.is_left_out() {
        return;
    }
    let fixture = Fixture::over(place.open().await).await;
    fixture.register(255, EMAIL).await;
    let new = device(fixture.learner, 1);
    fixture.signed_in(new.clone()).await;
    let store = Arc::clone(&fixture.store);
    let caller = store.caller(fixture.learner, Some(new.id), NOW).await;
    assert!(caller.expect("answered").is_some());
    let client = connect(place.url()).await;
    // As a connection of the store was asked last: the statement itself, not a copy of it.
    let asked = "SELECT query FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid() AND strpos(query, 'FROM account_roles r') > 0";
    let asked = column(&client, asked).await;
    let statement = asked.first().expect("it was asked a moment ago");
    // So few rows are read faster than any index: what would be done with many is asked for.
    let prepare = format!(
        "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; PREPARE asked AS {statement}"
    );
    let prepared = client.batch_execute(&prepare).await;
    prepared.expect("it is a statement");
    let nobody = "'00000000-0000-0000-0000-000000000000'";
    let explain = format!("EXPLAIN EXECUTE asked({nobody}, {nobody}, 0)");
    let plan = column(&client, &explain).await;
    let plan = plan.join("\n");
    for key in [
        "learners_pkey",
        "accounts_pkey",
        "account_roles_pkey",
        "sign_ins_",
    ] {
        assert!(plan.contains(key), "{key}: {plan}");
    }
    assert!(!plan.contains("Seq Scan"), "{plan}");
}
