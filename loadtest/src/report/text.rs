//! A report in words, for a terminal.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::Report;
use crate::ledger::LedgerReport;
use crate::meter::Quantiles;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} sessions, {:.1} s measured{}{}",
            self.scenario,
            self.sessions,
            self.seconds,
            if self.limits {
                ""
            } else {
                ", message limits OFF"
            },
            if self.interrupted {
                ", ended early"
            } else {
                ""
            },
        )?;
        writeln!(
            f,
            "  answers      {} acknowledged, {:.1} a second",
            self.answers_acked, self.answers_per_s
        )?;
        let quantiles = |name: &str, q: &Quantiles| {
            format!(
                "  {name:<12} p50 {:.1}  p90 {:.1}  p99 {:.1}  p99.9 {:.1}  max {:.1} ms",
                q.p50, q.p90, q.p99, q.p999, q.max
            )
        };
        writeln!(f, "{}", quantiles("ack", &self.ack_ms))?;
        writeln!(f, "{}", quantiles("start", &self.start_ms))?;
        writeln!(
            f,
            "  trouble      {} errors{}, {} reconnects{}, {} sent again, {} unacknowledged at the end",
            self.errors,
            listed(&self.errors_by),
            self.reconnects,
            listed(&self.reconnects_by),
            self.resent,
            self.unacked
        )?;
        self.write_use(f)?;
        match &self.ledger {
            None => writeln!(f, "  ledger       not checked: no store to read")?,
            Some(ledger) => write_ledger(f, ledger)?,
        }
        for fault in &self.faults {
            writeln!(f, "  FAULT        {fault}")?;
        }
        Ok(())
    }
}

impl Report {
    fn write_use(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(server) = &self.server {
            writeln!(
                f,
                "  server       {:.1} MiB ({:.1} idle, {:.1} KiB a session), {:.2} cores",
                mib(server.rss_bytes),
                mib(server.rss_idle_bytes),
                server.rss_bytes_per_session as f64 / 1024.0,
                server.cpu_s / self.seconds.max(f64::MIN_POSITIVE),
            )?;
        }
        writeln!(
            f,
            "  load test    {:.1} MiB, {:.2} cores",
            mib(self.client.rss_bytes),
            self.client.cpu_s / self.seconds.max(f64::MIN_POSITIVE),
        )?;
        if let Some(commit) = &self.commit_ms {
            writeln!(
                f,
                "  commit       p50 {:.2}  p99 {:.2} ms, {:.1} rows each",
                commit.p50,
                commit.p99,
                self.batch_rows_mean.unwrap_or(f64::NAN)
            )?;
        }
        Ok(())
    }
}

fn write_ledger(f: &mut fmt::Formatter<'_>, ledger: &LedgerReport) -> fmt::Result {
    writeln!(
        f,
        "  ledger       {} acknowledged, {} stored: {}",
        ledger.acked,
        ledger.stored,
        if ledger.is_clean() {
            "every acknowledged answer is there exactly once".to_owned()
        } else {
            format!(
                "DEFECTS: {} missing, {} doubled, {} never sent, {} mismatched, {} gaps, {} epochs falling",
                ledger.missing,
                ledger.doubled,
                ledger.unsent,
                ledger.mismatched,
                ledger.gaps,
                ledger.epoch_regressions
            )
        }
    )?;
    for example in &ledger.examples {
        writeln!(f, "               {example}")?;
    }
    Ok(())
}

fn listed(counts: &BTreeMap<String, u64>) -> String {
    let mut text = String::new();
    for (name, times) in counts {
        let before = if text.is_empty() { " (" } else { ", " };
        if write!(text, "{before}{name}: {times}").is_err() {
            return text;
        }
    }
    if !text.is_empty() {
        text.push(')');
    }
    text
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
