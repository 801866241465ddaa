//! A process of learners: it takes its share and its orders on stdin, drives its learners, and tells every
//! second what it counted on stdout; at the end its ledger. It ends when its stdin does, so that nothing stays
//! behind a coordinator that is gone. Knows no server but its address, and nothing of reports.

mod agenda;
mod clock;
mod line;
mod odd;
pub mod orders;
mod pace;
mod seat;
mod shard;
mod share;

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, ensure};
use tokio::time::Instant;

pub use pace::knee_rate;
pub use share::{SOCKETS_A_PROCESS_MAX, processes};

use crate::api::Rest;
use crate::base::Base;
use crate::examinee::Key;
use crate::learner::Settings;
use crate::ledger::Ledger;
use crate::meter::{Latencies, Meter, Recorder};
use clock::Clock;
use orders::{Order, Second, Share};
use pace::Place;
use seat::Seating;
use shard::Shard;

/// What ended a socket that a storm dropped.
pub const STORM: &str = "storm";
/// Orders that may wait; the coordinator sends a handful in all.
const ORDERS_MAX: usize = 64;
/// Prime that spreads the seeds of learners.
const SEED_STRIDE: u64 = 1_000_003;

/// What the learners of a thread share.
struct Crew {
    share: Arc<Share>,
    clock: Arc<Clock>,
    key: Arc<Key>,
    /// One for each server; a learner keeps to theirs.
    rests: Vec<Rest>,
    recorder: Recorder,
    first_drop: Arc<Mutex<Option<Instant>>>,
}

impl Crew {
    fn place(&self, seating: Seating) -> Place {
        let learners = self.share.scenario.learners.sessions;
        Place {
            part: seating.place as f64 / learners as f64,
            learners,
        }
    }

    fn seed(&self, number: usize) -> u64 {
        let seed = self.share.scenario.learners.seed;
        seed.wrapping_mul(SEED_STRIDE) ^ number as u64
    }

    fn settings(&self, seating: Seating, seed: u64) -> Settings {
        let scenario = &self.share.scenario;
        let rest = &self.rests[seating.place % self.rests.len()];
        let mut settings = Settings::new(rest.clone(), "");
        settings.create = self.share.create.clone();
        settings.encoding = scenario.learners.encoding.into();
        settings.keeps_limits = scenario.environment.limits;
        settings.seed = seed;
        settings
    }

    /// A storm has dropped a socket.
    fn dropped(&self, at: Instant) {
        let mut first = self
            .first_drop
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(at);
    }
}

/// The whole life of a process of learners.
///
/// # Errors
/// When its share makes no sense, or the coordinator is gone.
pub fn work() -> anyhow::Result<()> {
    let mut input = BufReader::new(io::stdin());
    let mut line = String::new();
    input.read_line(&mut line).context("read the share")?;
    let share: Share = serde_json::from_str(&line).context("the first line is not a share")?;
    ensure!(!share.bases.is_empty(), "a share without a server");
    let orders = listen(input);
    let mut process = Process::start(share)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let ledger = process.run(&orders, &mut out)?;
    ledger.hand_over(&mut out).context("hand the ledger over")?;
    Ok(())
}

/// Reads orders until stdin ends, and the process with it.
fn listen(input: BufReader<io::Stdin>) -> Receiver<Order> {
    let (orders, taken) = mpsc::sync_channel(ORDERS_MAX);
    thread::spawn(move || {
        for line in input.lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(order) if orders.send(order).is_ok() => {}
                Ok(_) => return,
                Err(error) => {
                    eprintln!("a process of learners got an order it cannot read: {error}");
                    break;
                }
            }
        }
        // The coordinator is gone, and whoever it was for with it.
        std::process::exit(0);
    });
    taken
}

struct Process {
    clock: Arc<Clock>,
    shards: Vec<Shard>,
    first_drop: Arc<Mutex<Option<Instant>>>,
    last_back_s: f64,
}

impl Process {
    fn start(share: Share) -> anyhow::Result<Self> {
        let share = Arc::new(share);
        let clock = Arc::new(Clock::new(&share.scenario, share.origin_ms));
        let key = match &share.key {
            Some(path) => Key::read(Path::new(path))?,
            None => Key::default(),
        };
        let key = Arc::new(key);
        let bases: Vec<Base> = share
            .bases
            .iter()
            .map(|base| base.parse())
            .collect::<Result<_, _>>()?;
        let first_drop = Arc::default();
        let shards = (0..share.scenario.learners.threads)
            .map(|thread| {
                let crew = Crew {
                    share: Arc::clone(&share),
                    clock: Arc::clone(&clock),
                    key: Arc::clone(&key),
                    rests: bases.iter().cloned().map(Rest::new).collect(),
                    recorder: Recorder::default(),
                    first_drop: Arc::clone(&first_drop),
                };
                Shard::start(crew, thread)
            })
            .collect();
        Ok(Self {
            clock,
            shards,
            first_drop,
            last_back_s: 0.0,
        })
    }

    /// Follows orders and tells every second, until it is to finish.
    fn run(&mut self, orders: &Receiver<Order>, out: &mut impl Write) -> anyhow::Result<Ledger> {
        let now = self.clock.seconds_at(Instant::now());
        let mut second = now.floor() as u64 + 1;
        loop {
            let wait = self
                .clock
                .second(second)
                .saturating_duration_since(Instant::now());
            match orders.recv_timeout(wait) {
                Ok(Order::Ramp { to }) => self.clock.ramp(to),
                Ok(Order::Measure { from_s }) => self.clock.measure(from_s),
                Ok(Order::Stop { at_s }) => self.clock.stop(at_s),
                Ok(Order::Finish) => return self.finish(second, out),
                Err(RecvTimeoutError::Timeout) => {
                    let told = self.tell(second, false);
                    write(out, &told)?;
                    second += 1;
                }
                // The listener ends the process itself.
                Err(RecvTimeoutError::Disconnected) => thread::park(),
            }
        }
    }

    fn finish(&mut self, second: u64, out: &mut impl Write) -> anyhow::Result<Ledger> {
        self.clock.finish();
        let mut ledger = Ledger::default();
        let mut recorders = Vec::new();
        for shard in &mut self.shards {
            shard.join()?;
            recorders.push(shard.recorder.clone());
        }
        let told = self.tell(second, true);
        for recorder in recorders {
            ledger.absorb(recorder.take_ledger());
        }
        write(out, &told)?;
        Ok(ledger)
    }

    /// What all threads counted until now.
    fn tell(&mut self, second: u64, last: bool) -> Second {
        let mut meter = Meter::default();
        let mut back = Latencies::default();
        for shard in &self.shards {
            let (taken, outages) = shard.recorder.with(|books| {
                (
                    books.meter.take_second(),
                    std::mem::take(&mut books.outages),
                )
            });
            meter.add(&taken);
            for outage in outages.iter().filter(|outage| outage.cause == STORM) {
                back.record(outage.back - outage.lost);
                let at = self.clock.seconds_at(outage.back);
                self.last_back_s = self.last_back_s.max(at);
            }
        }
        let first = *self
            .first_drop
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Second {
            second,
            meter,
            back,
            last_back_s: self.last_back_s,
            first_drop_s: first.map_or(0.0, |first| self.clock.seconds_at(first)),
            last,
        }
    }
}

fn write(out: &mut impl Write, second: &Second) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, second).context("tell a second")?;
    out.write_all(b"\n").context("tell a second")?;
    out.flush().context("tell a second")
}
