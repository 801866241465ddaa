//! The times at which one learner's answers are due, and the account of those that were not sent. It lives as
//! long as the learner, through every session and every failure, so that nothing that was due is forgotten.

use std::time::Duration;

use tokio::time::Instant;

use super::clock::Clock;
use super::pace::{self, Beat, Place};
use crate::chance::Chance;
use crate::meter::Recorder;
use crate::scenario::Pace;

/// Answers of one learner that can be overdue when measuring ends; more are not counted.
const OVERDUE_MAX: usize = 100_000;

/// One learner's times.
#[derive(Debug)]
pub(super) struct Agenda<'a> {
    clock: &'a Clock,
    recorder: &'a Recorder,
    pace: Pace,
    beat: Beat,
    place: Place,
    chance: Chance,
    /// Answers of a fixed beat so far.
    count: u64,
    next: Option<Instant>,
    /// Due time of the answer that is under way.
    under_way: Option<Instant>,
}

impl<'a> Agenda<'a> {
    pub(super) fn new(
        clock: &'a Clock,
        recorder: &'a Recorder,
        pace: Pace,
        place: Place,
        seed: u64,
    ) -> Self {
        Self {
            clock,
            recorder,
            pace,
            beat: pace::beat(&pace),
            place,
            chance: Chance::new(seed),
            count: 0,
            next: None,
            under_way: None,
        }
    }

    pub(super) fn beat(&self) -> Beat {
        self.beat
    }

    /// A session has begun. Only the first sets the times: what became due while one failed, or while the next was
    /// started, is late.
    pub(super) fn begin(&mut self, now: Instant) {
        if let Beat::After(think) = self.beat
            && self.next.is_none()
        {
            self.next = Some(now + pace::first(think, &mut self.chance));
        }
    }

    /// When the next answer is due; `None` when that is not known yet, or there is none.
    pub(super) fn due(&mut self) -> Option<Instant> {
        if self.next.is_none() && self.beat == Beat::Fixed {
            let after = pace::due(&self.pace, self.place, self.count)?;
            self.next = Some(self.clock.began()? + after);
        }
        self.next
    }

    /// The answer that was due is being sent.
    pub(super) fn send(&mut self, due: Instant) {
        self.forsake();
        self.under_way = Some(due);
        if self.is_measured(due) {
            self.recorder.meter(|meter| meter.due += 1);
        }
        self.advance(due);
    }

    /// Its fate is known.
    pub(super) fn settle(&mut self) {
        self.under_way = None;
    }

    /// An answer whose fate was never known counts as late as it is by now.
    fn forsake(&mut self) {
        if let Some(due) = self.under_way.take()
            && self.is_measured(due)
        {
            let late = Instant::now().saturating_duration_since(due);
            self.recorder.meter(|meter| meter.ack.record(late));
        }
    }

    fn advance(&mut self, due: Instant) {
        match self.beat {
            Beat::After(think) => {
                // Even a thought of no time leads on.
                let thought = think.next(&mut self.chance).max(Duration::from_micros(1));
                self.next = Some(due + thought);
            }
            Beat::Fixed => {
                self.count += 1;
                self.next = None;
            }
            Beat::Closed(_) | Beat::Never => {}
        }
    }

    fn is_measured(&self, due: Instant) -> bool {
        let began = self.clock.began().is_some_and(|began| due >= began);
        began && self.clock.ends().is_none_or(|ends| due < ends)
    }
}

impl Drop for Agenda<'_> {
    fn drop(&mut self) {
        self.forsake();
        let Some(ends) = self.clock.ends() else {
            return;
        };
        for _ in 0..OVERDUE_MAX {
            let Some(due) = self.due().filter(|due| *due < ends) else {
                return;
            };
            if self.is_measured(due) {
                self.recorder.meter(|meter| {
                    meter.due += 1;
                    meter.ack.record(ends - due);
                });
            }
            self.advance(due);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learner::epoch_ms;
    use crate::scenario::Scenario;

    fn check(pace: Pace, sent: u64, expected_due: u64, expected_late: u64) {
        let text = "title = 's'\nseconds = 10\nlearners.sessions = 1\npace.kind = 'idle'\n";
        let scenario = Scenario::read("s", text).expect("the text is a scenario");
        let clock = Clock::new(&scenario, epoch_ms());
        let recorder = Recorder::default();
        let place = Place {
            part: 0.0,
            learners: 1,
        };
        clock.measure(0);
        let mut agenda = Agenda::new(&clock, &recorder, pace, place, 1);
        agenda.begin(clock.second(0));
        for _ in 0..sent {
            let due = agenda.due().expect("one is due");
            agenda.send(due);
            agenda.settle();
        }
        drop(agenda);
        recorder.meter(|meter| {
            assert_eq!(
                (meter.due, meter.ack.count()),
                (expected_due, expected_late)
            );
        });
    }

    #[test]
    fn what_was_due_and_not_sent_is_counted_late() {
        let bell = Pace::Bell {
            every_s: 2.0,
            within_ms: 10,
        };
        check(bell, 5, 5, 0);
        check(bell, 2, 5, 3);
        check(Pace::Rate { per_s: 2.0 }, 0, 20, 20);
        check(Pace::Rate { per_s: 2.0 }, 15, 20, 5);
        check(Pace::Idle, 0, 0, 0);
    }
}
