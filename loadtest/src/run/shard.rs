//! One thread of a run: a single-threaded runtime and its share of the learners. Owns when each of them
//! starts and answers; counts go to the shard's own recorder.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use learnr_protocol::rest::CreateSession;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::plan::{Mode, Plan};
use crate::api::Rest;
use crate::base::Base;
use crate::chance::{Chance, Think};
use crate::learner::{Learner, LearnerError, Settings, Turn};
use crate::meter::Recorder;

/// Bound of the jittered pause after a learner could not go on, before another takes its place.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(2);
/// How often a shard looks whether it is to end.
const LOOK: Duration = Duration::from_millis(50);
/// Longest one wait for a learner's next question is before it looks whether the run is stopping.
const QUESTION_WAIT: Duration = Duration::from_secs(1);

/// How the main thread tells the shards to end.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// No new answers.
    pub(super) stopping: AtomicBool,
    /// Drop everything.
    pub(super) done: AtomicBool,
}

/// A running shard.
#[derive(Debug)]
pub(super) struct Shard {
    pub(super) recorder: Recorder,
    thread: JoinHandle<anyhow::Result<()>>,
}

/// What the learners of a shard share.
struct Crew {
    /// One for each server; a learner keeps to theirs.
    rests: Vec<Rest>,
    create: CreateSession,
    plan: Plan,
    recorder: Recorder,
    control: Arc<Control>,
}

impl Shard {
    /// Starts the thread that drives every `plan.threads`-th learner from number `first`.
    pub(super) fn start(
        plan: &Plan,
        bases: &[Base],
        create: &CreateSession,
        first: usize,
        control: &Arc<Control>,
    ) -> Self {
        let recorder = Recorder::default();
        let (plan, bases, create) = (plan.clone(), bases.to_vec(), create.clone());
        let (books, control) = (recorder.clone(), Arc::clone(control));
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .context("start a runtime")?;
            runtime.block_on(async {
                let crew = Crew {
                    rests: bases.into_iter().map(Rest::new).collect(),
                    create,
                    plan,
                    recorder: books,
                    control,
                };
                drive(Arc::new(crew), first).await;
            });
            Ok(())
        });
        Self { recorder, thread }
    }

    /// Waits for the thread after `Control::done`.
    pub(super) fn join(self) -> anyhow::Result<()> {
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("a thread of the load test panicked"))?
    }
}

async fn drive(crew: Arc<Crew>, first: usize) {
    let started = Instant::now();
    let mut learners = JoinSet::new();
    for number in (first..crew.plan.sessions).step_by(crew.plan.threads) {
        let starts_at = started + Duration::from_secs_f64(number as f64 / crew.plan.ramp_per_s);
        let crew = Arc::clone(&crew);
        learners.spawn(async move {
            sleep_until(starts_at).await;
            live(&crew, number).await;
        });
    }
    while !crew.control.done.load(Ordering::Relaxed) {
        sleep(LOOK).await;
    }
    learners.shutdown().await;
}

/// One learner's life: session after session until the run stops.
async fn live(crew: &Crew, number: usize) {
    let seed = crew.plan.seed.wrapping_mul(1_000_003) ^ number as u64;
    let mut chance = Chance::new(seed);
    // Every thread has learners of every server.
    let rest = &crew.rests[number / crew.plan.threads % crew.rests.len()];
    let mut settings = Settings::new(rest.clone(), "");
    settings.create = crew.create.clone();
    settings.encoding = crew.plan.encoding;
    settings.keeps_limits = crew.plan.limits;
    settings.seed = chance.bits();
    let settings = Arc::new(settings);
    let mut token = None;
    while !crew.is_stopping() {
        if let Err(error) = session(crew, &settings, &mut token, &mut chance).await {
            crew.recorder.meter(|meter| meter.error(error_name(&error)));
            sleep(chance.up_to(PAUSE_AFTER_ERROR)).await;
        }
    }
}

/// One session from its start to its end.
async fn session(
    crew: &Crew,
    settings: &Arc<Settings>,
    token: &mut Option<String>,
    chance: &mut Chance,
) -> Result<(), LearnerError> {
    let asked = Instant::now();
    let bearer = match token {
        Some(token) => token.clone(),
        None => token.insert(settings.rest.guest().await?.token).clone(),
    };
    let settings = Arc::clone(settings);
    let mut learner = Learner::start_as(settings, bearer, crew.recorder.clone()).await?;
    crew.recorder.meter(|meter| {
        meter.started += 1;
        meter.start.record(asked.elapsed());
    });
    match crew.plan.mode {
        Mode::Open(think) => open_loop(crew, &mut learner, think, chance).await?,
        Mode::Closed { gap } => closed_loop(crew, &mut learner, gap).await?,
        Mode::Idle => while !matches!(learner.turn(far()).await?, Turn::Ended) {},
    }
    if learner.has_ended() {
        crew.recorder.meter(|meter| meter.ended += 1);
    }
    Ok(())
}

/// Answers at times fixed in advance: a slow server makes answers late, never fewer.
async fn open_loop(
    crew: &Crew,
    learner: &mut Learner,
    think: Think,
    chance: &mut Chance,
) -> Result<(), LearnerError> {
    // The first thought is cut at random, so that learners that start together do not answer together.
    let first = think.next(chance);
    let mut due = Instant::now() + chance.up_to(first);
    loop {
        learner.idle(due).await?;
        if !has_question(crew, learner).await? {
            return Ok(());
        }
        answer(learner, due).await?;
        due += think.next(chance);
    }
}

/// Answers as soon as there is a question, no sooner than `gap` after the last.
async fn closed_loop(
    crew: &Crew,
    learner: &mut Learner,
    gap: Duration,
) -> Result<(), LearnerError> {
    let mut not_before = Instant::now();
    loop {
        if Instant::now() < not_before {
            learner.idle(not_before).await?;
        }
        if !has_question(crew, learner).await? {
            return Ok(());
        }
        let now = Instant::now();
        not_before = now + gap;
        answer(learner, now).await?;
    }
}

/// Waits for a question; `false` when the session has ended or the run is stopping.
async fn has_question(crew: &Crew, learner: &mut Learner) -> Result<bool, LearnerError> {
    loop {
        if learner.has_ended() || crew.is_stopping() {
            return Ok(false);
        }
        if learner.question().is_some() {
            return Ok(true);
        }
        learner.turn(Instant::now() + QUESTION_WAIT).await?;
    }
}

async fn answer(learner: &mut Learner, due: Instant) -> Result<(), LearnerError> {
    let options = learner.choose();
    learner.submit(options, due);
    loop {
        match learner.turn(far()).await? {
            Turn::Acked(_) | Turn::Refused(_) | Turn::Ended => return Ok(()),
            Turn::Changed | Turn::Quiet => {}
        }
    }
}

impl Crew {
    fn is_stopping(&self) -> bool {
        self.control.stopping.load(Ordering::Relaxed)
    }
}

/// Later than any run lasts; the learner's own timers come first.
fn far() -> Instant {
    Instant::now() + Duration::from_secs(24 * 3600)
}

fn error_name(error: &LearnerError) -> &'static str {
    match error {
        LearnerError::Api(_) => "learner: REST",
        LearnerError::Socket(_) => "learner: upgrade refused",
        LearnerError::Closed { .. } => "learner: closed for good",
        LearnerError::Refused(_) => "learner: refused again and again",
        LearnerError::GaveUp(_) => "learner: gave up connecting",
        LearnerError::Stalled(_) => "learner: stalled",
    }
}
