//! A Redis of one test, to be killed, frozen and started again at the same address.
//!
//! Owns its process and its folder: none outlives it. Must not know what is stored there.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::runs;
use crate::harness::postgres::{make_certificate, said, signal};
use crate::harness::{free_port, until};

/// Ports tried: another process may take the one that was just free.
const PORT_ATTEMPTS_MAX: usize = 5;

/// How a test wants its Redis.
#[derive(Default)]
pub(crate) struct RedisOptions {
    /// Asked of everybody who connects.
    pub(crate) password: Option<&'static str>,
    /// With a certificate for `localhost`, and no port without TLS.
    pub(crate) tls: bool,
    /// Settings beside those of every Redis here, as on the command line, without the dashes.
    pub(crate) settings: Vec<(&'static str, String)>,
}

/// A running Redis that keeps nothing on disk, or one that was killed and may be started again, empty.
pub(crate) struct RedisServer {
    server: Option<Child>,
    port: u16,
    options: RedisOptions,
    folder: TempDir,
}

impl RedisServer {
    /// An empty one with nothing special about it.
    pub(crate) async fn start() -> Self {
        Self::with(RedisOptions::default()).await
    }

    /// An empty one as the options say.
    pub(crate) async fn with(options: RedisOptions) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        if options.tls {
            make_certificate(folder.path());
        }
        let mut redis = Self {
            server: None,
            port: 0,
            options,
            folder,
        };
        for _ in 0..PORT_ATTEMPTS_MAX {
            redis.port = free_port();
            if redis.try_start().await {
                return redis;
            }
        }
        panic!("Redis does not start: {}", redis.log());
    }

    /// Starts what was killed, at the same address, with nothing in it.
    pub(crate) async fn start_again(&mut self) {
        assert!(self.server.is_none(), "it is running");
        assert!(self.try_start().await, "it does not start: {}", self.log());
    }

    async fn try_start(&mut self) -> bool {
        let mut child = self.command().spawn().expect("redis-server is spawned");
        let mut up = false;
        until("Redis is up or gone", async || {
            up = self.answers();
            up || child.try_wait().expect("it can be waited for").is_some()
        })
        .await;
        self.server = Some(child);
        up
    }

    fn command(&self) -> Command {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .expect("the log can be written");
        let mut command = if runs("setpriv") {
            // It ends with the thread that starts it: start it from the test's own.
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "KILL", "redis-server"]);
            command
        } else {
            Command::new("redis-server")
        };
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.arg("--dir").arg(self.folder.path());
        let port = self.port.to_string();
        if self.options.tls {
            command.args([
                "--port",
                "0",
                "--tls-port",
                &port,
                "--tls-auth-clients",
                "no",
            ]);
            command.arg("--tls-cert-file").arg(self.path("server.crt"));
            command.arg("--tls-key-file").arg(self.path("server.key"));
        } else {
            command.args(["--port", &port]);
        }
        if let Some(password) = self.options.password {
            command.args(["--requirepass", password]);
        }
        for (name, value) in &self.options.settings {
            command.arg(format!("--{name}"));
            command.args(value.split(' '));
        }
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log);
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether it takes commands.
    fn answers(&self) -> bool {
        let asked = self.client(&["PING"]).stderr(Stdio::null()).output();
        asked.is_ok_and(|output| output.stdout.starts_with(b"PONG"))
    }

    fn client(&self, words: &[&str]) -> Command {
        let mut client = Command::new("redis-cli");
        client.args(["-h", "localhost", "-p", &self.port.to_string()]);
        if self.options.tls {
            client.arg("--tls").arg("--cacert").arg(self.authority());
        }
        if let Some(password) = self.options.password {
            client.args(["--no-auth-warning", "-a", password]);
        }
        client.args(words);
        client
    }

    /// Runs a command in it; what it gave, as redis-cli prints it. An error of Redis fails the test.
    pub(crate) fn run(&self, words: &[&str]) -> String {
        said(self.client(&["-e"]).args(words))
    }

    /// The same with a password that it has been given since.
    pub(crate) fn run_with_password(&self, password: &str, words: &[&str]) -> String {
        let mut client = self.client(&["--no-auth-warning", "-a", password, "-e"]);
        said(client.args(words))
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let mut child = self.server.take().expect("it is running");
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
    }

    /// Stops it where it is; the system still takes connections and bytes for it.
    pub(crate) fn freeze(&self) {
        signal("STOP", &[self.id()]);
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        signal("CONT", &[self.id()]);
    }

    fn id(&self) -> u32 {
        self.server.as_ref().expect("it is running").id()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its URL as LearnR takes it, with its password and trust.
    pub(crate) fn url(&self) -> String {
        let port = self.port;
        let user = match self.options.password {
            Some(password) => format!(":{password}@"),
            None => String::new(),
        };
        if self.options.tls {
            let root = self.authority();
            return format!(
                "rediss://{user}localhost:{port}?sslrootcert={}",
                root.display()
            );
        }
        format!("redis://{user}127.0.0.1:{port}")
    }

    fn authority(&self) -> PathBuf {
        self.path("authority.crt")
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(Path::new(&self.path("log"))).unwrap_or_default()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if self.server.is_some() {
            self.kill();
        }
    }
}
