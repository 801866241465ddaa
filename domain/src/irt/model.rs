//! The three-parameter logistic model.
//!
//! Owns the probability of a right answer and the information it carries. Must not know quadrature.

/// Parameters of one item on the logistic metric (no 1.702).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemParameters {
    /// Discrimination, per logit; positive.
    pub a: f64,
    /// Difficulty, in logits.
    pub b: f64,
    /// Chance of a right answer without ability, 0 to 1, 1 excluded.
    pub c: f64,
}

/// Probability of a right answer at ability `theta`: c + (1 - c) / (1 + exp(-a (theta - b))).
///
/// Never falls as `theta` grows. Source: Birnbaum (1968).
pub fn probability(item: &ItemParameters, theta: f64) -> f64 {
    item.c + (1.0 - item.c) * logistic(item.a * (theta - item.b))
}

/// Fisher information of one answer at ability `theta`, in 1 / logit^2; never negative.
///
/// a^2 (Q / P) ((P - c) / (1 - c))^2, written with the logistic `l` of the item as
/// a^2 (1 - c) l^2 (1 - l) / P, which has no cancellation. Source: Birnbaum (1968), eq. 20.4.16.
pub fn information(item: &ItemParameters, theta: f64) -> f64 {
    let x = item.a * (theta - item.b);
    let (l, complement) = (logistic(x), logistic(-x));
    let p = item.c + (1.0 - item.c) * l;
    if p > 0.0 {
        item.a * item.a * (1.0 - item.c) * l * (l / p) * complement
    } else {
        0.0
    }
}

/// 1 / (1 + exp(-x)) without overflow on either side.
fn logistic(x: f64) -> f64 {
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
        let item = ItemParameters {
            a: 1.5,
            b: 0.5,
            c: 0.2,
        };
        assert!((probability(&item, 0.5) - 0.6).abs() < 1e-15);
        // a^2 (Q/P) ((P-c)/(1-c))^2 = 2.25 * (0.4/0.6) * 0.25
        assert!((information(&item, 0.5) - 0.375).abs() < 1e-15);
        let rasch = ItemParameters {
            a: 1.0,
            b: 0.0,
            c: 0.0,
        };
        assert!((information(&rasch, 0.0) - 0.25).abs() < 1e-15);
    }

    #[test]
    fn far_abilities_neither_overflow_nor_turn_into_nan() {
        let item = ItemParameters {
            a: 10.0,
            b: 0.0,
            c: 0.0,
        };
        for theta in [-1e6, -100.0, 100.0, 1e6] {
            let (p, i) = (probability(&item, theta), information(&item, theta));
            assert!((0.0..=1.0).contains(&p), "P({theta}) = {p}");
            assert!((0.0..1e-100).contains(&i), "I({theta}) = {i}");
        }
    }
}
