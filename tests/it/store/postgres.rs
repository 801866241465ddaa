//! What only the PostgreSQL store promises.

mod account_races;
mod ancient;
mod crowd;
mod encrypted;
mod faults;
mod months;
mod place;
mod plans;
pub(crate) mod pooled;
mod prepared;
mod races;
mod reads;
mod starting;
mod waiters;

use learnr::store::TABLES_OF_LEARNERS;

use super::contract::store_contract;
use super::fixture::Place;
use waiters::connect;

pub(crate) use place::Fresh;

mod contract {
    use super::store_contract;

    store_contract!(crate::store::postgres::Fresh::new().await);
}

#[tokio::test]
async fn every_table_that_names_learners_is_listed() {
    let fresh = Fresh::new().await;
    if fresh.is_left_out() {
        return;
    }
    let client = connect(fresh.url()).await;
    let sql = "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
               WHERE a.attname = 'learner' AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
               AND c.relnamespace = 'public'::regnamespace ORDER BY 1";
    let found = client.query(sql, &[]).await.expect("answered");
    let found: Vec<String> = found.iter().map(|row| row.get(0)).collect();
    let mut listed: Vec<&str> = TABLES_OF_LEARNERS.iter().map(|(table, _)| *table).collect();
    listed.sort_unstable();
    assert_eq!(
        found, listed,
        "add it to TABLES_OF_LEARNERS in store/deletion.rs, and to docs/privacy.md"
    );
}
