//! An item of either model, through one interface: categories, their probabilities, information.
//!
//! Owns what estimators and criteria need to know of an item. Must not know pools or patterns.

use super::model::{self, ItemParameters};
use super::partial_credit::{CATEGORIES_MAX, PartialCredit};

/// An item as a response model; answers are categories from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemModel {
    /// Right (1) or wrong (0), by one to four parameters.
    Logistic(ItemParameters),
    /// Partly right answers.
    PartialCredit(PartialCredit),
}

/// A category's probability and its derivatives by ability.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Category {
    /// The probability.
    pub p: f64,
    /// Its first derivative, per logit.
    pub first: f64,
    /// Its second derivative.
    pub second: f64,
    /// Its third derivative.
    pub third: f64,
}

impl From<ItemParameters> for ItemModel {
    fn from(parameters: ItemParameters) -> Self {
        Self::Logistic(parameters)
    }
}

impl From<PartialCredit> for ItemModel {
    fn from(item: PartialCredit) -> Self {
        Self::PartialCredit(item)
    }
}

impl ItemModel {
    /// Number of categories, 2 to 16.
    pub fn categories(&self) -> usize {
        match self {
            Self::Logistic(_) => 2,
            Self::PartialCredit(item) => item.categories(),
        }
    }

    /// Whether the parameters are in the range of their model.
    pub fn is_valid(&self) -> bool {
        match self {
            Self::Logistic(item) => item.is_valid(),
            Self::PartialCredit(item) => item.is_valid(),
        }
    }

    /// Probability of category `k` at ability `theta`; zero past the last category.
    pub fn probability(&self, k: usize, theta: f64) -> f64 {
        match (self, k) {
            (Self::Logistic(item), 0) => {
                let l = model::logistic(-item.a * (theta - item.b));
                (1.0 - item.d) + (item.d - item.c) * l
            }
            (Self::Logistic(item), 1) => model::probability(item, theta),
            (Self::PartialCredit(item), k) if k < CATEGORIES_MAX => item.probabilities(theta)[k],
            _ => 0.0,
        }
    }

    /// Hands every category at ability `theta` to `take`, from 0 up.
    pub fn each_category(&self, theta: f64, mut take: impl FnMut(usize, Category)) {
        match self {
            Self::Logistic(item) => {
                let at = model::response_function(item, theta);
                take(
                    0,
                    Category {
                        p: self.probability(0, theta),
                        first: -at.first,
                        second: -at.second,
                        third: -at.third,
                    },
                );
                take(
                    1,
                    Category {
                        p: at.p,
                        first: at.first,
                        second: at.second,
                        third: at.third,
                    },
                );
            }
            Self::PartialCredit(item) => item.each_category(theta, take),
        }
    }

    /// Category `k` at ability `theta`; all zero past the last.
    pub fn category(&self, k: usize, theta: f64) -> Category {
        let mut found = Category::default();
        self.each_category(theta, |at, category| {
            if at == k {
                found = category;
            }
        });
        found
    }

    /// Fisher (expected) information at ability `theta`, in 1 / logit^2; never negative.
    ///
    /// The sum of P'^2 / P over the categories. Source: Samejima (1969).
    pub fn information(&self, theta: f64) -> f64 {
        match self {
            Self::Logistic(item) => model::information(item, theta),
            Self::PartialCredit(_) => self.sum(theta, |k| k.first * k.first / k.p),
        }
    }

    /// Observed information of an answer in category `k`: minus the second derivative of its log likelihood.
    /// May be negative under guessing.
    pub fn observed_information(&self, k: usize, theta: f64) -> f64 {
        let at = self.category(k, theta);
        if at.p > 0.0 {
            (at.first / at.p) * (at.first / at.p) - at.second / at.p
        } else {
            0.0
        }
    }

    /// The expected category.
    pub fn expected_score(&self, theta: f64) -> f64 {
        let mut expected = 0.0;
        self.each_category(theta, |k, category| expected += k as f64 * category.p);
        expected
    }

    /// The sum of a term over the categories that are possible at all at `theta`.
    pub(super) fn sum(&self, theta: f64, term: impl Fn(Category) -> f64) -> f64 {
        let mut sum = 0.0;
        self.each_category(theta, |_, category| {
            if category.p > 0.0 {
                sum += term(category);
            }
        });
        sum
    }

    /// Discrimination, per logit.
    pub fn discrimination(&self) -> f64 {
        match self {
            Self::Logistic(item) => item.a,
            Self::PartialCredit(item) => item.a,
        }
    }

    /// Difficulty, in logits; of a partial credit item the mean of its steps.
    pub fn difficulty(&self) -> f64 {
        match self {
            Self::Logistic(item) => item.b,
            Self::PartialCredit(item) => {
                item.steps.iter().sum::<f64>() / item.steps.len().max(1) as f64
            }
        }
    }

    /// The ability at which a logistic item is most informative; for partial credit its difficulty.
    ///
    /// With d = 1 it is b + ln((1 + sqrt(1 + 8 c)) / 2) / a (Birnbaum 1968). With d < 1 (Magis 2013) it is found
    /// by bisection, on the logistic L of the item, of the derivative of ln I.
    pub fn most_informative_at(&self) -> f64 {
        let Self::Logistic(item) = self else {
            return self.difficulty();
        };
        if item.d == 1.0 {
            return item.b + libm::log(f64::midpoint(1.0, (1.0 + 8.0 * item.c).sqrt())) / item.a;
        }
        let range = item.d - item.c;
        // d ln I / dL, times what is positive: 2 / L - 2 / (1 - L) - r / P + r / Q; falls from +inf to -inf.
        let slope = |l: f64| {
            let p = item.c + range * l;
            2.0 / l - 2.0 / (1.0 - l) - range / p + range / (1.0 - p)
        };
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if slope(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        let l = f64::midpoint(low, high);
        item.b + libm::log(l / (1.0 - l)) / item.a
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_models_agree_where_they_are_the_same() {
        let logistic = ItemModel::from(ItemParameters::two_pl(1.1, 0.3));
        let credit = ItemModel::from(PartialCredit {
            a: 1.1,
            steps: Box::new([0.3]),
        });
        for theta in [-2.0, 0.3, 1.7] {
            assert!((logistic.information(theta) - credit.information(theta)).abs() < 1e-15);
            for k in 0..2 {
                let (x, y) = (logistic.category(k, theta), credit.category(k, theta));
                assert!((x.second - y.second).abs() < 1e-14 && (x.third - y.third).abs() < 1e-14);
            }
        }
        assert_eq!(logistic.probability(2, 0.0), 0.0);
        assert_eq!(credit.probability(99, 0.0), 0.0);
    }

    #[test]
    fn the_point_of_most_information_has_no_neighbour_with_more() {
        for item in [
            ItemParameters::two_pl(1.4, 0.7),
            ItemParameters::three_pl(0.9, -1.0, 0.25),
            ItemParameters::four_pl(1.4, 0.2, 0.2, 0.9),
            ItemParameters::four_pl(2.0, 0.2, 0.0, 0.8),
        ] {
            let item = ItemModel::from(item);
            let at = item.most_informative_at();
            let most = item.information(at);
            for away in [-0.05, 0.05] {
                assert!(item.information(at + away) < most, "{item:?} at {at}");
            }
        }
    }
}
