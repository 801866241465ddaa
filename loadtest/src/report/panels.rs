//! Which plots a page has: from reports to titled series. Owns what is drawn and how it is thinned; how it is
//! drawn is `plot`'s, and the page around it `page`'s.

use super::axis::Axis;
use super::format::mib;
use super::plot::{Plot, Series};
use super::{Report, Sample};

/// Points of a line over time; where a run has more seconds, each point stands for several.
const POINTS_MAX: usize = 300;

/// A plot and what is said about it.
#[derive(Debug)]
pub(super) struct Panel {
    /// What it shows, with the unit of y.
    pub title: String,
    /// How to read it.
    pub note: String,
    /// The plot itself.
    pub plot: Plot,
}

/// What one line over time takes from a second.
struct Line {
    name: &'static str,
    of: fn(&Sample) -> f64,
    thin: Thin,
}

/// What stands for several seconds.
#[derive(Clone, Copy)]
enum Thin {
    Highest,
    Mean,
}

/// A plot over time before runs are put into it.
struct OverTime {
    title: &'static str,
    note: &'static str,
    y_axis: Axis,
    lines: Vec<Line>,
}

/// Every panel that these reports have something for. A plot of several lines is one plot a line where runs are
/// compared, so that a colour is a run.
pub(super) fn panels(reports: &[Report]) -> Vec<Panel> {
    let mut panels = vec![by_percentile(reports)];
    for over_time in over_time() {
        panels.extend(over_time.panels(reports));
    }
    panels.insert(panels.len().min(2), throughput(reports));
    panels.push(knee(reports));
    panels.retain(|panel| !panel.plot.is_empty());
    panels
}

/// What each run is called: its scenario, and what tells two of one scenario apart.
pub(super) fn names(reports: &[Report]) -> Vec<String> {
    let same = |report: &&Report| {
        reports
            .iter()
            .filter(|r| r.scenario == report.scenario)
            .count()
            > 1
    };
    let commits = |report: &&Report| {
        let of = |r: &&Report| {
            r.scenario == report.scenario && r.machine.commit == report.machine.commit
        };
        reports.iter().filter(of).count() > 1
    };
    let name = |report: &Report| match (same(&report), commits(&report)) {
        (false, _) => report.scenario.clone(),
        (true, false) => format!("{} at {}", report.scenario, report.machine.commit),
        (true, true) => format!(
            "{} at {}, {}",
            report.scenario,
            report.machine.commit,
            super::format::date(report.at_ms)
        ),
    };
    reports.iter().map(name).collect()
}

fn by_percentile(reports: &[Report]) -> Panel {
    let series = reports
        .iter()
        .zip(names(reports))
        .map(|(report, name)| Series {
            name,
            points: report
                .ack_by_percentile
                .iter()
                .map(|p| (p.quantile, p.ms))
                .collect(),
        });
    Panel {
        title: "Acknowledgement by percentile, ms".to_owned(),
        note: "From when an answer was due to its acknowledgement. To the right, each step is one answer in ten of those before."
            .to_owned(),
        plot: Plot {
            x_name: "percentile".to_owned(),
            x_axis: Axis::Nines,
            y_axis: Axis::Log,
            series: series.collect(),
        },
    }
}

fn over_time() -> Vec<OverTime> {
    let line = |name, of, thin| Line { name, of, thin };
    let (highest, mean) = (Thin::Highest, Thin::Mean);
    vec![
        OverTime {
            title: "Acknowledgement over time, ms",
            note: "Of the answers acknowledged in each second, from when they were due.",
            y_axis: Axis::Log,
            lines: vec![
                line("p50", |s| s.p50_ms, mean),
                line("p99", |s| s.p99_ms, highest),
                line("max", |s| s.max_ms, highest),
            ],
        },
        OverTime {
            title: "Processors used, cores",
            note: "What each used of the machine.",
            y_axis: Axis::Linear,
            lines: vec![
                line("server", |s| s.server_cores, mean),
                line("database", |s| s.database_cores, mean),
                line("load test", |s| s.client_cores, mean),
            ],
        },
        OverTime {
            title: "Resident memory, MiB",
            note: "Of the servers together, and of the database with what its processes share counted once.",
            y_axis: Axis::Linear,
            lines: vec![
                line("server", |s| mib(s.server_rss_bytes), highest),
                line("database", |s| mib(s.database_rss_bytes), highest),
            ],
        },
        OverTime {
            title: "Batch size, rows a commit",
            note: "Mean of the commits of each second.",
            y_axis: Axis::Linear,
            lines: vec![line("rows", |s| s.batch_rows, mean)],
        },
        OverTime {
            title: "Commit over time, ms",
            note: "As the servers tell it.",
            y_axis: Axis::Log,
            lines: vec![
                line("p50", |s| s.commit_p50_ms, mean),
                line("p99", |s| s.commit_p99_ms, highest),
            ],
        },
        OverTime {
            title: "Sockets open",
            note: "At the end of each second.",
            y_axis: Axis::Linear,
            lines: vec![line("sockets", |s| s.connected as f64, mean)],
        },
    ]
}

impl OverTime {
    fn panels(&self, reports: &[Report]) -> Vec<Panel> {
        let used = |line: &&Line| {
            let mut samples = reports.iter().flat_map(|report| &report.samples);
            samples.any(|sample| (line.of)(sample) > 0.0)
        };
        let lines: Vec<&Line> = self.lines.iter().filter(used).collect();
        if let [report] = reports {
            let series = lines
                .iter()
                .map(|line| line.series(line.name.to_owned(), report));
            return vec![self.panel(self.title.to_owned(), series.collect())];
        }
        let panel = |line: &&Line| {
            let series = reports.iter().zip(names(reports));
            let series = series
                .map(|(report, name)| line.series(name, report))
                .collect();
            let title = match self.lines.len() {
                1 => self.title.to_owned(),
                _ => format!("{}: {}", self.title, line.name),
            };
            self.panel(title, series)
        };
        lines.iter().map(panel).collect()
    }

    fn panel(&self, title: String, series: Vec<Series>) -> Panel {
        Panel {
            title,
            note: self.note.to_owned(),
            plot: Plot {
                x_name: "seconds since the first learner".to_owned(),
                x_axis: Axis::Linear,
                y_axis: self.y_axis,
                series,
            },
        }
    }
}

impl Line {
    fn series(&self, name: String, report: &Report) -> Series {
        let a_point = report.samples.len().div_ceil(POINTS_MAX).max(1);
        let point = |seconds: &[Sample]| {
            let values = seconds.iter().map(|sample| (self.of)(sample));
            let y = match self.thin {
                Thin::Highest => values.fold(0.0, f64::max),
                Thin::Mean => values.sum::<f64>() / seconds.len() as f64,
            };
            (seconds.last().map_or(0.0, |sample| sample.at_s), y)
        };
        Series {
            name,
            points: report.samples.chunks(a_point).map(point).collect(),
        }
    }
}

/// Acknowledged second by second, and what was due as the mean of the measured time.
fn throughput(reports: &[Report]) -> Panel {
    let acked = Line {
        name: "acknowledged",
        of: |s| s.acked as f64,
        thin: Thin::Mean,
    };
    let mut series = Vec::new();
    for (report, name) in reports.iter().zip(names(reports)) {
        let alone = reports.len() == 1;
        series.push(acked.series(if alone { acked.name.to_owned() } else { name }, report));
        // A knee's rate is another in each step, and has a plot of its own.
        if alone && report.answers_due > 0 && report.knee.is_none() {
            let due = report.answers_due as f64 / report.seconds.max(f64::MIN_POSITIVE);
            let measured = report.samples.iter().filter(|sample| sample.measured);
            series.push(Series {
                name: "due, mean of the measured time".to_owned(),
                points: measured.map(|sample| (sample.at_s, due)).collect(),
            });
        }
    }
    for series in &mut series {
        let every = series.points.len().div_ceil(POINTS_MAX).max(1);
        let last = series.points.len().saturating_sub(1);
        let points = series.points.iter().enumerate();
        series.points = points
            .filter(|(at, _)| at % every == 0 || *at == last)
            .map(|(_, p)| *p)
            .collect();
    }
    Panel {
        title: "Throughput, answers a second".to_owned(),
        note: "Acknowledged in each second, while learners start and while they are measured."
            .to_owned(),
        plot: Plot {
            x_name: "seconds since the first learner".to_owned(),
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series,
        },
    }
}

fn knee(reports: &[Report]) -> Panel {
    let mut series = Vec::new();
    for (report, name) in reports.iter().zip(names(reports)) {
        let steps = report.knee.iter().flat_map(|knee| &knee.steps);
        let points: Vec<_> = steps
            .map(|step| (step.due_per_s, step.ack_ms.p99))
            .collect();
        if let (Some(asked), [(first, _), .., (last, _)], 1) =
            (report.plan.goal.p99_ms, points.as_slice(), reports.len())
        {
            series.push(Series {
                name,
                points: points.clone(),
            });
            series.push(Series {
                name: "goal".to_owned(),
                points: vec![(*first, asked), (*last, asked)],
            });
        } else {
            series.push(Series { name, points });
        }
    }
    Panel {
        title: "Knee: 99th percentile by rate, ms".to_owned(),
        note: "Each point is one step of the rate.".to_owned(),
        plot: Plot {
            x_name: "answers due a second".to_owned(),
            x_axis: Axis::Linear,
            y_axis: Axis::Log,
            series,
        },
    }
}
