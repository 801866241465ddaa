//! What each method sets to zero, and the standard error at its root.
//!
//! Owns the score functions and their information. Must not know how a root is found.

use super::Method;
use crate::irt::item::{Category, ItemModel};
use crate::irt::pool::Pattern;
use crate::irt::prior::Prior;

/// How an answer far from expectation is weighted down, by its distance r = a (theta - b).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RobustWeight {
    /// 1 to a distance of the constant, then constant / |r|.
    Huber(f64),
    /// (1 - (r / constant)^2)^2 to the constant, then 0.
    Tukey(f64),
}

impl RobustWeight {
    pub(super) fn is_valid(self) -> bool {
        let (Self::Huber(constant) | Self::Tukey(constant)) = self;
        constant > 0.0 && constant.is_finite()
    }

    fn weight(self, item: &ItemModel, theta: f64) -> f64 {
        let r = (item.discrimination() * (theta - item.difficulty())).abs();
        match self {
            Self::Huber(constant) if r <= constant => 1.0,
            Self::Huber(constant) => constant / r,
            Self::Tukey(constant) if r <= constant => {
                let share = r / constant;
                (1.0 - share * share) * (1.0 - share * share)
            }
            Self::Tukey(_) => 0.0,
        }
    }
}

/// Something whose roots, falling, are estimates.
pub(super) trait Score {
    /// Positive below an estimate, negative above it.
    fn score(&self, theta: f64) -> f64;
    /// What the score is the derivative of, where that is known in closed form.
    fn height(&self, theta: f64) -> Option<f64>;
}

pub(super) struct Objective<'a> {
    method: Method,
    pattern: &'a Pattern<'a>,
}

/// Test information and what its derivatives and the bias correction are made of.
#[derive(Clone, Copy, Default)]
struct Information {
    /// I.
    value: f64,
    /// I'.
    first: f64,
    /// I''.
    second: f64,
    /// J = sum of P' P'' / P over the categories.
    bias: f64,
}

impl<'a> Objective<'a> {
    pub(super) fn new(method: Method, pattern: &'a Pattern<'a>) -> Self {
        Self { method, pattern }
    }

    /// The standard error at an estimate: from the test information; for MAP with that of the prior, for the
    /// robust method by the sandwich of Magis (2014).
    pub(super) fn standard_error(&self, theta: f64) -> f64 {
        let information = match self.method {
            Method::Map(Prior::Normal { sd, .. }) => {
                self.information(theta).value + 1.0 / (sd * sd)
            }
            Method::Map(Prior::Jeffreys) => {
                let at = self.information(theta);
                let half = 2.0 * at.value * at.value;
                at.value + (at.first * at.first - at.second * at.value) / half
            }
            Method::Robust(weight) => self.sandwich(weight, theta),
            _ => self.information(theta).value,
        };
        if information > 0.0 {
            1.0 / information.sqrt()
        } else {
            f64::INFINITY
        }
    }

    fn sandwich(&self, weight: RobustWeight, theta: f64) -> f64 {
        let (mut once, mut twice) = (0.0, 0.0);
        for (item, _) in self.pattern.models() {
            let (w, information) = (weight.weight(item, theta), item.information(theta));
            once += w * information;
            twice += w * w * information;
        }
        if twice > 0.0 {
            once * once / twice
        } else {
            0.0
        }
    }

    fn information(&self, theta: f64) -> Information {
        let mut sum = Information::default();
        for (item, _) in self.pattern.models() {
            item.each_category(theta, |_, at| sum.add(at));
        }
        sum
    }

    /// d ln L / dtheta, each answer weighted.
    fn slope(&self, theta: f64, weight: impl Fn(&ItemModel) -> f64) -> f64 {
        let mut slope = 0.0;
        for (item, category) in self.pattern.models() {
            let at = item.category(category, theta);
            if at.p > 0.0 {
                slope += weight(item) * (at.first / at.p);
            }
        }
        slope
    }

    fn log_likelihood(&self, theta: f64) -> f64 {
        let answers = self.pattern.models();
        let log = |p: f64| libm::log(p.max(f64::MIN_POSITIVE));
        answers
            .map(|(item, k)| log(item.probability(k, theta)))
            .sum()
    }
}

impl Information {
    fn add(&mut self, at: Category) {
        let Category {
            p,
            first,
            second,
            third,
        } = at;
        if p <= 0.0 {
            return;
        }
        let (rate, square) = (first / p, first * first);
        self.value += first * rate;
        self.bias += second * rate;
        self.first += 2.0 * second * rate - square * rate / p;
        self.second += 2.0 * (second * second / p + third * rate) - 5.0 * rate * rate * second
            + 2.0 * rate * rate * rate * first;
    }
}

impl Score for Objective<'_> {
    fn score(&self, theta: f64) -> f64 {
        let all = |_: &ItemModel| 1.0;
        match self.method {
            Method::Map(Prior::Normal { mean, sd }) => {
                self.slope(theta, all) - (theta - mean) / (sd * sd)
            }
            Method::Map(Prior::Jeffreys) => {
                let at = self.information(theta);
                self.slope(theta, all) + ratio(at.first, 2.0 * at.value)
            }
            Method::Wle => {
                let at = self.information(theta);
                self.slope(theta, all) + ratio(at.bias, 2.0 * at.value)
            }
            Method::Robust(weight) => self.slope(theta, |item| weight.weight(item, theta)),
            Method::Ml | Method::Map(Prior::Uniform { .. }) | Method::Eap { .. } => {
                self.slope(theta, all)
            }
        }
    }

    fn height(&self, theta: f64) -> Option<f64> {
        match self.method {
            Method::Map(Prior::Normal { mean, sd }) => {
                let z = (theta - mean) / sd;
                Some(self.log_likelihood(theta) - 0.5 * z * z)
            }
            Method::Map(Prior::Jeffreys) => {
                let information = self.information(theta).value.max(f64::MIN_POSITIVE);
                Some(self.log_likelihood(theta) + 0.5 * libm::log(information))
            }
            Method::Ml | Method::Map(Prior::Uniform { .. }) | Method::Eap { .. } => {
                Some(self.log_likelihood(theta))
            }
            Method::Wle | Method::Robust(_) => None,
        }
    }
}

/// A quotient that is zero where its divisor is.
fn ratio(x: f64, y: f64) -> f64 {
    if y > 0.0 { x / y } else { 0.0 }
}
