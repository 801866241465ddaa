//! How well the answers to each item fit its curve.
//!
//! Each answer is held against what the respondent's *other* answers predict: p = E[P(theta) | the others]. Then
//! residuals have mean zero and variance p (1 - p) exactly under the model, also for respondents of few answers,
//! where residuals at an estimated ability do not. Owns these statistics and what counts as misfit. Must not
//! know how parameters were estimated.
//!
//! Source: Wright & Masters (1982), ch. 5, for infit, outfit and their variances; Gelfand, Dey & Chang (1992)
//! for prediction from the other observations; Wright & Linacre (1994) for the range of 0.7 to 1.3.

use super::expectation::{Curve, Expectation, Rows};
use super::nodes::Nodes;
use super::plan::{Plan, Point};
use super::responses::Responses;

/// Mean squares within these are as they should be for questions with options.
pub const MEAN_SQUARE_RANGE: std::ops::RangeInclusive<f64> = 0.7..=1.3;
/// Standardised mean squares beyond this, either way, are no accident.
pub const STANDARDISED_MAX: f64 = 3.0;
/// An item that goes with the others less than this tells nobody apart.
pub const ITEM_REST_MIN: f64 = 0.05;
/// Answers from which an item is judged.
pub const JUDGED_ANSWERS_MIN: f64 = 30.0;

/// Fit of one item; numbers are 1 or 0, as under the model, where there are no answers to judge by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemFit {
    /// Information-weighted mean square residual: 1 under the model, more with noise near the item's difficulty.
    pub infit: f64,
    /// Its difference from 1 in standard errors.
    pub infit_z: f64,
    /// Mean square of standardised residuals: 1 under the model, more with surprises far from the difficulty.
    pub outfit: f64,
    /// Its difference from 1 in standard errors.
    pub outfit_z: f64,
    /// Correlation of the answers with the ability the respondents' other answers show; negative where the key
    /// may be wrong.
    pub item_rest: f64,
}

/// What is wrong with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Who is able answers it no better: a wrong key, or another ability.
    DoesNotDiscriminate,
    /// More noise than the model allows.
    Noisy,
    /// Less noise than the model allows: it repeats other items.
    Redundant,
}

impl ItemFit {
    const NEUTRAL: Self = Self {
        infit: 1.0,
        infit_z: 0.0,
        outfit: 1.0,
        outfit_z: 0.0,
        item_rest: 0.0,
    };

    /// What is wrong, judged by `answers` answers; `None` also when they are too few.
    pub fn misfit(&self, answers: f64) -> Option<Misfit> {
        let off = |square: f64, z: f64| {
            !MEAN_SQUARE_RANGE.contains(&square) && z.abs() > STANDARDISED_MAX
        };
        if answers < JUDGED_ANSWERS_MIN {
            None
        } else if self.item_rest < ITEM_REST_MIN {
            Some(Misfit::DoesNotDiscriminate)
        } else if off(self.infit, self.infit_z) || off(self.outfit, self.outfit_z) {
            Some(match self.infit.max(self.outfit) > 1.0 {
                true => Misfit::Noisy,
                false => Misfit::Redundant,
            })
        } else {
            None
        }
    }
}

/// Sums over the answers to one item, by weight: what its fit is reckoned from. They add up, in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FitSums {
    /// Weights.
    pub answers: f64,
    /// Squared residuals.
    pub squares: f64,
    /// Their variances, p (1 - p).
    pub variances: f64,
    /// The variances of their squares.
    pub square_variances: f64,
    /// Squares of standardised residuals.
    pub standardised: f64,
    /// The variances of those.
    pub standardised_variances: f64,
    /// Right answers u.
    pub right: f64,
    /// Abilities t that the respondents' other answers show, in logits.
    pub ability: f64,
    /// t^2.
    pub ability_squares: f64,
    /// u t.
    pub together: f64,
}

pub(super) fn item_fit(
    expectation: &mut Expectation,
    responses: &Responses,
    plan: &Plan<'_>,
    nodes: &Nodes,
    points: &[Point],
) -> Vec<ItemFit> {
    let mut inverse = Rows::new(points.len(), nodes.width());
    for (item, point) in points.iter().enumerate() {
        let at = plan.parameters(item, point);
        for node in 0..nodes.count {
            let curve = Curve::at(&at, nodes.theta[node]);
            inverse.of_mut(2 * item as u32)[node] = 1.0 / curve.q;
            inverse.of_mut(2 * item as u32 + 1)[node] = 1.0 / curve.p;
        }
    }
    let mut sums = vec![FitSums::default(); points.len()];
    expectation.each(responses, plan, nodes, points, |row| {
        for code in row
            .codes
            .iter()
            .filter(|code| plan.takes((*code / 2) as usize))
        {
            // Dividing the answer's own likelihood out of the posterior leaves what the others say.
            let (mut total, mut first) = (0.0, 0.0);
            let cells = row
                .posterior
                .iter()
                .zip(inverse.of(*code))
                .zip(&nodes.theta);
            for ((mass, inverse), theta) in cells {
                let others = mass * inverse;
                total += others;
                first += others * theta;
            }
            let predicted = row.weight / total;
            sums[(code / 2) as usize].add(code & 1 == 1, predicted, first / total, row.weight);
        }
    });
    sums.iter().map(FitSums::fit).collect()
}

impl FitSums {
    /// Adds an answer. `predicted` is the chance that the model gave the answer that came, right or wrong, before it
    /// came, and `ability` what the respondent's other answers show, in logits.
    pub fn add(&mut self, correct: bool, predicted: f64, ability: f64, weight: f64) {
        let chance = predicted.clamp(1e-12, 1.0 - 1e-12);
        let (residual, variance) = (1.0 - chance, chance * (1.0 - chance));
        let square = residual * residual;
        self.answers += weight;
        self.squares += weight * square;
        self.variances += weight * variance;
        // Fourth moment of a residual less the square of its variance: p q (1 - 4 p q).
        let spread = variance * (1.0 - 4.0 * variance);
        self.square_variances += weight * spread;
        self.standardised += weight * square / variance;
        self.standardised_variances += weight * spread / (variance * variance);
        let right = if correct { weight } else { 0.0 };
        self.right += right;
        self.ability += weight * ability;
        self.ability_squares += weight * ability * ability;
        self.together += right * ability;
    }

    /// What the sums come to.
    pub fn fit(&self) -> ItemFit {
        if self.answers <= 0.0 {
            return ItemFit::NEUTRAL;
        }
        let ratio = |x: f64, y: f64, none: f64| if y > 0.0 { x / y } else { none };
        let covariance = self.together - self.right * self.ability / self.answers;
        let own = self.right * (1.0 - self.right / self.answers);
        let other = self.ability_squares - self.ability * self.ability / self.answers;
        let product = own.max(0.0) * other.max(0.0);
        ItemFit {
            infit: ratio(self.squares, self.variances, 1.0),
            infit_z: ratio(
                self.squares - self.variances,
                self.square_variances.sqrt(),
                0.0,
            ),
            outfit: self.standardised / self.answers,
            outfit_z: ratio(
                self.standardised - self.answers,
                self.standardised_variances.sqrt(),
                0.0,
            ),
            item_rest: ratio(covariance, product.sqrt(), 0.0).clamp(-1.0, 1.0),
        }
    }
}
