//! How a likelihood changes: by an answer, and by time.
//!
//! Owns those two steps, shared by a live session and the fold over ended ones so that both come to the same
//! bits. Must not know whose likelihood it is.

use super::Likelihood;
use crate::irt::{self, NODES, STEP};

/// Least an answer may say about a node. At extreme parameters 1 - P rounds to zero at every node, and one
/// answer against all odds would leave a likelihood of zeros, from which nothing recovers.
const LIKELIHOOD_MIN: f64 = 1e-12;

/// Largest drift, in squared logits: all but flat on a grid 8 logits wide, in a bounded number of passes.
const VARIANCE_MAX: f64 = 1_000.0;

/// Multiplies a likelihood by what one answer says, then lets ability drift by a variance.
pub(crate) fn revise(likelihood: &mut Likelihood, curve: &[f64; NODES], correct: bool, drift: f64) {
    for (likelihood, p) in likelihood.iter_mut().zip(curve) {
        let says = if correct { *p } else { 1.0 - *p };
        *likelihood *= says.max(LIKELIHOOD_MIN);
    }
    irt::rescale(likelihood);
    smooth(likelihood, drift);
}

/// Spreads a likelihood by a Gaussian of `variance` squared logits; a flat one stays flat.
///
/// Repeated passes of a three-point kernel: its variance is exact at any size, where a sampled Gaussian
/// fails below the grid's resolution, so that many small drifts add up. A third of a squared step a pass
/// also gives it a Gaussian's fourth moment. At most `3 * variance / STEP^2` passes, rounded. A variance that is
/// not a number changes nothing, and one over [`VARIANCE_MAX`] counts as that.
pub(crate) fn smooth(likelihood: &mut Likelihood, variance: f64) {
    let steps = variance.min(VARIANCE_MAX) / (STEP * STEP);
    if variance.is_nan() || steps <= 0.0 {
        return;
    }
    let passes = (3.0 * steps).round().max(1.0);
    let side = steps / passes / 2.0;
    for _ in 0..passes as usize {
        let before = *likelihood;
        for j in 0..NODES {
            // Past the last node the likelihood goes on as it is there.
            let (left, right) = (before[j.saturating_sub(1)], before[(j + 1).min(NODES - 1)]);
            likelihood[j] = before[j] + side * ((left - before[j]) + (right - before[j]));
        }
    }
    irt::rescale(likelihood);
}

/// Whether these can be a likelihood: finite, nowhere negative, somewhere positive.
pub(crate) fn is_likelihood(values: &Likelihood) -> bool {
    values
        .iter()
        .all(|value| value.is_finite() && *value >= 0.0)
        && values.iter().any(|value| *value > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smoothing_adds_its_variance_and_keeps_a_flat_likelihood_flat() {
        for variance in [0.001, 0.01, 0.05, 0.3] {
            let mut peak = [0.0; NODES];
            peak[20] = 1.0;
            smooth(&mut peak, variance);
            irt::normalise(&mut peak);
            let sd = irt::moments(&peak).standard_deviation;
            assert!((sd * sd - variance).abs() < 1e-6, "{variance}: {}", sd * sd);
            let mut flat = [1.0; NODES];
            smooth(&mut flat, variance);
            assert_eq!(flat, [1.0; NODES]);
        }
    }
}
