//! The verbs of the floor. Owns their flags and words; what they measure is the library's.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use anyhow::Context;
use clap::{Args, ValueEnum};
use learnr_loadtest::Base;
use learnr_loadtest::floor::drive::Load;
use learnr_loadtest::floor::{Conditions, FrameBytes, echo};
use learnr_loadtest::report::Floor;
use learnr_loadtest::run::watch;
use learnr_loadtest::scenario::{StoreKind, Wire};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Store {
    Sqlite,
    Postgres,
}

#[derive(Debug, Args)]
pub(crate) struct FloorArgs {
    /// Where rows go.
    #[arg(long, value_enum, default_value_t = Store::Sqlite)]
    store: Store,
    /// Seconds of the echo, and of the batches.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Sockets on the echo, at most 1,000, and sessions that rows are written to, 1,000 to 10,000.
    #[arg(long, default_value_t = 1_000)]
    sessions: usize,
    /// Threads of the echo.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// The learnr binary, which makes the schema [default: beside this program]
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,
    /// Say it as JSON.
    #[arg(long)]
    json: bool,
}

impl FloorArgs {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let program = std::env::current_exe().context("find this program's own path")?;
        let beside = || program.with_file_name("learnr");
        let floor = Conditions {
            server: self.server.clone().unwrap_or_else(beside),
            program,
            store: match self.store {
                Store::Sqlite => StoreKind::Sqlite,
                Store::Postgres => StoreKind::Postgres,
            },
            database_delay_ms: 0,
            sessions: self.sessions,
            threads: self.threads,
            frames: FrameBytes::of(Wire::Msgpack),
            seconds: self.seconds,
            interrupted: on_interrupt()?,
        }
        .measure()?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&floor)?);
        } else {
            show(&floor);
        }
        Ok(())
    }
}

/// A flag that signals set from now on, instead of ending the process: what was made is to be removed first.
fn on_interrupt() -> anyhow::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("start a runtime")?;
    runtime.block_on(async { watch(&set) })?;
    thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    Ok(flag)
}

fn show(floor: &Floor) {
    println!(
        "echo      {:.0} round trips/s; one alone p50 {:.3}  p99 {:.3}  max {:.2} ms",
        floor.echo_per_s, floor.echo_ms.p50, floor.echo_ms.p99, floor.echo_ms.max
    );
    println!(
        "statement {:.0} rows/s; one row's commit p50 {:.2}  p99 {:.2}  max {:.1} ms",
        floor.batch_rows_per_s, floor.commit_ms.p50, floor.commit_ms.p99, floor.commit_ms.max
    );
    println!("combined  {:.0} answers/s", floor.combined_per_s);
}

#[derive(Debug, Args)]
pub(crate) struct EchoArgs {
    #[arg(long)]
    threads: usize,
    #[arg(long)]
    reply_bytes: usize,
}

impl EchoArgs {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        echo::serve(self.threads, self.reply_bytes)
    }
}

#[derive(Debug, Args)]
pub(crate) struct DriveArgs {
    #[arg(long)]
    url: Base,
    #[arg(long)]
    sockets: usize,
    #[arg(long)]
    request_bytes: usize,
    #[arg(long)]
    seconds: u64,
}

impl DriveArgs {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let load = Load {
            base: self.url,
            sockets: self.sockets,
            request_bytes: self.request_bytes,
            seconds: self.seconds,
        };
        println!("{}", serde_json::to_string(&load.drive()?)?);
        Ok(())
    }
}
