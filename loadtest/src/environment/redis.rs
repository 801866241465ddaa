//! A Redis of a run's own, between the instances of a fleet: no persistence, gone with the run. Owns the process;
//! knows nothing of what is said through it.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Longest it may take to answer.
const READY_SECONDS_MAX: u64 = 10;
/// Between two questions whether it is there.
const READY_GAP: Duration = Duration::from_millis(20);
/// How often it is started: another process may take the free port first.
const STARTS_MAX: usize = 3;

/// A Redis of our own, ended when it is dropped.
#[derive(Debug)]
pub(super) struct Redis {
    child: Child,
    address: SocketAddr,
}

impl Redis {
    /// Starts one that writes its log into `dir`, and waits until it answers.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub(super) fn start(dir: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("create {}", dir.display()))?;
        let mut last = None;
        for _ in 0..STARTS_MAX {
            match Self::start_once(dir) {
                Ok(redis) => return Ok(redis),
                Err(error) => last = Some(error),
            }
        }
        Err(last.expect("there was at least one start"))
    }

    fn start_once(dir: &Path) -> anyhow::Result<Self> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
        let address = free.local_addr()?;
        drop(free);
        let log = dir.join("redis.log");
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &address.port().to_string()])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(dir)
            .stdin(Stdio::null())
            .stdout(File::create(&log).context("create Redis's log")?)
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("start redis-server, which several instances need: install Redis 7")?;
        let mut redis = Self { child, address };
        redis.wait_until_ready().with_context(|| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            format!("Redis did not start:\n{said}")
        })?;
        Ok(redis)
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(READY_SECONDS_MAX);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended with {status}");
            }
            if self.answers().is_ok_and(|answers| answers) {
                return Ok(());
            }
            thread::sleep(READY_GAP);
        }
        bail!("it did not answer within {READY_SECONDS_MAX} s")
    }

    fn answers(&self) -> std::io::Result<bool> {
        let limit = Duration::from_secs(1);
        let mut socket = TcpStream::connect_timeout(&self.address, limit)?;
        socket.set_read_timeout(Some(limit))?;
        socket.write_all(b"PING\r\n")?;
        let mut pong = [0; 5];
        socket.read_exact(&mut pong)?;
        Ok(pong == *b"+PONG")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // Nothing in it is kept, so it need not be asked.
        if self.child.kill().is_ok() && self.child.wait().is_err() {
            eprintln!("the redis-server {} may still be running", self.child.id());
        }
    }
}
