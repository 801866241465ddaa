//! Ctrl-C and SIGTERM during long work of the command line: the work is dropped, and cleans up behind itself.
//!
//! Owns the hearing of signals. Must not know the work.

use anyhow::bail;
use tokio::signal::unix::{SignalKind, signal};

/// Does the work, or drops it when asked to stop, and then says `words`.
///
/// # Errors
/// Those of the work, or that it was stopped.
pub async fn unless_stopped<T>(
    words: &str,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        done = work => done,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            bail!("stopped: {words}")
        }
        _ = terminate.recv() => bail!("stopped: {words}"),
    }
}
