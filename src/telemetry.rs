//! Logs: readable text on a terminal, JSON where a machine reads them. Never answers, tokens or addresses.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Sends logs to standard error, filtered by `LEARNR_LOG` (for example `learnr=debug`), as JSON when
/// `LEARNR_LOG_FORMAT=json`.
///
/// # Errors
/// When the process has a log already.
pub fn init() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("LEARNR_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,learnr=info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let json = std::env::var("LEARNR_LOG_FORMAT").is_ok_and(|format| format == "json");
    let started = if json {
        log.json().try_init()
    } else {
        log.try_init()
    };
    started.map_err(|error| anyhow::anyhow!("{error}"))
}
