//! The processes of learners: starting them, giving them orders, reading what they tell, and their ledgers at
//! the end. Owns the children; each ends when this process does, because its stdin then ends.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};

use super::server::{Usage, usage};
use crate::crew::orders::{Order, Second, Share};
use crate::ledger::Ledger;

/// The hidden verb of this program that makes a process of learners.
pub const WORKER_VERB: &str = "worker";
/// Seconds told and not yet taken, of all processes; a process that is not listened to waits.
const TOLD_MAX: usize = 256;
/// Longest a process may take to end once it has handed its ledger over.
const END_MAX: Duration = Duration::from_secs(10);

/// What a process told.
pub(super) enum Told {
    Second(Box<Second>),
    /// It ended, or what it told made no sense, before its last second.
    Broken(anyhow::Error),
}

/// All processes of a run.
pub(super) struct Workers {
    workers: Vec<Worker>,
    told: Receiver<(usize, Told)>,
}

struct Worker {
    child: Child,
    orders: ChildStdin,
    reader: Option<JoinHandle<anyhow::Result<Ledger>>>,
}

impl Workers {
    /// Starts a process for each share.
    pub(super) fn start(shares: &[Share]) -> anyhow::Result<Self> {
        let (tell, told) = mpsc::sync_channel(TOLD_MAX);
        let mut workers = Vec::new();
        for share in shares {
            workers.push(Worker::start(share, tell.clone())?);
        }
        Ok(Self { workers, told })
    }

    pub(super) fn count(&self) -> usize {
        self.workers.len()
    }

    /// Gives every process an order.
    pub(super) fn order(&mut self, order: Order) -> anyhow::Result<()> {
        for worker in &mut self.workers {
            worker.order(order)?;
        }
        Ok(())
    }

    /// What is told next; `None` when nothing is within `wait`.
    pub(super) fn next(&self, wait: Duration) -> anyhow::Result<Option<(usize, Told)>> {
        match self.told.recv_timeout(wait) {
            Ok(told) => Ok(Some(told)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => bail!("every process of learners has ended"),
        }
    }

    /// What all processes use together.
    pub(super) fn usage(&self) -> Usage {
        let mut sum = Usage::default();
        for worker in &self.workers {
            // One that has ended is told of by its reader.
            if let Ok(used) = usage(&worker.child.id().to_string()) {
                sum.rss_bytes += used.rss_bytes;
                sum.rss_peak_bytes += used.rss_peak_bytes;
                sum.cpu_s += used.cpu_s;
            }
        }
        sum
    }

    /// One ledger of all, after they were ordered to finish.
    pub(super) fn ledger(mut self) -> anyhow::Result<Ledger> {
        let mut all = Ledger::default();
        for worker in &mut self.workers {
            let reader = worker.reader.take().context("a ledger is read once")?;
            let ledger = reader
                .join()
                .map_err(|_| anyhow!("the reader of a process of learners panicked"))?
                .context("read a ledger")?;
            all.absorb(ledger);
            worker.wait()?;
        }
        Ok(all)
    }
}

impl Worker {
    fn start(share: &Share, tell: SyncSender<(usize, Told)>) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("find this program's own path")?;
        let mut child = Command::new(&program)
            .arg(WORKER_VERB)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Ctrl-C is the coordinator's: it still wants their ledgers.
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {} {WORKER_VERB}", program.display()))?;
        let mut orders = child.stdin.take().context("a process without stdin")?;
        let stdout = child.stdout.take().context("a process without stdout")?;
        let mut line = serde_json::to_vec(share).context("write a share")?;
        line.push(b'\n');
        let written = orders.write_all(&line);
        let number = share.process;
        let reader = thread::spawn(move || listen(number, stdout, &tell));
        let worker = Self {
            child,
            orders,
            reader: Some(reader),
        };
        written.context("give a process its share")?;
        Ok(worker)
    }

    fn order(&mut self, order: Order) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(&order).context("write an order")?;
        line.push(b'\n');
        self.orders
            .write_all(&line)
            .and_then(|()| self.orders.flush())
            .context("a process of learners takes no orders: it has ended")
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + END_MAX;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                if status.success() {
                    return Ok(());
                }
                bail!("a process of learners ended with {status}");
            }
            thread::sleep(Duration::from_millis(10));
        }
        bail!("a process of learners did not end within {END_MAX:?}")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and need not be.
        if self.child.kill().is_ok() && self.child.wait().is_err() {
            eprintln!("process {} of learners may still run", self.child.id());
        }
    }
}

/// Passes on every second, then reads the ledger.
fn listen(
    number: usize,
    stdout: ChildStdout,
    tell: &SyncSender<(usize, Told)>,
) -> anyhow::Result<Ledger> {
    let mut lines = BufReader::new(stdout);
    let mut text = String::new();
    loop {
        text.clear();
        let read = lines.read_line(&mut text).map_err(anyhow::Error::from);
        let second = read.and_then(|bytes| {
            if bytes == 0 {
                bail!("process {number} of learners ended before its time");
            }
            Ok(serde_json::from_str::<Second>(&text)?)
        });
        let (told, goes_on) = match second {
            Ok(second) if second.last => (Told::Second(Box::new(second)), false),
            Ok(second) => (Told::Second(Box::new(second)), true),
            Err(error) => {
                let words = format!("{error:#}");
                if tell.send((number, Told::Broken(error))).is_err() {
                    bail!("nobody listens: {words}");
                }
                bail!(words);
            }
        };
        if tell.send((number, told)).is_err() {
            bail!("nobody listens to process {number} of learners");
        }
        if !goes_on {
            return Ok(Ledger::taken_over(&mut lines)?);
        }
    }
}
