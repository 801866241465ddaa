//! What the learners stand on: an environment of our own, or servers that are running already. Owns which, and
//! what can be asked of either.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, ensure};
use tokio::runtime::Runtime;

use super::server::check_stored;
use crate::api::Rest;
use crate::base::Base;
use crate::environment::{Running, Throttled, Tools, Used};
use crate::floor::{self, FrameBytes};
use crate::ledger::{Ledger, LedgerReport};
use crate::machine;
use crate::report::{Floor, Machine};
use crate::scenario::Scenario;

/// Which servers are driven.
#[derive(Debug, Clone)]
pub enum Target {
    /// Those that the scenario asks for, started for the run and stopped after it.
    Own(Tools),
    /// Those that are running: learners are spread over them.
    Given {
        /// Their addresses; at least one.
        bases: Vec<Base>,
        /// Where they store, when the ledger is to be checked.
        data: Option<PathBuf>,
        /// The `learnr` binary that lists what they store.
        binary: PathBuf,
    },
}

/// The same while it runs.
pub(super) enum Ground {
    Own(Box<Running>),
    Given {
        bases: Vec<Base>,
        data: Option<PathBuf>,
        binary: PathBuf,
    },
}

impl Ground {
    /// Starts what is to be started.
    pub(super) fn prepare(scenario: &Scenario, target: &Target) -> anyhow::Result<Self> {
        match target {
            Target::Own(tools) => Ok(Self::Own(Box::new(Running::start(scenario, tools)?))),
            Target::Given {
                bases,
                data,
                binary,
            } => {
                ensure!(!bases.is_empty(), "name a server to drive");
                for base in bases {
                    ensure!(
                        base.is_loopback(),
                        "{base} is not this machine: a load test drives a server on a loopback address only"
                    );
                }
                ensure!(
                    scenario.environment.limits,
                    "--no-limits needs a server of our own: a running one keeps the limits it was started with"
                );
                Ok(Self::Given {
                    bases: bases.clone(),
                    data: data.clone(),
                    binary: binary.clone(),
                })
            }
        }
    }

    pub(super) fn bases(&self) -> &[Base] {
        match self {
            Self::Own(running) => running.bases(),
            Self::Given { bases, .. } => bases,
        }
    }

    /// The certification's file, when it is known.
    pub(super) fn bank(&self) -> Option<&Path> {
        match self {
            Self::Own(running) => running.bank(),
            Self::Given { .. } => None,
        }
    }

    /// What the servers use; `None` for those that are not ours, and for one that has died, which is told of
    /// when it is stopped.
    pub(super) fn usage(&self) -> Option<Used> {
        match self {
            Self::Own(running) => running.usage().ok(),
            Self::Given { .. } => None,
        }
    }

    /// How often the servers met the bounds of their control groups; `None` where they have none of ours.
    pub(super) fn throttled(&self) -> anyhow::Result<Option<Throttled>> {
        match self {
            Self::Own(running) => running.throttled(),
            Self::Given { .. } => Ok(None),
        }
    }

    pub(super) fn slow_commits(&self, by_ms: u32) -> anyhow::Result<()> {
        match self {
            Self::Own(running) => running.slow_commits(by_ms),
            Self::Given { .. } => {
                anyhow::bail!(
                    "the database of servers that were running already is not ours to slow"
                )
            }
        }
    }

    /// The text of every server's metrics, as far as they give it.
    pub(super) fn metrics(&self, runtime: &Runtime) -> String {
        let mut all = String::new();
        for base in self.bases() {
            if let Ok(text) = runtime.block_on(Rest::new(base.clone()).text("/metrics")) {
                all.push_str(&text);
            }
        }
        all
    }

    pub(super) fn stop(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Own(running) => running.stop(),
            Self::Given { .. } => Ok(()),
        }
    }

    /// The proof; `None` when there is no store to read.
    pub(super) fn check(&self, ledger: &Ledger) -> anyhow::Result<Option<LedgerReport>> {
        match self {
            Self::Own(running) => running.check(ledger).map(Some),
            Self::Given {
                data: Some(data),
                binary,
                ..
            } => check_stored(binary, data, ledger).map(Some),
            Self::Given { data: None, .. } => Ok(None),
        }
    }

    /// Where it runs, before anything does.
    pub(super) fn machine(&self) -> Machine {
        match self {
            Self::Own(running) => machine::describe(running.binary(), &machine::database(running)),
            Self::Given { binary, .. } => machine::describe(binary, ""),
        }
    }

    /// What the machine does bare, once the servers have stopped; `None` for servers that are not ours.
    pub(super) fn floor(
        &self,
        scenario: &Scenario,
        interrupted: &Arc<AtomicBool>,
    ) -> anyhow::Result<Option<Floor>> {
        match self {
            Self::Own(running) => {
                let frames = FrameBytes::of(scenario.learners.encoding);
                floor::measure(scenario, running, frames, interrupted).map(Some)
            }
            Self::Given { .. } => Ok(None),
        }
    }

    /// The first certification of the first server.
    pub(super) fn certification(&self, runtime: &Runtime) -> anyhow::Result<String> {
        let base = self.bases().first().context("no server to drive")?;
        let list = runtime
            .block_on(Rest::new(base.clone()).certifications())
            .context("list the certifications")?;
        let first = list.certifications.into_iter().next();
        Ok(first.context("the server has no certification")?.id)
    }
}
