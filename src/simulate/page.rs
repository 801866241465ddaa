//! A report as one HTML page: nothing is loaded from anywhere, and it runs no script.
//!
//! Owns the page around the figures. Colours are variables, light or dark as the reader's system says; each
//! drawing has its numbers in a table behind it.

use super::figures::{Figure, figures};
use super::plot::escaped;
use super::report::Report;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn page(report: &Report<'_>) -> String {
    let title = escaped(&format!("Simulation: {}", report.bank));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    summary(report, &mut out);
    key_figures(report, &mut out);
    out.push_str("<h2>Figures</h2>\n<div class=\"figures\">\n");
    for figure in figures(report) {
        out.push_str(&drawn(&figure));
    }
    out.push_str("</div>\n");
    areas(report, &mut out);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn summary(report: &Report<'_>, out: &mut String) {
    let (plan, population) = (report.plan(), &report.plan().population);
    out.push_str(&format!(
        "<p>{} examinees with abilities of mean {} and standard deviation {}, correlated {} between areas, \
         examined from {} items. Seed {}.</p>\n<dl class=\"rules\">\n",
        plan.examinees,
        population.mean,
        population.sd,
        population.rho,
        report.measures.exposure.items,
        plan.seed
    ));
    for (name, rule) in report.rules() {
        let (name, rule) = (escaped(name), escaped(&rule));
        out.push_str(&format!("<div><dt>{name}</dt><dd>{rule}</dd></div>\n"));
    }
    out.push_str("</dl>\n");
}

fn key_figures(report: &Report<'_>, out: &mut String) {
    let measures = report.measures;
    let (exposure, passing) = (&measures.exposure, &measures.passing);
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let mut figures = Vec::new();
    if let Some(overall) = measures.overall() {
        figures.push(("RMSE, logits", format!("{:.3}", overall.rmse)));
        figures.push(("90 % intervals that hold", percent(overall.coverage_90)));
    }
    figures.push(("mean length", format!("{:.1}", measures.lengths.mean)));
    figures.push(("largest exposure", percent(exposure.max)));
    figures.push(("bank used", percent(exposure.used_share)));
    figures.push(("decided right", percent(passing.decided_right)));
    out.push_str("<ul class=\"key\">\n");
    for (name, figure) in figures {
        out.push_str(&format!("<li><strong>{figure}</strong> {name}</li>\n"));
    }
    out.push_str("</ul>\n");
    let header = [
        "Answers",
        "Bias",
        "RMSE",
        "Correlation",
        "Mean SE",
        "90 % coverage",
        "95 % coverage",
    ];
    let rows = report.quarters().into_iter().map(|one| {
        vec![
            one.position.to_string(),
            format!("{:.3}", one.bias),
            format!("{:.3}", one.rmse),
            one.correlation
                .map_or_else(|| "-".to_owned(), |r| format!("{r:.3}")),
            format!("{:.3}", one.mean_se),
            percent(one.coverage_90),
            percent(one.coverage_95),
        ]
    });
    out.push_str("<h2>Accuracy</h2>\n");
    out.push_str(&table(
        "Accuracy of overall ability, in logits",
        &header,
        rows,
    ));
}

fn drawn(figure: &Figure) -> String {
    let plot = &figure.plot;
    let title = escaped(&plot.title);
    let rows = figure.rows.iter().cloned();
    format!(
        "<figure id=\"{}\">\n<h3>{title}</h3>\n{}{}<figcaption>{}</figcaption>\n\
         <details><summary>Numbers: {title}</summary>\n{}</details>\n</figure>\n",
        plot.id,
        legend(&plot.legend),
        plot.svg(),
        escaped(&figure.caption),
        table(&plot.title, &figure.header, rows)
    )
}

fn legend(names: &[(&str, String)]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let mut out = String::from("<ul class=\"legend\">");
    for (class, name) in names {
        out.push_str(&format!("<li class=\"{class}\">{}</li>", escaped(name)));
    }
    out + "</ul>\n"
}

fn areas(report: &Report<'_>, out: &mut String) {
    let balance = &report.measures.balance;
    let estimates = report.measures.by_area.as_ref();
    let rows = report.bank().areas().iter().enumerate().map(|(k, area)| {
        let (balanced, estimate) = (&balance.areas[k], estimates.map(|all| &all.areas[k]));
        let figure = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        vec![
            area.id.to_string(),
            area.items().len().to_string(),
            format!("{:.1} %", 100.0 * balanced.share),
            format!("{:.1} %", 100.0 * balanced.served),
            balanced.items_off_max.to_string(),
            figure(estimate.map(|one| format!("{:.3}", one.rmse))),
            figure(estimate.map(|one| format!("{:.1} %", 100.0 * one.coverage_90))),
        ]
    });
    let header = [
        "Area",
        "Items",
        "Blueprint",
        "Served",
        "Items off at most",
        "RMSE",
        "90 % coverage",
    ];
    out.push_str("<h2>Areas</h2>\n");
    out.push_str(&table("Areas beside the blueprint", &header, rows));
}

fn table(caption: &str, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table>\n<caption>{0}</caption>\n<thead><tr>",
        escaped(caption)
    );
    for name in header {
        out.push_str(&format!("<th scope=\"col\">{}</th>", escaped(name)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (k, cell) in row.iter().enumerate() {
            let cell = escaped(cell);
            out.push_str(&match k {
                0 => format!("<th scope=\"row\">{cell}</th>"),
                _ => format!("<td>{cell}</td>"),
            });
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
    out
}
