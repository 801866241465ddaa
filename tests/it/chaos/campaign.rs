//! Learners on one side, faults on the other, until all faults are done and mended. What they did is judged elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use learnr_loadtest::api::Rest;
use learnr_loadtest::learner::Backoff;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, timeout, timeout_at};

use super::schedule::{self, Kind, Limits};
use super::world::{World, lasts, locked};
use crate::crash::crew::{Crew, Manner, Place};
use crate::harness::fleet::clock_library;

/// From one answer of a learner to the next, at least.
const ANSWER_GAP: Duration = Duration::from_millis(2_000);
/// Questions of a session.
const SESSION_LENGTH: u16 = 15;
/// One learner of so many has two devices.
const TWO_DEVICES: u64 = 4;
/// After one reconnect of so many the question is compared: over a socket of its own, which is relayed.
const COMPARES: usize = 4;
/// Longest a call over REST may take: what is behind a frozen instance is called again.
const CALL_WITHIN: Duration = Duration::from_secs(4);
/// Longest that what is broken may take to be mended after the last fault.
const MEND_WITHIN: Duration = Duration::from_secs(90);
/// Longest the learners may take to finish what is under way.
const FINISH_WITHIN: Duration = Duration::from_secs(150);
/// Answers before the first fault, for each ten learners.
const WARM_ANSWERS: u64 = 10;
/// Longest that these may take.
const WARM_WITHIN: Duration = Duration::from_secs(60);
/// Faults under way at once, those counted that wait for the one before to be mended: beyond it the schedule is late, as on a
/// machine that is busy.
const UNDER_WAY_MAX: usize = 8;
/// Faults after which a word is said.
const PROGRESS_EVERY: usize = 50;

/// What to do.
#[derive(Debug, Clone)]
pub(super) struct Campaign {
    pub(super) seed: u64,
    pub(super) faults: usize,
    /// How many of these strike alone.
    pub(super) alone: usize,
    pub(super) learners: u64,
    pub(super) instances: usize,
    /// From one fault to the next, on average.
    pub(super) gap: Duration,
    pub(super) kinds: Vec<Kind>,
    /// Environment variables of every instance: the mutant's name.
    pub(super) environment: Vec<(&'static str, String)>,
}

/// What is left after the last fault: a fleet that is whole and learners that have stopped.
pub(super) struct Aftermath {
    pub(super) campaign: Campaign,
    pub(super) world: Arc<World>,
    pub(super) crew: Arc<Crew>,
    /// Sessions left open, and whose they are.
    pub(super) open: Vec<Place>,
    /// Faults done, by kind.
    pub(super) faults: BTreeMap<Kind, usize>,
    pub(super) begun: Instant,
    pub(super) problems: Vec<String>,
}

impl Campaign {
    /// Which instance has a clock that can be stepped.
    fn clock(&self) -> Option<usize> {
        clock_library().map(|_| self.instances - 1)
    }

    /// Every fault, and an end in which the learners finish what is under way.
    pub(super) async fn run(self) -> Aftermath {
        let begun = Instant::now();
        let world = Arc::new(World::start(self.instances, self.environment.clone()).await);
        let (crew, mut learners) = self.crew(&world);
        self.warm_up(&world, &crew).await;
        let struck = LocalSet::new().run_until(self.strike(&world, &crew)).await;
        crew.stopping.store(true, Ordering::Relaxed);
        let mut problems = struck;
        let mut open = Vec::new();
        let deadline = Instant::now() + FINISH_WITHIN;
        while let Ok(Some(ended)) = timeout_at(deadline, learners.join_next()).await {
            open.extend(ended.expect("no learner panics"));
        }
        if !learners.is_empty() {
            problems.push(format!("{} learners do not finish", learners.len()));
        }
        learners.abort_all();
        let mut faults = BTreeMap::new();
        for blow in locked(&world.blows).iter() {
            *faults.entry(blow.kind).or_default() += 1;
        }
        problems.append(&mut locked(&world.problems));
        Aftermath {
            campaign: self,
            world,
            crew,
            open,
            faults,
            begun,
            problems,
        }
    }

    fn crew(&self, world: &World) -> (Arc<Crew>, JoinSet<Option<Place>>) {
        let base = format!("http://{}", world.balancer.address());
        let base = base.parse().expect("a loopback address");
        let manner = Manner {
            gap: ANSWER_GAP,
            length: SESSION_LENGTH,
            backoff: Backoff::default(),
            two_devices: Some(TWO_DEVICES),
            compares: COMPARES,
        };
        let rest = Rest::through_balancer(base, CALL_WITHIN);
        let crew = Arc::new(Crew::new(rest, manner, self.seed));
        crew.up.send_replace(true);
        let mut learners = JoinSet::new();
        for number in 0..self.learners {
            learners.spawn(Arc::clone(&crew).live(number));
        }
        (crew, learners)
    }

    async fn warm_up(&self, world: &World, crew: &Crew) {
        let mut acked = crew.acked.subscribe();
        let enough = WARM_ANSWERS * self.learners / 10;
        let warm = acked.wait_for(|acked| *acked >= enough);
        if timeout(WARM_WITHIN, warm).await.is_err() {
            let findings = crew.take_findings();
            let logs = world.log_tails().await;
            panic!("the learners do not begin: {:?}\n{logs}", findings.problems);
        }
    }

    /// What went wrong with the faults themselves.
    async fn strike(&self, world: &Arc<World>, crew: &Crew) -> Vec<String> {
        let planned = schedule::draw(
            &Limits {
                faults: self.faults,
                alone: self.alone,
                instances: self.instances,
                gap: self.gap,
                kinds: self.kinds.clone(),
                clock: self.clock(),
            },
            self.seed,
        );
        let (alone, together) = planned.split_at(self.alone);
        for fault in alone {
            lasts(fault.at).await;
            world.strike(*fault).await;
        }
        let begun = Instant::now();
        let mut under_way = JoinSet::new();
        for (number, fault) in together.iter().copied().enumerate() {
            // Those that are done are taken away while the next is waited for.
            while let Ok(Some(done)) = timeout_at(begun + fault.at, joined(&mut under_way)).await {
                done.expect("no fault panics");
            }
            while under_way.len() >= UNDER_WAY_MAX {
                joined(&mut under_way)
                    .await
                    .expect("one is under way")
                    .expect("no fault panics");
            }
            if number > 0 && number.is_multiple_of(PROGRESS_EVERY) {
                let (minutes, acked) = (begun.elapsed().as_secs() / 60, *crew.acked.borrow());
                println!("chaos: {number} faults after {minutes} min, {acked} answers");
            }
            let world = Arc::clone(world);
            under_way.spawn_local(async move { world.strike(fault).await });
        }
        let deadline = Instant::now() + MEND_WITHIN;
        while let Ok(Some(done)) = timeout_at(deadline, under_way.join_next()).await {
            done.expect("no fault panics");
        }
        match under_way.len() {
            0 => Vec::new(),
            left => vec![format!("{left} faults were not mended in time")],
        }
    }
}

/// The next that is done; for ever while there is none under way.
async fn joined(under_way: &mut JoinSet<()>) -> Option<Result<(), tokio::task::JoinError>> {
    match under_way.join_next().await {
        None => std::future::pending().await,
        done => done,
    }
}
