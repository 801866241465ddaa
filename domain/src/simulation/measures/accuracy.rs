//! How near estimates come to the truth, and whether intervals keep their promise.
//!
//! Owns bias, RMSE, correlation and coverage: overall, by ability, by area. Must not know items.

use crate::simulation::administration::Administration;

/// Standard errors on either side of a 90 % interval.
pub const Z_90: f64 = 1.644_853_626_951_472_7;
/// Standard errors on either side of a 95 % interval.
pub const Z_95: f64 = 1.959_963_984_540_054;
/// Width of a band of ability, in logits.
const BAND: f64 = 0.5;
/// Bands on either side of the one around 0; the outermost are open.
const BANDS: i32 = 8;

/// Estimates beside the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// Answers after which the estimates were taken; those of tests that ended sooner are their last.
    pub position: usize,
    /// Mean of estimate minus truth, in logits.
    pub bias: f64,
    /// Root of the mean squared error, in logits.
    pub rmse: f64,
    /// Correlation of estimate and truth; absent where one of them does not vary.
    pub correlation: Option<f64>,
    /// Mean standard error reported, in logits.
    pub mean_se: f64,
    /// Share of 90 % intervals that hold the truth.
    pub coverage_90: f64,
    /// Share of 95 % intervals that hold the truth.
    pub coverage_95: f64,
}

impl Accuracy {
    /// Accuracy of overall ability after `position` answers; of no tests, all zero.
    ///
    /// With e = estimate - truth over M examinees: bias = sum e / M, RMSE = sqrt(sum e^2 / M). Intervals are
    /// estimate +- z standard errors. Source: Harwell, Stone, Hsu & Kirisci (1996).
    pub fn after(position: usize, tests: &[Administration]) -> Self {
        let mut sums = Sums::default();
        for test in tests {
            let (step, truth) = (test.at(position), test.examinee.composite);
            sums.add(truth, step.theta, step.standard_error);
            sums.within_90 += usize::from(step.covers(truth, Z_90));
            sums.within_95 += usize::from(step.covers(truth, Z_95));
        }
        sums.accuracy(position)
    }
}

/// Accuracy among examinees of similar ability, at the end of their tests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Middle of the band, in logits; the band reaches a quarter to either side, the outermost to infinity.
    pub middle: f64,
    /// Examinees in it.
    pub examinees: usize,
    /// Their accuracy.
    pub accuracy: Accuracy,
}

/// Accuracy by true overall ability; bands without examinees are left out.
pub(super) fn by_ability(tests: &[Administration]) -> Vec<Band> {
    let mut bands = vec![Sums::default(); 2 * BANDS as usize + 1];
    let mut longest = 0;
    for test in tests {
        let (step, truth) = (test.last(), test.examinee.composite);
        let band = (truth / BAND)
            .round()
            .clamp(-f64::from(BANDS), BANDS.into());
        let sums = &mut bands[(band as i32 + BANDS) as usize];
        sums.add(truth, step.theta, step.standard_error);
        sums.within_90 += usize::from(step.covers(truth, Z_90));
        sums.within_95 += usize::from(step.covers(truth, Z_95));
        longest = longest.max(test.steps.len());
    }
    let band = |(k, sums): (i32, &Sums)| Band {
        middle: BAND * f64::from(k),
        examinees: sums.count,
        accuracy: sums.accuracy(longest),
    };
    let all = (-BANDS..).zip(&bands).map(band);
    all.filter(|band| band.examinees > 0).collect()
}

/// Accuracy of the areas' abilities at the end of the tests.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaAccuracy {
    /// One for each area.
    pub areas: Vec<Accuracy>,
    /// All areas of all examinees taken together. Intervals reach from the 5 % to the 95 % quantile; the
    /// 95 % one is estimate +- z standard errors.
    pub pooled: Accuracy,
}

/// Accuracy by area; `None` where the tests know one ability only.
pub(super) fn by_area(tests: &[Administration]) -> Option<AreaAccuracy> {
    let count = tests.first().map_or(0, |test| test.areas.len());
    let (mut areas, mut pooled) = (vec![Sums::default(); count], Sums::default());
    let mut longest = 0;
    for test in tests {
        longest = longest.max(test.steps.len());
        let truths = test.areas.iter().zip(&test.examinee.abilities);
        for (sums, (estimate, truth)) in areas.iter_mut().zip(truths) {
            for sums in [sums, &mut pooled] {
                sums.add(*truth, estimate.theta, estimate.standard_error);
                let within = (estimate.low..=estimate.high).contains(truth);
                sums.within_90 += usize::from(within);
                let error = (estimate.theta - truth).abs();
                sums.within_95 += usize::from(error <= Z_95 * estimate.standard_error);
            }
        }
    }
    (count > 0).then(|| AreaAccuracy {
        areas: areas.iter().map(|sums| sums.accuracy(longest)).collect(),
        pooled: pooled.accuracy(longest),
    })
}

#[derive(Clone, Default)]
struct Sums {
    count: usize,
    error: f64,
    squared_error: f64,
    se: f64,
    truth: f64,
    truth_squared: f64,
    estimate: f64,
    estimate_squared: f64,
    product: f64,
    within_90: usize,
    within_95: usize,
}

impl Sums {
    fn add(&mut self, truth: f64, estimate: f64, se: f64) {
        let error = estimate - truth;
        self.count += 1;
        self.error += error;
        self.squared_error += error * error;
        self.se += se;
        self.truth += truth;
        self.truth_squared += truth * truth;
        self.estimate += estimate;
        self.estimate_squared += estimate * estimate;
        self.product += truth * estimate;
    }

    fn accuracy(&self, position: usize) -> Accuracy {
        let n = self.count.max(1) as f64;
        Accuracy {
            position,
            bias: self.error / n,
            rmse: (self.squared_error / n).sqrt(),
            correlation: self.correlation(n),
            mean_se: self.se / n,
            coverage_90: self.within_90 as f64 / n,
            coverage_95: self.within_95 as f64 / n,
        }
    }

    fn correlation(&self, n: f64) -> Option<f64> {
        let variance = |sum: f64, squares: f64| squares / n - (sum / n) * (sum / n);
        let truth = variance(self.truth, self.truth_squared);
        let estimate = variance(self.estimate, self.estimate_squared);
        let covariance = self.product / n - (self.truth / n) * (self.estimate / n);
        // Below this the difference of two sums is rounding, not variance.
        let varies = truth > 1e-12 && estimate > 1e-12;
        varies.then(|| (covariance / (truth.sqrt() * estimate.sqrt())).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::administration::AreaEstimate;

    #[test]
    fn four_estimates_give_the_figures_worked_by_hand() {
        // Errors 0.5, -0.5, 0.5 and 1.5; the last test ended after one answer.
        let tests = [
            Administration::made(-1.0, &[(0, 0.0, 1.0), (1, -0.5, 0.4)]),
            Administration::made(0.0, &[(0, 0.0, 1.0), (1, -0.5, 0.2)]),
            Administration::made(1.0, &[(0, 0.0, 1.0), (1, 1.5, 0.4)]),
            Administration::made(0.0, &[(0, 1.5, 1.0)]),
        ];
        let got = Accuracy::after(2, &tests);
        assert_eq!((got.position, got.bias), (2, 0.5));
        assert!((got.rmse - (3.0_f64 / 4.0).sqrt()).abs() < 1e-15);
        assert!((got.mean_se - 0.5).abs() < 1e-15);
        assert_eq!((got.coverage_90, got.coverage_95), (0.75, 0.75));
        // Deviations from the means 0 and 0.5: (-1, -1), (0, -1), (1, 1), (0, 1).
        let correlation = got.correlation.expect("both vary");
        assert!((correlation - 2.0 / (2.0_f64 * 4.0).sqrt()).abs() < 1e-12);
        let same = [tests[1].clone(), tests[3].clone()];
        assert_eq!(Accuracy::after(1, &same).correlation, None);
    }

    #[test]
    fn bands_hold_who_belongs_there_and_the_outermost_everyone_beyond() {
        let at = |truth: f64| Administration::made(truth, &[(0, 0.0, 1.0)]);
        let bands = by_ability(&[at(0.2), at(-0.2), at(0.3), at(9.0), at(4.0)]);
        let found: Vec<(f64, usize)> = bands
            .iter()
            .map(|band| (band.middle, band.examinees))
            .collect();
        assert_eq!(found, [(0.0, 2), (0.5, 1), (4.0, 2)]);
    }

    #[test]
    fn areas_are_taken_apart_and_together() {
        let mut test = Administration::made(0.0, &[(0, 0.0, 1.0)]);
        test.examinee.abilities = vec![1.0, -1.0];
        let estimate = |theta: f64| AreaEstimate {
            theta,
            standard_error: 0.5,
            low: theta - 0.8,
            high: theta + 0.8,
        };
        test.areas = vec![estimate(1.5), estimate(0.0)];
        let got = by_area(&[test]).expect("areas");
        assert_eq!((got.areas[0].bias, got.areas[1].bias), (0.5, 1.0));
        assert_eq!(
            (got.areas[0].coverage_90, got.areas[1].coverage_90),
            (1.0, 0.0)
        );
        assert_eq!((got.pooled.bias, got.pooled.coverage_90), (0.75, 0.5));
        assert_eq!(by_area(&[]), None);
    }
}
