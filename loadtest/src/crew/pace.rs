//! When each answer is due. Pure: a learner's place among all, the pace, and what was due before go in; it
//! reads no clock. Times are from the moment that measuring began unless they say otherwise.

use std::time::Duration;

use crate::chance::{Chance, Think};
use crate::scenario::Pace;

/// Answers a second of one session of a knee that is slower than this are not told apart from none.
const RATE_LEAST: f64 = 1e-6;

/// Where a learner stands among all, from 0 up to 1: their share of the way through a bell or a round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// From 0, below 1.
    pub(super) part: f64,
    /// Learners in all.
    pub(super) learners: usize,
}

/// How a pace sets times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Beat {
    /// Each answer is due so long after the one before; it begins with the session.
    After(Think),
    /// Times are fixed from the moment that measuring began: a bell or a knee.
    Fixed,
    /// As soon as there is a question, no sooner than this after the answer before.
    Closed(Duration),
    /// Never.
    Never,
}

/// Which kind of times a pace sets.
pub(super) fn beat(pace: &Pace) -> Beat {
    match *pace {
        Pace::Think { median_s, sigma } => Beat::After(Think::LogNormal {
            median: Duration::from_secs_f64(median_s),
            sigma,
        }),
        Pace::Rate { per_s } => Beat::After(Think::Fixed(Duration::from_secs_f64(1.0 / per_s))),
        Pace::Bell { .. } | Pace::Knee { .. } => Beat::Fixed,
        Pace::Closed { gap_ms } => Beat::Closed(Duration::from_millis(gap_ms)),
        Pace::Idle => Beat::Never,
    }
}

/// When answer number `count`, from 0, of a learner is due under a fixed beat; `None` when there is no such.
pub(super) fn due(pace: &Pace, place: Place, count: u64) -> Option<Duration> {
    let seconds = match *pace {
        Pace::Bell { every_s, within_ms } => {
            bell_s(every_s, count) + place.part * within_ms as f64 / 1_000.0
        }
        Pace::Knee {
            from_per_s,
            factor,
            step_s,
            steps,
        } => {
            let round = count as f64 + place.part;
            let first = from_per_s / place.learners as f64;
            knee_s(first.max(RATE_LEAST), factor, step_s as f64, steps, round)?
        }
        _ => return None,
    };
    Some(Duration::from_secs_f64(seconds))
}

/// When bell number `count` rings: each in the middle of its interval, so that none is cut by the end.
fn bell_s(every_s: f64, count: u64) -> f64 {
    (count as f64 + 0.5) * every_s
}

/// When a session has given `round` answers whose rate begins at `rate` a second and is multiplied by
/// `factor` after each step.
fn knee_s(mut rate: f64, factor: f64, step_s: f64, steps: usize, mut round: f64) -> Option<f64> {
    for step in 0..steps {
        let in_step = rate * step_s;
        if round < in_step {
            return Some(step as f64 * step_s + round / rate);
        }
        round -= in_step;
        rate *= factor;
    }
    None
}

/// The rate of all learners in a step of a knee, answers a second.
#[must_use]
pub fn knee_rate(from_per_s: f64, factor: f64, step: usize) -> f64 {
    from_per_s * factor.powi(i32::try_from(step).unwrap_or(i32::MAX))
}

/// A first thought cut at random, so that learners that start together do not answer together.
pub(super) fn first(think: Think, chance: &mut Chance) -> Duration {
    let whole = think.next(chance);
    chance.up_to(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BELL: Pace = Pace::Bell {
        every_s: 5.0,
        within_ms: 100,
    };

    fn at(pace: &Pace, number: usize, learners: usize, count: u64) -> Option<f64> {
        let part = number as f64 / learners as f64;
        due(pace, Place { part, learners }, count).map(|due| due.as_secs_f64())
    }

    #[test]
    fn a_bell_is_even_within_its_time_and_rings_again() {
        let times: Vec<f64> = (0..1_000)
            .map(|number| at(&BELL, number, 1_000, 0).expect("there is a first bell"))
            .collect();
        assert_eq!(times[0], 2.5);
        assert!((times[999] - 2.5999).abs() < 1e-6, "{}", times[999]);
        for pair in times.windows(2) {
            assert!((pair[1] - pair[0] - 0.0001).abs() < 1e-6);
        }
        assert_eq!(at(&BELL, 0, 1_000, 3), Some(17.5));
    }

    #[test]
    fn each_step_of_a_knee_has_its_rate_over_all_learners() {
        const LEARNERS: usize = 50;
        let pace = Pace::Knee {
            from_per_s: 100.0,
            factor: 2.0,
            step_s: 3,
            steps: 3,
        };
        let mut steps = [0; 3];
        for number in 0..LEARNERS {
            let mut before = -1.0;
            for count in 0.. {
                let Some(due) = at(&pace, number, LEARNERS, count) else {
                    break;
                };
                assert!(due > before, "{due} {before}");
                before = due;
                steps[(due / 3.0) as usize] += 1;
            }
        }
        assert_eq!(steps, [300, 600, 1_200]);
        assert_eq!(knee_rate(100.0, 2.0, 2), 400.0);
    }
}
