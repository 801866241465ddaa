//! The server's process: started on one place again and again, killed or asked to stop by its id, and
//! never outliving the test. Must not know what learners do.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use learnr_loadtest::Base;
use learnr_loadtest::chance::Chance;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// The binary under test.
pub(super) const BINARY: &str = env!("CARGO_BIN_EXE_learnr");
/// What it prints before its address.
const READY_WORDS: &str = "LearnR is ready at ";
/// Longest it may take to say so, after whatever kill.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Longest it may take to end when asked to.
const STOP_WITHIN: Duration = Duration::from_secs(30);
/// Ports to choose from: below those the system gives to clients, of which a learner that knocks while
/// nobody listens could otherwise be given the server's and talk to itself.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Ports tried.
const PORT_ATTEMPTS_MAX: usize = 100;
/// Bytes of the log shown when something fails.
const LOG_TAIL_BYTES: usize = 4_000;

/// Where a server lives through all its deaths: its data, its log, its address.
pub(super) struct Site {
    folder: TempDir,
    port: u16,
}

/// A running server.
pub(super) struct Server {
    child: Child,
    /// Fails, as its sender is dropped, at the end of its output.
    ended: oneshot::Receiver<()>,
}

impl Site {
    /// An empty folder and a port nobody listens on.
    pub(super) fn new(chance: &mut Chance) -> Self {
        let port = (0..PORT_ATTEMPTS_MAX)
            .map(|_| PORTS.start + u16::try_from(chance.below(PORTS.len())).expect("a port"))
            .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
            .expect("one of many ports is free");
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, port }
    }

    /// Where the server keeps its data.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// A file or fifo beside the data.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where it listens, whenever it does.
    pub(super) fn base(&self) -> Base {
        let address = format!("http://127.0.0.1:{}", self.port);
        address.parse().expect("a loopback address")
    }

    /// The end of what every server here has logged.
    pub(super) fn log_tail(&self) -> String {
        let bytes = fs::read(self.log()).unwrap_or_default();
        let from = bytes.len().saturating_sub(LOG_TAIL_BYTES);
        String::from_utf8_lossy(&bytes[from..]).into_owned()
    }

    /// Starts a server and waits until it is ready.
    pub(super) async fn start(&self, environment: &[(&str, String)]) -> Server {
        self.launch(Command::new(BINARY), environment).await
    }

    /// The same through a command that runs the binary as its last arguments say, under its own id.
    pub(super) async fn launch(
        &self,
        mut command: Command,
        environment: &[(&str, String)],
    ) -> Server {
        command
            .args(["serve", "--port", &self.port.to_string(), "--data"])
            .arg(self.data())
            .env("LEARNR_GUESTS_PER_MINUTE", "1000000")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(append_to(&self.log()));
        let mut child = command.spawn().expect("the server is spawned");
        let stdout = child.stdout.take().expect("its output is piped");
        let (ready, ended) = listen(stdout);
        // From here on it is killed whatever happens.
        let mut server = Server { child, ended };
        let ready = timeout(READY_WITHIN, ready).await;
        assert!(
            matches!(ready, Ok(Ok(()))),
            "the server did not become ready ({:?}):\n{}",
            server.child.try_wait(),
            self.log_tail()
        );
        server
    }

    fn log(&self) -> PathBuf {
        self.beside("server.log")
    }
}

impl Server {
    /// `kill -9`, and its body is taken away.
    pub(super) fn kill(mut self) {
        self.child.kill().expect("it had not been waited for");
        let status = self.child.wait().expect("a killed child can be waited for");
        assert!(!status.success(), "the server ended by itself: {status}");
    }

    /// Asks it to end, and waits until it has.
    pub(super) async fn stop(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(
            asked.is_ok_and(|status| status.success()),
            "SIGTERM is sent"
        );
        let ended = timeout(STOP_WITHIN, &mut self.ended).await;
        assert!(ended.is_ok(), "the server does not end");
        let status = self.child.wait().expect("a child can be waited for");
        assert!(status.success(), "the server ended with {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `kill` and `stop` it has been waited for, and both do nothing.
        if self.child.kill().is_ok() && self.child.wait().is_err() {
            eprintln!("the server {} may still be running", self.child.id());
        }
    }
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
