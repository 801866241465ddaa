//! What a run counts and times. Owns the histograms; knows neither learners nor sockets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer as Reader, Serializer as _, V2Serializer};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::learner::Outage;
use crate::ledger::Ledger;

/// Longest latency told apart, microseconds: ten minutes. Longer ones count as this.
const LATENCY_US_MAX: u64 = 600_000_000;
/// Kinds of error and of reconnect counted apart; the rest are counted under `other`.
const KINDS_MAX: usize = 64;

/// Quantiles of a latency, milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Median.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 99th percentile.
    pub p99: f64,
    /// 99.9th percentile.
    pub p999: f64,
    /// The longest.
    pub max: f64,
}

/// Latencies with three significant digits.
#[derive(Debug, Clone)]
pub struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        let histogram = Histogram::new_with_bounds(1, LATENCY_US_MAX, 3);
        Self(histogram.expect("constant bounds are valid"))
    }
}

impl Latencies {
    /// Adds one.
    pub fn record(&mut self, latency: Duration) {
        let us = u64::try_from(latency.as_micros()).unwrap_or(LATENCY_US_MAX);
        self.0.saturating_record(us);
    }

    /// Adds all of another's.
    pub fn add(&mut self, other: &Self) {
        self.0
            .add(&other.0)
            .expect("histograms of the same bounds add up");
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Value at each of the quantiles asked for, milliseconds; all 0 when there is none.
    pub fn at<'a>(&'a self, quantiles: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
        quantiles.iter().map(|quantile| {
            let us = self.0.value_at_quantile(*quantile);
            (*quantile, us as f64 / 1_000.0)
        })
    }

    /// Quantiles in milliseconds; all 0 when there is none.
    #[must_use]
    pub fn quantiles(&self) -> Quantiles {
        let ms = |quantile: f64| self.0.value_at_quantile(quantile) as f64 / 1_000.0;
        if self.0.is_empty() {
            return Quantiles::default();
        }
        Quantiles {
            p50: ms(0.5),
            p90: ms(0.9),
            p99: ms(0.99),
            p999: ms(0.999),
            max: self.0.max() as f64 / 1_000.0,
        }
    }
}

/// As text: the histogram's own second format, in base64.
impl Serialize for Latencies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::new();
        V2Serializer::new()
            .serialize(&self.0, &mut bytes)
            .map_err(|error| {
                S::Error::custom(format!("a histogram cannot be written: {error:?}"))
            })?;
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Latencies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
        let read: Histogram<u64> = Reader::new()
            .deserialize(&mut bytes.as_slice())
            .map_err(|error| D::Error::custom(format!("not a histogram: {error:?}")))?;
        let mut latencies = Self::default();
        latencies.0.add(&read).map_err(D::Error::custom)?;
        Ok(latencies)
    }
}

/// Counts and times of the learners that share it. Counts are of all the time; latencies are of the time since
/// they were last [taken](Self::take_second).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Meter {
    /// From when an answer was due to its acknowledgement.
    pub ack: Latencies,
    /// From asking for a session to its first question.
    pub start: Latencies,
    /// Answers that were due in the measured time, sent or not.
    pub due: u64,
    /// Answers sent for the first time.
    pub sent: u64,
    /// Answers acknowledged.
    pub acked: u64,
    /// Answers refused for good.
    pub refused: u64,
    /// Answers sent again.
    pub resent: u64,
    /// Learners that have begun their first session.
    pub joined: u64,
    /// Sessions begun.
    pub started: u64,
    /// Sessions ended.
    pub ended: u64,
    /// Sockets open now.
    pub connected: i64,
    /// Sockets lost, by what ended them.
    pub reconnects: BTreeMap<String, u64>,
    /// Everything that went wrong, by what it was.
    pub errors: BTreeMap<String, u64>,
}

impl Meter {
    /// Answers sent whose fate is not known.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.sent.saturating_sub(self.acked + self.refused)
    }

    /// Counts an error under its name.
    pub fn error(&mut self, name: &str) {
        count(&mut self.errors, name);
    }

    /// Counts a reconnect under what ended the socket before.
    pub fn reconnect(&mut self, cause: &str) {
        count(&mut self.reconnects, cause);
    }

    /// Counts an acknowledgement, so long after it was due.
    pub fn acked(&mut self, latency: Duration) {
        self.acked += 1;
        self.ack.record(latency);
    }

    /// Adds all of another's.
    pub fn add(&mut self, other: &Self) {
        self.ack.add(&other.ack);
        self.start.add(&other.start);
        self.due += other.due;
        self.sent += other.sent;
        self.acked += other.acked;
        self.refused += other.refused;
        self.resent += other.resent;
        self.joined += other.joined;
        self.started += other.started;
        self.ended += other.ended;
        self.connected += other.connected;
        for (name, times) in &other.reconnects {
            *self.reconnects.entry(name.clone()).or_default() += times;
        }
        for (name, times) in &other.errors {
            *self.errors.entry(name.clone()).or_default() += times;
        }
    }

    /// The counts so far, and the latencies since the last time, which are taken out.
    #[must_use]
    pub fn take_second(&mut self) -> Self {
        let taken = Self {
            ack: std::mem::take(&mut self.ack),
            start: std::mem::take(&mut self.start),
            reconnects: std::mem::take(&mut self.reconnects),
            errors: std::mem::take(&mut self.errors),
            ..*self
        };
        self.reconnects.clone_from(&taken.reconnects);
        self.errors.clone_from(&taken.errors);
        taken
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(times) = counts.get_mut(name) {
        *times += 1;
        return;
    }
    let name = if counts.len() < KINDS_MAX {
        name
    } else {
        "other"
    };
    *counts.entry(name.to_owned()).or_default() += 1;
}

/// Ledger and meter of the learners of one thread.
#[derive(Debug, Default)]
pub struct Books {
    /// What was sent and acknowledged.
    pub ledger: Ledger,
    /// What was counted and timed.
    pub meter: Meter,
    /// Every time a learner was without its session, in the order of their ends.
    pub outages: Vec<Outage>,
}

/// Shared books. Each thread has its own, so that the lock is almost never contended.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Books>>);

impl Recorder {
    /// Writes in the books, or reads them.
    pub fn with<R>(&self, write: impl FnOnce(&mut Books) -> R) -> R {
        // A panic elsewhere leaves lines that are whole: each is one push.
        write(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes in the meter, or reads it.
    pub fn meter<R>(&self, write: impl FnOnce(&mut Meter) -> R) -> R {
        self.with(|books| write(&mut books.meter))
    }

    /// Takes the ledger out, leaving an empty one.
    #[must_use]
    pub fn take_ledger(&self) -> Ledger {
        self.with(|books| std::mem::take(&mut books.ledger))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_what_was_recorded() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.quantiles(), Quantiles::default());
        for ms in 1..=1_000 {
            latencies.record(Duration::from_millis(ms));
        }
        let seen = latencies.quantiles();
        for (value, expected) in [(seen.p50, 500.0), (seen.p99, 990.0), (seen.max, 1_000.0)] {
            assert!((value / expected - 1.0).abs() < 0.002, "{value} {expected}");
        }
        latencies.record(Duration::from_secs(100_000));
        assert!(latencies.quantiles().max > 599_000.0);
    }

    #[test]
    fn latencies_come_through_as_text_unchanged() {
        let mut meter = Meter::default();
        for ms in [1, 20, 20, 600_000] {
            meter.acked(Duration::from_millis(ms));
        }
        meter.error("gap");
        let taken = meter.take_second();
        assert_eq!(meter.ack.count(), 0);
        assert_eq!((meter.acked, meter.errors.len()), (4, 1));
        let text = serde_json::to_string(&taken).expect("a meter is JSON");
        let mut sum: Meter = serde_json::from_str(&text).expect("what was written is read");
        assert_eq!(sum.ack.quantiles(), taken.ack.quantiles());
        sum.add(&taken);
        assert_eq!((sum.ack.count(), sum.acked), (8, 8));
        assert!(serde_json::from_str::<Latencies>("\"AAAA\"").is_err());
    }

    #[test]
    fn kinds_of_error_are_bounded() {
        let mut meter = Meter::default();
        for kind in 0..1_000 {
            meter.error(&kind.to_string());
        }
        assert_eq!(meter.errors.len(), KINDS_MAX + 1);
        assert_eq!(meter.errors.values().sum::<u64>(), 1_000);
    }

    #[test]
    fn meters_of_two_threads_add_up() {
        let (mut a, mut b) = (Meter::default(), Meter::default());
        a.sent = 2;
        b.sent = 1;
        b.acked(Duration::from_millis(3));
        b.reconnect("4001");
        a.add(&b);
        assert_eq!((a.sent, a.acked, a.in_flight()), (3, 1, 2));
        assert_eq!(a.reconnects.get("4001"), Some(&1));
        assert_eq!(a.ack.count(), 1);
    }
}
