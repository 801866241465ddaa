//! `learnr simulate`: what is read, run, said and written.
//!
//! Owns the order of these, threads, progress, and an end in the middle by Ctrl-C. Results never depend on the
//! number of threads: each examinee's test is drawn from the seed and their number alone; under exposure control,
//! where one test changes the next, they are given one after the other.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use learnr_domain::simulation::{Administration, Measures, Simulation};

use super::args::SimulateArgs;
use super::report::Report;
use super::{json, page, request, text};
use crate::store::Place;

/// Time between two lines of progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// Carries out `learnr simulate`; certifications are read from the store at `place`.
///
/// # Errors
/// Everything wrong with the bank or the flags; a file that cannot be written; Ctrl-C.
pub async fn simulate(args: &SimulateArgs, place: &Place) -> anyhow::Result<()> {
    let request = request::read(args, place).await?;
    let run = std::sync::Arc::new(Run::default());
    let simulation = std::sync::Arc::new(request.simulation);
    let mut work = {
        let (run, simulation) = (run.clone(), simulation.clone());
        let threads = usize::from(args.run.threads);
        tokio::task::spawn_blocking(move || run.all(&simulation, threads))
    };
    let tests = tokio::select! {
        tests = &mut work => tests?,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            run.stop.store(true, Ordering::Relaxed);
            work.await?
        }
    };
    let Some(tests) = tests else {
        bail!("interrupted; nothing was written");
    };
    let measures = Measures::of(&tests, simulation.bank(), simulation.plan().cut);
    let report = Report {
        simulation: &simulation,
        measures: &measures,
        bank: &request.bank,
    };
    write(args, &report)
}

fn write(args: &SimulateArgs, report: &Report<'_>) -> anyhow::Result<()> {
    if let Some(path) = &args.run.html {
        whole(path, &page::page(report))?;
    }
    let said = match &args.run.json {
        Some(None) => json::json(report)?,
        Some(Some(path)) => {
            whole(path, &json::json(report)?)?;
            text::text(report)
        }
        None => text::text(report),
    };
    Ok(std::io::stdout().write_all(said.as_bytes())?)
}

/// Writes a file beside its place and then into it: whoever reads it meanwhile reads the old one or the new one.
fn whole(path: &Path, content: &str) -> anyhow::Result<()> {
    let staged = path.with_added_extension("part");
    let written = std::fs::write(&staged, content).and_then(|()| std::fs::rename(&staged, path));
    if written.is_err() && staged.exists() {
        std::fs::remove_file(&staged)?;
    }
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// A run on its way.
#[derive(Default)]
struct Run {
    /// Set by Ctrl-C: no further test is begun.
    stop: AtomicBool,
    /// Tests done.
    done: AtomicU32,
    /// The number of the next examinee, for whichever thread is free.
    next: AtomicU32,
}

impl Run {
    /// Every test, in order of examinee; `None` when stopped before.
    fn all(&self, simulation: &Simulation, threads: usize) -> Option<Vec<Administration>> {
        let mut progress = Progress::new(simulation.plan().examinees);
        let tests = if simulation.is_sequential() || threads == 1 {
            self.in_turn(simulation, &mut progress)
        } else {
            self.at_once(simulation, threads, &mut progress)
        };
        progress.end();
        tests
    }

    fn in_turn(
        &self,
        simulation: &Simulation,
        progress: &mut Progress,
    ) -> Option<Vec<Administration>> {
        let mut tests = Vec::new();
        for test in simulation.in_turn() {
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            tests.push(test);
            progress.show(tests.len() as u32);
        }
        Some(tests)
    }

    fn at_once(
        &self,
        simulation: &Simulation,
        threads: usize,
        progress: &mut Progress,
    ) -> Option<Vec<Administration>> {
        let mut parts: Vec<(u32, Administration)> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                .map(|_| scope.spawn(|| self.share(simulation, &mut |_| {})))
                .collect();
            let mut parts = self.share(simulation, &mut |done| progress.show(done));
            for other in others {
                match other.join() {
                    Ok(part) => parts.extend(part),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            parts
        });
        if self.stop.load(Ordering::Relaxed) {
            return None;
        }
        parts.sort_by_key(|(number, _)| *number);
        Some(parts.into_iter().map(|(_, test)| test).collect())
    }

    /// The tests of one thread.
    fn share(
        &self,
        simulation: &Simulation,
        show: &mut dyn FnMut(u32),
    ) -> Vec<(u32, Administration)> {
        let mut tests = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= simulation.plan().examinees {
                break;
            }
            tests.push((number, simulation.administer(number)));
            show(1 + self.done.fetch_add(1, Ordering::Relaxed));
        }
        tests
    }
}

/// A line on the standard error that is written over while a run lasts, where somebody looks at it.
struct Progress {
    examinees: u32,
    begun: Instant,
    shown: Option<Instant>,
    visible: bool,
}

impl Progress {
    fn new(examinees: u32) -> Self {
        Self {
            examinees,
            begun: Instant::now(),
            shown: None,
            visible: std::io::stderr().is_terminal(),
        }
    }

    fn show(&mut self, done: u32) {
        let last = self.shown.unwrap_or(self.begun);
        if self.visible && last.elapsed() >= PROGRESS_EVERY {
            let percent = u64::from(done) * 100 / u64::from(self.examinees);
            eprint!("\r{percent:3} %  {done} of {} examinees", self.examinees);
            self.shown = Some(Instant::now());
        }
    }

    /// Takes the line away.
    fn end(&self) {
        if self.shown.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
