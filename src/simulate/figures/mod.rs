//! The drawings of a report, each with the table of what it shows.
//!
//! Owns which figures there are, their words and their scales. Must not know how a drawing becomes a page.

mod giving;
mod measuring;

use super::plot::Plot;
use super::report::Report;
use giving::{calibration, exposure, lengths};
use measuring::{by_ability, by_position, coverage, information};

/// A drawing with its numbers.
pub(super) struct Figure {
    pub(super) plot: Plot,
    /// What to look for in it.
    pub(super) caption: String,
    pub(super) header: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

/// Standard errors of a share on either side of a 95 % interval.
const Z: f64 = 1.96;

/// Every figure, in the order of the page.
pub(super) fn figures(report: &Report<'_>) -> Vec<Figure> {
    vec![
        information(report),
        by_position(report),
        by_ability(report),
        coverage(report),
        exposure(report),
        lengths(report),
        calibration(report),
    ]
}

/// The 95 % interval of a share observed `count` times. Source: Wilson (1927).
fn wilson(share: f64, count: usize) -> (f64, f64) {
    let n = count.max(1) as f64;
    let scale = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// A number for a table; never minus zero.
fn decimals(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let is_zero = text.chars().all(|letter| matches!(letter, '-' | '0' | '.'));
    if is_zero { text.replace('-', "") } else { text }
}
