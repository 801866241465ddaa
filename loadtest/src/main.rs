//! Command line of the load test. Owns the verbs and their words; the flags are in `flags`, everything else is
//! the library's.

mod cli;
mod flags;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use clap::{Parser, Subcommand};
use flags::{Output, PlayArgs, RunArgs};
use learnr_loadtest::report::{Report, page};
use learnr_loadtest::run::{Request, load_dir, run};
use learnr_loadtest::scenario::catalogue;
use learnr_loadtest::{Base, crew};

/// The client shares the machine with the server that it measures, so it is kept as small.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Simulated learners for LearnR, over real sockets.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Plays scenarios, those of the record or your own; without a name it lists them.
    #[command(after_long_help = PLAY_EXAMPLES)]
    Play(Box<PlayArgs>),
    /// One process of learners, for a coordinator.
    #[command(hide = true)]
    Worker,
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
}

const PLAY_EXAMPLES: &str = "\
Examples:
  What there is:        learnr-loadtest play
  One of the record:    learnr-loadtest play human-1000-sqlite
  A try of it:          learnr-loadtest play human-1000-sqlite --scale 0.1
  Several, and strict:  learnr-loadtest play --strict bell-1000-sqlite second-10000-sqlite
  One of your own:      learnr-loadtest play mine.toml

Exit status: 0 when nothing acknowledged was lost and no goal of correctness was missed (with --strict: no goal
at all), 1 when something was, 2 when it could not run.";

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

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Verb::Play(args) if args.scenarios.is_empty() => list().map(|()| true),
        Verb::Play(args) => play(&args),
        Verb::Worker => crew::work().map(|()| true),
        Verb::Run(args) => args
            .request()
            .and_then(|request| drive(&request, &args.output, false, &Arc::default())),
        Verb::Page(args) => args.carry_out(),
        Verb::Record(args) => args.carry_out(),
        Verb::Compare(args) => args.carry_out(),
        Verb::Floor(args) => args.run().map(|()| true),
        Verb::EchoFloor(args) => args.run().map(|()| true),
        Verb::EchoDrive(args) => args.run().map(|()| true),
        Verb::Disk { dir, rate, seconds } => disk(&dir, rate, seconds).map(|()| true),
        Verb::Relay {
            owner,
            gateway,
            seconds,
        } => relay(&owner, &gateway, seconds).map(|()| true),
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

/// Every built-in scenario: its name, about how long it takes, what it is.
fn list() -> anyhow::Result<()> {
    for scenario in catalogue::all()? {
        println!(
            "{:<24} {:>5.0} s  {}",
            scenario.name,
            scenario.takes_s(),
            scenario.title
        );
    }
    Ok(())
}

/// Plays one scenario after another; whether none found anything wrong.
fn play(args: &PlayArgs) -> anyhow::Result<bool> {
    let interrupted = Arc::default();
    let mut all_good = true;
    for request in args.requests()? {
        all_good &= drive(&request, &args.output, args.strict, &interrupted)?;
        if interrupted.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(all_good)
}

/// Carries out a run; whether it found nothing wrong.
fn drive(
    request: &Request,
    output: &Output,
    strict: bool,
    interrupted: &Arc<AtomicBool>,
) -> anyhow::Result<bool> {
    let report = run(request, interrupted)?;
    publish(&report, output)?;
    Ok(report.is_clean() && !report.is_wrong() && (!strict || report.meets_goals()))
}

/// Prints the report and writes its files.
fn publish(report: &Report, output: &Output) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report)? + "\n";
    let path = load_dir()?.join(format!("{}.json", report.scenario));
    fs::write(&path, &json).with_context(|| format!("write {}", path.display()))?;
    page::write(std::slice::from_ref(report), &path.with_extension("html"))?;
    match &output.json {
        Some(None) => print!("{json}"),
        Some(Some(path)) => {
            fs::write(path, &json).with_context(|| format!("write {}", path.display()))?;
            print!("{report}");
        }
        None => print!("{report}"),
    }
    Ok(())
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
