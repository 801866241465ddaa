//! Command line of the load test. Owns the flags and their words; everything else is the library's.

mod cli;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};
use learnr_loadtest::Base;
use learnr_loadtest::chance::Think;
use learnr_loadtest::report::Report;
use learnr_loadtest::run::{Mode, Plan, Target, load_dir, run};
use learnr_protocol::rest::CreateSession;
use learnr_protocol::{Encoding, SessionKind};

/// The client shares the machine with the server that it measures, so it is kept as small.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Least time between two answers of one session in a closed loop, milliseconds: the contract's 5 a second.
const CLOSED_GAP_MS: u64 = 200;
/// Spread of a learner's thoughts: two thirds lie between 0.6 and 1.6 times the median.
const THINK_SIGMA: f64 = 0.5;

/// Simulated learners for LearnR, over real sockets.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Drives many learners and proves that no acknowledged answer was lost.
    #[command(after_long_help = EXAMPLES)]
    Run(Box<RunArgs>),
    /// Shows reports as one HTML page, compared when there are several.
    Page(cli::page::PageArgs),
    /// Puts the reports of the present commit into docs/performance and docs/performance.md.
    Record(cli::record::RecordArgs),
    /// Tells whether runs got worse, by ratios: the two may be of different machines.
    ///
    /// Exit status: 0 when nothing did, 1 when something did, 2 when the two cannot be compared.
    Compare(cli::compare::CompareArgs),
    /// Measures what the disk alone takes for a small write and a sync, at a pace.
    ///
    /// The floor under every acknowledgement: latency is counted from when a write was due, as in a run.
    Disk {
        /// Folder to write in; the one a run would keep its data in.
        #[arg(long, default_value_os_t = std::env::temp_dir(), value_name = "DIR")]
        dir: PathBuf,
        /// Writes a second.
        #[arg(long, default_value_t = 100)]
        rate: u32,
        /// Seconds to measure.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
    },
    /// Measures what it adds when a socket's session is on another instance: pings on both, in turn.
    Relay {
        /// An instance of a fleet started with `--rate-limits off`; it gets the session.
        #[arg(long)]
        owner: Base,
        /// Another; its socket is relayed.
        #[arg(long)]
        gateway: Base,
        /// Seconds to measure.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Measures what this machine does bare: an echo on the server's WebSocket library, and the store's statement.
    ///
    /// A run's answers a second are read as a share of the two put together. PostgreSQL: through
    /// `bash scripts/postgres.sh run`.
    Floor(cli::FloorArgs),
    /// The echo that the floor is measured with.
    #[command(name = learnr_loadtest::floor::echo::VERB, hide = true)]
    EchoFloor(cli::EchoArgs),
    /// What drives it.
    #[command(name = learnr_loadtest::floor::drive::VERB, hide = true)]
    EchoDrive(cli::DriveArgs),
}

const EXAMPLES: &str = "\
How it measures:
  Open loop (the default): each answer is due at a time fixed in advance, and its latency counts from
  then. A server that stalls makes answers late, not fewer, so the stall shows in the percentiles.
  Closed loop (--closed): each learner answers when the question comes, at most 5 times a second; this
  finds how much the server can do, its latencies say little. --idle sends no answers: memory only.

  Learners start at --ramp a second; only the --seconds after the last has started are measured. The
  ledger covers the whole run: every acknowledged answer must be in the store exactly once.

Examples:
  A classroom:          learnr-loadtest run --sessions 200 --think 6
  A thousand a second:  learnr-loadtest run --sessions 2000 --rate 0.5 --seconds 60
  How much it can do:   learnr-loadtest run --sessions 2000 --closed
  Memory of a session:  learnr-loadtest run --sessions 10000 --idle --ramp 1000
  A running server:     learnr-loadtest run --url http://127.0.0.1:8080 --sessions 50 --think 4

Exit status: 0 when nothing acknowledged was lost, 1 when something was, 2 when it could not run.";

#[derive(Debug, Args)]
struct RunArgs {
    /// Learners at once, each with a session and a socket.
    #[arg(long, default_value_t = 100)]
    sessions: usize,
    /// Seconds to measure, once every learner has started.
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// Learners to start each second.
    #[arg(long, default_value_t = 250.0, value_name = "PER_SECOND")]
    ramp: f64,
    /// Answers a second each session gives, evenly spaced (open loop) [default: 1]
    #[arg(long, group = "pace", value_name = "PER_SECOND")]
    rate: Option<f64>,
    /// Median seconds a learner thinks, log-normal (open loop).
    #[arg(long, group = "pace", value_name = "SECONDS")]
    think: Option<f64>,
    /// Closed loop: answer as soon as the question is there, at most 5 times a second.
    #[arg(long, group = "pace")]
    closed: bool,
    /// Connect and answer nothing, to measure memory.
    #[arg(long, group = "pace")]
    idle: bool,
    /// How frames are written.
    #[arg(long, value_enum, default_value_t = Wire::Msgpack)]
    encoding: Wire,
    /// Kind of session.
    #[arg(long, value_enum, default_value_t = Kind::Practice)]
    kind: Kind,
    /// Certification id; the server's first unless given.
    #[arg(long, value_name = "ID")]
    certification: Option<String>,
    /// Questions in each session, 5-200; a learner whose session ends starts another.
    #[arg(long, default_value_t = 50)]
    length: u16,
    /// Area ids, for focused sessions.
    #[arg(long, value_name = "ID")]
    area: Vec<String>,
    /// Drive a server that is running, on this machine only, instead of starting one; several times for the instances of a fleet,
    /// over which learners are spread.
    #[arg(long)]
    url: Vec<Base>,
    /// The learnr binary to start, and to list stored answers with [default: beside this program]
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,
    /// Where the server stores: kept after the run. With --url, what the ledger is checked against.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Switch the server's message limits off; the report says so.
    #[arg(long)]
    no_limits: bool,
    /// Seed of every choice, thought and jitter.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads that drive learners.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Name of the report in target/load; made from the other flags unless given.
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Write the summary as JSON, to FILE or to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    json: Option<Option<PathBuf>>,
    /// Write every ledger line to FILE, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Wire {
    Msgpack,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Practice,
    Diagnostic,
    Focused,
    Review,
}

impl RunArgs {
    fn plan(&self) -> anyhow::Result<Plan> {
        let mode = self.mode()?;
        let scenario = self.scenario.clone().unwrap_or_else(|| {
            let pace = match mode {
                Mode::Open(Think::Fixed(_)) => format!("open-rate{}", self.rate.unwrap_or(1.0)),
                Mode::Open(_) => format!("open-think{}", self.think.unwrap_or_default()),
                Mode::Closed { .. } => "closed".to_owned(),
                Mode::Idle => "idle".to_owned(),
            };
            let limits = if self.no_limits { "-nolimits" } else { "" };
            format!("{pace}-{}{limits}-{:?}", self.sessions, self.encoding).to_lowercase()
        });
        let binary = match &self.server {
            Some(path) => path.clone(),
            None => std::env::current_exe()
                .context("find this program's own path")?
                .with_file_name("learnr"),
        };
        Ok(Plan {
            scenario,
            sessions: self.sessions,
            seconds: self.seconds,
            ramp_per_s: self.ramp,
            mode,
            encoding: match self.encoding {
                Wire::Msgpack => Encoding::MsgPack,
                Wire::Json => Encoding::Json,
            },
            create: CreateSession {
                certification: self.certification.clone().unwrap_or_default(),
                kind: match self.kind {
                    Kind::Practice => SessionKind::Practice,
                    Kind::Diagnostic => SessionKind::Diagnostic,
                    Kind::Focused => SessionKind::Focused,
                    Kind::Review => SessionKind::Review,
                },
                length: Some(self.length),
                areas: self.area.clone(),
                concepts: Vec::new(),
                time_limit_minutes: None,
            },
            seed: self.seed,
            threads: self.threads,
            target: if self.url.is_empty() {
                Target::Spawned {
                    data: self.data.clone(),
                }
            } else {
                Target::Running {
                    bases: self.url.clone(),
                    data: self.data.clone(),
                }
            },
            binary,
            limits: !self.no_limits,
            ledger: self.ledger.clone(),
        })
    }

    fn mode(&self) -> anyhow::Result<Mode> {
        let seconds = |seconds: f64| {
            Duration::try_from_secs_f64(seconds)
                .ok()
                .filter(|duration| !duration.is_zero())
                .context("--rate and --think must be above 0")
        };
        Ok(match (self.idle, self.closed, self.think) {
            (true, _, _) => Mode::Idle,
            (_, true, _) => Mode::Closed {
                gap: Duration::from_millis(if self.no_limits { 0 } else { CLOSED_GAP_MS }),
            },
            (_, _, Some(median)) => Mode::Open(Think::LogNormal {
                median: seconds(median)?,
                sigma: THINK_SIGMA,
            }),
            _ => Mode::Open(Think::Fixed(seconds(1.0 / self.rate.unwrap_or(1.0))?)),
        })
    }

    /// Prints the report and writes its files.
    fn publish(&self, report: &Report) -> anyhow::Result<()> {
        let json = serde_json::to_string_pretty(report)? + "\n";
        let path = load_dir()?.join(format!("{}.json", report.scenario));
        fs::write(&path, &json).with_context(|| format!("write {}", path.display()))?;
        match &self.json {
            Some(None) => print!("{json}"),
            Some(Some(path)) => {
                fs::write(path, &json).with_context(|| format!("write {}", path.display()))?;
                print!("{report}");
            }
            None => print!("{report}"),
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Verb::Run(args) => drive(&args),
        Verb::Page(args) => args.carry_out(),
        Verb::Record(args) => args.carry_out(),
        Verb::Compare(args) => args.carry_out(),
        Verb::Disk { dir, rate, seconds } => disk(&dir, rate, seconds).map(|()| true),
        Verb::Relay {
            owner,
            gateway,
            seconds,
        } => relay(&owner, &gateway, seconds).map(|()| true),
        Verb::Floor(args) => args.run().map(|()| true),
        Verb::EchoFloor(args) => args.run().map(|()| true),
        Verb::EchoDrive(args) => args.run().map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("learnr-loadtest: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Carries out a run; whether it found nothing wrong.
fn drive(args: &RunArgs) -> anyhow::Result<bool> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let report = run(&args.plan()?, &interrupted)?;
    args.publish(&report)?;
    Ok(report.is_clean())
}

fn disk(dir: &Path, rate: u32, seconds: u64) -> anyhow::Result<()> {
    let taken = learnr_loadtest::disk::measure(dir, rate, seconds)?;
    let ms = |quantile: f64| taken.value_at_quantile(quantile) as f64 / 1000.0;
    println!(
        "disk floor: {} writes, p50 {:.1}  p90 {:.1}  p99 {:.1}  p99.9 {:.1}  max {:.1} ms",
        taken.len(),
        ms(0.5),
        ms(0.9),
        ms(0.99),
        ms(0.999),
        ms(1.0)
    );
    Ok(())
}

fn relay(owner: &Base, gateway: &Base, seconds: u64) -> anyhow::Result<()> {
    let trips = learnr_loadtest::relay::measure(owner, gateway, seconds)?;
    for (name, trips) in [("direct", &trips.direct), ("relayed", &trips.relayed)] {
        println!(
            "{name}: {} round trips, p50 {}  p90 {}  p99 {}  max {} us",
            trips.len(),
            trips.value_at_quantile(0.5),
            trips.value_at_quantile(0.9),
            trips.value_at_quantile(0.99),
            trips.max()
        );
    }
    let adds = |quantile: f64| {
        let of = |trips: &hdrhistogram::Histogram<u64>| trips.value_at_quantile(quantile) as i64;
        of(&trips.relayed) - of(&trips.direct)
    };
    println!(
        "a relay adds {} us at p50, {} us at p99",
        adds(0.5),
        adds(0.99)
    );
    Ok(())
}
