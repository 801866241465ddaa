//! The server's process: starting it, reading what it uses, stopping it by its id, and asking it what
//! it stored. Owns the child; knows nothing of learners.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};

use super::bank;
use super::group::Group;
use super::process::ProcessUsage;
pub use super::process::{ProcessUsage as Usage, usage};
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
/// A server of our own.
#[derive(Debug)]
pub struct Server {
    child: Child,
    base: Base,
    log: PathBuf,
}

/// How a server is started.
#[derive(Debug)]
pub(super) struct Launch<'a> {
    /// The `learnr` binary.
    pub(super) binary: &'a Path,
    /// Where it stores, and writes its log.
    pub(super) data: &'a Path,
    /// Further arguments of `serve`.
    pub(super) arguments: &'a [String],
    /// Variables set for it, or unset.
    pub(super) variables: &'a [Variable],
    /// Whether the protocol's message limits are on.
    pub(super) limits: bool,
    /// The control group it runs in.
    pub(super) group: Option<&'a Group>,
}

/// A variable of a process's environment, and its value; `None` takes it away.
pub(crate) type Variable = (String, Option<String>);

/// Sets and takes away variables for a command.
pub(crate) fn vary(command: &mut Command, variables: &[Variable]) {
    for (name, value) in variables {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

impl Launch<'_> {
    fn command(&self, log: &Path) -> anyhow::Result<Command> {
        let mut command = match self.group {
            Some(group) => group.command(self.binary),
            None => Command::new(self.binary),
        };
        command
            .args(["serve", "--port", "0", "--data"])
            .arg(self.data)
            .args(self.arguments)
            .env("LEARNR_GUESTS_PER_MINUTE", GUESTS_PER_MINUTE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log).context("create the server's log")?)
            // A group of its own, so that Ctrl-C here does not stop it before the run has ended.
            .process_group(0);
        vary(&mut command, self.variables);
        if !self.limits {
            command.env("LEARNR_RATE_LIMITS", "off");
        }
        Ok(command)
    }
}

impl Server {
    /// Imports the load test's certification, starts `binary serve` on a free port and waits until it is ready. It
    /// stores in `data`, or in what `DATABASE_URL` of this process names.
    ///
    /// # Errors
    /// When it does not start, with the end of its log.
    pub fn start(binary: &Path, data: &Path, limits: bool) -> anyhow::Result<Self> {
        bank::load(binary, data, &[])?;
        Self::launch(&Launch {
            binary,
            data,
            arguments: &[],
            variables: &[],
            limits,
            group: None,
        })
    }

    /// Starts `serve` on a free port and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start, with the end of its log.
    pub(super) fn launch(launch: &Launch<'_>) -> anyhow::Result<Self> {
        let log = launch.data.join("server.log");
        let mut child = launch
            .command(&log)?
            .spawn()
            .with_context(|| format!("start {}", launch.binary.display()))?;
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
    pub fn usage(&self) -> anyhow::Result<ProcessUsage> {
        usage(&self.child.id().to_string())
    }

    /// Asks it to stop, and waits.
    ///
    /// # Errors
    /// When it had to be killed or ended badly: what it had acknowledged must be stored all the same.
    pub fn stop(mut self) -> anyhow::Result<()> {
        self.ask_to_stop()?;
        self.wait_for_end()
    }

    /// Asks it to stop.
    ///
    /// # Errors
    /// When it had ended already, with the end of its log.
    pub(super) fn ask_to_stop(&mut self) -> anyhow::Result<()> {
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
        Ok(())
    }

    /// Waits until it has stopped.
    ///
    /// # Errors
    /// When it had to be killed or ended badly.
    pub(super) fn wait_for_end(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(STOP_SECONDS_MAX);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                ensure!(
                    status.success(),
                    "the server ended with {status}:\n{}",
                    log_tail(&self.log)
                );
                return Ok(());
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

/// Holds the ledger against what `binary answers` finds in `data`, or in what `DATABASE_URL` of this process names.
///
/// # Errors
/// When the answers cannot be listed.
pub fn check_stored(binary: &Path, data: &Path, ledger: &Ledger) -> anyhow::Result<LedgerReport> {
    check_answers(binary, data, &[], ledger)
}

/// The same with variables of its own.
///
/// # Errors
/// When the answers cannot be listed.
pub(super) fn check_answers(
    binary: &Path,
    data: &Path,
    variables: &[Variable],
    ledger: &Ledger,
) -> anyhow::Result<LedgerReport> {
    let mut command = Command::new(binary);
    vary(&mut command, variables);
    let mut child = command
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
    fn a_binary_that_is_not_there_is_refused_in_words() {
        let error = Server::start(Path::new("/nowhere/learnr"), Path::new("/nowhere"), true)
            .expect_err("there is no such file");
        assert!(
            error.to_string().contains("build the server first"),
            "{error}"
        );
    }
}
