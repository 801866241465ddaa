//! When an item is due, and when it counts as forgotten.
//!
//! Owns both rules, in terms of stability alone: retrievability is a falling function of the days gone by divided by
//! the stability, so that neither needs a power. Must not know how stability comes about.

use crate::tick::{DAY_MS, Millis};

/// Retrievability at which an item is due again. At 0.9 the interval is the stability itself.
pub const DESIRED_RETENTION: f64 = 0.9;
/// Retrievability under which an item counts as forgotten, so that an answer to it is evidence again.
pub const FORGOTTEN_RETRIEVABILITY: f64 = 0.5;
/// Stabilities after which retrievability is [`FORGOTTEN_RETRIEVABILITY`] under the default parameters:
/// (0.5^(-1/w20) - 1) / (0.9^(-1/w20) - 1), w20 = 0.1542. That is 19 days after a wrong answer to a new item.
pub const FORGOTTEN_AFTER_STABILITIES: f64 = 90.354_513;

/// Whole days, at least 1, from an answer to the next review.
fn interval_days(stability_days: f32) -> u32 {
    stability_days.round().max(1.0) as u32
}

/// Whether an item is due `days` after its last answer.
pub fn is_due(stability_days: f32, days: f64) -> bool {
    days >= f64::from(interval_days(stability_days))
}

/// When an item answered at `last` is due.
pub fn due_at(last: Millis, stability_days: f32) -> Millis {
    last.plus(i64::from(interval_days(stability_days)).saturating_mul(DAY_MS))
}

/// Whether an item is forgotten `days` after its last answer.
pub fn is_forgotten(stability_days: f32, days: f64) -> bool {
    days > FORGOTTEN_AFTER_STABILITIES * f64::from(stability_days)
}
