//! TLS to the server: as far as the address asks for it, and no less.

use learnr::store::postgres::{PostgresOptions, PostgresStore};
use learnr::store::{Store, StoreError};

use crate::harness::postgres::{Cluster, ClusterOptions, left_out, make_authority};

/// Opens a store, and says whether its connections were encrypted.
async fn encrypted(cluster: &Cluster, url: &str) -> Result<bool, StoreError> {
    let store = PostgresStore::open(PostgresOptions::at(url)).await?;
    let sql = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'learnr'";
    // The first one is made by the upkeep, if no call was faster.
    store.ping().await?;
    let encrypted = cluster.sql("postgres", sql);
    store.close().await;
    Ok(encrypted == "t")
}

#[tokio::test]
async fn a_connection_is_as_private_as_its_address_asks() {
    if left_out() {
        return;
    }
    let cluster = Cluster::with(ClusterOptions {
        tls: true,
        ..ClusterOptions::default()
    })
    .await;
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let right = cluster.authority().display().to_string();
    let wrong = make_authority(elsewhere.path()).display().to_string();
    cluster.create_database("learnr");
    let by_name = cluster.url("learnr").replace("127.0.0.1", "localhost");
    let by_number = cluster.url("learnr");
    let full = |authority: &str| format!("sslmode=verify-full&sslrootcert={authority}");
    let chain = |authority: &str| format!("sslmode=verify-ca&sslrootcert={authority}");
    let taken = [
        (&by_name, "sslmode=disable".to_owned(), false),
        (&by_name, "sslmode=prefer".to_owned(), true),
        (&by_name, "sslmode=require".to_owned(), true),
        (&by_name, full(&right), true),
        (&by_number, chain(&right), true),
    ];
    for (url, query, expected) in taken {
        let found = encrypted(&cluster, &format!("{url}?{query}")).await;
        let found = found.unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(found, expected, "{query}");
    }
    let refused = [
        (&by_name, full(&wrong)),
        // The certificate is for the name.
        (&by_number, full(&right)),
        (&by_number, chain(&wrong)),
        // Nobody's root is in the system's store.
        (&by_name, "sslmode=verify-full".to_owned()),
        (&by_name, full("/nowhere/authority.crt")),
    ];
    for (url, query) in refused {
        let error = encrypted(&cluster, &format!("{url}?{query}")).await;
        let error = error.expect_err(&query);
        assert!(
            matches!(error, StoreError::Setup { .. }),
            "{query}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_it_is_asked_for() {
    if left_out() {
        return;
    }
    let cluster = Cluster::start().await;
    let url = cluster.url("postgres");
    let refused = encrypted(&cluster, &format!("{url}?sslmode=require")).await;
    let words = refused.expect_err("there is none").to_string();
    assert!(words.contains("server does not support TLS"), "{words}");
}
