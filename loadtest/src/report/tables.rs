//! What the page's tables hold: one row a run, as text. Knows no markup.

use super::Report;
use super::format::{count, figure, kib, mib};
use super::goal;

/// Stands where a run has no such figure.
const ABSENT: &str = "-";

/// A table's head and rows.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// One a column.
    pub head: Vec<String>,
    /// As long as the head.
    pub rows: Vec<Vec<String>>,
}

fn cells(head: &[&str], rows: Vec<Vec<String>>) -> Cells {
    Cells {
        head: head.iter().map(|&cell| cell.to_owned()).collect(),
        rows,
    }
}

fn or_absent(value: Option<f64>) -> String {
    value.map_or_else(|| ABSENT.to_owned(), figure)
}

/// Each goal of each run.
pub(super) fn goals(reports: &[Report], names: &[String]) -> Cells {
    let mut rows = Vec::new();
    for (report, name) in reports.iter().zip(names) {
        rows.extend(report.goals.iter().map(|reached| {
            vec![
                format!("{name}: {}", goal::subject(&reached.goal)),
                goal::asked(reached),
                goal::reached(reached),
                goal::verdict(reached).to_owned(),
            ]
        }));
    }
    cells(&["goal", "asked", "reached", "verdict"], rows)
}

/// The figures, one a row and one run a column, so that a telephone shows them.
pub(super) fn figures(reports: &[Report], names: &[String]) -> Cells {
    type Of = fn(&Report) -> String;
    let lines: [(&str, Of); 22] = [
        ("sessions", |r| count(r.sessions as u64)),
        ("connected at the end", |r| count(r.connected.max(0) as u64)),
        ("measured, s", |r| figure(r.seconds)),
        ("answers due", |r| count(r.answers_due)),
        ("answers acknowledged", |r| count(r.answers_acked)),
        ("answers a second", |r| figure(r.answers_per_s)),
        ("acknowledged p50, ms", |r| figure(r.ack_ms.p50)),
        ("acknowledged p90, ms", |r| figure(r.ack_ms.p90)),
        ("acknowledged p99, ms", |r| figure(r.ack_ms.p99)),
        ("acknowledged p99.9, ms", |r| figure(r.ack_ms.p999)),
        ("acknowledged max, ms", |r| figure(r.ack_ms.max)),
        ("p99 without the stalled, ms", |r| {
            or_absent(r.undisturbed_ms.map(|q| q.p99))
        }),
        ("session start p99, ms", |r| figure(r.start_ms.p99)),
        ("errors", |r| told(r.errors, &r.errors_by)),
        ("reconnects", |r| told(r.reconnects, &r.reconnects_by)),
        ("sent again", |r| count(r.resent)),
        ("server, cores", |r| {
            or_absent(r.server.map(|s| s.cpu_s / r.seconds.max(f64::MIN_POSITIVE)))
        }),
        ("server memory, MiB", |r| {
            or_absent(r.server.map(|s| mib(s.rss_bytes)))
        }),
        ("server memory a session, KiB", |r| {
            or_absent(r.server.map(|s| kib(s.rss_bytes_per_session)))
        }),
        ("database, cores", |r| {
            or_absent(
                r.database
                    .map(|d| d.cpu_s / r.seconds.max(f64::MIN_POSITIVE)),
            )
        }),
        ("commit p50 and p99, ms", |r| {
            r.commit_ms.map_or_else(
                || ABSENT.to_owned(),
                |c| format!("{}, {}", figure(c.p50), figure(c.p99)),
            )
        }),
        ("rows a commit", |r| or_absent(r.batch_rows_mean)),
    ];
    let row = |(name, of): &(&str, Of)| {
        let mut row = vec![(*name).to_owned()];
        row.extend(reports.iter().map(of));
        row
    };
    let rows = lines.iter().map(row).collect();
    let mut head = vec!["figure".to_owned()];
    head.extend(names.iter().cloned());
    Cells { head, rows }
}

/// What the machine does bare, of the runs that measured it.
pub(super) fn floors(reports: &[Report], names: &[String]) -> Cells {
    let mut rows = Vec::new();
    for (report, name) in reports.iter().zip(names) {
        rows.extend(report.floor.map(|floor| {
            vec![
                name.clone(),
                figure(floor.echo_per_s),
                figure(floor.echo_ms.p50),
                figure(floor.batch_rows_per_s),
                figure(floor.commit_ms.p50),
                figure(floor.combined_per_s),
                figure(floor.ratio),
                figure(floor.p50_ratio),
            ]
        }));
    }
    let head = [
        "run",
        "echo/s",
        "echo p50, ms",
        "batch rows/s",
        "commit p50, ms",
        "combined/s",
        "answers/s over combined",
        "p50 over echo + commit",
    ];
    cells(&head, rows)
}

/// The proof of each run.
pub(super) fn ledgers(reports: &[Report], names: &[String]) -> Cells {
    let row = |(report, name): (&Report, &String)| {
        let Some(ledger) = &report.ledger else {
            let mut row = vec![name.clone(), "not checked: no store to read".to_owned()];
            row.resize(7, ABSENT.to_owned());
            return row;
        };
        let other = ledger.unsent + ledger.mismatched + ledger.gaps + ledger.epoch_regressions;
        vec![
            name.clone(),
            count(ledger.acked),
            count(ledger.stored),
            count(ledger.missing),
            count(ledger.doubled),
            count(other),
            if ledger.is_clean() { "met" } else { "MISSED" }.to_owned(),
        ]
    };
    let rows = reports.iter().zip(names).map(row).collect();
    cells(
        &[
            "run",
            "acknowledged",
            "stored",
            "missing",
            "doubled",
            "other defects",
            "exactly once",
        ],
        rows,
    )
}

/// Of the runs with a storm.
pub(super) fn storms(reports: &[Report], names: &[String]) -> Cells {
    let mut rows = Vec::new();
    for (report, name) in reports.iter().zip(names) {
        rows.extend(report.storm.map(|storm| {
            vec![
                name.clone(),
                count(storm.dropped),
                count(storm.back),
                figure(storm.all_back_s),
                figure(storm.back_ms.p50),
                figure(storm.back_ms.p99),
                figure(storm.back_ms.max),
            ]
        }));
    }
    cells(
        &[
            "run",
            "dropped",
            "back",
            "all back, s",
            "back p50, ms",
            "back p99, ms",
            "back max, ms",
        ],
        rows,
    )
}

/// Of the runs that looked for one.
pub(super) fn knees(reports: &[Report], names: &[String]) -> Cells {
    let mut rows = Vec::new();
    for (report, name) in reports.iter().zip(names) {
        let Some(knee) = &report.knee else { continue };
        let verdict = |p99: f64| match report.plan.goal.p99_ms {
            Some(asked) if p99 > asked => "passed",
            Some(_) => "kept",
            None => ABSENT,
        };
        rows.extend(knee.steps.iter().map(|step| {
            vec![
                name.clone(),
                figure(step.due_per_s),
                figure(step.acked_per_s),
                figure(step.ack_ms.p50),
                figure(step.ack_ms.p99),
                count(step.errors),
                verdict(step.ack_ms.p99).to_owned(),
            ]
        }));
    }
    cells(
        &[
            "run",
            "due/s",
            "acknowledged/s",
            "p50, ms",
            "p99, ms",
            "errors",
            "p99 goal",
        ],
        rows,
    )
}

fn told(total: u64, by: &std::collections::BTreeMap<String, u64>) -> String {
    let mut text = count(total);
    for (at, (what, times)) in by.iter().enumerate() {
        text += if at == 0 { ": " } else { ", " };
        text += &format!("{what} {times}");
    }
    text
}
