//! How values lie along an axis, and where it has its ticks. Knows no series.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use super::format::short;

/// How values lie along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// Evenly, from 0.
    Linear,
    /// By their logarithm.
    Log,
    /// Quantiles, by the logarithm of what is above them: 0, 90, 99, 99.9 %.
    Nines,
}

impl Axis {
    /// Where a value lies; not a number where it has no place.
    pub(super) fn place(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log if value > 0.0 => value.log10(),
            Self::Nines if (0.0..1.0).contains(&value) => -(1.0 - value).log10(),
            Self::Log | Self::Nines => f64::NAN,
        }
    }

    /// What is written at a place.
    pub(super) fn label(self, place: f64) -> String {
        match self {
            Self::Linear => short(place),
            Self::Log => short(10f64.powf(place)),
            Self::Nines => {
                let decimals = (place.round() as usize).saturating_sub(2);
                format!("{:.decimals$} %", 100.0 * (1.0 - 10f64.powf(-place)))
            }
        }
    }

    /// Ends of the axis and its ticks, for places between `low` and `high`.
    pub(super) fn ticks(self, low: f64, high: f64, most: usize) -> (f64, f64, Vec<f64>) {
        match self {
            Self::Linear => {
                let step = step(high.max(f64::MIN_POSITIVE) / most as f64);
                let last = (high / step).ceil().max(1.0);
                let ticks = (0..=last as usize).map(|at| at as f64 * step).collect();
                (0.0, last * step, ticks)
            }
            Self::Nines => {
                let last = high.ceil().max(1.0);
                let ticks = (0..=last as usize).map(|at| at as f64).collect();
                (0.0, last, ticks)
            }
            Self::Log => {
                let (first, last) = (
                    low.floor() as i32,
                    high.ceil().max(low.floor() + 1.0) as i32,
                );
                let fine: &[f64] = if last - first <= 2 {
                    &[1.0, 2.0, 5.0]
                } else {
                    &[1.0]
                };
                let ticks = (first..=last)
                    .flat_map(|decade| fine.iter().map(move |f| f64::from(decade) + f.log10()))
                    .filter(|tick| *tick <= f64::from(last) + 1e-9)
                    .collect();
                (f64::from(first), f64::from(last), ticks)
            }
        }
    }
}

/// The next of 1, 2 and 5 times a power of ten.
fn step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter();
    times
        .map(|by| by * power)
        .find(|step| *step >= least * 0.999)
        .unwrap_or(10.0 * power)
}

/// An axis between two places, with the ticks that were chosen for it.
pub(super) struct Ruler {
    /// The places at both.
    pub ends: Range<f64>,
    /// Places with a line and a label.
    pub ticks: Vec<f64>,
}

impl Ranged for Ruler {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, limit: (i32, i32)) -> i32 {
        let share = (place - self.ends.start) / (self.ends.end - self.ends.start);
        limit.0 + (share * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Lines between the labelled ones are not wanted.
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.ends.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_a_nine_apart() {
        assert_eq!(Axis::Nines.label(0.0), "0 %");
        assert_eq!(Axis::Nines.label(1.0), "90 %");
        assert_eq!(Axis::Nines.label(3.0), "99.9 %");
        assert!((Axis::Nines.place(0.999) - 3.0).abs() < 1e-9);
        assert!(Axis::Nines.place(1.0).is_nan());
    }

    #[test]
    fn ticks_are_round_and_reach_past_the_highest() {
        assert_eq!(
            Axis::Linear.ticks(3.0, 9.3, 5),
            (0.0, 10.0, vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0])
        );
        let (low, high, ticks) = Axis::Log.ticks(0.3, 3.2, 5);
        assert_eq!((low, high, ticks.len()), (0.0, 4.0, 5));
    }
}
