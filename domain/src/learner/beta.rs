//! The beta distribution: what is believed of a share between 0 and 1.
//!
//! Owns its distribution function and quantiles. Must not know what the share is of.

/// Terms of the continued fraction; it converges within the square root of the larger parameter, and no learner
/// answers a concept's questions a million times.
const TERMS_MAX: u32 = 1_000;
/// Relative change at which the fraction has converged.
const CONVERGED: f64 = 1e-14;
/// Halvings of a quantile's bracket: to 2^-40, far below what is shown.
const HALVINGS: u32 = 40;

/// A beta distribution; both parameters positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Beta {
    /// What speaks for a high share.
    pub(crate) a: f64,
    /// What speaks for a low one.
    pub(crate) b: f64,
}

impl Beta {
    /// Its mean.
    pub(crate) fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// Probability of a share at most `x`: the regularised incomplete beta function I_x(a, b).
    ///
    /// By its continued fraction, on the side of the mean where that converges fast. Source: Didonato & Morris
    /// (1992), "Significant digit computation of the incomplete beta function ratios"; Lentz (1976).
    pub(crate) fn cumulative(&self, x: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        if x <= 0.0 {
            return 0.0;
        }
        if x >= 1.0 {
            return 1.0;
        }
        let scale = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
        let front = libm::exp(scale + a * libm::log(x) + b * libm::log1p(-x));
        let share = if x < (a + 1.0) / (a + b + 2.0) {
            front / (a * fraction(a, b, x))
        } else {
            1.0 - front / (b * fraction(b, a, 1.0 - x))
        };
        share.clamp(0.0, 1.0)
    }

    /// The share with probability `p` at or below it, by bisection.
    pub(crate) fn quantile(&self, p: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            if self.cumulative(middle) < p {
                low = middle;
            } else {
                high = middle;
            }
        }
        (low + high) / 2.0
    }
}

/// The denominator's continued fraction 1 + d1 / (1 + d2 / (1 + ...)) by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let away_from_zero = |value: f64| {
        if value.abs() < f64::MIN_POSITIVE {
            f64::MIN_POSITIVE
        } else {
            value
        }
    };
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    for term in 1..=TERMS_MAX {
        let m = f64::from(term / 2);
        let coefficient = if term % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        d = 1.0 / away_from_zero(1.0 + coefficient * d);
        c = away_from_zero(1.0 + coefficient / c);
        value *= c * d;
        if (c * d - 1.0).abs() < CONVERGED {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_function_is_that_of_closed_forms() {
        // I_x(1, 1) = x; I_x(2, 1) = x^2; I_x(1, 3) = 1 - (1 - x)^3; I_x(1/2, 1/2) = 2 asin(sqrt x) / pi.
        for x in [0.001_f64, 0.1, 0.37, 0.5, 0.8, 0.999] {
            let arc = 2.0 * libm::asin(x.sqrt()) / std::f64::consts::PI;
            for (a, b, expected) in [
                (1.0, 1.0, x),
                (2.0, 1.0, x * x),
                (1.0, 3.0, 1.0 - (1.0 - x) * (1.0 - x) * (1.0 - x)),
                (0.5, 0.5, arc),
            ] {
                let got = Beta { a, b }.cumulative(x);
                assert!(
                    (got - expected).abs() < 1e-12,
                    "I_{x}({a}, {b}) = {got}, not {expected}"
                );
            }
        }
        // For whole parameters it is a binomial tail: P(Bin(5, 0.4) >= 2) = 1 - 0.6^5 - 5 * 0.4 * 0.6^4.
        let got = Beta { a: 2.0, b: 4.0 }.cumulative(0.4);
        assert!((got - 0.663_04).abs() < 1e-12, "{got}");
    }

    #[test]
    fn quantiles_invert_it_also_for_many_answers() {
        for (a, b) in [(1.1, 0.9), (0.05, 1.95), (400.0, 3.0), (90_000.0, 10_000.0)] {
            let beta = Beta { a, b };
            for p in [0.1, 0.5, 0.9] {
                let x = beta.quantile(p);
                let back = beta.cumulative(x);
                // Near 0 and 1 a thin parameter crowds more mass than a step of the bracket tells apart.
                assert!(
                    (back - p).abs() < 1e-6 || !(1e-9..1.0 - 1e-9).contains(&x),
                    "{a} {b} {p}: {back}"
                );
            }
        }
    }
}
