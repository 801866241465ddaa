//! Competency: ability as the share of an area's questions the learner would get right.
//!
//! Owns scores and their intervals. Must not know sessions.

use crate::ids::AreaIx;
use crate::irt::{self, NODES, STEP, THETA};

/// Coverage of the interval shown beside a score.
pub const INTERVAL: f64 = 0.80;

/// Expected share of an area's items answered right, 0 to 1, with its [`INTERVAL`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaScore {
    /// The area.
    pub area: AreaIx,
    /// Posterior mean of the area's test characteristic curve.
    pub score: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl AreaScore {
    pub(crate) fn new(area: AreaIx, masses: &[f64; NODES], curve: &[f64; NODES]) -> Self {
        let tail = (1.0 - INTERVAL) / 2.0;
        // The curve never falls, so quantiles of ability are quantiles of the score.
        Self {
            area,
            score: expected_score(masses, curve),
            low: score_at(curve, irt::quantile(masses, tail)),
            high: score_at(curve, irt::quantile(masses, 1.0 - tail)),
        }
    }
}

/// What is known of a learner in one area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AreaCompetency {
    /// The area.
    pub area: AreaIx,
    /// Expected share answered right, 0 to 1.
    pub score: f64,
    /// Lower end of its [`INTERVAL`].
    pub low: f64,
    /// Upper end of its [`INTERVAL`].
    pub high: f64,
    /// Answers behind it, of this session and earlier ones.
    pub answers: u32,
    /// Posterior mean of ability, in logits.
    pub theta: f64,
    /// Posterior standard deviation of ability, in logits.
    pub standard_error: f64,
}

impl AreaCompetency {
    pub(crate) fn new(
        area: AreaIx,
        masses: &[f64; NODES],
        curve: &[f64; NODES],
        answers: u32,
    ) -> Self {
        let AreaScore {
            score, low, high, ..
        } = AreaScore::new(area, masses, curve);
        let ability = irt::moments(masses);
        Self {
            area,
            score,
            low,
            high,
            answers,
            theta: ability.mean,
            standard_error: ability.standard_deviation,
        }
    }
}

/// Expected share answered right at an ability: a test characteristic curve at `theta` (logits), linear between
/// nodes and constant beyond them.
pub fn score_at(curve: &[f64; NODES], theta: f64) -> f64 {
    let place = ((theta - THETA[0]) / STEP).clamp(0.0, (NODES - 1) as f64);
    let j = (place as usize).min(NODES - 2);
    curve[j] + (curve[j + 1] - curve[j]) * (place - j as f64)
}

/// Posterior mean of a test characteristic curve.
pub(crate) fn expected_score(masses: &[f64; NODES], curve: &[f64; NODES]) -> f64 {
    irt::dot(masses, curve)
}

/// Probability that the score given by `curve` lies under `mark`.
pub(crate) fn probability_below(masses: &[f64; NODES], curve: &[f64; NODES], mark: f64) -> f64 {
    let Some(above) = curve.iter().position(|score| *score >= mark) else {
        return 1.0;
    };
    if above == 0 {
        return 0.0;
    }
    let (low, high) = (curve[above - 1], curve[above]);
    let theta = THETA[above - 1] + STEP * (mark - low) / (high - low);
    irt::cumulative(masses, theta)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> [f64; NODES] {
        std::array::from_fn(|j| 0.1 + 0.02 * j as f64)
    }

    #[test]
    fn a_score_lies_inside_its_interval() {
        let mut masses: [f64; NODES] =
            std::array::from_fn(|j| libm::exp(-0.5 * THETA[j] * THETA[j]));
        irt::normalise(&mut masses);
        let score = AreaScore::new(AreaIx(0), &masses, &ramp());
        assert!((score.score - 0.5).abs() < 1e-12);
        // The 90 % quantile of N(0, 1) is 1.2816; the ramp rises 0.1 a logit; a cell adds a little spread.
        assert!((score.high - 0.628).abs() < 2e-3, "{score:?}");
        assert!((score.low - 0.372).abs() < 2e-3, "{score:?}");
    }

    #[test]
    fn the_chance_to_fail_covers_the_whole_range() {
        let mut masses = [1.0; NODES];
        irt::normalise(&mut masses);
        let cases = [(0.05, 0.0), (0.5, 0.5), (0.95, 1.0)];
        for (mark, expected) in cases {
            let got = probability_below(&masses, &ramp(), mark);
            assert!((got - expected).abs() < 1e-12, "{mark}: {got}");
        }
    }
}
