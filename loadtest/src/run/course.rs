//! The course of a run, phase by phase: start the learners, measure, stop, collect. Owns the order of things
//! and the clock they are told by; what is counted is the tally's, what it comes to is figures'.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::runtime::Runtime;

use super::figures::{Commits, Figures, Snapshot, sample};
use super::ground::Ground;
use super::knee::Steps;
use super::progress::Progress;
use super::server::{Usage, usage};
use super::tally::{Tally, Whole};
use super::workers::{Told, Workers};
use super::{Request, goals};
use crate::crew::orders::{Order, Share};
use crate::crew::processes;
use crate::learner::epoch_ms;
use crate::ledger::Ledger;
use crate::report::{Report, Sample};
use crate::scenario::Event;

/// How often it is looked whether the run is to end early.
const TICK: Duration = Duration::from_millis(100);
/// Time beyond the planned ramp in which every learner must have started, seconds.
const RAMP_GRACE_S: f64 = 60.0;
/// Longest the answers under way are waited for at the end, seconds.
const DRAIN_S: f64 = 8.0;
/// Longest the last words of a process are waited for, seconds.
const FINISH_S: f64 = 60.0;
/// Time a fresh server is left alone before its idle memory is read.
const SETTLE: Duration = Duration::from_secs(1);
/// The same for the memory of some of the learners and of all, seconds.
const SETTLE_LEARNERS_S: f64 = 5.0;
/// Which part of the learners the slope of memory begins at.
const SLOPE_PART: usize = 10;
/// Whole seconds from the order to measure until it begins: every process must have had it.
const LEAD_S: u64 = 2;

/// A run under way.
pub(super) struct Course<'a> {
    request: &'a Request,
    ground: &'a Ground,
    runtime: &'a Runtime,
    interrupted: &'a AtomicBool,
    workers: Workers,
    tally: Tally,
    progress: Progress,
    origin: Instant,
    origin_ms: i64,
    idle: Snapshot,
    /// The last whole second.
    now: Snapshot,
    measured_from: Option<u64>,
    samples: Vec<Sample>,
    faults: Vec<String>,
}

impl<'a> Course<'a> {
    pub(super) fn new(
        request: &'a Request,
        ground: &'a Ground,
        runtime: &'a Runtime,
        interrupted: &'a AtomicBool,
    ) -> anyhow::Result<Self> {
        let scenario = &request.scenario;
        let mut create = request.create.clone();
        if create.certification.is_empty() {
            create.certification = ground.certification(runtime)?;
        }
        let key = ground.bank().map(ToOwned::to_owned);
        if key.is_none() {
            eprintln!("note: what is right is not known of this server: answers are chosen evenly");
        }
        thread::sleep(SETTLE);
        let idle = Snapshot {
            used: ground.usage(),
            // What this process used for earlier runs is none of this one's.
            client: usage("self").unwrap_or_default(),
            commits: Commits::read(&ground.metrics(runtime)),
            ..Snapshot::default()
        };
        let (origin, origin_ms) = (Instant::now(), epoch_ms());
        let processes = processes(&scenario.learners);
        let shares: Vec<Share> = (0..processes)
            .map(|process| Share {
                scenario: scenario.clone(),
                create: create.clone(),
                bases: ground.bases().iter().map(ToString::to_string).collect(),
                process,
                processes,
                key: key.clone(),
                origin_ms,
            })
            .collect();
        let workers = Workers::start(&shares)?;
        let tally = Tally::new(workers.count());
        Ok(Self {
            request,
            ground,
            runtime,
            interrupted,
            workers,
            tally,
            progress: Progress::of(scenario),
            origin,
            origin_ms,
            now: idle.clone(),
            idle,
            measured_from: None,
            samples: Vec::new(),
            faults: Vec::new(),
        })
    }

    /// From the first learner to the last line of the ledger.
    pub(super) fn run(mut self) -> anyhow::Result<(Report, Ledger)> {
        let sessions = self.request.scenario.learners.sessions;
        let slope = self.ramp(sessions)?;
        let ramp_s = self.now_s();
        let (before, knee) = self.measure()?;
        let stopped_s = self.now_s();
        self.workers.order(Order::Stop { at_s: stopped_s })?;
        self.progress.begin("stopping", stopped_s, None);
        let after = self.now.clone();
        self.wait("stopping", DRAIN_S, true, |course| {
            course.now.meter.in_flight() == 0
        })?;
        self.finish()?;
        self.progress.end().context("write progress")?;
        let total = self.tally.ended().context("the last words of a process")?;
        let mut report = Figures {
            idle: &self.idle,
            before: &before,
            after: &after,
            total,
            tally: &self.tally,
            slope,
        }
        .report(&self.request.scenario);
        report.at_ms = self.origin_ms;
        report.ramp_s = ramp_s;
        report.interrupted = self.is_interrupted();
        report.knee = knee.map(Steps::knee);
        report.samples = std::mem::take(&mut self.samples);
        report.faults = std::mem::take(&mut self.faults);
        let first = self.tally.first_minute.quantiles().p99;
        let last = self.tally.last_minute().quantiles().p99;
        let drift = (first > 0.0).then(|| last / first);
        report.goals = goals::reached(&self.request.scenario.goal, &report, drift);
        Ok((report, self.workers.ledger()?))
    }

    /// Starts every learner; bytes that each adds to the servers, when that is asked for.
    fn ramp(&mut self, sessions: usize) -> anyhow::Result<Option<u64>> {
        let tenth = sessions / SLOPE_PART;
        let asked = self.request.scenario.goal.bytes_per_session;
        if asked.is_none() || tenth == 0 {
            self.ramp_to(sessions)?;
            return Ok(None);
        }
        self.ramp_to(tenth)?;
        let few = self.settled()?;
        self.ramp_to(sessions)?;
        let all = self.settled()?;
        let added = few.zip(all).map(|(few, all)| all.saturating_sub(few));
        Ok(added.map(|bytes| bytes / (sessions - tenth) as u64))
    }

    fn ramp_to(&mut self, to: usize) -> anyhow::Result<()> {
        self.workers.order(Order::Ramp { to })?;
        let started = self.now.meter.joined as f64;
        let planned = to as f64 / self.request.scenario.learners.ramp_per_s;
        let left = planned * (1.0 - started / to as f64);
        self.progress.begin("starting", self.now_s(), Some(left));
        let all = self.wait("starting", planned + RAMP_GRACE_S, false, |course| {
            course.now.meter.joined >= to as u64
        })?;
        if !all && !self.is_interrupted() {
            let words = format!(
                "{} of {to} learners had started when they were no longer waited for",
                self.now.meter.joined
            );
            self.faults.push(words);
        }
        Ok(())
    }

    /// Resident memory of the servers once they have been left alone for a while, bytes.
    fn settled(&mut self) -> anyhow::Result<Option<u64>> {
        self.progress
            .begin("settling", self.now_s(), Some(SETTLE_LEARNERS_S));
        self.wait("settling", SETTLE_LEARNERS_S, false, |_| false)?;
        Ok(self.ground.usage().map(|used| used.server.rss_bytes))
    }

    /// Measures, and does what is to happen meanwhile. What was when it began, and the knee's steps.
    fn measure(&mut self) -> anyhow::Result<(Snapshot, Option<Steps>)> {
        let scenario = &self.request.scenario;
        let seconds = scenario.measured_s();
        let from_s = self.now_s() as u64 + LEAD_S;
        self.workers.order(Order::Measure { from_s })?;
        self.tally.measure(from_s, seconds);
        self.measured_from = Some(from_s);
        let began = self.wait("starting", LEAD_S as f64 + 5.0, false, |course| {
            course.now.at_s >= from_s as f64
        })?;
        if !began && !self.is_interrupted() {
            let words = "a process of learners was more than 5 s behind when measuring began";
            self.faults.push(words.to_owned());
        }
        let before = self.now.clone();
        let mut knee = Steps::new(scenario);
        let mut slow = match scenario.event {
            Some(Event::SlowCommits { at_s, by_ms }) => Some((from_s as f64 + at_s, by_ms)),
            _ => None,
        };
        let ends = (from_s + seconds) as f64;
        self.progress
            .begin("measuring", from_s as f64, Some(seconds as f64));
        while self.now.at_s < ends && !self.is_interrupted() {
            if let Some((_, by_ms)) = slow.take_if(|(at_s, _)| self.now_s() >= *at_s) {
                self.ground.slow_commits(by_ms)?;
            }
            if !self.tick("measuring")? {
                continue;
            }
            let errors = self.samples.last().map_or(0, |sample| sample.errors);
            let acked = self.samples.last().map_or(0, |sample| sample.acked);
            let latencies = &self.now.meter.ack;
            if let Some(steps) = &mut knee
                && steps.take(latencies, acked, errors)
            {
                break;
            }
        }
        Ok((before, knee))
    }

    /// Ends the learners and waits for the last words of every process.
    fn finish(&mut self) -> anyhow::Result<()> {
        self.workers.order(Order::Finish)?;
        let ended = self.wait("stopping", FINISH_S, true, |course| {
            course.tally.ended().is_some()
        })?;
        anyhow::ensure!(
            ended,
            "a process of learners said nothing for {FINISH_S} s after it was to finish"
        );
        Ok(())
    }

    /// Ticks until `done`, or for so long; whether it was done. Ctrl-C ends it unless it is the end already.
    fn wait(
        &mut self,
        phase: &str,
        seconds: f64,
        is_end: bool,
        done: impl Fn(&Self) -> bool,
    ) -> anyhow::Result<bool> {
        let until = self.now_s() + seconds;
        while !done(self) {
            if self.now_s() >= until || (self.is_interrupted() && !is_end) {
                return Ok(false);
            }
            self.tick(phase)?;
        }
        Ok(true)
    }

    /// Takes what a process tells, if it does soon; whether a second became whole with it.
    fn tick(&mut self, phase: &str) -> anyhow::Result<bool> {
        let Some((_, told)) = self.workers.next(TICK)? else {
            return Ok(false);
        };
        let told = match told {
            Told::Second(told) => told,
            Told::Broken(error) => return Err(error),
        };
        let Some(whole) = self.tally.add(*told)? else {
            return Ok(false);
        };
        self.whole(phase, whole)?;
        Ok(true)
    }

    fn whole(&mut self, phase: &str, whole: Whole) -> anyhow::Result<()> {
        let mut client = self.workers.usage();
        let own = usage("self").unwrap_or_default();
        client = Usage {
            rss_bytes: client.rss_bytes + own.rss_bytes,
            rss_peak_bytes: client.rss_peak_bytes + own.rss_peak_bytes,
            cpu_s: client.cpu_s + own.cpu_s,
        };
        let now = Snapshot {
            at_s: whole.second as f64,
            meter: whole.meter,
            used: self.ground.usage(),
            client,
            commits: Commits::read(&self.ground.metrics(self.runtime)),
        };
        let ends = |from| from + self.request.scenario.measured_s();
        let measured = self.measured_from.is_some_and(|from| {
            (from + 1..=ends(from)).contains(&whole.second) && phase == "measuring"
        });
        let sample = sample(&self.now, &now, measured);
        self.progress.write(&sample).context("write progress")?;
        self.samples.push(sample);
        self.now = now;
        Ok(())
    }

    fn now_s(&self) -> f64 {
        self.origin.elapsed().as_secs_f64()
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}
