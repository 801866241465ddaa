//! PgBouncer in front of a database, in transaction mode: a session of a client is none of the server's. Must not know who connects.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::Child;

use tempfile::TempDir;

use super::cluster::url;
use super::processes::settled;
use super::programs::Programs;
use super::{PASSWORD, USER};
use crate::harness::free_port;

/// Connections it makes to a database: fewer than the clients that share them.
const POOL_SIZE: u32 = 10;

/// A running pooler.
pub(crate) struct PgBouncer {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl PgBouncer {
    /// In front of every database at an address.
    pub(crate) async fn before(upstream: SocketAddr) -> Self {
        let programs = Programs::here();
        let folder = tempfile::tempdir().expect("a temporary folder");
        programs.give(folder.path());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let config = write_files(folder.path(), address, upstream);
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
            address,
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

    /// The superuser's URL of a database through it.
    pub(crate) fn url(&self, database: &str) -> String {
        url(self.address, database)
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

fn write_files(folder: &Path, address: SocketAddr, upstream: SocketAddr) -> std::path::PathBuf {
    let (config, users) = (folder.join("pgbouncer.ini"), folder.join("users"));
    let text = format!(
        "[databases]
* = host={} port={}
[pgbouncer]
listen_addr = {}
listen_port = {}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {}
pool_mode = transaction
default_pool_size = {POOL_SIZE}
max_client_conn = 300
logfile = {}
",
        upstream.ip(),
        upstream.port(),
        address.ip(),
        address.port(),
        users.display(),
        folder.join("log").display(),
    );
    fs::write(&config, text).expect("the folder takes files");
    fs::write(&users, format!("\"{USER}\" \"{PASSWORD}\"\n")).expect("the folder takes files");
    for file in [&config, &users] {
        Programs::here().give(file);
    }
    config
}
