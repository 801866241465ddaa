//! What came of carrying a store, as people read it and as programs do.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::carry::{Carried, LeftOut, Way};
use super::ledger::TableLedger;

/// Which command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Backup,
    Restore,
    Copy,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Both ends are equal, and sound.
    Equal,
    /// They differ, and nothing was kept.
    Different,
    /// They are equal, and what is wrong with the source is wrong with both.
    Faulty,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    command: What,
    /// What came of it.
    pub outcome: Outcome,
    from: String,
    to: String,
    /// Learners, sessions and so on of the source.
    learners: u64,
    sessions: u64,
    events: u64,
    answers: u64,
    /// Sessions of months whose events are detached: they are not in the store, and not in what was made of it.
    archived: u64,
    rows: u64,
    /// The tables of the source; those of the target are equal unless `differences` says otherwise.
    tables: Vec<TableLedger>,
    /// What the target was made without all the same; empty but for `restore`.
    left_out: Vec<LeftOut>,
    differences: Vec<String>,
    faults: Vec<String>,
    /// Schema of the source.
    schema: i64,
    /// Bytes of all rows, in the encoding that both ends are compared in.
    bytes: u64,
    seconds: f64,
}

impl Report {
    pub(super) fn new(what: What, way: &Way<'_>, carried: Carried, time: Duration) -> Report {
        let Carried {
            source,
            made,
            schema,
            kept,
            left_out,
        } = carried;
        let outcome = match (kept, source.faults.is_empty()) {
            (false, _) => Outcome::Different,
            (true, false) => Outcome::Faulty,
            (true, true) => Outcome::Equal,
        };
        Report {
            command: what,
            outcome,
            from: way.from.to_string(),
            to: way.to.to_string(),
            learners: source.rows_of("learners"),
            sessions: source.rows_of("sessions"),
            events: source.rows_of("events"),
            answers: source.answers,
            archived: source.archived,
            rows: source.rows(),
            differences: source.differences(&made),
            tables: source.tables,
            left_out,
            faults: source.faults,
            schema,
            bytes: source.bytes,
            seconds: (time.as_secs_f64() * 1_000.0).round() / 1_000.0,
        }
    }

    fn heading(&self) -> String {
        let Report { from, to, .. } = self;
        match self.command {
            What::Backup => format!("backup of {from} in {to}"),
            What::Restore => format!("{from} restored into {to}"),
            What::Copy => format!("{from} copied to {to}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            Outcome::Equal => "equal",
            Outcome::Different => "DIFFERENT, nothing was kept",
            Outcome::Faulty => "equal, but the source has faults",
        };
        writeln!(f, "{}: {outcome}", self.heading())?;
        writeln!(
            f,
            "  {} learners, {} sessions, {} events, {} of them answers; schema {}",
            self.learners, self.sessions, self.events, self.answers, self.schema
        )?;
        for tally in &self.tables {
            let digest = tally.sha256.get(..16).unwrap_or_default();
            writeln!(
                f,
                "  {:<24}{:>12} rows  sha256 {digest}",
                tally.table, tally.rows
            )?;
        }
        if self.archived > 0 {
            writeln!(
                f,
                "  {} sessions are of months whose events are detached, and go without them",
                self.archived
            )?;
        }
        for LeftOut { table, rows } in &self.left_out {
            writeln!(f, "  left out: {table:<24}{rows:>12} rows")?;
        }
        if !self.left_out.is_empty() {
            writeln!(
                f,
                "  everybody signs in again; passwords, roles and authors are those of the day of the backup"
            )?;
        }
        for difference in &self.differences {
            writeln!(f, "  differs: {difference}")?;
        }
        for fault in &self.faults {
            writeln!(f, "  fault in the source: {fault}")?;
        }
        if self.outcome == Outcome::Equal {
            writeln!(
                f,
                "  checked: every table by count and digest, every session's events there and without a gap"
            )?;
        }
        let rate = self.rows as f64 / self.seconds.max(0.001);
        let mebibytes = self.bytes as f64 / f64::from(1 << 20);
        writeln!(
            f,
            "  {:.1} s, {rate:.0} rows/s, {mebibytes:.1} MiB of rows",
            self.seconds
        )
    }
}
