//! What `learnr migrate` and `learnr serve` say of a database they cannot use: one clear line, a status, and no endless trying.

use std::time::{Duration, Instant};

use learnr::store::Store;
use learnr::store::postgres::{PostgresOptions, PostgresStore};

use super::ancient;
use crate::harness::Desk;
use crate::harness::postgres::{Cluster, left_out, migrate};

/// Each host may take 5 s to answer; the rest is for a busy machine.
const AT_MOST: Duration = Duration::from_secs(20);
/// Instances that start at the same moment.
const INSTANCES: usize = 8;

/// Starts with an address, and expects to be told every one of `words` in the one line there is.
fn refuses(command: &[&str], url: &str, words: &[&str]) {
    let begun = Instant::now();
    let ran = Desk::new().learnr(&[command, &["--database-url", url]].concat());
    assert!(!ran.success, "{command:?} {words:?}");
    assert!(
        begun.elapsed() < AT_MOST,
        "{words:?}: {:?}",
        begun.elapsed()
    );
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert!(
        lines.len() == 1 && lines[0].starts_with("learnr: "),
        "{lines:?}"
    );
    for word in words {
        assert!(lines[0].contains(word), "no {word:?} in {lines:?}");
    }
    // What is said once is enough, and the password is nobody's business.
    let told = lines[0].matches(words[0]).count();
    assert_eq!(told, 1, "{lines:?}");
    assert!(!lines[0].contains("hush"), "{lines:?}");
}

/// The same of both commands.
fn is_refused(url: &str, words: &[&str]) {
    refuses(&["migrate"], url, words);
    refuses(&["serve", "--port", "0"], url, words);
}

#[test]
fn an_address_that_leads_nowhere_is_refused() {
    // One that takes connections and never says a word.
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let silent = silent.local_addr().expect("bound");
    let quiet = format!("postgres://me:hush@{silent}/quiz");
    is_refused(
        &quiet,
        &["no answer within 5 s", "see that PostgreSQL runs there"],
    );
    let nobody = crate::harness::free_port();
    let nobody = format!("postgres://me:hush@127.0.0.1:{nobody}/quiz");
    is_refused(&nobody, &["Connection refused", "set DATABASE_URL"]);
    for url in [
        "mysql://me:hush@localhost/quiz",
        "localhost:5432",
        "postgres://me:hush@localhost:port/quiz",
    ] {
        is_refused(
            url,
            &["write it as postgres://USER:PASSWORD@HOST:5432/DATABASE"],
        );
    }
}

#[test]
fn a_server_that_is_too_old_is_refused() {
    let url = format!(
        "postgres://me:hush@{}/quiz?sslmode=disable",
        ancient::server()
    );
    is_refused(
        &url,
        &["the server is PostgreSQL 12", "LearnR needs 15 or later"],
    );
}

#[tokio::test]
async fn a_wrong_password_or_database_is_refused() {
    if left_out() {
        return;
    }
    let cluster = Cluster::start().await;
    let wrong = cluster.url("postgres").replace("learnr-test", "hush");
    is_refused(
        &wrong,
        &["password authentication failed", "check user and password"],
    );
    is_refused(
        &cluster.url("nowhere"),
        &["\"nowhere\" does not exist", "createdb"],
    );
}

#[tokio::test]
async fn a_role_without_rights_is_refused() {
    if left_out() {
        return;
    }
    let cluster = Cluster::start().await;
    cluster.sql("postgres", "CREATE ROLE guest LOGIN PASSWORD 'hush'");
    let url = cluster.create_database("quiz");
    let guest = url.replace("learnr:learnr-test", "guest:hush");
    is_refused(
        &guest,
        &["permission denied for schema public", "GRANT CREATE"],
    );
    migrate(&url).await;
    is_refused(
        &guest,
        &["permission denied for table schema_migrations", "GRANT"],
    );
    cluster.sql(
        "quiz",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest",
    );
    let serve = ["serve", "--no-migrate", "--port", "0"];
    refuses(
        &serve,
        &guest,
        &["may not read and write", "events", "GRANT SELECT, INSERT"],
    );
    let rights = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest";
    cluster.sql("quiz", rights);
    let mut options = PostgresOptions::at(&guest);
    options.migrate = false;
    let opened = PostgresStore::open(options).await;
    opened.expect("it may do what serving needs").close().await;
}

#[tokio::test]
async fn a_schema_that_does_not_fit_is_refused_untouched() {
    if left_out() {
        return;
    }
    let cluster = Cluster::start().await;
    let empty = cluster.create_database("empty");
    let serve = ["serve", "--no-migrate", "--port", "0"];
    refuses(&serve, &empty, &["its schema is 0", "learnr migrate"]);
    assert_eq!(
        cluster.sql(
            "empty",
            "SELECT count(*) FROM pg_class WHERE relname = 'sessions'"
        ),
        "0"
    );
    let foreign = cluster.create_database("theirs");
    cluster.sql("theirs", "CREATE TABLE sessions (theirs int)");
    is_refused(
        &foreign,
        &["tables named sessions or events that LearnR did not make"],
    );
    let newer = cluster.create_database("newer");
    migrate(&newer).await;
    let future = |works_from: i64| {
        let sql =
            format!("INSERT INTO schema_migrations VALUES ({works_from}, 'future', {works_from})");
        cluster.sql("newer", &sql);
    };
    // One that this release can work beside; then one that it cannot.
    cluster.sql(
        "newer",
        "INSERT INTO schema_migrations VALUES (998, 'expanded', 1)",
    );
    migrate(&newer).await;
    future(999);
    is_refused(
        &newer,
        &[
            "written by a newer release (schema 999",
            "start that release",
        ],
    );
}

#[tokio::test]
async fn a_server_that_takes_no_writes_or_loses_commits_is_refused() {
    if left_out() {
        return;
    }
    let cluster = Cluster::start().await;
    let standby = cluster.standby("second").await;
    let url = standby.url("postgres");
    is_refused(&url, &["read-only transaction", "name the primary"]);
    let only_writable = format!("{url}?target_session_attrs=read-write");
    is_refused(
        &only_writable,
        &["does not allow writes", "see that PostgreSQL runs there"],
    );
    let careless = cluster.create_database("careless");
    cluster.sql(
        "postgres",
        "ALTER DATABASE careless SET synchronous_commit = off",
    );
    is_refused(&careless, &["synchronous_commit is off", "set it to on"]);
}

#[tokio::test]
async fn instances_that_start_at_once_on_an_empty_database_wait_for_each_other() {
    if left_out() {
        return;
    }
    let cluster = Cluster::start().await;
    let url = cluster.create_database("quiz");
    let starting = (0..INSTANCES).map(|_| PostgresStore::open(PostgresOptions::at(&url)));
    let stores = futures_util::future::join_all(starting).await;
    for store in stores {
        store.expect("it starts").close().await;
    }
    let migrations = cluster.sql(
        "quiz",
        "SELECT count(*) - count(DISTINCT name) FROM schema_migrations",
    );
    assert_eq!(migrations, "0");
}
