//! Redis for tests: a server of one test's own, to be killed, frozen and emptied, or a Redis Cluster of three.
//!
//! Must not know what LearnR keeps there.

mod cluster;
mod server;

pub(crate) use cluster::RedisCluster;
pub(crate) use server::{RedisOptions, RedisServer};

use super::postgres::this_test;
use std::process::{Command, Stdio};

/// Whether this machine has no Redis, or this run was asked to go without; the test that asks is then noted as not run.
pub(crate) fn left_out() -> bool {
    let reason = if std::env::var("LEARNR_WITHOUT_REDIS").is_ok_and(|value| value == "1") {
        "LEARNR_WITHOUT_REDIS=1"
    } else if !runs("redis-server") || !runs("redis-cli") {
        "redis-server is not installed"
    } else {
        return false;
    };
    super::not_run(&this_test(), reason);
    true
}

fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    let quiet = command.arg("--version").stdout(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
