//! Figures of how well ability is measured.
//!
//! Owns their words and scales. Must not know how a drawing becomes a page.

use learnr_domain::irt::THETA;
use learnr_domain::simulation::{Accuracy, Band};

use super::{Figure, decimals, wilson};
use crate::simulate::plot::{Axis, Dot, Mark, Plot};
use crate::simulate::report::Report;

const ABILITY: &str = "True ability, logits";

pub(super) fn information(report: &Report<'_>) -> Figure {
    let points: Vec<(f64, f64)> = THETA.into_iter().zip(report.bank().information()).collect();
    let mut best = (0.0, 0.0);
    for point in &points {
        if point.1 > best.1 {
            best = *point;
        }
    }
    Figure {
        caption: "How much the whole bank can tell at each ability. Where it is low, no test can be precise; \
                  new items belong there."
            .to_owned(),
        header: vec!["Ability", "Information"],
        rows: points.iter().map(|(x, y)| vec![decimals(*x, 1), decimals(*y, 2)]).collect(),
        plot: Plot {
            id: "information",
            title: "Information of the bank".to_owned(),
            description: format!(
                "A line over ability; it is highest, {:.1}, at {:.1} logits.",
                best.1, best.0
            ),
            x: Axis { label: "Ability, logits", low: -4.0, high: 4.0 },
            y: Axis::from_zero("Information", points.iter().map(|point| point.1)),
            marks: vec![Mark::Line("one", points)],
            legend: Vec::new(),
        },
    }
}

pub(super) fn by_position(report: &Report<'_>) -> Figure {
    let all = &report.measures.by_position;
    let line = |of: fn(&Accuracy) -> f64| -> Vec<(f64, f64)> {
        all.iter()
            .map(|one| (one.position as f64, of(one)))
            .collect()
    };
    let (errors, rmse) = (line(|one| one.mean_se), line(|one| one.rmse));
    let last = report.measures.overall();
    Figure {
        caption: "The standard error the test reports, and how far off it truly is. Where they part, the test \
                  does not know what it does not know. Tests that ended sooner count with their last estimate."
            .to_owned(),
        header: vec!["Answers", "Mean SE", "RMSE", "Bias", "90 % coverage"],
        rows: all
            .iter()
            .map(|one| {
                vec![
                    one.position.to_string(),
                    decimals(one.mean_se, 3),
                    decimals(one.rmse, 3),
                    decimals(one.bias, 3),
                    decimals(one.coverage_90, 3),
                ]
            })
            .collect(),
        plot: Plot {
            id: "position",
            title: "Standard error by position".to_owned(),
            description: last.map_or_else(String::new, |last| {
                format!(
                    "Two lines over the number of answers; at the end, {}, the mean standard error is {:.3} and \
                     the root mean squared error {:.3} logits.",
                    last.position, last.mean_se, last.rmse
                )
            }),
            x: Axis {
                label: "Answers",
                low: 0.0,
                high: all.len().max(1) as f64,
            },
            y: Axis::from_zero("Logits", errors.iter().chain(&rmse).map(|point| point.1)),
            marks: vec![Mark::Line("two", rmse), Mark::Line("one", errors)],
            legend: vec![("one", "mean SE reported".to_owned()), ("two", "RMSE".to_owned())],
        },
    }
}

pub(super) fn by_ability(report: &Report<'_>) -> Figure {
    let bands = &report.measures.by_ability;
    let line = |of: fn(&Accuracy) -> f64| -> Vec<(f64, f64)> {
        bands
            .iter()
            .map(|band| (band.middle, of(&band.accuracy)))
            .collect()
    };
    let (rmse, bias) = (line(|one| one.rmse), line(|one| one.bias));
    let heights = rmse.iter().chain(&bias).map(|point| point.1);
    Figure {
        caption: "Bias and RMSE of whole tests among examinees of similar ability. EAP leans to the middle: \
                  bias above 0 at low abilities and below 0 at high ones is its prior at work. Bands with few \
                  examinees jump about."
            .to_owned(),
        header: vec!["Ability", "Examinees", "Bias", "RMSE", "Mean SE"],
        rows: bands
            .iter()
            .map(|band| {
                vec![
                    decimals(band.middle, 1),
                    band.examinees.to_string(),
                    decimals(band.accuracy.bias, 3),
                    decimals(band.accuracy.rmse, 3),
                    decimals(band.accuracy.mean_se, 3),
                ]
            })
            .collect(),
        plot: Plot {
            id: "ability",
            title: "Bias and RMSE by ability".to_owned(),
            description: "Two lines over true ability; the table below has their numbers.".to_owned(),
            x: abilities(bands),
            y: Axis::around("Logits", heights.chain([0.0])),
            marks: vec![
                Mark::Level(0.0),
                Mark::Line("two", rmse.clone()),
                Mark::Dots("two", dots(&rmse)),
                Mark::Line("one", bias.clone()),
                Mark::Dots("one", dots(&bias)),
            ],
            legend: vec![("one", "bias".to_owned()), ("two", "RMSE".to_owned())],
        },
    }
}

pub(super) fn coverage(report: &Report<'_>) -> Figure {
    let bands = &report.measures.by_ability;
    let marks: Vec<Dot> = bands
        .iter()
        .map(|band| Dot {
            x: band.middle,
            y: band.accuracy.coverage_90,
            interval: Some(wilson(band.accuracy.coverage_90, band.examinees)),
        })
        .collect();
    let overall = report.measures.overall().map_or(0.0, |all| all.coverage_90);
    let lows = marks
        .iter()
        .filter_map(|dot| dot.interval)
        .map(|interval| interval.0);
    let low = lows.fold(0.8, f64::min);
    Figure {
        caption: "Share of 90 % intervals that hold the true ability, with its own 95 % interval. An interval \
                  made from a prior keeps its promise over everybody, not in every band."
            .to_owned(),
        header: vec!["Ability", "Examinees", "Coverage", "from", "to"],
        rows: bands
            .iter()
            .zip(&marks)
            .map(|(band, dot)| {
                let (low, high) = dot.interval.unwrap_or((dot.y, dot.y));
                vec![
                    decimals(band.middle, 1),
                    band.examinees.to_string(),
                    decimals(dot.y, 3),
                    decimals(low, 3),
                    decimals(high, 3),
                ]
            })
            .collect(),
        plot: Plot {
            id: "coverage",
            title: "Coverage of 90 % intervals by ability".to_owned(),
            description: format!(
                "A dot for each band of true ability, around a level at 90 %; over everybody {:.1} %.",
                100.0 * overall
            ),
            x: abilities(bands),
            y: Axis { label: "Share covered", low: (10.0 * low).floor() / 10.0, high: 1.0 },
            marks: vec![Mark::Level(0.9), Mark::Dots("one", marks)],
            legend: vec![
                ("one", "coverage and its 95 % interval".to_owned()),
                ("level", "90 %".to_owned()),
            ],
        },
    }
}

fn abilities(bands: &[Band]) -> Axis {
    Axis::around(ABILITY, bands.iter().map(|band| band.middle))
}

fn dots(points: &[(f64, f64)]) -> Vec<Dot> {
    let dot = |(x, y): &(f64, f64)| Dot {
        x: *x,
        y: *y,
        interval: None,
    };
    points.iter().map(dot).collect()
}
