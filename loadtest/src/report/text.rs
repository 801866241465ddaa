//! A report in words, for a terminal. Owns the words; the figures are the report's.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::format::{figure, kib, mib, short};
use super::{Report, goal};
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
        self.write_ground(f)?;
        writeln!(
            f,
            "  answers      {} due, {} acknowledged, {:.1} a second",
            self.answers_due, self.answers_acked, self.answers_per_s
        )?;
        writeln!(f, "{}", quantiles("ack", &self.ack_ms))?;
        writeln!(f, "{}", quantiles("start", &self.start_ms))?;
        if let Some(undisturbed) = &self.undisturbed_ms {
            writeln!(f, "{}", quantiles("undisturbed", undisturbed))?;
        }
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
        self.write_floor(f)?;
        self.write_storm(f)?;
        self.write_knee(f)?;
        match &self.ledger {
            None => writeln!(f, "  ledger       not checked: no store to read")?,
            Some(ledger) => write_ledger(f, ledger)?,
        }
        for reached in &self.goals {
            writeln!(
                f,
                "  {:<12} {}: {} asked, {} reached",
                if reached.met {
                    "goal met"
                } else {
                    "goal MISSED"
                },
                goal::subject(&reached.goal),
                goal::asked(reached),
                goal::reached(reached)
            )?;
        }
        for fault in &self.faults {
            writeln!(f, "  FAULT        {fault}")?;
        }
        Ok(())
    }
}

impl Report {
    /// What ran, and on what.
    fn write_ground(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, under) = (&self.machine, &self.plan.environment);
        writeln!(
            f,
            "  machine      {} cores of {}, {:.0} MiB, {}, load {} before; {} at {}",
            machine.cores,
            machine.processor,
            mib(machine.memory_bytes),
            machine.kernel,
            short(machine.load_before),
            machine.release,
            machine.commit
        )?;
        write!(
            f,
            "  environment  {}, {} instance(s)",
            machine.database, under.instances
        )?;
        if under.database_delay_ms > 0 {
            write!(f, ", database {} ms away", under.database_delay_ms)?;
        }
        if let Some(cpus) = under.cpus {
            write!(f, ", {} processors each", short(cpus))?;
        }
        if let Some(memory) = under.memory_mib {
            write!(f, ", {memory} MiB each")?;
        }
        writeln!(f)
    }

    fn write_floor(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(floor) = &self.floor else {
            return Ok(());
        };
        writeln!(
            f,
            "  floor        echo {}/s, batch {} rows/s, combined {}/s; ours is {} of it, p50 {} times echo and commit",
            figure(floor.echo_per_s),
            figure(floor.batch_rows_per_s),
            figure(floor.combined_per_s),
            short(floor.ratio),
            short(floor.p50_ratio)
        )
    }

    fn write_storm(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(storm) = &self.storm else {
            return Ok(());
        };
        writeln!(
            f,
            "  storm        {} of {} back in {:.1} s; each p50 {:.0}  p99 {:.0}  max {:.0} ms",
            storm.back,
            storm.dropped,
            storm.all_back_s,
            storm.back_ms.p50,
            storm.back_ms.p99,
            storm.back_ms.max
        )
    }

    fn write_knee(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(knee) = &self.knee else {
            return Ok(());
        };
        writeln!(f, "  knee         {} answers/s", figure(knee.answers_per_s))?;
        for step in &knee.steps {
            writeln!(
                f,
                "               {:>8} due/s  {:>8} acknowledged/s  p50 {:>6}  p99 {:>6} ms  {} errors",
                figure(step.due_per_s),
                figure(step.acked_per_s),
                figure(step.ack_ms.p50),
                figure(step.ack_ms.p99),
                step.errors
            )?;
        }
        Ok(())
    }

    fn write_use(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(server) = &self.server {
            writeln!(
                f,
                "  server       {:.1} MiB ({:.1} idle, {:.1} KiB a session), {:.2} cores",
                mib(server.rss_bytes),
                mib(server.rss_idle_bytes),
                kib(server.rss_bytes_per_session),
                server.cpu_s / self.seconds.max(f64::MIN_POSITIVE),
            )?;
        }
        if let Some(held) = &self.throttled {
            writeln!(
                f,
                "  bounds       held back in {} of {} periods, {:.1} s in all; memory at most {:.1} MiB",
                held.periods_throttled,
                held.periods,
                held.throttled_s,
                mib(held.memory_peak_bytes),
            )?;
        }
        if let Some(database) = &self.database {
            writeln!(
                f,
                "  database     {:.1} MiB, {:.2} cores",
                mib(database.rss_bytes),
                database.cpu_s / self.seconds.max(f64::MIN_POSITIVE),
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

fn quantiles(name: &str, q: &Quantiles) -> String {
    format!(
        "  {name:<12} p50 {:.1}  p90 {:.1}  p99 {:.1}  p99.9 {:.1}  max {:.1} ms",
        q.p50, q.p90, q.p99, q.p999, q.max
    )
}

#[cfg(test)]
mod tests {
    use crate::report::specimen::report;

    #[test]
    fn a_report_tells_everything_that_was_measured() {
        let text = report("human-1000", 1.0).to_string();
        for told in [
            "6000 due, 5990 acknowledged",
            "PostgreSQL 16.4, 1 instance(s)",
            "ours is 0.47 of it, p50 2.25 times",
            "1000 of 1000 back in 6.2 s",
            "knee         17,086 answers/s",
            "undisturbed  p50 1.7",
            "database     190.0 MiB",
            "goal MISSED  acknowledged, p99: at most 5 ms asked, 5.4 ms reached",
            "goal met     errors: at most 1 asked, 1 reached",
            "FAULT        an <example> of a fault",
        ] {
            assert!(text.contains(told), "{told} is not in:\n{text}");
        }
    }
}
