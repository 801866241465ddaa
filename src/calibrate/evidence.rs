//! Which answers count: first sights, and those of guests who try.
//!
//! Owns that choice and the two shapes it is handed on in. Must not know the store.

use std::collections::HashMap;

use learnr_domain::ItemParameters;
use learnr_domain::calibration::{PlausibilityRule, Sequence, Sitting, TimedResponse, Verdict};
use learnr_domain::learner::{DRIFT_VARIANCE_MAX, DRIFT_VARIANCE_PER_DAY, EVIDENCE_AFTER_DAYS};
use learnr_domain::tick::DAY_MS;
use serde::Serialize;

use super::gather::{Answer, Learner};

const EVIDENCE_AFTER_MS: i64 = EVIDENCE_AFTER_DAYS as i64 * DAY_MS;

/// What became of guests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Guests {
    /// Those whose plausible answers count.
    pub counted: usize,
    /// Fewer than 30 plausible answers.
    pub too_few_answers: usize,
    /// Too many answers came before the question can have been read.
    pub hasty: usize,
    /// Long runs on one place of the screen.
    pub one_place: usize,
    /// Patterns against all odds.
    pub aberrant: usize,
}

/// The answers that count.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// For each learner who counts, the first answer to each item.
    pub(super) first: Vec<Vec<(usize, bool)>>,
    /// For each of them, every first sight in 30 days, by session.
    pub(super) sequences: Vec<Sequence>,
    pub(super) guests: Guests,
    /// Answers left out because the question had been seen in the 30 days before.
    pub(super) repeats: usize,
    /// Answers of guests left out.
    pub(super) of_guests: usize,
}

impl Evidence {
    /// Weighs everybody's answers; `parameters` are those of the current version.
    pub(super) fn of(learners: &[Learner], parameters: &[ItemParameters]) -> Self {
        let mut evidence = Self::default();
        for learner in learners {
            evidence.take(learner, parameters);
        }
        evidence
    }

    fn take(&mut self, learner: &Learner, parameters: &[ItemParameters]) {
        let sights = first_sights(learner);
        let kept: usize = sights.iter().map(Vec::len).sum();
        let all: usize = learner.sat.iter().map(|sat| sat.answers.len()).sum();
        self.repeats += all - kept;
        if kept == 0 {
            return;
        }
        let rule = PlausibilityRule::default();
        if learner.guest {
            let timed: Vec<TimedResponse> = sights
                .iter()
                .flatten()
                .map(|answer| timed(answer, parameters))
                .collect();
            let verdict = rule.judge(&timed).verdict;
            if !self.guests.count(verdict) {
                self.of_guests += kept;
                return;
            }
        }
        let counts =
            |answer: &&Answer| !learner.guest || rule.is_plausible(&timed(answer, parameters));
        let mut met = HashMap::new();
        let (mut first, mut sequence) = (Vec::new(), Sequence::new());
        let mut before: Option<i64> = None;
        for (sat, sights) in learner.sat.iter().zip(&sights) {
            let answers: Vec<(usize, bool)> = sights
                .iter()
                .filter(counts)
                .map(|answer| (answer.item as usize, answer.correct))
                .collect();
            self.of_guests += sights.len() - answers.len();
            for (item, correct) in &answers {
                if met.insert(*item, ()).is_none() {
                    first.push((*item, *correct));
                }
            }
            sequence.push(Sitting {
                drift_before: before.map_or(0.0, |before| drift(before, sat.started_at)),
                practice: sat.practice,
                answers,
            });
            before = sat.answers.last().map(|answer| answer.at_ms).or(before);
        }
        self.first.push(first);
        self.sequences.push(sequence);
    }
}

impl Guests {
    /// Counts one more guest; whether their answers count.
    fn count(&mut self, verdict: Verdict) -> bool {
        let of = match verdict {
            Verdict::Counts => &mut self.counted,
            Verdict::TooFew => &mut self.too_few_answers,
            Verdict::Hasty => &mut self.hasty,
            Verdict::OnePlace => &mut self.one_place,
            Verdict::Aberrant => &mut self.aberrant,
        };
        *of += 1;
        verdict == Verdict::Counts
    }
}

/// For each session, its answers that were first sights in 30 days, also in view of sessions beside it.
fn first_sights(learner: &Learner) -> Vec<Vec<Answer>> {
    let mut order: Vec<(i64, usize, usize)> = Vec::new();
    for (s, sat) in learner.sat.iter().enumerate() {
        order.extend(
            sat.answers
                .iter()
                .enumerate()
                .map(|(k, answer)| (answer.at_ms, s, k)),
        );
    }
    order.sort_unstable();
    let mut last: HashMap<u32, i64> = HashMap::new();
    let mut sights = vec![Vec::new(); learner.sat.len()];
    for (at_ms, s, k) in order {
        let answer = learner.sat[s].answers[k];
        let before = last.insert(answer.item, at_ms);
        let fresh = before.is_none_or(|before| at_ms - before >= EVIDENCE_AFTER_MS);
        if answer.evidence && fresh {
            sights[s].push(answer);
        }
    }
    sights
}

fn timed(answer: &Answer, parameters: &[ItemParameters]) -> TimedResponse {
    TimedResponse {
        item: parameters[answer.item as usize],
        correct: answer.correct,
        elapsed_ms: answer.elapsed_ms,
        place: answer.place,
    }
}

/// Variance of drift between two moments, as sessions begin with it.
fn drift(before_ms: i64, then_ms: i64) -> f64 {
    let days = (then_ms - before_ms).max(0) as f64 / DAY_MS as f64;
    (days * DRIFT_VARIANCE_PER_DAY).min(DRIFT_VARIANCE_MAX)
}

#[cfg(test)]
mod tests {
    use super::super::gather::Sat;
    use super::*;

    fn sat(day: i64, items: &[u32]) -> Sat {
        let answer = |(k, item): (i64, &u32)| Answer {
            item: *item,
            correct: k % 2 == 0,
            at_ms: day * DAY_MS + k * 10_000,
            elapsed_ms: 9_000,
            place: Some((k % 3) as u8),
            evidence: true,
        };
        Sat {
            started_at: day * DAY_MS,
            practice: true,
            answers: (0..).zip(items).map(answer).collect(),
        }
    }

    #[test]
    fn a_repeat_within_thirty_days_is_left_out_and_a_later_one_is_no_second_answer() {
        let learner = Learner {
            guest: false,
            sat: vec![sat(0, &[0, 1]), sat(10, &[0, 2]), sat(45, &[0, 1])],
        };
        let evidence = Evidence::of(&[learner], &[ItemParameters::rasch(0.0); 3]);
        assert_eq!(evidence.first, [[(0, true), (1, false), (2, false)]]);
        let answers: Vec<usize> = evidence.sequences[0]
            .iter()
            .map(|sitting| sitting.answers.len())
            .collect();
        assert_eq!((answers, evidence.repeats), (vec![2, 1, 2], 1));
        let drift = evidence.sequences[0][1].drift_before;
        assert!((drift - 0.1).abs() < 1e-4, "{drift}");
    }

    #[test]
    fn a_guest_counts_with_thirty_plausible_answers_and_without_the_hasty_ones() {
        let items = [ItemParameters::rasch(0.0); 40];
        let guest = |count: u32, hasty: usize| {
            let all: Vec<u32> = (0..count).collect();
            let mut sat = sat(0, &all);
            for answer in sat.answers.iter_mut().take(hasty) {
                answer.elapsed_ms = 100;
            }
            Learner {
                guest: true,
                sat: vec![sat],
            }
        };
        let learners = [guest(29, 0), guest(32, 2), guest(40, 9)];
        let evidence = Evidence::of(&learners, &items);
        assert_eq!(
            evidence.first.iter().map(Vec::len).collect::<Vec<_>>(),
            [30]
        );
        let expected = Guests {
            counted: 1,
            too_few_answers: 1,
            hasty: 1,
            ..Guests::default()
        };
        assert_eq!(
            (evidence.guests, evidence.of_guests),
            (expected, 29 + 2 + 40)
        );
    }
}
