//! Figures of what giving the test comes to: use of the bank, length, decisions.
//!
//! Owns their words and scales. Must not know how a drawing becomes a page.

use super::{Figure, decimals, wilson};
use crate::simulate::plot::{Axis, Dot, Mark, Plot};
use crate::simulate::report::Report;

pub(super) fn exposure(report: &Report<'_>) -> Figure {
    let exposure = &report.measures.exposure;
    let ranked = exposure.top(exposure.items);
    let seen = (1..)
        .zip(&ranked)
        .map(|(rank, (_, rate))| (f64::from(rank), *rate));
    let mut points: Vec<(f64, f64)> = seen.collect();
    if exposure.unused > 0 {
        points.push((ranked.len() as f64 + 1.0, 0.0));
        points.push((exposure.items as f64, 0.0));
    }
    let most = report.simulation.exposure_max();
    let mut marks = vec![Mark::Line("one", points)];
    let mut legend = vec![("one", "items, most seen first".to_owned())];
    if let Some(most) = most {
        marks.insert(0, Mark::Level(most));
        legend.push(("level", format!("aimed at: {most:.3} at most")));
    }
    Figure {
        caption: format!(
            "Share of examinees who see each item. {} of {} items are seen by nobody; two examinees share {} of \
             their tests.",
            exposure.unused,
            exposure.items,
            exposure
                .overlap
                .map_or_else(|| "-".to_owned(), |share| format!("{:.0} %", 100.0 * share)),
        ),
        header: vec!["Exposure rate", "Items"],
        rows: exposure
            .spread
            .iter()
            .map(|spread| {
                let range = match spread.up_to {
                    0.0 => "0".to_owned(),
                    up_to => format!("over {} to {up_to}", spread.above),
                };
                vec![range, spread.items.to_string()]
            })
            .collect(),
        plot: Plot {
            id: "exposure",
            title: "Exposure of items".to_owned(),
            description: format!(
                "A falling line over the items in order of exposure; the most seen item is seen by {:.1} % of \
                 examinees.",
                100.0 * exposure.max
            ),
            x: Axis {
                label: "Items, most seen first",
                low: 1.0,
                high: exposure.items.max(2) as f64,
            },
            y: Axis::from_zero(
                "Exposure rate",
                [exposure.max, most.unwrap_or(0.0)].into_iter(),
            ),
            marks,
            legend,
        },
    }
}

pub(super) fn lengths(report: &Report<'_>) -> Figure {
    let lengths = &report.measures.lengths;
    let bars: Vec<(f64, f64)> = lengths
        .counts
        .iter()
        .enumerate()
        .filter(|(_, tests)| **tests > 0)
        .map(|(length, tests)| (length as f64, *tests as f64))
        .collect();
    Figure {
        caption: "How many questions tests take until they stop.".to_owned(),
        header: vec!["Answers", "Tests"],
        rows: bars
            .iter()
            .map(|(x, y)| vec![decimals(*x, 0), decimals(*y, 0)])
            .collect(),
        plot: Plot {
            id: "length",
            title: "Length of tests".to_owned(),
            description: format!(
                "Bars over the number of answers; mean {:.1}, from {} to {}.",
                lengths.mean, lengths.min, lengths.max
            ),
            x: Axis {
                label: "Answers",
                low: 0.0,
                high: lengths.max as f64 + 1.0,
            },
            y: Axis::from_zero("Tests", bars.iter().map(|bar| bar.1)),
            marks: vec![Mark::Bars("one", 0.8, bars)],
            legend: Vec::new(),
        },
    }
}

pub(super) fn calibration(report: &Report<'_>) -> Figure {
    let passing = &report.measures.passing;
    let marks: Vec<Dot> = passing
        .bins
        .iter()
        .map(|bin| Dot {
            x: bin.probability,
            y: bin.pass_rate,
            interval: Some(wilson(bin.pass_rate, bin.examinees)),
        })
        .collect();
    Figure {
        caption: format!(
            "Of the examinees told a probability, the share who truly pass, with its 95 % interval. On the line \
             the probability is what it says. Brier score {:.4}, calibration error {:.4}.",
            passing.brier, passing.ece
        ),
        header: vec!["P(pass)", "Examinees", "Truly pass", "from", "to"],
        rows: passing
            .bins
            .iter()
            .map(|bin| {
                let (low, high) = wilson(bin.pass_rate, bin.examinees);
                vec![
                    decimals(bin.probability, 3),
                    bin.examinees.to_string(),
                    decimals(bin.pass_rate, 3),
                    decimals(low, 3),
                    decimals(high, 3),
                ]
            })
            .collect(),
        plot: Plot {
            id: "calibration",
            title: "Calibration of P(pass)".to_owned(),
            description: format!(
                "A dot for each tenth of the probability to pass, along a diagonal; they are {:.1} percentage \
                 points from it on average.",
                100.0 * passing.ece
            ),
            x: Axis {
                label: "P(pass) at the end of the test",
                low: 0.0,
                high: 1.0,
            },
            y: Axis {
                label: "Share who truly pass",
                low: 0.0,
                high: 1.0,
            },
            marks: vec![Mark::Diagonal, Mark::Dots("one", marks)],
            legend: vec![
                ("one", "examinees told so".to_owned()),
                ("level", "perfect".to_owned()),
            ],
        },
    }
}
