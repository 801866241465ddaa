//! How long learners were without their session after each kind of fault, and a picture of it. Must not decide what is good.

use std::time::Duration;

use learnr_loadtest::learner::Outage;
use serde::Serialize;

use super::schedule::Kind;
use super::world::Blow;

/// A socket that ends so long after a fault ended for another reason.
const AFTER: Duration = Duration::from_millis(500);
/// Bars of a histogram: each twice as long as the one before, from this many milliseconds on.
const BARS: usize = 12;
const FIRST_BAR_MS: f64 = 16.0;

/// Quantiles in milliseconds; all 0 of nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(super) struct Quantiles {
    pub(super) count: usize,
    pub(super) p50: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

/// Milliseconds in order.
#[derive(Debug, Default)]
pub(super) struct Times(Vec<f64>);

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(
            times
                .iter()
                .map(|time| time.as_secs_f64() * 1_000.0)
                .collect(),
        )
    }

    pub(super) fn quantiles(&self) -> Quantiles {
        let Some(max) = self.0.last() else {
            return Quantiles::default();
        };
        let at = |quantile: f64| self.0[(self.0.len() as f64 * quantile) as usize];
        Quantiles {
            count: self.0.len(),
            p50: at(0.5).round(),
            p99: at(0.99).round(),
            max: max.round(),
        }
    }

    /// How many fall into each bar; the last takes all that is longer.
    pub(super) fn bars(&self) -> [usize; BARS] {
        let mut bars = [0; BARS];
        for ms in &self.0 {
            let bar = (ms / FIRST_BAR_MS).max(1.0).log2().ceil() as usize;
            bars[bar.min(BARS - 1)] += 1;
        }
        bars
    }
}

/// Up to how many milliseconds a bar reaches.
pub(super) fn reach(bar: usize) -> f64 {
    FIRST_BAR_MS * f64::from(1_u32 << bar)
}

/// From a death until each learner whose session was there has it again.
pub(super) fn takeovers(blows: &[&Blow], outages: &[Outage], kinds: &[Kind]) -> Times {
    let struck = blows.iter().filter(|blow| kinds.contains(&blow.kind));
    Times::of(
        struck
            .flat_map(|blow| {
                outages.iter().filter_map(|outage| {
                    let meets = outage.lost <= blow.at + AFTER && outage.back > blow.at;
                    (meets && blow.sessions.contains(&outage.session))
                        .then(|| outage.back - blow.at)
                })
            })
            .collect(),
    )
}

/// How long each learner had no socket of those that lost theirs while a fault of that kind went on.
pub(super) fn silences(
    blows: &[&Blow],
    outages: &[Outage],
    kind: Kind,
    cause: Option<&str>,
) -> Times {
    let struck = blows.iter().filter(|blow| blow.kind == kind);
    Times::of(
        struck
            .flat_map(|blow| {
                outages.iter().filter_map(|outage| {
                    let meets = outage.lost >= blow.at && outage.lost <= blow.mended + AFTER;
                    let told = cause.is_none_or(|cause| outage.cause == cause);
                    (meets && told).then(|| outage.back - outage.lost)
                })
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[test]
    fn a_takeover_counts_from_the_death_and_only_where_the_session_was() {
        let start = Instant::now();
        let ms = |ms| start + Duration::from_millis(ms);
        let blow = Blow {
            kind: Kind::InstanceKill,
            alone: true,
            at: ms(1_000),
            mended: ms(2_000),
            sessions: ["a".to_owned(), "b".to_owned()].into(),
        };
        let outage = |session: &str, lost, back| Outage {
            session: session.to_owned(),
            cause: "1006".to_owned(),
            lost: ms(lost),
            back: ms(back),
        };
        let outages = [
            outage("a", 1_001, 1_400),
            outage("b", 900, 1_300),
            outage("c", 1_001, 9_000),
            outage("a", 300, 700),
            outage("a", 5_000, 9_000),
        ];
        let blows = [&blow];
        let took = takeovers(&blows, &outages, &[Kind::InstanceKill]);
        assert_eq!(took.0, [300.0, 400.0]);
        let silent = silences(&blows, &outages, Kind::InstanceKill, None);
        assert_eq!(silent.0, [399.0, 7_999.0]);
        assert_eq!(took.quantiles().max, 400.0);
        assert_eq!(took.bars()[5], 2, "{:?}", took.bars());
    }
}
