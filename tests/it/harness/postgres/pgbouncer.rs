//! PgBouncer in front of a database, in transaction mode: a session of a client is none of the server's. Must not know who connects.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;

use tempfile::TempDir;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::cluster::at;
use super::processes::settled;
use super::programs::Programs;
use crate::harness::free_port;

/// Connections it makes to a database: fewer than the clients that share them.
const POOL_SIZE: u32 = 10;

/// A running pooler.
pub(crate) struct PgBouncer {
    child: Child,
    url: String,
    _folder: TempDir,
}

impl PgBouncer {
    /// In front of the server that a URL names, for the user it names.
    pub(crate) async fn before(url: &str) -> Self {
        let programs = Programs::here();
        let folder = tempfile::tempdir().expect("a temporary folder");
        programs.give(folder.path());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let config = write_files(folder.path(), address, url);
        let child = programs
            .command(program())
            .arg("-q")
            .arg(config)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("PgBouncer is spawned");
        let mut pooler = Self {
            child,
            url: at(url, address),
            _folder: folder,
        };
        settled("PgBouncer listens", || {
            let ended = pooler.child.try_wait().expect("it can be waited for");
            assert!(ended.is_none(), "PgBouncer ended with {ended:?}");
            TcpStream::connect(address).is_ok()
        })
        .await;
        pooler
    }

    /// The URL of the same database through it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        if self.child.kill().is_err() || self.child.wait().is_err() {
            eprintln!("PgBouncer {} may still be running", self.child.id());
        }
    }
}

/// Debian's is outside an ordinary user's path.
fn program() -> &'static str {
    let debian = "/usr/sbin/pgbouncer";
    if Path::new(debian).exists() {
        debian
    } else {
        "pgbouncer"
    }
}

fn write_files(folder: &Path, address: SocketAddr, url: &str) -> PathBuf {
    let upstream: Config = url.parse().expect("a PostgreSQL URL");
    let [Host::Tcp(host)] = upstream.get_hosts() else {
        panic!("a pooler is put before one server, by TCP");
    };
    let port = upstream.get_ports().first().copied().unwrap_or(5432);
    let (config, users) = (folder.join("pgbouncer.ini"), folder.join("users"));
    // Every database there; a server that has died is tried again soon.
    let text = format!(
        "[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = {}
listen_port = {}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {}
pool_mode = transaction
default_pool_size = {POOL_SIZE}
max_client_conn = 300
server_login_retry = 1
logfile = {}
",
        address.ip(),
        address.port(),
        users.display(),
        folder.join("log").display(),
    );
    let user = upstream.get_user().expect("the URL names a user");
    let password = upstream.get_password().unwrap_or_default();
    let password = String::from_utf8_lossy(password);
    fs::write(&config, text).expect("the folder takes files");
    fs::write(&users, format!("\"{user}\" \"{password}\"\n")).expect("the folder takes files");
    for file in [&config, &users] {
        Programs::here().give(file);
    }
    config
}
