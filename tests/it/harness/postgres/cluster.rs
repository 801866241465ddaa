//! A PostgreSQL of one test, to be killed, frozen and started again at the same address.
//!
//! Owns its processes and its folder: none outlives it. Must not know what is stored there.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use tempfile::TempDir;

use super::processes::{any_alive, family, settled, signal};
use super::programs::{Programs, said};
use super::{PASSWORD, SmallDisk, USER, tls};
use crate::harness::free_port;

/// Ports tried: another process may take the one that was just free.
const PORT_ATTEMPTS_MAX: usize = 5;
/// Bytes of the log shown when something fails.
const LOG_TAIL_BYTES: usize = 2_000;
/// As durable as in production; small, since several may run at once. Shared memory in files of its own folder: in the system's, a
/// server that is killed would leave some for ever.
const SETTINGS: &str = "
dynamic_shared_memory_type = mmap
listen_addresses = '127.0.0.1'
max_connections = 100
shared_buffers = 32MB
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = replica
max_wal_size = 256MB
hot_standby = on
log_min_messages = warning
";

/// How a test wants its cluster.
#[derive(Default)]
pub(crate) struct ClusterOptions {
    /// Settings beside those of every cluster here.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// A disk of its own, which can be filled.
    pub(crate) disk: Option<SmallDisk>,
    /// With a certificate for `localhost`; connections without TLS are still taken.
    pub(crate) tls: bool,
}

/// A running cluster, or one that was killed and may be started again.
pub(crate) struct Cluster {
    server: Option<Child>,
    /// The processes of the server that was last killed or is running, as far as they are known.
    family: Vec<u32>,
    pub(super) port: u16,
    pub(super) data: PathBuf,
    disk: Option<SmallDisk>,
    folder: TempDir,
}

impl Cluster {
    /// An empty cluster with nothing special about it.
    pub(crate) async fn start() -> Self {
        Self::with(ClusterOptions::default()).await
    }

    /// An empty cluster as the options say.
    pub(crate) async fn with(options: ClusterOptions) -> Self {
        let programs = Programs::here();
        let folder = tempfile::tempdir().expect("a temporary folder");
        programs.give(folder.path());
        let data = match &options.disk {
            Some(disk) => disk.path().join("data"),
            None => folder.path().join("data"),
        };
        // With owners and modes: PostgreSQL insists on them.
        said(Command::new("cp").arg("-a").arg(image()).arg(&data));
        let mut settings = SETTINGS.to_owned();
        settings += &format!("unix_socket_directories = '{}'\n", folder.path().display());
        if options.tls {
            tls::give_certificate(programs, folder.path());
            settings += &tls::settings(folder.path());
        }
        for (name, value) in &options.settings {
            settings += &format!("{name} = '{value}'\n");
        }
        append(&data.join("postgresql.conf"), &settings);
        let mut cluster = Self::stopped(folder, data, options.disk);
        cluster.start_on_a_free_port().await;
        cluster
    }

    /// A cluster over a folder of data that is there already.
    pub(super) fn stopped(folder: TempDir, data: PathBuf, disk: Option<SmallDisk>) -> Self {
        Self {
            server: None,
            family: Vec::new(),
            port: 0,
            data,
            disk,
            folder,
        }
    }

    pub(super) async fn start_on_a_free_port(&mut self) {
        for _ in 0..PORT_ATTEMPTS_MAX {
            self.port = free_port();
            if self.try_start().await {
                return;
            }
            let log = self.log_tail();
            assert!(log.contains("Address already in use"), "{log}");
        }
        panic!("no free port: {}", self.log_tail());
    }

    /// Starts what was stopped or killed, at the same address, and waits until it takes connections: through recovery, if need be.
    pub(crate) async fn start_again(&mut self) {
        assert!(self.server.is_none(), "it is running");
        let started = self.try_start().await;
        assert!(started, "it does not start: {}", self.log_tail());
    }

    /// Whether it came up.
    pub(crate) async fn try_start(&mut self) -> bool {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("the log can be written");
        let mut postgres = Programs::here().postgres("postgres");
        postgres.arg("-D").arg(&self.data);
        postgres.args(["-p", &self.port.to_string()]);
        postgres
            .stdout(log.try_clone().expect("a file"))
            .stderr(log);
        let mut child = postgres.spawn().expect("PostgreSQL is spawned");
        let id = child.id();
        self.family = vec![id];
        let state = self.data.join("postmaster.pid");
        let mut up = false;
        settled("PostgreSQL is up or gone", || {
            up = says_ready(&state, id);
            up || child.try_wait().expect("it can be waited for").is_some()
        })
        .await;
        self.server = up.then_some(child);
        up
    }

    /// `kill -9` for the postmaster and every backend, as when a machine dies; returns once they have gone.
    pub(crate) async fn kill(&mut self) {
        let mut child = self.server.take().expect("it is running");
        self.family = family(child.id());
        signal("KILL", &self.family);
        self.gone(&mut child).await;
    }

    /// An immediate shutdown: connections are cut, nothing is written out; returns once it is down.
    pub(crate) async fn stop_immediately(&mut self) {
        let mut child = self.server.take().expect("it is running");
        self.family = family(child.id());
        signal("QUIT", &[child.id()]);
        self.gone(&mut child).await;
    }

    async fn gone(&mut self, child: &mut Child) {
        let family = std::mem::take(&mut self.family);
        settled("PostgreSQL is gone", || {
            let ended = child.try_wait().expect("it can be waited for").is_some();
            ended && !any_alive(&family)
        })
        .await;
    }

    /// Whether the postmaster has ended by itself, as it does when it cannot recover.
    pub(crate) fn has_ended(&mut self) -> bool {
        let ended = match &mut self.server {
            None => true,
            Some(child) => child.try_wait().expect("it can be waited for").is_some(),
        };
        if ended {
            self.server = None;
        }
        ended
    }

    /// Stops every process where it is; the system still takes connections and bytes for them.
    pub(crate) fn freeze(&self) {
        signal("STOP", &family(self.id()));
    }

    /// Lets them go on.
    pub(crate) fn thaw(&self) {
        signal("CONT", &family(self.id()));
    }

    fn id(&self) -> u32 {
        self.server.as_ref().expect("it is running").id()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// The superuser's URL of one of its databases; `postgres` is always there.
    pub(crate) fn url(&self, database: &str) -> String {
        url(self.address(), database)
    }

    /// The certificate of the authority that signed the server's, when it was asked for.
    pub(crate) fn authority(&self) -> PathBuf {
        tls::authority(self.folder.path())
    }

    /// Its disk, when it was given one of its own.
    pub(crate) fn disk(&self) -> &SmallDisk {
        self.disk.as_ref().expect("the test asked for a small disk")
    }

    /// Runs SQL as the superuser; what it prints, a line for each row.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = Programs::here().postgres("psql");
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        said(psql.arg(self.url(database)))
    }

    /// Makes a database and gives its URL.
    pub(crate) fn create_database(&self, name: &str) -> String {
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(name)
    }

    /// Changes a setting that needs no restart.
    pub(crate) fn set(&self, name: &str, value: &str) {
        self.sql("postgres", &format!("ALTER SYSTEM SET {name} = '{value}'"));
        self.sql("postgres", "SELECT pg_reload_conf()");
    }

    /// The end of what it has logged.
    pub(crate) fn log_tail(&self) -> String {
        let bytes = fs::read(self.log()).unwrap_or_default();
        let from = bytes.len().saturating_sub(LOG_TAIL_BYTES);
        String::from_utf8_lossy(&bytes[from..]).into_owned()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut child) = self.server.take() {
            self.family = family(child.id());
            signal("KILL", &self.family);
            if let Err(error) = child.wait() {
                eprintln!("PostgreSQL {} may still be running: {error}", child.id());
            }
        }
        // The folder is removed next: nobody may write there by then. The killed are soon gone.
        while any_alive(&self.family) {
            std::thread::yield_now();
        }
    }
}

/// The superuser's URL of a database at an address.
pub(super) fn url(address: SocketAddr, database: &str) -> String {
    format!("postgresql://{USER}:{PASSWORD}@{address}/{database}")
}

/// A URL with another address in the place of its own: a proxy's, or a pooler's.
pub(crate) fn at(url: &str, address: SocketAddr) -> String {
    let (start, rest) = url.split_once('@').expect("a URL with a user");
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    format!("{start}@{address}{}", &rest[end..])
}

/// Whether the file by which a postmaster tells its state is that of process `id`, and says that connections are taken.
fn says_ready(state: &Path, id: u32) -> bool {
    let Ok(text) = fs::read_to_string(state) else {
        return false;
    };
    let mut lines = text.lines();
    let own = lines
        .next()
        .is_some_and(|line| line.trim() == id.to_string());
    let word = lines.nth(6).map(str::trim);
    own && matches!(word, Some("ready" | "standby"))
}

pub(super) fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .expect("the file can be opened");
    file.write_all(text.as_bytes()).expect("it can be written");
}

/// A folder of data as initdb leaves it, made once for each target folder, version and owner: clusters begin with a copy.
fn image() -> PathBuf {
    let programs = Programs::here();
    let version = said(programs.postgres("postgres").arg("--version"));
    let name = format!("{version} of {}", programs.uid());
    let name = name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let images = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres");
    let image = images.join(name);
    if image.exists() {
        return image;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    programs.give(folder.path());
    let (data, password) = (folder.path().join("data"), folder.path().join("password"));
    fs::write(&password, PASSWORD).expect("the folder takes files");
    programs.give(&password);
    let mut initdb = programs.postgres("initdb");
    initdb.arg("-D").arg(&data).arg("--pwfile").arg(&password);
    initdb.args(["--username", USER, "--auth", "scram-sha-256"]);
    // Small segments of the log: a small disk is to hold several.
    initdb.args([
        "--encoding",
        "UTF8",
        "--locale",
        "C",
        "--no-sync",
        "--wal-segsize",
        "1",
    ]);
    said(&mut initdb);
    fs::create_dir_all(&images).expect("the target folder takes folders");
    let copy = tempfile::tempdir_in(&images).expect("a temporary folder");
    said(Command::new("cp").arg("-a").arg(&data).arg(copy.path()));
    // Whoever is first has made it: a folder does not take the place of one that is not empty.
    if fs::rename(copy.path().join("data"), &image).is_err() {
        assert!(
            image.exists(),
            "the image cannot be put at {}",
            image.display()
        );
    }
    image
}
