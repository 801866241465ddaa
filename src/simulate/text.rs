//! A report as a table for a terminal.
//!
//! Owns its layout. Must not know formulas.

use learnr_domain::simulation::{Accuracy, STOP_REASONS};

use super::json::reason_name;
use super::report::Report;

/// Most areas with a line of their own; JSON has all.
const AREAS_SHOWN: usize = 16;

/// The report, ending with a line break.
pub(super) fn text(report: &Report<'_>) -> String {
    let mut lines = Lines(String::new());
    heading(report, &mut lines);
    accuracy(report, &mut lines);
    exposure(report, &mut lines);
    tests(report, &mut lines);
    passing(report, &mut lines);
    lines.0
}

struct Lines(String);

impl Lines {
    fn add(&mut self, line: impl AsRef<str>) {
        self.0.push_str(line.as_ref().trim_end());
        self.0.push('\n');
    }

    fn pair(&mut self, name: &str, value: impl AsRef<str>) {
        self.add(format!("  {name:<24}{}", value.as_ref()));
    }
}

fn heading(report: &Report<'_>, lines: &mut Lines) {
    let (plan, areas) = (report.plan(), report.bank().areas().len());
    let noun = if areas == 1 { "area" } else { "areas" };
    lines.add(format!(
        "{}: {} items in {areas} {noun}; {} examinees, seed {}",
        report.bank, report.measures.exposure.items, plan.examinees, plan.seed
    ));
    let population = &plan.population;
    lines.add(format!(
        "  ability of mean {}, standard deviation {}, correlation of areas {}",
        population.mean, population.sd, population.rho
    ));
    let rules = report.rules();
    let rules: Vec<String> = rules
        .iter()
        .map(|(name, rule)| format!("{name} {rule}"))
        .collect();
    lines.add(format!("  {}", rules.join(", ")));
}

fn accuracy(report: &Report<'_>, lines: &mut Lines) {
    lines.add("");
    lines.add("Accuracy    answers     bias     RMSE     corr  mean SE   cover90   cover95");
    for one in report.quarters() {
        lines.add(row("  ability", &one.position.to_string(), one));
    }
    let Some(areas) = &report.measures.by_area else {
        return;
    };
    lines.add(row("  areas", "all", &areas.pooled));
    let named = report.bank().areas().iter().zip(&areas.areas);
    for (area, one) in named.take(AREAS_SHOWN) {
        let name: String = area.id.as_str().chars().take(17).collect();
        lines.add(row(&format!("  {name}"), "", one));
    }
}

fn row(name: &str, position: &str, accuracy: &Accuracy) -> String {
    let correlation = accuracy.correlation;
    let correlation = correlation.map_or_else(|| "-".to_owned(), |r| format!("{r:.3}"));
    format!(
        "{name:<16} {position:>2}  {:>7.3}  {:>7.3}  {correlation:>7}  {:>7.3}  {:>7.1}%  {:>7.1}%",
        accuracy.bias,
        accuracy.rmse,
        accuracy.mean_se,
        100.0 * accuracy.coverage_90,
        100.0 * accuracy.coverage_95,
    )
}

fn exposure(report: &Report<'_>, lines: &mut Lines) {
    let exposure = &report.measures.exposure;
    lines.add("");
    lines.add("Exposure");
    lines.pair("largest rate", format!("{:.3}", exposure.max));
    let overlap = exposure.overlap;
    let overlap = overlap.map_or_else(|| "-".to_owned(), |share| format!("{share:.3}"));
    lines.pair("test overlap", overlap);
    let used = format!(
        "{:.1} % ({} items unseen)",
        100.0 * exposure.used_share,
        exposure.unused
    );
    lines.pair("bank used", used);
    let top = exposure.top(5);
    let top: Vec<String> = top
        .iter()
        .map(|(item, rate)| format!("{} {rate:.2}", report.bank().item(*item).id))
        .collect();
    lines.pair("most seen", top.join("  "));
}

fn tests(report: &Report<'_>, lines: &mut Lines) {
    let (lengths, balance) = (&report.measures.lengths, &report.measures.balance);
    lines.add("");
    lines.add("Tests");
    let length = format!(
        "mean {:.1}, SD {:.1}, {} to {}",
        lengths.mean, lengths.sd, lengths.min, lengths.max
    );
    lines.pair("length", length);
    let reasons = STOP_REASONS
        .iter()
        .zip(lengths.stopped)
        .filter(|(_, tests)| *tests > 0);
    let reasons: Vec<String> = reasons
        .map(|(reason, tests)| format!("{} {tests}", reason_name(*reason)))
        .collect();
    lines.pair("stopped", reasons.join(", "));
    let off = format!(
        "at most {} items off, in {} tests",
        balance.items_off_max, balance.tests_off
    );
    lines.pair("blueprint", off);
}

fn passing(report: &Report<'_>, lines: &mut Lines) {
    let passing = &report.measures.passing;
    lines.add("");
    lines.add(format!("Passing at {:.3} logits", passing.cut));
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    lines.pair("truly pass", percent(passing.pass_rate));
    lines.pair("decided right", percent(passing.decided_right));
    lines.pair("passed in error", percent(passing.false_pass));
    lines.pair("failed in error", percent(passing.false_fail));
    lines.pair("Brier score", format!("{:.4}", passing.brier));
    lines.pair("calibration error", format!("{:.4}", passing.ece));
}
