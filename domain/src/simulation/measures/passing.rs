//! Whether the probability to pass is what it says.
//!
//! Owns the calibration of P(pass) and the decisions made by it. Must not know items.

use crate::simulation::administration::Administration;

/// Bins of the calibration curve.
const BINS: usize = 10;

/// Probabilities to pass at the end of tests, beside who truly passes.
#[derive(Clone, Debug, PartialEq)]
pub struct Passing {
    /// Overall ability that passes, in logits.
    pub cut: f64,
    /// Share of examinees whose true ability passes.
    pub pass_rate: f64,
    /// Mean squared difference of probability and outcome: 0 is perfect, and 0.25 what always saying one
    /// half comes to.
    pub brier: f64,
    /// Expected calibration error: mean difference, by bin, of probability and share passing.
    pub ece: f64,
    /// Share of examinees on the right side of the cut when the likelier one is said.
    pub decided_right: f64,
    /// Share of examinees said to pass who do not.
    pub false_pass: f64,
    /// Share of examinees said to fail who pass.
    pub false_fail: f64,
    /// The calibration curve; bins without examinees are left out.
    pub bins: Vec<Bin>,
}

/// Examinees with similar probabilities to pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// How many.
    pub examinees: usize,
    /// Their mean probability.
    pub probability: f64,
    /// Share of them who pass.
    pub pass_rate: f64,
}

impl Passing {
    /// Passing at an overall ability of `cut`; of no tests, all zero.
    ///
    /// Brier (1950): mean of (p - y)^2. ECE over ten bins of equal width, Naeini, Cooper & Hauskrecht
    /// (2015): sum over bins of n_b / M times |mean p - mean y|.
    pub fn at(cut: f64, tests: &[Administration]) -> Self {
        let mut sums = [(0_usize, 0.0, 0_usize); BINS];
        let (mut brier, mut passed, mut false_pass, mut false_fail) = (0.0, 0, 0, 0);
        for test in tests {
            let p = test.last().probability_above(cut);
            let passes = test.examinee.composite >= cut;
            let outcome = f64::from(u8::from(passes));
            brier += (p - outcome) * (p - outcome);
            passed += usize::from(passes);
            false_pass += usize::from(p >= 0.5 && !passes);
            false_fail += usize::from(p < 0.5 && passes);
            let bin = &mut sums[((p * BINS as f64) as usize).min(BINS - 1)];
            bin.0 += 1;
            bin.1 += p;
            bin.2 += usize::from(passes);
        }
        let people = tests.len().max(1) as f64;
        let share = |count: usize| count as f64 / people;
        let bins: Vec<Bin> = sums
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, probability, passed)| Bin {
                examinees: *count,
                probability: probability / *count as f64,
                pass_rate: *passed as f64 / *count as f64,
            })
            .collect();
        let error = |bin: &Bin| share(bin.examinees) * (bin.probability - bin.pass_rate).abs();
        Self {
            cut,
            pass_rate: share(passed),
            brier: brier / people,
            ece: bins.iter().map(error).sum(),
            decided_right: if tests.is_empty() {
                0.0
            } else {
                1.0 - share(false_pass + false_fail)
            },
            false_pass: share(false_pass),
            false_fail: share(false_fail),
            bins,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_and_outcomes_give_the_figures_worked_by_hand() {
        // At the cut the probability is one half; far from it, 0 or 1.
        let test = |truth, theta| Administration::made(truth, &[(0, theta, 0.1)]);
        let tests = [
            test(1.0, 0.0),
            test(-1.0, 0.0),
            test(1.0, 9.0),
            test(1.0, -9.0),
        ];
        let got = Passing::at(0.0, &tests);
        assert_eq!(got.pass_rate, 0.75);
        assert!((got.brier - (0.25 + 0.25 + 0.0 + 1.0) / 4.0).abs() < 1e-12);
        // One bin of two is right on average, one of one is right, one of one all wrong.
        assert!((got.ece - 0.25).abs() < 1e-12);
        assert_eq!(
            (got.decided_right, got.false_pass, got.false_fail),
            (0.5, 0.25, 0.25)
        );
        assert_eq!(got.bins.len(), 3);
    }

    #[test]
    fn an_estimate_without_error_is_sure() {
        let sure = Administration::made(0.0, &[(0, 0.5, 0.0)]);
        assert_eq!(sure.last().probability_above(0.5), 1.0);
        assert_eq!(sure.last().probability_above(0.6), 0.0);
    }
}
