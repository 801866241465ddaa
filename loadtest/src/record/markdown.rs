//! The generated part of `docs/performance.md`, from the history alone. Pure: the same history gives the same text.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};

use super::{Entry, Release};
use crate::report::format::{count, date, figure, kib, mib, short};
use crate::report::goal;

/// Where the generated part begins in the document.
const BEGIN: &str = "<!-- generated: begin -->";
/// Where it ends.
const END: &str = "<!-- generated: end -->";
/// Stands where a run has no such figure.
const ABSENT: &str = "-";

/// The document with its generated part replaced; what is written around it stays.
///
/// # Errors
/// When the markers are not there once each, in order.
pub fn splice(document: &str, generated: &str) -> anyhow::Result<String> {
    let (before, rest) = document.split_once(BEGIN).with_context(|| {
        format!("the document has no line {BEGIN:?}: put it where the record belongs")
    })?;
    let (old, after) = rest
        .split_once(END)
        .with_context(|| format!("the document has no line {END:?} after {BEGIN:?}"))?;
    ensure!(
        !old.contains(BEGIN) && !after.contains(BEGIN) && !after.contains(END),
        "the document has its markers more than once"
    );
    Ok(format!("{before}{BEGIN}\n\n{generated}\n{END}{after}"))
}

/// The record in words: the latest release's goals, figures, floors and ledgers, then the ratios of every release.
/// `history` has the latest last.
#[must_use]
pub fn generated(history: &[Release]) -> String {
    let Some(latest) = history.last() else {
        return "No release has been recorded yet: `make bench` runs the scenarios, `learnr-loadtest record` writes them here.\n".to_owned();
    };
    let entries = &latest.entries;
    let mut text = format!("### Release {}\n\n{}", latest.release, ground(entries));
    text += "\n#### Goals\n\n";
    text += &goals(entries);
    text += "\n#### Figures\n\nLatency is counted from when an answer was due. Times are milliseconds.\n\n";
    text += &figures(entries);
    text += "\n#### Floors and ratios\n\n";
    text += &floors(entries);
    text += "\n#### Ledgers\n\n";
    text += &ledgers(entries);
    text += "\n#### History\n\nRatios, which do not depend on how fast the machine is.\n\n";
    text + &ratios(history)
}

fn ground(entries: &[Entry]) -> String {
    let told: BTreeSet<String> = entries
        .iter()
        .map(|entry| {
            let machine = &entry.machine;
            format!(
                "- {} cores of {}, {} MiB, kernel {}; commit {}\n",
                machine.cores,
                machine.processor,
                figure(mib(machine.memory_bytes)),
                machine.kernel,
                machine.commit
            )
        })
        .collect();
    told.into_iter().collect()
}

fn goals(entries: &[Entry]) -> String {
    let rows = entries.iter().flat_map(|entry| {
        entry.goals.iter().map(|reached| {
            let verdict = goal::verdict(reached);
            vec![
                entry.scenario.clone(),
                format!("{}: {}", goal::subject(&reached.goal), goal::asked(reached)),
                goal::reached(reached),
                if reached.met {
                    verdict.to_owned()
                } else {
                    format!("**{verdict}**")
                },
                format!("`{}`", entry.command),
            ]
        })
    });
    table(&["scenario", "goal", "reached", "", "command"], rows)
}

fn figures(entries: &[Entry]) -> String {
    let rows = entries.iter().map(|entry| {
        let ack = &entry.ack_ms;
        let commit = entry.commit_ms;
        vec![
            entry.scenario.clone(),
            figure(ack.p50),
            figure(ack.p90),
            figure(ack.p99),
            figure(ack.p999),
            figure(ack.max),
            figure(entry.answers_per_s),
            count(entry.errors),
            absent_or(entry.server_cores),
            absent_or(entry.server_us_per_answer),
            absent_or(entry.bytes_per_session.map(kib)),
            absent_or(entry.batch_rows_mean),
            commit.map_or_else(
                || ABSENT.to_owned(),
                |c| format!("{}, {}", figure(c.p50), figure(c.p99)),
            ),
            date(entry.at_ms),
            short(entry.machine.load_before),
        ]
    });
    let head = [
        "scenario",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max",
        "answers/s",
        "errors",
        "server cores",
        "us of processor an answer",
        "KiB a session",
        "rows a commit",
        "commit p50, p99",
        "when",
        "load before",
    ];
    table(&head, rows)
}

fn floors(entries: &[Entry]) -> String {
    let rows = entries.iter().filter_map(|entry| {
        let floor = entry.floor?;
        Some(vec![
            entry.scenario.clone(),
            figure(floor.echo_per_s),
            figure(floor.batch_rows_per_s),
            figure(floor.combined_per_s),
            figure(floor.ratio),
            figure(floor.echo_ms.p50),
            figure(floor.commit_ms.p50),
            figure(floor.p50_ratio),
        ])
    });
    let head = [
        "scenario",
        "echo/s",
        "batch rows/s",
        "combined/s",
        "answers/s over combined",
        "echo p50, ms",
        "commit p50, ms",
        "p50 over echo and commit",
    ];
    table(&head, rows)
}

fn ledgers(entries: &[Entry]) -> String {
    let checked = || entries.iter().filter_map(|entry| entry.ledger.as_ref());
    let sum = |of: fn(&crate::LedgerReport) -> u64| count(checked().map(of).sum());
    let mut text = format!(
        "{} of {} runs were held against the store: {} answers acknowledged, {} missing, {} doubled, {} defects in all.\n",
        checked().count(),
        entries.len(),
        sum(|ledger| ledger.acked),
        sum(|ledger| ledger.missing),
        sum(|ledger| ledger.doubled),
        sum(crate::LedgerReport::defects),
    );
    for entry in entries {
        if entry.ledger.is_none() {
            text += &format!("\n- {}: **not checked**", entry.scenario);
        }
        for fault in &entry.faults {
            text += &format!("\n- {}: **fault**: {}", entry.scenario, cell(fault));
        }
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn ratios(history: &[Release]) -> String {
    let rows = history.iter().rev().flat_map(|release| {
        release.entries.iter().map(|entry| {
            let ratios = &entry.ratios;
            vec![
                release.release.clone(),
                entry.scenario.clone(),
                absent_or(ratios.floor),
                absent_or(ratios.p50),
                absent_or(ratios.processor),
                absent_or(ratios.bytes_per_session.map(|bytes| bytes / 1024.0)),
                absent_or(ratios.batch_rows),
                entry.machine.commit.clone(),
            ]
        })
    });
    let head = [
        "release",
        "scenario",
        "answers/s over the floor",
        "p50 over echo and commit",
        "processor time over the echo's",
        "KiB a session",
        "rows a commit",
        "commit",
    ];
    table(&head, rows)
}

fn absent_or(value: Option<f64>) -> String {
    value.map_or_else(|| ABSENT.to_owned(), figure)
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

/// Text that cannot end its cell, its line or the generated part.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('\n', " ")
        .replace("<!--", "&lt;!--")
}
