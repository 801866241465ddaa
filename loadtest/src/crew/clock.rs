//! When things happen to the learners of a process, as the coordinator says: how many are to be there, when
//! measuring begins and ends, the storm. Owns those instants; each is set once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::learner::epoch_ms;
use crate::scenario::{Event, Scenario};

/// Shared by the threads of a process.
#[derive(Debug)]
pub(super) struct Clock {
    /// When seconds are counted from.
    origin: Instant,
    measured: Duration,
    /// After measuring began: when every socket is dropped, and over how long they come back.
    storm: Option<(Duration, Duration)>,
    ramp_to: AtomicUsize,
    began: OnceLock<Instant>,
    ended: OnceLock<Instant>,
    finished: AtomicBool,
}

impl Clock {
    pub(super) fn new(scenario: &Scenario, origin_ms: i64) -> Self {
        let storm = match scenario.event {
            Some(Event::Storm { at_s, within_s }) => Some((
                Duration::from_secs_f64(at_s),
                Duration::from_secs_f64(within_s),
            )),
            _ => None,
        };
        let since = u64::try_from(epoch_ms() - origin_ms).unwrap_or(0);
        let now = Instant::now();
        Self {
            // The machine has been up for longer than any coordinator has.
            origin: now.checked_sub(Duration::from_millis(since)).unwrap_or(now),
            measured: Duration::from_secs(scenario.measured_s()),
            storm,
            ramp_to: AtomicUsize::new(0),
            began: OnceLock::new(),
            ended: OnceLock::new(),
            finished: AtomicBool::new(false),
        }
    }

    /// The end of second number `second`.
    pub(super) fn second(&self, second: u64) -> Instant {
        self.origin + Duration::from_secs(second)
    }

    /// Seconds since the origin.
    pub(super) fn seconds_at(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.origin).as_secs_f64()
    }

    pub(super) fn ramp(&self, to: usize) {
        self.ramp_to.store(to, Ordering::Relaxed);
    }

    /// Learners that are to be there.
    pub(super) fn ramp_to(&self) -> usize {
        self.ramp_to.load(Ordering::Relaxed)
    }

    pub(super) fn measure(&self, from_s: u64) {
        self.began.get_or_init(|| self.second(from_s));
    }

    pub(super) fn stop(&self, at_s: f64) {
        self.ended
            .get_or_init(|| self.origin + Duration::from_secs_f64(at_s.max(0.0)));
    }

    pub(super) fn finish(&self) {
        self.finished.store(true, Ordering::Relaxed);
    }

    /// When measuring began or will, once that is known.
    pub(super) fn began(&self) -> Option<Instant> {
        self.began.get().copied()
    }

    /// When measuring ended, or will if nothing ends it before.
    pub(super) fn ends(&self) -> Option<Instant> {
        let planned = self.began()? + self.measured;
        Some(
            self.ended
                .get()
                .map_or(planned, |ended| planned.min(*ended)),
        )
    }

    /// When every socket is dropped, and over how long first attempts to come back are spread.
    pub(super) fn storm(&self) -> Option<(Instant, Duration)> {
        let (after, within) = self.storm?;
        Some((self.began()? + after, within))
    }

    /// Whether there is a storm to come of which the time is not known yet.
    pub(super) fn awaits_storm(&self) -> bool {
        self.storm.is_some() && self.began.get().is_none()
    }

    /// No new answers, no new sessions.
    pub(super) fn is_stopping(&self) -> bool {
        self.ended.get().is_some()
    }

    /// Everything is to be dropped.
    pub(super) fn is_finished(&self) -> bool {
        self.finished.load(Ordering::Relaxed)
    }
}
