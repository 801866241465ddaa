//! A load run from its first process to its report: start the server, ramp the learners up, measure,
//! stop, and hold the ledger against the store.

mod figures;
mod plan;
mod progress;
pub mod scrape;
mod shard;

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use learnr_protocol::rest::CreateSession;
use tokio::runtime::Runtime;

pub use crate::environment::server;
pub use plan::{Mode, Plan, Target};

use crate::api::Rest;
use crate::base::Base;
use crate::ledger::Ledger;
use crate::meter::Meter;
use crate::report::Report;
use figures::{Figures, Snapshot};
use progress::Progress;
use server::{Server, usage};
use shard::{Control, Shard};

/// How often the main thread looks at the run.
const TICK: Duration = Duration::from_millis(100);
/// Time beyond the planned ramp in which every learner must have started.
const RAMP_GRACE: Duration = Duration::from_secs(60);
/// Longest the answers under way are waited for at the end.
const DRAIN: Duration = Duration::from_secs(8);
/// Time a fresh server is left alone before its idle memory is read.
const SETTLE: Duration = Duration::from_secs(1);

/// Does what the plan says. Ctrl-C, or `interrupted` from elsewhere, ends it early with what it has.
///
/// # Errors
/// When it could not be done at all; what goes wrong on the way is in the report.
pub fn run(plan: &Plan, interrupted: &Arc<AtomicBool>) -> anyhow::Result<Report> {
    plan.check()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("start a runtime")?;
    let flag = Arc::clone(interrupted);
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
    let (server, bases, data) = match &plan.target {
        Target::Running { bases, data } => (None, bases.clone(), data.clone()),
        Target::Spawned { data } => {
            let data = data.clone().map_or_else(fresh_data, Ok)?;
            let server = Server::start(&plan.binary, &data, plan.limits)?;
            let base = server.base().clone();
            (Some(server), vec![base], Some(data))
        }
    };
    let first = bases.first().cloned().context("no server to drive")?;
    let run = Run {
        rest: Rest::new(first),
        bases,
        runtime,
        plan,
        interrupted,
        server,
        shards: Vec::new(),
        progress: Progress::new(),
    };
    let outcome = run.drive(data.as_deref());
    if let (Target::Spawned { data: None }, Some(data)) = (&plan.target, &data) {
        fs::remove_dir_all(data).with_context(|| format!("remove {}", data.display()))?;
    }
    outcome
}

/// Directory of reports and of fresh stores: `load` in the build's target directory.
///
/// # Errors
/// When this program's own path cannot be had, or the directory cannot be made.
pub fn load_dir() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("find this program's own path")?;
    let target = program.ancestors().nth(2).context("no target directory")?;
    let dir = target.join("load");
    fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
    Ok(dir)
}

fn fresh_data() -> anyhow::Result<PathBuf> {
    Ok(load_dir()?.join(format!("data-{}", uuid::Uuid::new_v4().simple())))
}

struct Run<'a> {
    plan: &'a Plan,
    interrupted: &'a AtomicBool,
    bases: Vec<Base>,
    rest: Rest,
    runtime: Runtime,
    server: Option<Server>,
    shards: Vec<Shard>,
    progress: Progress,
}

impl Run<'_> {
    fn drive(mut self, data: Option<&Path>) -> anyhow::Result<Report> {
        let create = self.create()?;
        thread::sleep(SETTLE);
        let idle = self.snapshot()?;
        let control = Arc::new(Control::default());
        self.shards = (0..self.plan.threads)
            .map(|first| Shard::start(self.plan, &self.bases, &create, first, &control))
            .collect();
        let mut faults = Vec::new();
        if !self.ramp()? && !self.is_interrupted() {
            faults.push("not every learner had started when measuring began".to_owned());
        }
        for shard in &self.shards {
            shard.recorder.meter(Meter::forget_latencies);
        }
        let before = self.snapshot()?;
        let ends = before.at + Duration::from_secs(self.plan.seconds);
        while Instant::now() < ends && !self.is_interrupted() {
            self.tick("measuring")?;
        }
        let after = self.snapshot()?;
        let metrics = self.runtime.block_on(self.rest.text("/metrics")).ok();
        control.stopping.store(true, Ordering::Relaxed);
        let drained = Instant::now() + DRAIN;
        while self.meter().in_flight() > 0 && Instant::now() < drained {
            self.tick("stopping")?;
        }
        control.done.store(true, Ordering::Relaxed);
        self.progress.end()?;
        let total = self.meter();
        let ledger = self.collect()?;
        let figures = Figures {
            idle,
            before,
            after,
            total,
            metrics,
            interrupted: self.is_interrupted(),
        };
        let mut report = figures.report(self.plan);
        report.faults = faults;
        self.prove(data, &ledger, &mut report);
        Ok(report)
    }

    /// What to start, the certification filled in from the server.
    fn create(&self) -> anyhow::Result<CreateSession> {
        let mut create = self.plan.create.clone();
        if create.certification.is_empty() {
            let list = self
                .runtime
                .block_on(self.rest.certifications())
                .context("list the certifications")?;
            let first = list.certifications.into_iter().next();
            create.certification = first.context("the server has no certification")?.id;
        }
        Ok(create)
    }

    /// Waits until every learner has its first question; `false` when that takes too long.
    fn ramp(&mut self) -> anyhow::Result<bool> {
        let planned = self.plan.sessions as f64 / self.plan.ramp_per_s;
        let until = Instant::now() + Duration::from_secs_f64(planned) + RAMP_GRACE;
        while self.meter().started < self.plan.sessions as u64 {
            if Instant::now() >= until || self.is_interrupted() {
                return Ok(false);
            }
            self.tick("starting")?;
        }
        Ok(true)
    }

    fn tick(&mut self, phase: &str) -> anyhow::Result<()> {
        thread::sleep(TICK);
        if self.progress.is_due() {
            let meter = self.meter();
            for shard in &self.shards {
                shard
                    .recorder
                    .meter(|meter| meter.ack_lately = Default::default());
            }
            self.progress
                .write(phase, &meter)
                .context("write progress")?;
        }
        Ok(())
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    fn meter(&self) -> Meter {
        let mut total = Meter::default();
        for shard in &self.shards {
            shard.recorder.meter(|meter| total.add(meter));
        }
        total
    }

    fn snapshot(&self) -> anyhow::Result<Snapshot> {
        Ok(Snapshot {
            at: Instant::now(),
            meter: self.meter(),
            // A server that has died is told of when it is stopped.
            server: self.server.as_ref().and_then(|server| server.usage().ok()),
            client: usage("self")?,
        })
    }

    /// Ends the shards and makes one ledger of theirs.
    fn collect(&mut self) -> anyhow::Result<Ledger> {
        let mut ledger = Ledger::default();
        for shard in self.shards.drain(..) {
            let recorder = shard.recorder.clone();
            shard.join()?;
            ledger.absorb(recorder.take_ledger());
        }
        Ok(ledger)
    }

    /// Stops our own server, and holds the ledger against the store when there is one to read.
    fn prove(&mut self, data: Option<&Path>, ledger: &Ledger, report: &mut Report) {
        if let Some(server) = self.server.take()
            && let Err(error) = server.stop()
        {
            report.faults.push(format!("{error:#}"));
        }
        if let Some(data) = data {
            match server::check_stored(&self.plan.binary, data, ledger) {
                Ok(checked) => report.ledger = Some(checked),
                Err(error) => report.faults.push(format!("ledger not checked: {error:#}")),
            }
        }
        if let Some(path) = &self.plan.ledger {
            let written =
                fs::File::create(path).and_then(|file| ledger.export(BufWriter::new(file)));
            if let Err(error) = written {
                report
                    .faults
                    .push(format!("write {}: {error}", path.display()));
            }
        }
    }
}
