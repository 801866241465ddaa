//! The built `learnr` as a process: started, signalled by its id, and never outliving the test. Must not know what it serves.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

/// The binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_learnr");
/// What it prints before its address.
const READY_WORDS: &str = "LearnR is ready at ";
/// Longest it may take to say so, after whatever kill.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Longest it may take to end when asked to.
const STOP_WITHIN: Duration = Duration::from_secs(30);
/// Bytes of a log shown when something fails.
const LOG_TAIL_BYTES: usize = 4_000;

/// A running server.
pub(crate) struct Running {
    child: Child,
    /// Fails, as its sender is dropped, at the end of its output.
    ended: oneshot::Receiver<()>,
}

impl Running {
    /// Starts what the command says, its words appended to `log`, and waits until it is ready; `None` when it ended instead.
    pub(crate) async fn launch(mut command: Command, log: &Path) -> Option<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(append_to(log));
        let mut child = command.spawn().expect("the server is spawned");
        let stdout = child.stdout.take().expect("its output is piped");
        let (ready, ended) = listen(stdout);
        // From here on it is killed whatever happens.
        let running = Self { child, ended };
        match timeout(READY_WITHIN, ready).await {
            Ok(Ok(())) => Some(running),
            _ => None,
        }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, by name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "SIG{name} is sent"
        );
    }

    /// `kill -9`, and its body is taken away.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it had not been waited for");
        let status = self.child.wait().expect("a killed child can be waited for");
        assert!(!status.success(), "the server ended by itself: {status}");
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(self) {
        let status = self.try_stop().await.expect("the server does not end");
        assert!(status.success(), "the server ended with {status}");
    }

    /// The same for one that may have reasons not to end well: how it ended, `None` when it had to be killed.
    pub(crate) async fn try_stop(mut self) -> Option<ExitStatus> {
        self.signal("TERM");
        timeout(STOP_WITHIN, &mut self.ended).await.ok()?.err()?;
        Some(self.child.wait().expect("a child can be waited for"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `kill` and `stop` it has been waited for, and both do nothing.
        if self.child.kill().is_ok() && self.child.wait().is_err() {
            eprintln!("the server {} may still be running", self.child.id());
        }
    }
}

/// The end of a log; nothing when there is none yet.
pub(crate) fn log_tail(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let from = bytes.len().saturating_sub(LOG_TAIL_BYTES);
    String::from_utf8_lossy(&bytes[from..]).into_owned()
}

fn append_to(path: &Path) -> File {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    options.open(path).expect("the log can be written")
}

/// The first resolves at the ready line and fails when none comes, the second at the end of the output, by its sender's drop. A
/// thread reads all of it, so that the pipe never fills.
fn listen(stdout: ChildStdout) -> (oneshot::Receiver<()>, oneshot::Receiver<()>) {
    let (found, ready) = oneshot::channel();
    let (closed, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let mut found = Some(found);
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if line.starts_with(READY_WORDS)
                && let Some(found) = found.take()
                && found.send(()).is_err()
            {
                return;
            }
        }
        drop::<oneshot::Sender<()>>(closed);
    });
    (ready, ended)
}
