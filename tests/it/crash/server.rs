//! One place where a server is started again and again: its data, its log, its address. Must not know what learners do.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use learnr_loadtest::Base;
use learnr_loadtest::chance::Chance;
use tempfile::TempDir;

use crate::harness::binary::log_tail;
pub(super) use crate::harness::binary::{BINARY, Running as Server};

/// Ports to choose from: below those the system gives to clients, of which a learner that knocks while
/// nobody listens could otherwise be given the server's and talk to itself.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Ports tried.
const PORT_ATTEMPTS_MAX: usize = 100;

/// Where a server lives through all its deaths: its data, its log, its address.
pub(super) struct Site {
    folder: TempDir,
    port: u16,
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
        log_tail(&self.log())
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
            .envs(environment.iter().map(|(name, value)| (name, value)));
        let launched = Server::launch(command, &self.log()).await;
        launched.unwrap_or_else(|| panic!("the server did not become ready:\n{}", self.log_tail()))
    }

    fn log(&self) -> PathBuf {
        self.beside("server.log")
    }
}
