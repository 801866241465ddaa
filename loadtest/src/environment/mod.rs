//! What runs under the learners: instances of the server, what they store in, and what lies between them. Owns every
//! process, database, control group and folder that a run starts or makes, and ends and removes them, also when the
//! run panics; knows nothing of learners.

mod bank;
pub mod database;
pub mod delay;
mod group;
mod hierarchy;
mod process;
mod redis;
mod scrape;
pub mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use uuid::Uuid;

use crate::base::Base;
use crate::ledger::{Ledger, LedgerReport};
use crate::run::load_dir;
use crate::scenario::{Environment, Scenario, StoreKind};
use database::Database;
use delay::DelayLine;
pub use group::Throttled;
use group::{Bounds, Group};
pub use process::{ProcessUsage, usage};
use redis::Redis;
pub(crate) use server::Variable;
use server::{Launch, Server};

/// Most instances of a run.
const INSTANCES_MAX: usize = 16;
/// What each of several instances on one machine takes of it.
const SHARE: [(&str, &str); 3] = [
    ("LEARNR_THREADS", "1"),
    ("LEARNR_DATABASE_CONNECTIONS", "4"),
    ("LEARNR_DATABASE_WRITERS", "1"),
];

/// What a run is made with.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The `learnr` binary.
    pub server: PathBuf,
    /// Where the servers' folders are kept after the run; without it they are below `target/load`, and removed.
    pub keep: Option<PathBuf>,
}

/// What runs under the learners. Dropping it ends and removes all of it, in the order of its fields.
#[derive(Debug)]
pub struct Running {
    servers: Vec<Server>,
    bases: Vec<Base>,
    groups: Vec<Group>,
    redis: Option<Redis>,
    delay: Option<DelayLine>,
    database: Option<Database>,
    folder: Folder,
    binary: PathBuf,
    bank: Option<PathBuf>,
}

/// What the environment uses.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    /// All instances together.
    pub server: ProcessUsage,
    /// The database with all its processes, also those that have ended; resident is what each has for itself
    /// (`RssAnon`) plus what they share, counted once. `None` when it is embedded, or its processes cannot be seen.
    pub database: Option<ProcessUsage>,
}

impl Running {
    /// Starts what the scenario asks for, on an empty store with the load test's certification in it.
    ///
    /// # Errors
    /// In words: what is missing, or what did not start and why. Whatever had started is ended.
    pub fn start(scenario: &Scenario, tools: &Tools) -> anyhow::Result<Self> {
        let environment = &scenario.environment;
        let instances = environment.instances;
        ensure!(
            (1..=INSTANCES_MAX).contains(&instances),
            "instances must be 1 to {INSTANCES_MAX}, got {instances}"
        );
        let mut running = Self {
            servers: Vec::new(),
            bases: Vec::new(),
            groups: Vec::new(),
            redis: None,
            delay: None,
            database: None,
            folder: Folder::make(tools.keep.as_deref())?,
            binary: tools.server.clone(),
            bank: None,
        };
        if environment.store == StoreKind::Postgres {
            running.database = Some(Database::create()?);
        }
        running.start_between(environment)?;
        let direct = running.store_variables();
        let first = running.instance_folder(0, instances);
        running.bank = Some(bank::load(&tools.server, &first, &direct)?);
        let fleet = running.fleet_variables(instances);
        for number in 0..instances {
            running
                .start_instance(number, environment, &fleet)
                .with_context(|| format!("start instance {}", number + 1))?;
        }
        Ok(running)
    }

    /// Where the instances listen.
    #[must_use]
    pub fn bases(&self) -> &[Base] {
        &self.bases
    }

    /// What it uses now.
    ///
    /// # Errors
    /// When an instance or the database is gone.
    pub fn usage(&self) -> anyhow::Result<Used> {
        ensure!(!self.servers.is_empty(), "the servers have been stopped");
        let mut used = Used::default();
        for server in &self.servers {
            used.server = used.server.plus(server.usage()?);
        }
        if let Some(database) = &self.database {
            used.database = database.usage()?;
        }
        Ok(used)
    }

    /// How often the instances met the bounds of their control groups so far, all together; `None` when they have none.
    ///
    /// # Errors
    /// When the kernel's counts cannot be read.
    pub fn throttled(&self) -> anyhow::Result<Option<Throttled>> {
        if self.groups.is_empty() {
            return Ok(None);
        }
        let mut all = Throttled::default();
        for group in &self.groups {
            all = all.plus(group.throttled()?);
        }
        Ok(Some(all))
    }

    /// Makes each commit take `ms` longer from now to the end. PostgreSQL only.
    ///
    /// # Errors
    /// When the store is embedded or cannot be told so.
    pub fn slow_commits(&self, ms: u32) -> anyhow::Result<()> {
        let database = self.database.as_ref();
        let database = database.context(
            "only PostgreSQL's commits can be slowed: set environment.store to \"postgres\"",
        )?;
        database.slow_commits(ms)
    }

    /// The text of each instance's `/metrics`, in the order of [`Self::bases`].
    ///
    /// # Errors
    /// When one does not answer.
    pub fn metrics(&self) -> anyhow::Result<Vec<String>> {
        self.bases
            .iter()
            .map(|base| scrape::text(base, "/metrics"))
            .collect()
    }

    /// The certification file that was imported.
    #[must_use]
    pub fn bank(&self) -> Option<&Path> {
        self.bank.as_deref()
    }

    /// The database; `None` when it is embedded.
    #[must_use]
    pub fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// The `learnr` binary that runs.
    #[must_use]
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Asks every instance to stop, and waits; the store stays. Stopping twice is stopping once.
    ///
    /// # Errors
    /// When one had ended before, had to be killed or ended badly: the first such. All have ended all the same.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let mut stopping: Vec<Server> = self.servers.drain(..).collect();
        let asked: Vec<_> = stopping.iter_mut().map(Server::ask_to_stop).collect();
        let mut outcome = Ok(());
        for (server, asked) in stopping.iter_mut().zip(asked) {
            let ended = asked.and_then(|()| server.wait_for_end());
            outcome = outcome.and(ended);
        }
        outcome
    }

    /// Holds the ledger against what the store itself has.
    ///
    /// # Errors
    /// When the answers cannot be listed.
    pub fn check(&self, ledger: &Ledger) -> anyhow::Result<LedgerReport> {
        let folder = self.bank.as_deref().and_then(Path::parent);
        let folder = folder.context("nothing was started")?;
        server::check_answers(&self.binary, folder, &self.store_variables(), ledger)
    }

    /// What lies between: a line to the database that takes longer, a Redis.
    fn start_between(&mut self, environment: &Environment) -> anyhow::Result<()> {
        if environment.database_delay_ms > 0 {
            let database = self.database.as_ref();
            let database = database.context("database_delay_ms needs store = \"postgres\"")?;
            let added = Duration::from_millis(environment.database_delay_ms);
            self.delay = Some(DelayLine::start(database.authority(), added)?);
        }
        if environment.instances > 1 {
            self.redis = Some(Redis::start(&self.folder.path.join("redis"))?);
        }
        Ok(())
    }

    fn start_instance(
        &mut self,
        number: usize,
        environment: &Environment,
        fleet: &[Variable],
    ) -> anyhow::Result<()> {
        let bounds = Bounds {
            cpus: environment.cpus,
            memory_bytes: environment.memory_mib.map(|mib| mib << 20),
        };
        if bounds != Bounds::default() {
            let name = format!("learnr-load-{}", Uuid::new_v4().simple());
            self.groups.push(Group::create(&name, bounds)?);
        }
        let folder = self.instance_folder(number, environment.instances);
        fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        let mut variables = fleet.to_vec();
        if environment.instances > 1 {
            variables.push(set("LEARNR_NODE", format!("instance-{}", number + 1)));
        }
        let server = Server::launch(&Launch {
            binary: &self.binary,
            data: &folder,
            arguments: &environment.serve,
            variables: &variables,
            limits: environment.limits,
            group: self.groups.last(),
        })?;
        self.bases.push(server.base().clone());
        self.servers.push(server);
        Ok(())
    }

    fn instance_folder(&self, number: usize, instances: usize) -> PathBuf {
        match instances {
            1 => self.folder.path.clone(),
            _ => self.folder.path.join(format!("instance-{}", number + 1)),
        }
    }

    fn store_variables(&self) -> Vec<Variable> {
        database_variables(self.database.as_ref().map(Database::url).as_deref())
    }

    /// Variables of every instance.
    fn fleet_variables(&self, instances: usize) -> Vec<Variable> {
        let mut variables = self.store_variables();
        if let (Some(database), Some(delay)) = (&self.database, &self.delay) {
            let through = database.url_through(&delay.address().to_string());
            variables.push(set("DATABASE_URL", through));
        }
        if let Some(redis) = &self.redis {
            variables.push(set("REDIS_URL", redis.url()));
        }
        if instances > 1 {
            variables.push(set("LEARNR_SECRET", Uuid::new_v4().to_string()));
            variables.extend(SHARE.map(|(name, value)| set(name, value.to_owned())));
        }
        variables
    }
}

/// Variables of whatever reads or writes a store by itself: nothing of this process's own, and the database by its
/// direct address when the store is one.
pub(crate) fn database_variables(url: Option<&str>) -> Vec<Variable> {
    let mut variables = none_inherited();
    variables.extend(url.map(|url| set("DATABASE_URL", url.to_owned())));
    variables
}

fn set(name: &str, value: String) -> Variable {
    (name.to_owned(), Some(value))
}

/// Takes away what would configure a server by way of this process's own variables.
fn none_inherited() -> Vec<Variable> {
    let configures = |name: &str| {
        name.starts_with("LEARNR_")
            || ["DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL", "PORT"].contains(&name)
    };
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| configures(name))
        .map(|name| (name, None))
        .collect()
}

/// The folder of a run; removed when it is dropped, unless it is to be kept.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    /// Makes the folder that is to be kept, or one below `target/load`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn make(keep: Option<&Path>) -> anyhow::Result<Self> {
        let path = match keep {
            Some(path) => path.to_owned(),
            None => load_dir()?.join(format!("data-{}", Uuid::new_v4().simple())),
        };
        fs::create_dir_all(&path).with_context(|| format!("create {}", path.display()))?;
        Ok(Self {
            path,
            kept: keep.is_some(),
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            eprintln!("{} is still there: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_can_be_looked_at_from_several_threads() {
        fn is_shared<T: Send + Sync>() {}
        is_shared::<Running>();
    }
}
