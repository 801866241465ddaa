//! What a load run is to do, as a TOML file says it: who the learners are, when they answer, what runs under
//! them, how long it is measured and what it is held to. Owns the shapes and what is refused about them;
//! knows no socket and no process.

pub mod catalogue;
mod check;

use learnr_protocol::Encoding;
use serde::{Deserialize, Serialize};

/// A whole scenario. `loadtest/scenarios/` has those of the record; every key but those without a default
/// may be left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name of its report: lower case, digits and hyphens. A file's is its name without `.toml`.
    #[serde(default)]
    pub name: String,
    /// What it is, in a line.
    pub title: String,
    /// Who learns.
    pub learners: Learners,
    /// When they answer.
    pub pace: Pace,
    /// What happens to them meanwhile.
    #[serde(default)]
    pub event: Option<Event>,
    /// Seconds measured, once every learner has started.
    pub seconds: u64,
    /// What runs under them.
    #[serde(default)]
    pub environment: Environment,
    /// Whether the floors (a bare echo, the bare statement) are measured in the same run, seconds each; 0 is not.
    #[serde(default)]
    pub floor_seconds: u64,
    /// What it is held to; nothing unless given.
    #[serde(default)]
    pub goal: Goal,
}

impl Scenario {
    /// Seconds that are measured: `seconds`, or all steps of a knee.
    #[must_use]
    pub fn measured_s(&self) -> u64 {
        match self.pace {
            Pace::Knee { step_s, steps, .. } => step_s * steps as u64,
            _ => self.seconds,
        }
    }

    /// The same without the stalled, slow and dead, when the others are to be compared with it.
    #[must_use]
    pub fn undisturbed(&self) -> Option<Self> {
        self.goal.others_ratio?;
        let mut scenario = self.clone();
        let learners = &mut scenario.learners;
        learners.sessions -= learners.stalled + learners.slow + learners.dead;
        (learners.stalled, learners.slow, learners.dead) = (0, 0, 0);
        scenario.goal = Goal::default();
        Some(scenario)
    }
}

/// Who learns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learners {
    /// Learners at once, each with a session and a socket; the stalled and the slow among them.
    pub sessions: usize,
    /// Learners started each second.
    #[serde(default = "Learners::ramp_per_s")]
    pub ramp_per_s: f64,
    /// Questions in each session, 5-200; a learner whose session ends starts another.
    #[serde(default = "Learners::length")]
    pub length: u16,
    /// Processes they are spread over; 0 is as many as the descriptors ask for.
    #[serde(default)]
    pub processes: usize,
    /// Threads of each process.
    #[serde(default = "Learners::threads")]
    pub threads: usize,
    /// How frames are written.
    #[serde(default)]
    pub encoding: Wire,
    /// Mean of their abilities, logits.
    #[serde(default)]
    pub ability_mean: f64,
    /// Standard deviation of their abilities, logits.
    #[serde(default = "Learners::ability_sd")]
    pub ability_sd: f64,
    /// Of them, those that keep sending pings and never read what comes: stalled.
    #[serde(default)]
    pub stalled: usize,
    /// Of them, those that read a few KiB a second.
    #[serde(default)]
    pub slow: usize,
    /// Of them, those that fall silent without closing: dead.
    #[serde(default)]
    pub dead: usize,
    /// Seed of everything random.
    #[serde(default = "Learners::seed")]
    pub seed: u64,
}

impl Learners {
    /// Those that do not do as clients should: stalled, slow and dead.
    #[must_use]
    pub fn odd(&self) -> usize {
        self.stalled + self.slow + self.dead
    }

    fn ramp_per_s() -> f64 {
        250.0
    }
    fn length() -> u16 {
        50
    }
    fn threads() -> usize {
        1
    }
    fn ability_sd() -> f64 {
        1.0
    }
    fn seed() -> u64 {
        1
    }
}

/// How frames are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// MessagePack.
    #[default]
    Msgpack,
    /// JSON.
    Json,
}

impl From<Wire> for Encoding {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Msgpack => Self::MsgPack,
            Wire::Json => Self::Json,
        }
    }
}

/// When learners answer. All but `closed` and `idle` are open loops: each answer is due at a time that does
/// not depend on the server, and its latency counts from then.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Pace {
    /// Each learner thinks for a log-normal time.
    Think {
        /// Half of all thoughts are shorter, seconds.
        median_s: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Each learner answers this often a second, evenly.
    Rate {
        /// Answers a second and session.
        per_s: f64,
    },
    /// Everyone answers at once, again and again.
    Bell {
        /// From one bell to the next, seconds.
        every_s: f64,
        /// All answers of a bell are due evenly within this, milliseconds.
        within_ms: u64,
    },
    /// All learners together answer at a rate that is raised step by step, until p99 passes the goal or an
    /// answer is an error: the knee is the last rate before.
    Knee {
        /// First rate, answers a second in all.
        from_per_s: f64,
        /// Each step multiplies the rate by this; above 1.
        factor: f64,
        /// Seconds of a step.
        step_s: u64,
        /// Most steps.
        steps: usize,
    },
    /// Each learner answers as soon as the question is there: how much the server can do.
    Closed {
        /// Least time between two answers of one session, milliseconds.
        gap_ms: u64,
    },
    /// Nobody answers: memory only.
    Idle,
}

/// What happens to the learners while they are measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Event {
    /// Every socket is dropped without a word, and all learners come back.
    Storm {
        /// When, seconds after measuring began.
        at_s: f64,
        /// Their first attempts are spread evenly over this, seconds.
        within_s: f64,
    },
    /// Each commit takes longer from then to the end (PostgreSQL only).
    SlowCommits {
        /// When, seconds after measuring began.
        at_s: f64,
        /// How much longer, milliseconds.
        by_ms: u32,
    },
}

impl Event {
    /// The same in a run so many times as long.
    fn scaled(self, factor: f64) -> Self {
        match self {
            Self::Storm { at_s, within_s } => Self::Storm {
                at_s: at_s * factor,
                within_s: within_s * factor,
            },
            Self::SlowCommits { at_s, by_ms } => Self::SlowCommits {
                at_s: at_s * factor,
                by_ms,
            },
        }
    }
}

/// Which store a scenario runs on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// The embedded default.
    #[default]
    Sqlite,
    /// A database of its own in the server that `TEST_DATABASE_URL` names.
    Postgres,
}

/// What runs under the learners.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// Where answers are stored.
    pub store: StoreKind,
    /// Instances; more than one have a Redis of their own between them, and store in PostgreSQL.
    pub instances: usize,
    /// Whether the protocol's message limits are on.
    pub limits: bool,
    /// Further arguments of `learnr serve`.
    pub serve: Vec<String>,
    /// Added to each round trip between an instance and its database, milliseconds.
    pub database_delay_ms: u64,
    /// Processors each instance may use, as `0.5`; no bound unless given. Needs a control group.
    pub cpus: Option<f64>,
    /// Memory each instance may use, MiB; no bound unless given. Needs a control group.
    pub memory_mib: Option<u64>,
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            store: StoreKind::Sqlite,
            instances: 1,
            limits: true,
            serve: Vec::new(),
            database_delay_ms: 0,
            cpus: None,
            memory_mib: None,
        }
    }
}

/// What a scenario is held to. Times are of the record's machine and only reported; what is wrong on any
/// machine (an error, a missing answer) fails the run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Goal {
    /// Median of the acknowledgement, milliseconds.
    pub p50_ms: Option<f64>,
    /// 99th percentile of it, milliseconds.
    pub p99_ms: Option<f64>,
    /// Answers a second.
    pub answers_per_s: Option<f64>,
    /// Share of the combined floor.
    pub floor_ratio: Option<f64>,
    /// Errors at most.
    pub errors: Option<u64>,
    /// Bytes a live connected session, as a slope between two sizes.
    pub bytes_per_session: Option<u64>,
    /// Everyone is back so many seconds after a storm began.
    pub back_within_s: Option<f64>,
    /// Resident memory at the end over that after warm-up, at most: means of ten minutes.
    pub rss_ratio: Option<f64>,
    /// Measured seconds until memory has come to what it stays at: every learner has ended a session and begun another.
    pub warm_up_s: f64,
    /// p99 of the last minute over that of the first, at most.
    pub p99_drift: Option<f64>,
    /// p99 of those that read over what it is without the stalled ones, at most. Such a scenario is run twice:
    /// once without the stalled, slow and dead.
    pub others_ratio: Option<f64>,
}
