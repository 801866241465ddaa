//! The flags of `run` and `play`. Owns their words and what they mean as a scenario; carries nothing out.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use learnr_loadtest::Base;
use learnr_loadtest::environment::Tools;
use learnr_loadtest::run::{Request, Target};
use learnr_loadtest::scenario::{
    Environment, Goal, Learners, Pace, Scenario, StoreKind, Wire, catalogue,
};
use learnr_protocol::SessionKind;
use learnr_protocol::rest::CreateSession;

/// Least time between two answers of one session in a closed loop, milliseconds: the contract's 5 a second.
const CLOSED_GAP_MS: u64 = 200;
/// Spread of a learner's thoughts: two thirds lie between 0.6 and 1.6 times the median.
const THINK_SIGMA: f64 = 0.5;

/// What `play` is told.
#[derive(Debug, Args)]
pub(crate) struct PlayArgs {
    /// Scenarios, by name or by the path of a file; without one they are listed.
    pub(crate) scenarios: Vec<String>,
    /// So many times the sessions and the seconds, above 0 and at most 1: for a try.
    #[arg(long, value_name = "FACTOR")]
    scale: Option<f64>,
    /// Missed goals of time fail the run too.
    #[arg(long)]
    pub(crate) strict: bool,
    /// The learnr binary to start, and to list stored answers with [default: beside this program]
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,
    /// Where the server stores: kept after the run.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Write every ledger line to FILE, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Where a report goes beside target/load.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// Write the summary as JSON, to FILE or to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub(crate) json: Option<Option<PathBuf>>,
}

impl PlayArgs {
    /// What is to be run, one after the other.
    pub(crate) fn requests(&self) -> anyhow::Result<Vec<Request>> {
        ensure!(
            self.scenarios.len() == 1 || (self.data.is_none() && self.ledger.is_none()),
            "--data and --ledger are of one scenario: name one"
        );
        self.scenarios
            .iter()
            .map(|name| self.request(name))
            .collect()
    }

    fn request(&self, name: &str) -> anyhow::Result<Request> {
        let mut scenario = catalogue::find(name)?;
        let mut command = format!("learnr-loadtest play {name}");
        if let Some(factor) = self.scale {
            scenario = scenario.scaled(factor)?;
            command.push_str(&format!(" --scale {factor}"));
        }
        Ok(Request {
            create: practice(scenario.learners.length),
            scenario,
            target: Target::Own(Tools {
                server: binary(self.server.as_ref())?,
                keep: self.data.clone(),
            }),
            ledger: self.ledger.clone(),
            command,
        })
    }
}

/// What `run` is told.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
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
    #[arg(long, value_enum, default_value_t = Written::Msgpack)]
    encoding: Written,
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
    /// Store in a database of its own in the PostgreSQL server that TEST_DATABASE_URL names.
    #[arg(long, conflicts_with = "url")]
    postgres: bool,
    /// A further argument of `learnr serve`; several times for several, as --serve=--database-writers --serve=1.
    #[arg(
        long,
        value_name = "ARGUMENT",
        allow_hyphen_values = true,
        conflicts_with = "url"
    )]
    serve: Vec<String>,
    /// Switch the server's message limits off; the report says so.
    #[arg(long)]
    no_limits: bool,
    /// Seed of every ability, choice, thought and jitter.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Processes that drive learners; as many as their descriptors ask for unless given.
    #[arg(long, default_value_t = 0)]
    processes: usize,
    /// Threads of each.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Name of the report in target/load; made from the other flags unless given.
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Write every ledger line to FILE, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Written {
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
    /// What is to be run.
    pub(crate) fn request(&self) -> anyhow::Result<Request> {
        let binary = binary(self.server.as_ref())?;
        let scenario = self.as_scenario();
        scenario.check()?;
        Ok(Request {
            create: CreateSession {
                certification: self.certification.clone().unwrap_or_default(),
                kind: match self.kind {
                    Kind::Practice => SessionKind::Practice,
                    Kind::Diagnostic => SessionKind::Diagnostic,
                    Kind::Focused => SessionKind::Focused,
                    Kind::Review => SessionKind::Review,
                },
                areas: self.area.clone(),
                ..practice(self.length)
            },
            scenario,
            target: if self.url.is_empty() {
                Target::Own(Tools {
                    server: binary,
                    keep: self.data.clone(),
                })
            } else {
                Target::Given {
                    bases: self.url.clone(),
                    data: self.data.clone(),
                    binary,
                }
            },
            ledger: self.ledger.clone(),
            command: std::env::args()
                .skip(1)
                .fold("learnr-loadtest".to_owned(), |line, word| {
                    line + " " + &word
                }),
        })
    }

    fn as_scenario(&self) -> Scenario {
        let name = self.name();
        Scenario {
            title: format!("{} sessions", self.sessions),
            name,
            learners: Learners {
                sessions: self.sessions,
                ramp_per_s: self.ramp,
                length: self.length,
                processes: self.processes,
                threads: self.threads,
                encoding: match self.encoding {
                    Written::Msgpack => Wire::Msgpack,
                    Written::Json => Wire::Json,
                },
                ability_mean: 0.0,
                ability_sd: 1.0,
                stalled: 0,
                slow: 0,
                dead: 0,
                seed: self.seed,
            },
            pace: self.pace(),
            event: None,
            seconds: self.seconds,
            environment: Environment {
                limits: !self.no_limits,
                serve: self.serve.clone(),
                store: if self.is_postgres() {
                    StoreKind::Postgres
                } else {
                    StoreKind::Sqlite
                },
                ..Environment::default()
            },
            floor_seconds: 0,
            goal: Goal::default(),
        }
    }

    /// Whether answers go to PostgreSQL: where it is asked for, and where `DATABASE_URL` would have a server of
    /// this process's put them. The database is one of the run's own all the same.
    fn is_postgres(&self) -> bool {
        let named = std::env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty());
        self.postgres || (named && self.url.is_empty())
    }

    fn pace(&self) -> Pace {
        match (self.idle, self.closed, self.think) {
            (true, _, _) => Pace::Idle,
            (_, true, _) => Pace::Closed {
                gap_ms: if self.no_limits { 0 } else { CLOSED_GAP_MS },
            },
            (_, _, Some(median_s)) => Pace::Think {
                median_s,
                sigma: THINK_SIGMA,
            },
            _ => Pace::Rate {
                per_s: self.rate.unwrap_or(1.0),
            },
        }
    }

    fn name(&self) -> String {
        if let Some(name) = &self.scenario {
            return name.clone();
        }
        let pace = match self.pace() {
            Pace::Idle => "idle".to_owned(),
            Pace::Closed { .. } => "closed".to_owned(),
            Pace::Think { median_s, .. } => format!("open-think{median_s}"),
            _ => format!("open-rate{}", self.rate.unwrap_or(1.0)),
        };
        let limits = if self.no_limits { "-nolimits" } else { "" };
        format!("{pace}-{}{limits}-{:?}", self.sessions, self.encoding).to_lowercase()
    }
}

/// A practice session of so many questions, of the server's first certification.
fn practice(length: u16) -> CreateSession {
    CreateSession {
        certification: String::new(),
        kind: SessionKind::Practice,
        length: Some(length),
        areas: Vec::new(),
        concepts: Vec::new(),
        time_limit_minutes: None,
    }
}

fn binary(named: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    match named {
        Some(path) => Ok(path.clone()),
        None => Ok(std::env::current_exe()
            .context("find this program's own path")?
            .with_file_name("learnr")),
    }
}
