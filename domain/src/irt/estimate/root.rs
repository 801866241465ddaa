//! The local maxima of an objective in a range: every falling root of its score.
//!
//! Owns the scan and the bisection. Must not know what is scored. The work is bounded: a scan of fixed
//! length, and at most 60 halvings for each root.

use super::{Mode, objective::Score};

/// Steps of the scan: of -4 to 4 logits a step is 0.03, and two roots within one count as one. A range of thousands is
/// scanned too coarsely to be of use.
const SCAN: usize = 256;
/// Halvings of a step: to the last bit of a double.
const HALVINGS: usize = 60;

/// The highest of [`modes`]; of equal ones the one nearest 0.
pub(super) fn highest(score: &impl Score, low: f64, high: f64) -> Mode {
    let better = |one: &Mode, other: &Mode| {
        one.height > other.height
            || (one.height == other.height && one.theta.abs() < other.theta.abs())
    };
    let mut best = Mode {
        theta: low,
        height: f64::NEG_INFINITY,
    };
    for mode in modes(score, low, high) {
        if better(&mode, &best) {
            best = mode;
        }
    }
    best
}

/// Every local maximum from `low` to `high`, ascending. There is always one: where the score never falls
/// through zero, the end it points to. A stretch where the score is zero counts to what lies before it.
pub(super) fn modes(score: &impl Score, low: f64, high: f64) -> Vec<Mode> {
    let step = (high - low) / SCAN as f64;
    let at = |k: usize| {
        if k == SCAN {
            high
        } else {
            low + step * k as f64
        }
    };
    let mut modes = Vec::new();
    // Where no closed form is known, heights are integrals of the score from `low`.
    let mut integral = 0.0;
    let mut add = |theta: f64, integral: f64| {
        let height = score.height(theta).unwrap_or(integral);
        modes.push(Mode { theta, height });
    };
    // Before the range the score counts as positive, beyond it as negative: an end may be a maximum.
    let (mut rising, mut positive_at) = (true, None);
    let (mut any, mut before) = (false, 0.0);
    for k in 0..=SCAN {
        let (theta, here) = (at(k), score.score(at(k)));
        let area = if k == 0 {
            0.0
        } else {
            0.5 * (before + here) * step
        };
        if here > 0.0 {
            (rising, positive_at) = (true, Some(theta));
        } else if here < 0.0 && rising {
            let mode = positive_at.map_or(low, |left| bisect(score, left, theta));
            add(mode, integral + 0.5 * area);
            rising = false;
        }
        any |= here != 0.0;
        integral += area;
        before = here;
    }
    if rising {
        add(if any { high } else { middle(low, high) }, integral);
    }
    modes
}

/// Where nothing says anything: 0, or the nearest to it in range.
fn middle(low: f64, high: f64) -> f64 {
    0.0_f64.clamp(low, high)
}

fn bisect(score: &impl Score, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if score.score(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}
