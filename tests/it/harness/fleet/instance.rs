//! One instance of a fleet through all its lives: its name, its addresses, the proxies between it and the rest. Must not
//! know when it dies.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use tempfile::TempDir;

use super::Clockwork;
use crate::harness::binary::{BINARY, Running, log_tail};
use crate::harness::free_port;
use crate::harness::proxy::Proxy;

/// The key that all instances sign with.
const SECRET: &str = "of a fleet that lives for one test only";

/// What instances of a fleet share.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    pub(crate) database_url: String,
    /// Where Redis is, if there is one.
    pub(crate) redis: Option<SocketAddr>,
    /// Environment variables beside those of every instance.
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// An instance that is running, or was and may be started again.
pub(crate) struct Instance {
    pub(crate) name: String,
    /// Where learners find it.
    pub(crate) address: SocketAddr,
    /// Where other instances find it: every internal link to it goes through here.
    pub(crate) link: Proxy,
    /// Between it and Redis.
    pub(crate) redis: Option<Proxy>,
    /// Its wall clock, where it can be stepped.
    pub(crate) clock: Option<Clockwork>,
    /// Where it listens for them itself.
    pub(crate) internal: SocketAddr,
    running: Option<Running>,
    surroundings: Surroundings,
    folder: TempDir,
}

impl Instance {
    /// Number `number` of a fleet, not started; with a clock of its own if asked, and if this machine can do that.
    pub(crate) fn new(number: usize, surroundings: Surroundings, with_clock: bool) -> Self {
        let local = || SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let internal = local();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = with_clock.then(|| Clockwork::right(folder.path()));
        Self {
            name: format!("instance-{number}"),
            address: local(),
            link: Proxy::to(internal),
            redis: surroundings.redis.map(Proxy::to),
            clock: clock.flatten(),
            internal,
            running: None,
            surroundings,
            folder,
        }
    }

    /// Starts it and waits until it is ready; `false` when it ended instead, as it may when what it needs is away.
    pub(crate) async fn start(&mut self) -> bool {
        assert!(self.running.is_none(), "{} is running", self.name);
        let port = self.address.port().to_string();
        let mut command = Command::new(BINARY);
        command
            .args(["serve", "--port", &port, "--threads", "1", "--data"])
            .arg(self.folder.path().join("data"))
            .env("DATABASE_URL", &self.surroundings.database_url)
            .env("LEARNR_GUESTS_PER_MINUTE", "1000000")
            .env("LEARNR_SECRET", SECRET)
            .env("LEARNR_NODE", &self.name)
            .env("LEARNR_INTERNAL_LISTEN", self.internal.to_string())
            .env("LEARNR_INTERNAL_ADDRESS", self.link.address().to_string())
            .envs(self.surroundings.environment.iter().cloned());
        if let Some(redis) = &self.redis {
            command.env("REDIS_URL", format!("redis://{}", redis.address()));
        }
        if let Some(clock) = &self.clock {
            clock.wind(&mut command);
        }
        self.running = Running::launch(command, &self.log()).await;
        self.running.is_some()
    }

    /// Whether it runs, as far as the test is concerned.
    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let running = self.running.take().expect("it is running");
        let id = running.id();
        running.kill();
        if self.clock.is_some() {
            Clockwork::sweep(id);
        }
    }

    /// Stops it where it is; the system still takes connections and bytes for it.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    /// SIGTERM, and waits until it has ended; `None` when it did not end by itself.
    pub(crate) async fn drain(&mut self) -> Option<ExitStatus> {
        self.running.take().expect("it is running").try_stop().await
    }

    /// The end of what it has logged in all its lives.
    pub(crate) fn log_tail(&self) -> String {
        format!("{}:\n{}", self.name, log_tail(&self.log()))
    }

    fn signal(&self, name: &str) {
        self.running.as_ref().expect("it is running").signal(name);
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}
