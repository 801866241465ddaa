//! Reports as one HTML page that needs nothing else: no network, no script. Owns its order and its words; the
//! plots are `panels`', the tables' cells `tables`'.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use super::Report;
use super::axis::Axis;
use super::format::{date, figure, short};
use super::html::{escape, table};
use super::panels::{Panel, names, panels};
use super::plot::{SERIES_MAX, Size};
use super::tables;

/// Runs that one page compares.
pub const REPORTS_MAX: usize = SERIES_MAX;
/// Rows of the table under a plot; where a line has more points, evenly chosen ones.
const ROWS_MAX: usize = 60;
/// A plot on a wide screen and on paper.
const WIDE: Size = Size {
    width: 680,
    height: 300,
    text: 15,
};
/// A plot on a telephone.
const NARROW: Size = Size {
    width: 340,
    height: 260,
    text: 15,
};

/// Writes the page of one report, or of several compared, to `path`.
///
/// # Errors
/// Without a report, with more than [`REPORTS_MAX`], and the file's.
pub fn write(reports: &[Report], path: &Path) -> anyhow::Result<()> {
    let html = page(reports)?;
    fs::write(path, html).with_context(|| format!("write {}", path.display()))
}

/// The page as text.
///
/// # Errors
/// Without a report, with more than [`REPORTS_MAX`], and the drawing library's.
pub fn page(reports: &[Report]) -> anyhow::Result<String> {
    ensure!(!reports.is_empty(), "there is no report to show");
    ensure!(
        reports.len() <= REPORTS_MAX,
        "{} reports are more than one page tells apart: give at most {REPORTS_MAX}",
        reports.len()
    );
    let names = names(reports);
    let title = format!("LearnR load test: {}", names.join(", "));
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n",
        escape(&title),
        include_str!("page.css"),
        escape(&title)
    );
    for (report, name) in reports.iter().zip(&names) {
        html += &head(report, name);
    }
    html += "</header>\n<main>\n<h2>Goals</h2>\n";
    html += &section(
        "Asked and reached",
        &tables::goals(reports, &names),
        "No goal was set.",
    );
    html += "<h2>Figures</h2>\n";
    html += &section("Figures by run", &tables::figures(reports, &names), "None.");
    html += "<h2>Floors</h2>\n";
    let without = "No floor was measured in the same run: there are no ratios.";
    html += &section(
        "What the machine does bare, and ours over it",
        &tables::floors(reports, &names),
        without,
    );
    html += "<h2>Ledger</h2>\n";
    html += &section(
        "Acknowledged against stored",
        &tables::ledgers(reports, &names),
        "No run.",
    );
    html += &storm_and_knee(reports, &names);
    html += "<h2>Plots</h2>\n<div class=\"plots\">\n";
    for panel in panels(reports) {
        html += &draw(&panel)?;
    }
    Ok(html + "</div>\n</main>\n</body>\n</html>\n")
}

fn head(report: &Report, name: &str) -> String {
    let machine = &report.machine;
    let mut html = format!(
        "<section>\n<p><strong>{}</strong>: {}</p>\n<p class=\"quiet\">{}; {} cores of {}, {} MiB, Linux {}; {}; \
         load before {}; LearnR {} at {}{}{}</p>\n<p><code>{}</code></p>\n",
        escape(name),
        escape(&report.plan.title),
        date(report.at_ms),
        machine.cores,
        escape(&machine.processor),
        figure(super::format::mib(machine.memory_bytes)),
        escape(&machine.kernel),
        escape(&machine.database),
        short(machine.load_before),
        escape(&machine.release),
        escape(&machine.commit),
        if report.limits {
            ""
        } else {
            "; message limits OFF"
        },
        if report.interrupted {
            "; ended early"
        } else {
            ""
        },
        escape(&report.command),
    );
    for fault in &report.faults {
        html += &format!(
            "<p class=\"fault\"><strong>Fault</strong>: {}</p>\n",
            escape(fault)
        );
    }
    html + "</section>\n"
}

fn section(caption: &str, cells: &tables::Cells, without: &str) -> String {
    if cells.rows.is_empty() {
        format!("<p>{}</p>\n", escape(without))
    } else {
        table(caption, &cells.head, &cells.rows)
    }
}

fn storm_and_knee(reports: &[Report], names: &[String]) -> String {
    let mut html = String::new();
    let titled = [
        ("Reconnect storm", tables::storms(reports, names)),
        ("Knee, step by step", tables::knees(reports, names)),
    ];
    for (title, cells) in titled {
        if !cells.rows.is_empty() {
            html += &format!(
                "<h2>{title}</h2>\n{}",
                table(title, &cells.head, &cells.rows)
            );
        }
    }
    html
}

fn draw(panel: &Panel) -> anyhow::Result<String> {
    let title = escape(&panel.title);
    let mut html = format!(
        "<figure>\n<figcaption><h3>{title}</h3><p>{}</p></figcaption>\n",
        escape(&panel.note)
    );
    html += "<ul class=\"legend\">";
    for (at, series) in panel.plot.series.iter().enumerate() {
        html += &format!(
            "<li><svg viewBox=\"0 0 32 12\" aria-hidden=\"true\"><line x1=\"0\" y1=\"6\" x2=\"32\" y2=\"6\" \
                 stroke-width=\"3\" class=\"s-{at}\"/></svg>{}</li>",
            escape(&series.name)
        );
    }
    html += "</ul>\n";
    let told = alternative(panel);
    html += &format!(
        "<div class=\"wide\">{}</div>\n",
        panel.plot.svg(&told, WIDE)?
    );
    html += &format!(
        "<div class=\"narrow\">{}</div>\n",
        panel.plot.svg(&told, NARROW)?
    );
    html += "<details><summary>The same as a table</summary>\n";
    html += &points(panel);
    Ok(html + "</details>\n</figure>\n")
}

/// What the plot shows, for who cannot see it: each line's first, last, lowest and highest value.
fn alternative(panel: &Panel) -> String {
    let mut text = panel.title.clone();
    for series in &panel.plot.series {
        let ys: Vec<f64> = series
            .points
            .iter()
            .map(|(_, y)| *y)
            .filter(|y| y.is_finite())
            .collect();
        if let (Some(first), Some(last)) = (ys.first(), ys.last()) {
            text += &format!(
                ". {}: from {} to {}, lowest {}, highest {}",
                series.name,
                figure(*first),
                figure(*last),
                figure(ys.iter().copied().fold(f64::INFINITY, f64::min)),
                figure(ys.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
            );
        }
    }
    text
}

/// A line's points below each other, lines side by side where they share x.
fn points(panel: &Panel) -> String {
    let series = &panel.plot.series;
    let longest = series.iter().map(|s| s.points.len()).max().unwrap_or(0);
    let every = longest.div_ceil(ROWS_MAX).max(1);
    let mut rows: Vec<(f64, Vec<String>)> = Vec::new();
    for (at, line) in series.iter().enumerate() {
        let last = line.points.len().saturating_sub(1);
        let chosen = line
            .points
            .iter()
            .enumerate()
            .filter(|(n, _)| n % every == 0 || *n == last);
        for (_, (x, y)) in chosen {
            let row = match rows.iter().position(|(known, _)| known == x) {
                Some(row) => row,
                None => {
                    rows.push((*x, vec![String::new(); series.len()]));
                    rows.len() - 1
                }
            };
            rows[row].1[at] = figure(*y);
        }
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let percent = panel.plot.x_axis == Axis::Nines;
    let x = |x: f64| {
        if percent {
            format!("{:.4} %", x * 100.0)
        } else {
            short(x)
        }
    };
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(at, cells)| [vec![x(at)], cells].concat())
        .collect();
    let mut head = vec![panel.plot.x_name.clone()];
    head.extend(series.iter().map(|s| s.name.clone()));
    table(&panel.title, &head, &rows)
}

#[cfg(test)]
mod tests;
