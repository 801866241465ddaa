//! PostgreSQL for tests: a database in the shared cluster, or a cluster, a standby and a pooler of their own to break.
//!
//! Must not know what LearnR keeps there.

mod cluster;
mod database;
mod disk;
mod pgbouncer;
mod processes;
mod programs;
mod standby;
mod tls;

pub(crate) use cluster::{Cluster, ClusterOptions, at};
pub(crate) use database::{Database, migrate};
pub(crate) use disk::SmallDisk;
pub(crate) use pgbouncer::PgBouncer;
pub(crate) use processes::signal;
pub(crate) use programs::said;
pub(crate) use tls::{make_authority, make_certificate};

/// The superuser of every cluster here, and its password.
pub(crate) const USER: &str = "learnr";
pub(crate) const PASSWORD: &str = "learnr-test";

/// Whether this run was asked to go without PostgreSQL; the test that asks is then noted as not run.
pub(crate) fn left_out() -> bool {
    let left_out = std::env::var("LEARNR_WITHOUT_POSTGRES").is_ok_and(|value| value == "1");
    if left_out {
        super::not_run(&this_test(), "LEARNR_WITHOUT_POSTGRES=1");
    }
    left_out
}

/// The name of the test that runs.
pub(crate) fn this_test() -> String {
    std::env::var("NEXTEST_TEST_NAME")
        .ok()
        .or_else(|| std::thread::current().name().map(str::to_owned))
        .unwrap_or_else(|| "a PostgreSQL test".to_owned())
}
