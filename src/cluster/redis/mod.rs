//! Redis: what a fleet shares that may be lost at any moment.
//!
//! Owns the connection and what is asked of it, and tells in figures how long that takes. Must not be believed about who may write, and
//! must not be waited for by anybody who could go on without.

mod address;
mod connection;
mod directory;
mod fault;
mod published;
mod scripts;
mod shared;

use std::sync::Arc;

use metrics::{counter, histogram};
use redis::{Cmd, FromRedisValue};
use tokio::time::Instant;

use self::address::Address;
use self::connection::Circuit;
pub use self::directory::RedisDirectory;
use self::fault::Fault;
use self::scripts::OneKey;
pub use self::shared::RedisShared;
use super::{CALL_WITHIN, DirectoryError};

/// Why Redis could not be used from the start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address makes no sense.
    #[error(
        "REDIS_URL: {detail}; write it as redis://USER:PASSWORD@HOST:6379, with rediss:// for TLS, or as redis-cluster://USER:PASSWORD@HOST:PORT,HOST:PORT, with % in a password as %25 and @ as %40"
    )]
    Address {
        /// What is wrong, without anything secret.
        detail: String,
    },
    /// Redis answers and refuses.
    #[error("{place}: {advice}")]
    Refused {
        /// Which Redis.
        place: String,
        /// What to do.
        advice: String,
    },
}

/// An open Redis; clones share its connection.
#[derive(Clone)]
pub struct Redis {
    circuit: Arc<Circuit>,
}

impl Redis {
    /// Connects to the Redis at this address. One that cannot be reached is tried again every second, and calls fail until then. The
    /// connection is served by the runtime this is called on, whoever calls later.
    ///
    /// # Errors
    /// [`OpenError`] for an address that makes no sense, and when Redis refuses, as it does a wrong password.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let circuit = Circuit::open(Address::parse(url)?).await?;
        Ok(Self { circuit })
    }

    /// Where it is, for people: without the password.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.circuit.shown
    }

    /// Whether it answered when it was last asked.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.circuit.is_closed()
    }

    async fn call<T: FromRedisValue>(
        &self,
        operation: &'static str,
        command: &Cmd,
    ) -> Result<T, DirectoryError> {
        let deadline = Instant::now() + CALL_WITHIN;
        measured(operation, self.circuit.call(command, deadline)).await
    }

    async fn run<T: FromRedisValue>(
        &self,
        operation: &'static str,
        script: &OneKey,
        key: &str,
        arguments: &[&[u8]],
    ) -> Result<T, DirectoryError> {
        let deadline = Instant::now() + CALL_WITHIN;
        let call = script.run(&self.circuit, key, arguments, deadline);
        measured(operation, call).await
    }
}

async fn measured<T>(
    operation: &'static str,
    call: impl Future<Output = Result<T, Fault>>,
) -> Result<T, DirectoryError> {
    let since = Instant::now();
    let result = call.await;
    histogram!("learnr_redis_seconds", "operation" => operation).record(since.elapsed());
    result.map_err(|fault| {
        counter!("learnr_redis_errors_total", "operation" => operation, "kind" => fault.kind())
            .increment(1);
        fault.error
    })
}
