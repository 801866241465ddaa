//! Second by second, what all processes of learners told together. Owns the sums; knows neither servers nor
//! their processes.

use std::collections::{BTreeMap, VecDeque};

use anyhow::ensure;

use crate::crew::orders::Second;
use crate::meter::{Latencies, Meter};

/// Seconds that a process may be behind another; beyond it the run is given up.
const BEHIND_MAX: usize = 120;
/// Seconds of latencies kept one by one: what is compared with the first of them.
const MINUTE: u64 = 60;

/// One second of all processes.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// Since the origin, its end.
    pub(super) second: u64,
    /// Counts so far, and that second's latencies.
    pub(super) meter: Meter,
}

/// Those that a storm dropped.
#[derive(Debug, Default)]
pub(super) struct Returns {
    pub(super) back: Latencies,
    pub(super) first_drop_s: Option<f64>,
    pub(super) last_back_s: f64,
}

/// The sums.
#[derive(Debug)]
pub(super) struct Tally {
    processes: usize,
    pending: BTreeMap<u64, (usize, Meter)>,
    /// Processes that have told their last.
    last: usize,
    last_meter: Meter,
    /// Latencies count from the end of this second; none do before it is known.
    measured_from: Option<u64>,
    measured_s: u64,
    pub(super) ack: Latencies,
    pub(super) start: Latencies,
    pub(super) first_minute: Latencies,
    lately: VecDeque<Latencies>,
    pub(super) returns: Returns,
}

impl Tally {
    pub(super) fn new(processes: usize) -> Self {
        Self {
            processes,
            pending: BTreeMap::new(),
            last: 0,
            last_meter: Meter::default(),
            measured_from: None,
            measured_s: 0,
            ack: Latencies::default(),
            start: Latencies::default(),
            first_minute: Latencies::default(),
            lately: VecDeque::new(),
            returns: Returns::default(),
        }
    }

    /// Measuring begins with the end of second `from_s`, for so long.
    pub(super) fn measure(&mut self, from_s: u64, seconds: u64) {
        self.measured_from = Some(from_s);
        self.measured_s = seconds;
    }

    /// Adds what a process told; the second that is whole with it.
    pub(super) fn add(&mut self, told: Second) -> anyhow::Result<Option<Whole>> {
        self.returns.back.add(&told.back);
        self.returns.last_back_s = self.returns.last_back_s.max(told.last_back_s);
        if told.first_drop_s > 0.0 {
            let first = self.returns.first_drop_s.unwrap_or(f64::INFINITY);
            self.returns.first_drop_s = Some(first.min(told.first_drop_s));
        }
        if told.last {
            self.last += 1;
            self.count(told.second, &told.meter);
            self.last_meter.add(&told.meter);
            return Ok(None);
        }
        let (count, meter) = self.pending.entry(told.second).or_default();
        *count += 1;
        meter.add(&told.meter);
        if *count < self.processes {
            ensure!(
                self.pending.len() <= BEHIND_MAX,
                "a process of learners has said nothing for {BEHIND_MAX} s: the machine is too busy for this scenario"
            );
            return Ok(None);
        }
        let meter = std::mem::take(meter);
        self.pending.remove(&told.second);
        self.count(told.second, &meter);
        Ok(Some(Whole {
            second: told.second,
            meter,
        }))
    }

    /// Counts of the whole run once every process has told its last.
    pub(super) fn ended(&self) -> Option<&Meter> {
        (self.last == self.processes).then_some(&self.last_meter)
    }

    /// The latencies of the last minute measured, or of its second half when that is shorter.
    pub(super) fn last_minute(&self) -> Latencies {
        let mut sum = Latencies::default();
        for second in &self.lately {
            sum.add(second);
        }
        sum
    }

    /// Length of the first and the last stretch that are compared, seconds.
    fn stretch(&self) -> u64 {
        MINUTE.min(self.measured_s / 2).max(1)
    }

    fn count(&mut self, second: u64, meter: &Meter) {
        self.start.add(&meter.start);
        let Some(from) = self.measured_from.filter(|from| second > *from) else {
            return;
        };
        self.ack.add(&meter.ack);
        let stretch = self.stretch();
        if second <= from + stretch {
            self.first_minute.add(&meter.ack);
        }
        if second <= from + self.measured_s {
            self.lately.push_back(meter.ack.clone());
            if self.lately.len() as u64 > stretch {
                self.lately.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn told(second: u64, ms: u64, last: bool) -> Second {
        let mut meter = Meter::default();
        meter.acked(Duration::from_millis(ms));
        Second {
            second,
            meter,
            back: Latencies::default(),
            last_back_s: 0.0,
            first_drop_s: 0.0,
            last,
        }
    }

    #[test]
    fn a_second_is_whole_when_every_process_has_told_it() {
        let mut tally = Tally::new(2);
        tally.measure(1, 4);
        let whole = |tally: &mut Tally, told| tally.add(told).expect("nobody is far behind");
        assert!(whole(&mut tally, told(1, 5, false)).is_none());
        assert!(whole(&mut tally, told(2, 10, false)).is_none());
        let first = whole(&mut tally, told(1, 5, false)).expect("both have told it");
        assert_eq!((first.second, first.meter.acked), (1, 2));
        assert_eq!(tally.ack.count(), 0);
        let second = whole(&mut tally, told(2, 10, false)).expect("both have told it");
        assert_eq!(second.second, 2);
        for second in [4, 5] {
            whole(&mut tally, told(second, 100, false));
            whole(&mut tally, told(second, 100, false));
        }
        assert_eq!(tally.first_minute.count(), 2);
        assert_eq!(tally.last_minute().count(), 4);
        assert!(tally.ended().is_none());
        whole(&mut tally, told(6, 900, true));
        whole(&mut tally, told(6, 900, true));
        assert_eq!(tally.ended().map(|meter| meter.acked), Some(2));
        assert_eq!(tally.ack.count(), 8);
        assert_eq!(tally.last_minute().count(), 4);
    }

    #[test]
    fn a_process_that_says_nothing_for_long_ends_the_run() {
        let mut tally = Tally::new(2);
        let failed = (1..1_000).find_map(|second| tally.add(told(second, 1, false)).err());
        let words = failed.map(|error| error.to_string()).unwrap_or_default();
        assert!(words.contains("too busy"), "{words}");
    }
}
