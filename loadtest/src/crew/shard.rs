//! One thread of a process of learners: a single-threaded runtime and its share of them. Owns when each is
//! started.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, anyhow};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::Crew;
use super::odd;
use super::seat::{self, Seating};
use super::share::{self, Role};
use crate::meter::Recorder;

/// How often a shard looks whether more learners are to be started, or all are to end.
const LOOK: Duration = Duration::from_millis(50);

/// A running thread.
pub(super) struct Shard {
    pub(super) recorder: Recorder,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Shard {
    /// Starts the thread that drives every so many-th learner of the process, `thread` the first of them.
    pub(super) fn start(crew: Crew, thread: usize) -> Self {
        let recorder = crew.recorder.clone();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .context("start a runtime")?;
            runtime.block_on(drive(Arc::new(crew), thread));
            Ok(())
        });
        Self {
            recorder,
            thread: Some(thread),
        }
    }

    /// Waits for the thread after the clock has finished.
    pub(super) fn join(&mut self) -> anyhow::Result<()> {
        match self.thread.take() {
            Some(thread) => thread
                .join()
                .map_err(|_| anyhow!("a thread of learners panicked"))?,
            None => Ok(()),
        }
    }
}

async fn drive(crew: Arc<Crew>, thread: usize) {
    let mut learners = JoinSet::new();
    let mut there = 0;
    while !crew.clock.is_finished() {
        let to = crew.clock.ramp_to();
        if to > there {
            start(&crew, thread, there, to, &mut learners);
            there = to;
        }
        sleep(LOOK).await;
    }
    learners.shutdown().await;
}

/// Starts this thread's learners among `from..to`, spread over the time that all of them take.
fn start(crew: &Arc<Crew>, thread: usize, from: usize, to: usize, learners: &mut JoinSet<()>) {
    let now = Instant::now();
    let asked = &crew.share.scenario.learners;
    let threads = asked.threads.max(1);
    let own = share::numbers(crew.share.process, crew.share.processes, from..to);
    for number in own.filter(|number| number / crew.share.processes % threads == thread) {
        let seating = Seating {
            number,
            place: share::place(number, asked.sessions),
        };
        let after = Duration::from_secs_f64((number - from) as f64 / asked.ramp_per_s);
        let role = share::role(seating.place, asked);
        let crew = Arc::clone(crew);
        learners.spawn(async move {
            sleep_until(now + after).await;
            match role {
                Role::Usual => seat::live(&crew, seating).await,
                role => odd::live(&crew, seating, role).await,
            }
        });
    }
}
