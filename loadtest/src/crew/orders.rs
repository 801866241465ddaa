//! What passes between the coordinator and a process of learners: one JSON object a line on stdin and stdout,
//! then the ledger's lines. Owns the shapes alone.

use std::path::PathBuf;

use learnr_protocol::rest::CreateSession;
use serde::{Deserialize, Serialize};

use crate::meter::{Latencies, Meter};
use crate::scenario::Scenario;

/// The first line to a process: its share of the scenario.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Share {
    /// The whole scenario.
    pub scenario: Scenario,
    /// What each learner starts.
    pub create: CreateSession,
    /// The servers' addresses; learners are spread over them.
    pub bases: Vec<String>,
    /// Which process it is, from 0.
    pub process: usize,
    /// How many there are.
    pub processes: usize,
    /// The certification's file, when answers are to follow the model.
    pub key: Option<PathBuf>,
    /// When seconds are counted from, milliseconds since the epoch.
    pub origin_ms: i64,
}

/// Every later line to a process.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "order")]
pub enum Order {
    /// Starts every learner with a number below this, at the scenario's rate from now on.
    Ramp {
        /// Learners that are to be there in all.
        to: usize,
    },
    /// Measuring begins, and lasts as long as the scenario says.
    Measure {
        /// When, seconds since the origin.
        from_s: u64,
    },
    /// Measuring has ended: no new answers.
    Stop {
        /// When, seconds since the origin; what was due before and was not sent is counted as late as it was.
        at_s: f64,
    },
    /// Drop every socket, tell the last second and the ledger, end.
    Finish,
}

/// Each line from a process until its ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Second {
    /// Which second since the origin has ended, from 1.
    pub second: u64,
    /// Counts so far, and that second's latencies.
    pub meter: Meter,
    /// Of those whose socket a storm dropped and who came back in it: how long they were away.
    pub back: Latencies,
    /// When the last of them was back, seconds since the origin; 0 when none was.
    pub last_back_s: f64,
    /// When the first socket was dropped by a storm, seconds since the origin; 0 when none was.
    pub first_drop_s: f64,
    /// Whether the ledger follows.
    pub last: bool,
}
