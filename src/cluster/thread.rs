//! The thread that everything of the cluster's own runs on: leases, connections to Redis, links.
//!
//! Owns that thread, so that a session that is busy delays no heartbeat. Must not run anything of a session.

use std::io;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread with a runtime of its own, until it is dropped.
pub struct ClusterThread {
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ClusterThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// What the system says when it gives no thread.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("cluster".to_owned())
            .spawn(move || {
                // Dropping the other end is the signal.
                runtime.block_on(async { drop(stopped.await) });
                // What still waits for somebody who does not answer is not waited for.
                runtime.shutdown_background();
            })?;
        Ok(Self {
            runtime: handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where to spawn what is to run on it.
    #[must_use]
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Drop for ClusterThread {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the cluster's thread panicked");
        }
    }
}
