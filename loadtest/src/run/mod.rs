//! A load run from its first process to its report: start what runs under the learners, start them, measure,
//! stop, and hold the ledger against the store.

mod course;
mod figures;
mod goals;
mod ground;
mod knee;
mod progress;
pub mod scrape;
mod tally;
mod workers;

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, ensure};
use learnr_protocol::rest::CreateSession;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

pub use crate::environment::server;
pub use ground::Target;
pub use workers::WORKER_VERB;

use crate::crew::{SOCKETS_A_PROCESS_MAX, processes};
use crate::ledger::Ledger;
use crate::report::Report;
use crate::scenario::Scenario;
use course::Course;
use ground::Ground;

/// Descriptors of a process of learners for REST calls, pipes and files beside its sockets.
const DESCRIPTORS_BESIDE: usize = 400;

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Request {
    /// The scenario.
    pub scenario: Scenario,
    /// What each learner starts; an empty certification means the server's first.
    pub create: CreateSession,
    /// Which servers are driven.
    pub target: Target,
    /// Where to write every ledger line as JSON.
    pub ledger: Option<PathBuf>,
    /// How to run it again.
    pub command: String,
}

/// Carries a request out. Ctrl-C, SIGTERM, or `interrupted` from elsewhere, ends it early with what it has.
///
/// # Errors
/// When it could not be done at all; what goes wrong on the way is in the report.
pub fn run(request: &Request, interrupted: &Arc<AtomicBool>) -> anyhow::Result<Report> {
    request.scenario.check()?;
    check_descriptors(&request.scenario)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("start a runtime")?;
    runtime.block_on(async { watch(interrupted) })?;
    let calm = match request.scenario.undisturbed() {
        Some(scenario) => {
            let request = Request {
                scenario,
                ..request.clone()
            };
            let calm = run_once(&request, &runtime, interrupted)?;
            ensure!(
                !interrupted.load(Ordering::Relaxed),
                "ended before the run with the odd clients began"
            );
            Some(calm)
        }
        None => None,
    };
    let mut report = run_once(request, &runtime, interrupted)?;
    if let Some(calm) = calm {
        report.undisturbed_ms = Some(calm.ack_ms);
        let faults = calm.faults.into_iter();
        let faults = faults.map(|fault| format!("without the odd clients: {fault}"));
        report.faults.extend(faults);
        if calm.ledger.is_some_and(|ledger| !ledger.is_clean()) {
            let words = "without the odd clients: the store does not hold what was acknowledged";
            report.faults.push(words.to_owned());
        }
        let ratio = (calm.ack_ms.p99 > 0.0).then(|| report.ack_ms.p99 / calm.ack_ms.p99);
        goals::set(&mut report.goals, "others_ratio", ratio);
    }
    Ok(report)
}

/// Raises the flag on Ctrl-C, SIGTERM and a terminal that is closed, so that what was started is ended in order. Called
/// in a runtime.
///
/// # Errors
/// When signals cannot be listened for.
pub fn watch(interrupted: &Arc<AtomicBool>) -> anyhow::Result<()> {
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    for kind in kinds {
        let mut signals = signal(kind).context("listen for signals")?;
        let flag = Arc::clone(interrupted);
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                flag.store(true, Ordering::Relaxed);
            }
        });
    }
    Ok(())
}

fn run_once(
    request: &Request,
    runtime: &Runtime,
    interrupted: &Arc<AtomicBool>,
) -> anyhow::Result<Report> {
    let mut ground = Ground::prepare(&request.scenario, &request.target)?;
    let machine = ground.machine();
    let course = Course::new(request, &ground, runtime, interrupted)?;
    let (mut report, ledger) = course.run()?;
    report.machine = machine;
    match ground.throttled() {
        Ok(throttled) => report.throttled = throttled,
        Err(error) => report.faults.push(format!("control groups: {error:#}")),
    }
    if report.throttled.is_some_and(|held| held.oom_kills > 0) {
        let words = "an instance was ended for want of memory";
        report.faults.push(words.to_owned());
    }
    report.command.clone_from(&request.command);
    prove(&mut ground, &ledger, &mut report);
    bare(request, &ground, interrupted, &mut report);
    if let Some(path) = &request.ledger
        && let Err(error) = File::create(path).and_then(|to| ledger.export(BufWriter::new(to)))
    {
        let fault = format!("write {}: {error}", path.display());
        report.faults.push(fault);
    }
    Ok(report)
}

/// Stops what is ours, and holds the ledger against the store when there is one to read.
fn prove(ground: &mut Ground, ledger: &Ledger, report: &mut Report) {
    if let Err(error) = ground.stop() {
        report.faults.push(format!("{error:#}"));
    }
    match ground.check(ledger) {
        Ok(checked) => report.ledger = checked,
        Err(error) => {
            let fault = format!("ledger not checked: {error:#}");
            report.faults.push(fault);
        }
    }
}

/// Measures what the machine does bare, when the scenario asks for it, and how far the run was from that.
fn bare(request: &Request, ground: &Ground, interrupted: &Arc<AtomicBool>, report: &mut Report) {
    let scenario = &request.scenario;
    if scenario.floor_seconds == 0 || report.interrupted {
        return;
    }
    match ground.floor(scenario, interrupted) {
        Ok(floor) => report.floor = floor,
        Err(error) => {
            let fault = format!("floor not measured: {error:#}");
            report.faults.push(fault);
        }
    }
    let (p50, per_s) = (report.ack_ms.p50, report.answers_per_s);
    if let Some(floor) = &mut report.floor {
        floor.ratio = per_s / floor.combined_per_s.max(f64::MIN_POSITIVE);
        let alone = floor.echo_ms.p50 + floor.commit_ms.p50;
        floor.p50_ratio = p50 / alone.max(f64::MIN_POSITIVE);
        goals::set(&mut report.goals, "floor_ratio", Some(floor.ratio));
    }
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

/// Refuses more learners in a process than it may have sockets.
fn check_descriptors(scenario: &Scenario) -> anyhow::Result<()> {
    let limits = fs::read_to_string("/proc/self/limits").context("read /proc/self/limits")?;
    fits(scenario, open_files_max(&limits))
}

fn fits(scenario: &Scenario, most: Option<usize>) -> anyhow::Result<()> {
    let sessions = scenario.learners.sessions;
    let each = sessions.div_ceil(processes(&scenario.learners));
    let Some(most) = most else {
        return Ok(());
    };
    ensure!(
        each <= SOCKETS_A_PROCESS_MAX && each + DESCRIPTORS_BESIDE <= most,
        "{each} sessions in a process need {} file descriptors and it may open {most}: set \
         learners.processes to {}, or raise the limit (ulimit -n) in the shell first; the servers \
         need as many",
        each + DESCRIPTORS_BESIDE,
        sessions.div_ceil(most.saturating_sub(DESCRIPTORS_BESIDE).max(1)),
    );
    Ok(())
}

/// The soft limit on open files, from the text of `/proc/PID/limits`; `None` when it is unlimited.
fn open_files_max(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_sessions_for_the_descriptors_are_refused_with_the_processes_that_fit() {
        let limits = "Limit   Soft Limit   Hard Limit   Units\n\
                      Max open files            1024                20000                files\n";
        assert_eq!(open_files_max(limits), Some(1_024));
        let text = "title = 's'\nseconds = 1\nlearners.sessions = 2000\npace.kind = 'idle'\n";
        let scenario = Scenario::read("s", text).expect("the text is a scenario");
        assert!(fits(&scenario, Some(20_000)).is_ok());
        assert!(fits(&scenario, None).is_ok());
        let error = fits(&scenario, Some(1_024)).expect_err("too many");
        assert!(error.to_string().contains("processes to 4"), "{error}");
    }
}
