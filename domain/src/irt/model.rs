//! The logistic models: one to four parameters.
//!
//! Owns the probability of a right answer, its derivatives, and the information an answer carries. Must not
//! know quadrature, response patterns or banks.

/// Parameters of one item on the logistic metric, D = 1; see [`ItemParameters::scaled`] for another D.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemParameters {
    /// Discrimination, per logit; positive.
    pub a: f64,
    /// Difficulty, in logits.
    pub b: f64,
    /// Lower asymptote: the chance of a right answer without ability, 0 to `d`, `d` excluded.
    pub c: f64,
    /// Upper asymptote: the chance of a right answer with unlimited ability, at most 1. 1 where slips are not
    /// modelled, as in every stored bank.
    pub d: f64,
}

impl ItemParameters {
    /// The Rasch model: discrimination 1, no guessing, no slips.
    pub const fn rasch(b: f64) -> Self {
        Self::two_pl(1.0, b)
    }

    /// The two-parameter model.
    pub const fn two_pl(a: f64, b: f64) -> Self {
        Self::three_pl(a, b, 0.0)
    }

    /// The three-parameter model: the one of sessions.
    pub const fn three_pl(a: f64, b: f64, c: f64) -> Self {
        Self { a, b, c, d: 1.0 }
    }

    /// The four-parameter model.
    pub const fn four_pl(a: f64, b: f64, c: f64, d: f64) -> Self {
        Self { a, b, c, d }
    }

    /// The same item where parameters were estimated with the scaling constant `scaling` in the exponent,
    /// D a (theta - b): 1.702 for those of the normal metric, 1 for those of the logistic one.
    pub const fn scaled(self, scaling: f64) -> Self {
        Self {
            a: self.a * scaling,
            ..self
        }
    }

    /// Whether the model holds for these: finite, `a` > 0, 0 <= `c` < `d` <= 1.
    pub fn is_valid(&self) -> bool {
        self.a > 0.0
            && self.a.is_finite()
            && self.b.is_finite()
            && self.c >= 0.0
            && self.c < self.d
            && self.d <= 1.0
    }
}

/// The probability of a right answer and its first three derivatives by ability, per logit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResponseFunction {
    /// P.
    pub p: f64,
    /// dP / dtheta; never negative.
    pub first: f64,
    /// The second derivative.
    pub second: f64,
    /// The third derivative.
    pub third: f64,
}

/// Probability of a right answer at ability `theta`: c + (d - c) / (1 + exp(-a (theta - b))).
///
/// Never falls as `theta` grows. Source: Birnbaum (1968); Barton & Lord (1981) for d.
pub fn probability(item: &ItemParameters, theta: f64) -> f64 {
    item.c + (item.d - item.c) * logistic(item.a * (theta - item.b))
}

/// Probability and derivatives at ability `theta`.
pub fn response_function(item: &ItemParameters, theta: f64) -> ResponseFunction {
    let x = item.a * (theta - item.b);
    let (l, m) = (logistic(x), logistic(-x));
    let (a, range) = (item.a, item.d - item.c);
    let first = range * a * l * m;
    ResponseFunction {
        p: item.c + range * l,
        first,
        second: first * a * (m - l),
        third: first * a * a * ((m - l) * (m - l) - 2.0 * l * m),
    }
}

/// Fisher information of one answer at ability `theta`, in 1 / logit^2; never negative.
///
/// P'^2 / (P Q). Written with the logistic `l` of the item and its complement `m`, so that neither end loses
/// digits: (d - c)^2 a^2 l^2 m^2 / (P Q), Q = (1 - d) + (d - c) m. Source: Birnbaum (1968), eq. 20.4.16.
pub fn information(item: &ItemParameters, theta: f64) -> f64 {
    let x = item.a * (theta - item.b);
    let (l, m) = (logistic(x), logistic(-x));
    let range = item.d - item.c;
    let p = item.c + range * l;
    let q = (1.0 - item.d) + range * m;
    if p > 0.0 && q > 0.0 {
        item.a * item.a * range * range * (l * (l / p)) * (m * (m / q))
    } else {
        0.0
    }
}

/// The log likelihood of one answer, and its first two derivatives by ability.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogLikelihood {
    /// ln L.
    pub value: f64,
    /// d ln L / dtheta.
    pub first: f64,
    /// The second derivative.
    pub second: f64,
}

/// What one answer contributes to the log likelihood at ability `theta`.
///
/// Far from the item, where P or Q leaves the range of a double, its logarithm is cut at that of the smallest
/// positive one, so that the sum over a pattern stays finite.
pub fn log_likelihood(item: &ItemParameters, theta: f64, correct: bool) -> LogLikelihood {
    let at = response_function(item, theta);
    let m = logistic(-item.a * (theta - item.b));
    let (chance, sign) = if correct {
        (at.p, 1.0)
    } else {
        ((1.0 - item.d) + (item.d - item.c) * m, -1.0)
    };
    let chance = chance.max(f64::MIN_POSITIVE);
    let slope = sign * at.first / chance;
    LogLikelihood {
        value: libm::log(chance),
        first: slope,
        second: sign * at.second / chance - slope * slope,
    }
}

/// 1 / (1 + exp(-x)) without overflow on either side.
pub(super) fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_points_come_out_right() {
        // By hand: at theta = b the logistic is one half.
        let item = ItemParameters::three_pl(1.5, 0.5, 0.2);
        assert!((probability(&item, 0.5) - 0.6).abs() < 1e-15);
        // a^2 (Q/P) ((P-c)/(1-c))^2 = 2.25 * (0.4/0.6) * 0.25
        assert!((information(&item, 0.5) - 0.375).abs() < 1e-15);
        let rasch = ItemParameters::rasch(0.0);
        assert!((information(&rasch, 0.0) - 0.25).abs() < 1e-15);
        // P = 0.2 + 0.7 / 2, P' = 1.5 * 0.7 / 4: 0.2625^2 / (0.55 * 0.45)
        let slips = ItemParameters::four_pl(1.5, 0.5, 0.2, 0.9);
        assert!((information(&slips, 0.5) - 0.262_5 * 0.262_5 / 0.247_5).abs() < 1e-15);
    }

    #[test]
    fn far_abilities_neither_overflow_nor_turn_into_nan() {
        for item in [
            ItemParameters::two_pl(10.0, 0.0),
            ItemParameters::four_pl(10.0, 0.0, 0.2, 0.9),
        ] {
            for theta in [-1e6, -100.0, 100.0, 1e6] {
                let (p, i) = (probability(&item, theta), information(&item, theta));
                assert!((0.0..=1.0).contains(&p), "P({theta}) = {p}");
                assert!((0.0..1e-100).contains(&i), "I({theta}) = {i}");
                for correct in [true, false] {
                    let at = log_likelihood(&item, theta, correct);
                    assert!(at.value.is_finite() && at.first.is_finite() && at.second.is_finite());
                }
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_the_probability() {
        let item = ItemParameters::four_pl(1.7, -0.4, 0.15, 0.95);
        let step = 1e-4;
        for theta in [-2.0, -0.4, 0.3, 1.9] {
            let (low, at, high) = (
                response_function(&item, theta - step),
                response_function(&item, theta),
                response_function(&item, theta + step),
            );
            let slope = |high: f64, low: f64| (high - low) / (2.0 * step);
            assert!((at.first - slope(high.p, low.p)).abs() < 1e-7);
            assert!((at.second - slope(high.first, low.first)).abs() < 1e-7);
            assert!((at.third - slope(high.second, low.second)).abs() < 1e-7);
        }
    }
}
