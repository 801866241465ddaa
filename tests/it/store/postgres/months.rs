//! Months of events: which stay attached and which go.

use std::sync::Arc;

use learnr::store::postgres::PostgresOptions;
use learnr::store::{NewSession, SessionId};
use uuid::Uuid;

use super::Fresh;
use super::place::open;
use super::waiters::connect;
use crate::harness::until;
use crate::store::fixture::{Fixture, Place, new_session};

/// The first of January, February and March 2020, in Unix milliseconds.
const MONTHS: [u128; 3] = [1_577_836_800_000, 1_580_515_200_000, 1_583_020_800_000];

#[tokio::test]
async fn old_months_are_detached_once_no_session_of_them_is_open() {
    let fresh = Fresh::new().await;
    if fresh.is_left_out() {
        return;
    }
    let fixture = Fixture::over(Arc::new(open(PostgresOptions::at(fresh.url())).await)).await;
    let client = connect(fresh.url()).await;
    let first_id = |month: usize| Uuid::from_u128(MONTHS[month] << 80);
    for month in [0, 1] {
        let (table, from, to) = (month + 1, first_id(month), first_id(month + 1));
        let sql = format!(
            "CREATE TABLE events_2020_0{table} (LIKE events INCLUDING ALL); \
             ALTER TABLE events ATTACH PARTITION events_2020_0{table} FOR VALUES FROM ('{from}') TO ('{to}')"
        );
        client.batch_execute(&sql).await.expect("attached");
    }
    let open_still = NewSession {
        id: SessionId(Uuid::from_u128(first_id(1).as_u128() | 7 << 76 | 1)),
        ..new_session(fixture.learner, "practice")
    };
    fixture.create(open_still).await;
    let keeping = PostgresOptions {
        keep_months: Some(12),
        ..PostgresOptions::at(fresh.url())
    };
    let store = open(keeping).await;
    let attached = async || -> Vec<String> {
        let sql = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1";
        let rows = client.query(sql, &[]).await.expect("answered");
        rows.iter().map(|row| row.get(0)).collect()
    };
    until("January is detached", async || {
        !attached().await.contains(&"events_2020_01".to_owned())
    })
    .await;
    let left = attached().await;
    assert_eq!(left[0], "events_2020_02", "a session of it is open");
    assert!(left.len() > 2, "this month and those to come: {left:?}");
    let kept = client.query("SELECT FROM events_2020_01", &[]).await;
    assert!(kept.is_ok(), "its table stays");
    learnr::store::Store::close(&store).await;
}
