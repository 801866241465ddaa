//! Difficulty between two calibrations: one answer at a time.
//!
//! Owns that update. Must not know how many items there are or where the respondent's ability comes from.

use crate::irt::{ItemParameters, NODES, THETA, dot, normalise, response_function};

/// Farthest difficulty from 0 that updates lead to, in logits: the bank's own bound.
const DIFFICULTY_MAX: f64 = 10.0;

/// A Gaussian belief about one item's difficulty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StreamingDifficulty {
    /// Its mean: the difficulty to use, in logits.
    pub mean: f64,
    /// Its variance, in squared logits.
    pub variance: f64,
    /// Answers taken in.
    pub answers: u32,
}

impl StreamingDifficulty {
    /// A new item, from its author's label: `mean` logits, give or take `standard_deviation`. `None` unless both
    /// are numbers, the mean within 10 logits, and the deviation above 0.
    pub fn new(mean: f64, standard_deviation: f64) -> Option<Self> {
        let variance = standard_deviation * standard_deviation;
        let sound = mean.abs() <= DIFFICULTY_MAX && variance > 0.0 && variance.is_finite();
        sound.then_some(Self {
            mean,
            variance,
            answers: 0,
        })
    }

    /// Takes in the answer of a respondent whose ability, before it, has these masses on the nodes [`THETA`].
    /// `a` and `c` of `item` are taken as known; its `b` is not read. Masses that are none, or an item for which
    /// the model does not hold, change nothing.
    ///
    /// One scoring step from the mean, with the expected information of the answer added to what is known: the
    /// extended Kalman filter for one binary observation, a stochastic approximation whose gain is the
    /// variance. Difficulty rises after a wrong answer and falls after a right one; variance never rises.
    ///
    /// Source: Robbins & Monro (1951); Fahrmeir (1992), JASA 87, for the filter; Glickman (1999) for the same
    /// with the other side's uncertainty integrated out.
    pub fn observe(&mut self, item: &ItemParameters, ability: &[f64; NODES], correct: bool) {
        let item = ItemParameters {
            b: self.mean,
            ..*item
        };
        let mut masses = *ability;
        let sound = masses.iter().all(|mass| *mass >= 0.0 && mass.is_finite());
        normalise(&mut masses);
        if !(item.is_valid() && sound && masses.iter().any(|mass| *mass > 0.0)) {
            return;
        }
        let at = THETA.map(|theta| response_function(&item, theta));
        let p = dot(&masses, &at.map(|at| at.p));
        // A step of b is one of ability the other way.
        let slope = -dot(&masses, &at.map(|at| at.first));
        let spread = p * (1.0 - p);
        self.answers = self.answers.saturating_add(1);
        if spread <= f64::MIN_POSITIVE {
            return;
        }
        self.variance = 1.0 / (1.0 / self.variance + slope * slope / spread);
        let residual = if correct { 1.0 - p } else { -p };
        let step = self.variance * residual * slope / spread;
        self.mean = (self.mean + step).clamp(-DIFFICULTY_MAX, DIFFICULTY_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irt::probability;
    use crate::tick::Chance;

    fn around(theta: f64) -> [f64; NODES] {
        THETA.map(|node| libm::exp(-2.0 * (node - theta) * (node - theta)))
    }

    #[test]
    fn a_new_item_finds_its_difficulty_and_says_how_well() {
        let truth = ItemParameters::three_pl(1.2, 1.4, 0.2);
        let mut chance = Chance::new(5);
        let (mut off, mut claimed) = (0.0, 0.0);
        for _ in 0..40 {
            let mut belief = StreamingDifficulty::new(0.0, 1.0).expect("sound");
            for _ in 0..300 {
                // Ability known to half a logit, its error drawn as its posterior says.
                let error = (0..12).map(|_| chance.unit()).sum::<f64>() - 6.0;
                let estimate = 4.0 * chance.unit() - 1.5;
                let correct = chance.unit() < probability(&truth, estimate + 0.5 * error);
                belief.observe(&truth, &around(estimate), correct);
            }
            off += (belief.mean - 1.4) * (belief.mean - 1.4) / 40.0;
            claimed += belief.variance / 40.0;
        }
        assert!(off < 0.06, "mean square error {off}");
        assert!(
            (0.5..2.0).contains(&(off / claimed)),
            "{off}, claimed {claimed}"
        );
    }

    #[test]
    fn a_right_answer_never_makes_an_item_harder_and_nothing_leaves_the_bounds() {
        for (correct, sign) in [(true, -1.0), (false, 1.0)] {
            let mut belief = StreamingDifficulty::new(0.0, 3.0).expect("sound");
            for _ in 0..500 {
                let before = belief;
                belief.observe(
                    &ItemParameters::two_pl(10.0, 0.0),
                    &around(-3.0 * sign),
                    correct,
                );
                assert!((belief.mean - before.mean) * sign >= 0.0);
                assert!(belief.variance <= before.variance && belief.variance > 0.0);
                assert!(belief.mean.abs() <= DIFFICULTY_MAX);
            }
            assert_eq!(belief.answers, 500);
        }
    }

    #[test]
    fn what_is_no_number_changes_nothing() {
        for (mean, deviation) in [(f64::NAN, 1.0), (11.0, 1.0), (0.0, 0.0), (0.0, f64::NAN)] {
            assert_eq!(StreamingDifficulty::new(mean, deviation), None);
        }
        let belief = StreamingDifficulty::new(0.5, 1.0).expect("sound");
        let rasch = ItemParameters::rasch(0.0);
        let mut damaged = [1.0; NODES];
        damaged[7] = f64::NAN;
        for (item, masses) in [
            (rasch, damaged),
            (rasch, [0.0; NODES]),
            (ItemParameters::two_pl(f64::NAN, 0.0), [1.0; NODES]),
        ] {
            let mut after = belief;
            after.observe(&item, &masses, true);
            assert_eq!(after, belief);
        }
    }
}
