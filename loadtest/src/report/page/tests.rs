//! The page of made-up reports: what is in it, and what is refused.

use super::super::specimen::report;
use super::*;
use crate::report::Sample;

#[test]
fn a_page_needs_nothing_but_itself() {
    let html = page(&[report("human-1000", 1.0)]).expect("a specimen can be shown");
    for outside in ["http://", "https://", "<script", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside} is in the page");
    }
}

#[test]
fn every_plot_has_a_title_a_text_alternative_and_a_table() {
    let html = page(&[report("human-1000", 1.0)]).expect("a specimen can be shown");
    let times = |what: &str| html.matches(what).count();
    let plots = times("<figure>");
    assert_eq!(plots, panels(&[report("human-1000", 1.0)]).len());
    assert!(plots >= 8, "only {plots} plots");
    assert_eq!(times("<figcaption><h3>"), plots);
    assert_eq!(times("role=\"img\" aria-label="), 2 * plots);
    assert_eq!(times("<details><summary>"), plots);
}

#[test]
fn a_page_says_what_was_missed_and_what_went_wrong() {
    let html = page(&[report("human-1000", 1.0)]).expect("a specimen can be shown");
    assert!(html.contains("<td class=\"missed\">MISSED</td>"));
    assert!(html.contains("an &lt;example&gt; of a fault"));
    assert!(html.contains("at most 5 ms"));
}

#[test]
fn compared_runs_have_a_colour_each_in_every_plot() {
    let mut later = report("human-1000", 1.3);
    later.machine.commit = "fedc987".to_owned();
    let reports = [report("human-1000", 1.0), later];
    for panel in panels(&reports) {
        let names: Vec<&str> = panel.plot.series.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(
            names,
            ["human-1000 at 0123abc", "human-1000 at fedc987"],
            "{}",
            panel.title
        );
    }
}

#[test]
fn no_run_and_too_many_are_refused() {
    assert!(page(&[]).is_err());
    let many = vec![report("human-1000", 1.0); REPORTS_MAX + 1];
    assert!(page(&many).is_err());
}

#[test]
fn an_hour_is_thinned_and_keeps_its_worst_second() {
    let mut long = report("soak", 1.0);
    let one = long.samples[30];
    long.samples = (1..=3_600)
        .map(|at| Sample {
            at_s: f64::from(at),
            max_ms: 5.0,
            ..one
        })
        .collect();
    long.samples[1_801].max_ms = 777.0;
    for panel in panels(&[long]) {
        for series in &panel.plot.series {
            assert!(
                series.points.len() <= 301,
                "{}: {}",
                panel.title,
                series.points.len()
            );
            if series.name == "max" {
                assert!(series.points.iter().any(|(_, y)| *y == 777.0));
            }
        }
    }
}
