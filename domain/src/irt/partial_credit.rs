//! The generalised partial credit model: answers that may be partly right.
//!
//! Owns the category probabilities and their derivatives. Must not know quadrature, patterns or banks.

use super::item::Category;

/// Most categories of an item: 0 to 15 points.
pub const CATEGORIES_MAX: usize = 16;

/// An item scored in `steps.len() + 1` categories, as a question with several right options is when each
/// counts a point.
///
/// The odds of category k over k - 1 are exp(a (theta - steps\[k - 1\])). With one step it is the
/// two-parameter logistic model. Source: Muraki (1992).
#[derive(Clone, Debug, PartialEq)]
pub struct PartialCredit {
    /// Discrimination, per logit; positive.
    pub a: f64,
    /// Difficulty of each step, in logits, in any order; 1 to 15 of them.
    pub steps: Box<[f64]>,
}

impl PartialCredit {
    /// Whether the model holds for these: finite, `a` > 0, 1 to 15 steps.
    pub fn is_valid(&self) -> bool {
        self.a > 0.0
            && self.a.is_finite()
            && (1..CATEGORIES_MAX).contains(&self.steps.len())
            && self.steps.iter().all(|step| step.is_finite())
    }

    /// Number of categories, at most [`CATEGORIES_MAX`].
    pub fn categories(&self) -> usize {
        (self.steps.len() + 1).min(CATEGORIES_MAX)
    }

    /// Probability of every category at ability `theta`; those past the last stay zero. Steps past the fifteenth,
    /// with which the item is not valid, count for nothing.
    ///
    /// Never overflows: the exponents are shifted so that the largest is zero.
    pub fn probabilities(&self, theta: f64) -> [f64; CATEGORIES_MAX] {
        let mut exponents = [f64::NEG_INFINITY; CATEGORIES_MAX];
        let (mut exponent, mut largest) = (0.0_f64, 0.0_f64);
        exponents[0] = 0.0;
        for (slot, step) in exponents[1..].iter_mut().zip(&self.steps) {
            exponent += self.a * (theta - step);
            *slot = exponent;
            largest = largest.max(exponent);
        }
        let mut total = 0.0;
        for exponent in &mut exponents[..self.categories()] {
            *exponent = libm::exp(*exponent - largest);
            total += *exponent;
        }
        let mut probabilities = [0.0; CATEGORIES_MAX];
        for (p, e) in probabilities.iter_mut().zip(exponents) {
            *p = if e > 0.0 { e / total } else { 0.0 };
        }
        probabilities
    }

    /// Hands every category with its probability and derivatives at `theta` to `take`.
    ///
    /// With E and m2, m3 the mean and central moments of the category, P' = a P (k - E), E' = a m2 and
    /// E'' = a^2 m3; the others follow by the product rule.
    pub(super) fn each_category(&self, theta: f64, mut take: impl FnMut(usize, Category)) {
        let p = self.probabilities(theta);
        let count = self.categories();
        let mean: f64 = (0..count).map(|k| k as f64 * p[k]).sum();
        let moment = |power: i32| -> f64 {
            (0..count)
                .map(|k| p[k] * (k as f64 - mean).powi(power))
                .sum()
        };
        let (slope, curve) = (self.a * moment(2), self.a * self.a * moment(3));
        for (k, p) in p[..count].iter().enumerate() {
            let away = k as f64 - mean;
            let first = self.a * p * away;
            let second = self.a * (first * away - p * slope);
            let third = self.a * (second * away - 2.0 * first * slope - p * curve);
            take(
                k,
                Category {
                    p: *p,
                    first,
                    second,
                    third,
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_one_step_it_is_the_two_parameter_model() {
        let item = PartialCredit {
            a: 1.3,
            steps: Box::new([0.4]),
        };
        for theta in [-3.0, 0.0, 0.4, 2.5] {
            let expected = 1.0 / (1.0 + libm::exp(-1.3 * (theta - 0.4)));
            assert!((item.probabilities(theta)[1] - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn derivatives_are_those_of_the_probabilities() {
        let item = PartialCredit {
            a: 0.8,
            steps: Box::new([-0.5, 1.2, 0.1]),
        };
        let at = |theta| {
            let mut all = Vec::new();
            item.each_category(theta, |_, category| all.push(category));
            all
        };
        let step = 1e-4;
        for theta in [-2.0, 0.0, 1.3] {
            let (low, mid, high) = (at(theta - step), at(theta), at(theta + step));
            for k in 0..4 {
                let slope = |high: f64, low: f64| (high - low) / (2.0 * step);
                assert!((mid[k].first - slope(high[k].p, low[k].p)).abs() < 1e-7);
                assert!((mid[k].second - slope(high[k].first, low[k].first)).abs() < 1e-7);
                assert!((mid[k].third - slope(high[k].second, low[k].second)).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn far_abilities_leave_one_category() {
        let item = PartialCredit {
            a: 9.0,
            steps: Box::new([-9.0, 9.0]),
        };
        assert_eq!(item.probabilities(1e6)[2], 1.0);
        assert_eq!(item.probabilities(-1e6)[0], 1.0);
    }
}
