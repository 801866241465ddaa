//! Ctrl-C and SIGTERM while a store is on its way: the work is dropped, and cleans up behind itself.

use anyhow::bail;
use tokio::signal::unix::{SignalKind, signal};

/// Does the work, or drops it when asked to stop. What it leaves behind is nothing.
///
/// # Errors
/// Those of the work, or that it was stopped.
pub(super) async fn unless_stopped<T>(
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        done = work => done,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            bail!("stopped; nothing was changed")
        }
        _ = terminate.recv() => bail!("stopped; nothing was changed"),
    }
}
