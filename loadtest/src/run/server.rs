//! The server's process: starting it, reading what it uses, stopping it by its id, and asking it what
//! it stored. Owns the child; knows nothing of learners.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};

use super::bank;
use crate::base::Base;
use crate::ledger::{Ledger, LedgerReport, StoredAnswer};

/// Longest a server may take to say that it is ready.
const READY_SECONDS_MAX: u64 = 60;
/// Longest a server may take to stop when asked; beyond it, it is killed.
const STOP_SECONDS_MAX: u64 = 30;
/// What the server prints before its address.
const READY_WORDS: &str = "LearnR is ready at ";
/// Guests a minute that the spawned server takes: every learner comes from one address.
const GUESTS_PER_MINUTE: &str = "100000000";
/// Bytes of the server's log shown when it does not start.
const LOG_TAIL_BYTES: usize = 2_000;
/// Clock ticks a second in `/proc/PID/stat`: fixed at 100 for user space on Linux.
const TICKS_PER_S: f64 = 100.0;

/// A server of our own.
#[derive(Debug)]
pub struct Server {
    child: Child,
    base: Base,
    log: PathBuf,
}

/// What a process uses.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Resident memory now, bytes.
    pub rss_bytes: u64,
    /// Resident memory at its highest, bytes.
    pub rss_peak_bytes: u64,
    /// User and system time so far, seconds.
    pub cpu_s: f64,
}

impl Server {
    /// Starts `binary serve` on a free port and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start, with the end of its log.
    pub fn start(binary: &Path, data: &Path, limits: bool) -> anyhow::Result<Self> {
        ensure!(
            binary.is_file(),
            "{} is not there: build the server first (cargo build --release -p learnr), or name it with --server",
            binary.display()
        );
        fs::create_dir_all(data).with_context(|| format!("create {}", data.display()))?;
        bank::load(binary, data)?;
        let log = data.join("server.log");
        let mut command = Command::new(binary);
        command
            .args(["serve", "--port", "0", "--data"])
            .arg(data)
            .env("LEARNR_GUESTS_PER_MINUTE", GUESTS_PER_MINUTE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).context("create the server's log")?)
            // A group of its own, so that Ctrl-C here does not stop it before the run has ended.
            .process_group(0);
        if !limits {
            command.env("LEARNR_RATE_LIMITS", "off");
        }
        let mut child = command
            .spawn()
            .with_context(|| format!("start {}", binary.display()))?;
        let stdout = child.stdout.take().context("the server has no stdout")?;
        match ready(stdout) {
            Ok(base) => Ok(Self { child, base, log }),
            Err(error) => {
                child.kill().context("end a server that did not start")?;
                let status = child.wait()?;
                let tail = log_tail(&log);
                Err(error.context(format!("the server did not start ({status}):\n{tail}")))
            }
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// What it uses now.
    ///
    /// # Errors
    /// When it is gone.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        usage(&self.child.id().to_string())
    }

    /// Asks it to stop, and waits.
    ///
    /// # Errors
    /// When it had to be killed or ended badly: what it had acknowledged must be stored all the same.
    pub fn stop(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!(
                "the server ended before it was asked to ({status}):\n{}",
                log_tail(&self.log)
            );
        }
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .context("run kill")?;
        ensure!(asked.success(), "kill ended with {asked}");
        let status = self.wait_for_end()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }

    fn wait_for_end(&mut self) -> anyhow::Result<ExitStatus> {
        let until = Instant::now() + Duration::from_secs(STOP_SECONDS_MAX);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.child.kill()?;
        self.child.wait()?;
        bail!("the server did not stop within {STOP_SECONDS_MAX} s and was killed")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already after `stop`; killing it again does nothing.
        if self.child.kill().is_ok() && self.child.wait().is_err() {
            eprintln!("the server {} may still be running", self.child.id());
        }
    }
}

/// Reads lines until the ready line; the rest is read and dropped, so that the pipe never fills.
fn ready(stdout: ChildStdout) -> anyhow::Result<Base> {
    let (found, wait) = mpsc::sync_channel(1);
    thread::spawn(move || {
        let mut found = Some(found);
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some((_, url)) = line.split_once(READY_WORDS)
                && let Some(found) = found.take()
                && found.send(url.trim().to_owned()).is_err()
            {
                return;
            }
        }
    });
    let url = wait
        .recv_timeout(Duration::from_secs(READY_SECONDS_MAX))
        .map_err(|_| anyhow!("it never said {READY_WORDS:?}"))?;
    Ok(url.split_whitespace().next().unwrap_or_default().parse()?)
}

fn log_tail(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let from = bytes.len().saturating_sub(LOG_TAIL_BYTES);
    String::from_utf8_lossy(&bytes[from..]).into_owned()
}

/// What process `id` (`self` for this one) uses now.
///
/// # Errors
/// When there is no such process.
pub fn usage(id: &str) -> anyhow::Result<Usage> {
    let read = |name: &str| {
        let path = format!("/proc/{id}/{name}");
        fs::read_to_string(&path).with_context(|| format!("read {path}"))
    };
    parse_usage(&read("status")?, &read("stat")?).context("/proc is not as expected")
}

fn parse_usage(status: &str, stat: &str) -> Option<Usage> {
    let bytes = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kib * 1024)
    };
    // The name in parentheses may hold spaces; user and system time are 12th and 13th after it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some(Usage {
        rss_bytes: bytes("VmRSS:")?,
        rss_peak_bytes: bytes("VmHWM:")?,
        cpu_s: (user + system) / TICKS_PER_S,
    })
}

/// Holds the ledger against what `binary answers` finds in `data`.
///
/// # Errors
/// When the answers cannot be listed.
pub fn check_stored(binary: &Path, data: &Path, ledger: &Ledger) -> anyhow::Result<LedgerReport> {
    let mut child = Command::new(binary)
        .args(["answers", "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {} answers", binary.display()))?;
    let stdout = child.stdout.take().context("answers has no stdout")?;
    let mut fault = None;
    let rows = BufReader::new(stdout).lines().map_while(|line| {
        let parsed = line
            .map_err(anyhow::Error::from)
            .and_then(|line| Ok(serde_json::from_str::<StoredAnswer>(&line)?));
        parsed.map_err(|error| fault = Some(error)).ok()
    });
    let report = ledger.check(rows);
    if let Some(fault) = fault {
        child.kill().context("end a listing that cannot be read")?;
        child.wait()?;
        return Err(fault.context("a stored answer cannot be read"));
    }
    let status = child.wait()?;
    ensure!(status.success(), "listing the answers ended with {status}");
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_read_though_the_name_has_a_parenthesis() {
        let status = "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0";
        let expected = Usage {
            rss_bytes: 1024 * 1024,
            rss_peak_bytes: 2048 * 1024,
            cpu_s: 2.0,
        };
        assert_eq!(parse_usage(status, stat), Some(expected));
        assert_eq!(parse_usage("", stat), None);
    }

    #[test]
    fn this_process_uses_something() {
        let usage = usage("self").expect("this process is there");
        assert!(usage.rss_bytes > 0 && usage.rss_peak_bytes >= usage.rss_bytes);
    }

    #[test]
    fn a_binary_that_is_not_there_is_refused_in_words() {
        let error = Server::start(Path::new("/nowhere/learnr"), Path::new("/nowhere"), true)
            .expect_err("there is no such file");
        assert!(
            error.to_string().contains("build the server first"),
            "{error}"
        );
    }
}
