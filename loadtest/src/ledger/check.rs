//! The proof: the ledger held against the store. Pure; it reads rows from an iterator.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Ledger;

/// Examples of defects kept in a report.
const EXAMPLES_MAX: usize = 20;

/// An answer as the store holds it: one line of `learnr answers`. Unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// The session's id.
    pub session: String,
    /// The event's number.
    pub seq: u32,
    /// As the client chose it.
    pub request_id: String,
    /// 1-based position.
    pub position: u16,
    /// The epoch it was written under.
    pub epoch: i64,
}

/// What came of the check. Every count but the first three must be 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerReport {
    /// Answers sent.
    pub sent: u64,
    /// Answers acknowledged to a learner.
    pub acked: u64,
    /// Answers in the store.
    pub stored: u64,
    /// Acknowledged, and not in the store.
    pub missing: u64,
    /// Stored more than once: the same request, or two answers to one position.
    pub doubled: u64,
    /// Stored, and never sent.
    pub unsent: u64,
    /// Stored otherwise than sent or acknowledged, or acknowledged twice in different words.
    pub mismatched: u64,
    /// Numbers below a session's last answer that no event accounts for, or two rows share.
    pub gaps: u64,
    /// Rows under a lower epoch than the row before them.
    pub epoch_regressions: u64,
    /// The first few defects, in words.
    pub examples: Vec<String>,
}

impl LedgerReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.defects() == 0
    }

    /// Everything that is wrong, counted.
    #[must_use]
    pub fn defects(&self) -> u64 {
        self.missing
            + self.doubled
            + self.unsent
            + self.mismatched
            + self.gaps
            + self.epoch_regressions
    }

    fn example(&mut self, words: impl FnOnce() -> String) {
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(words());
        }
    }
}

/// What is kept of a row to look at a session in order.
struct Row {
    seq: u32,
    position: u16,
    epoch: i64,
    /// The ledger's line, when somebody sent it.
    line: Option<usize>,
}

impl Ledger {
    /// Holds the ledger against every stored answer.
    ///
    /// Rows may come in any order. Memory: some 100 bytes for each line and row.
    #[must_use]
    pub fn check(&self, stored: impl Iterator<Item = StoredAnswer>) -> LedgerReport {
        let mut report = LedgerReport {
            sent: self.lines.len() as u64,
            acked: self.acked_count() as u64,
            mismatched: self.contradictions,
            ..LedgerReport::default()
        };
        let index: HashMap<(u32, &str), usize> = self
            .lines
            .iter()
            .enumerate()
            .map(|(at, line)| ((line.session, &*line.request_id), at))
            .collect();
        let mut seen = vec![0_u32; self.lines.len()];
        let mut sessions: HashMap<String, Vec<Row>> = HashMap::new();
        for row in stored {
            report.stored += 1;
            let line = self
                .session_ids
                .get(row.session.as_str())
                .and_then(|session| index.get(&(*session, row.request_id.as_str())));
            match line {
                None => {
                    report.unsent += 1;
                    report.example(|| format!("nobody sent {row:?}"));
                }
                Some(at) => {
                    seen[*at] += 1;
                    self.compare(*at, &row, &mut report);
                }
            }
            sessions.entry(row.session).or_default().push(Row {
                seq: row.seq,
                position: row.position,
                epoch: row.epoch,
                line: line.copied(),
            });
        }
        self.count(&seen, &mut report);
        for (session, rows) in &mut sessions {
            self.walk(session, rows, &mut report);
        }
        report
    }

    fn compare(&self, at: usize, row: &StoredAnswer, report: &mut LedgerReport) {
        let line = &self.lines[at];
        let offset_differs = line.ack.is_some_and(|ack| ack.offset != row.seq);
        if offset_differs || line.position != row.position {
            report.mismatched += 1;
            report.example(|| format!("{row:?} was acknowledged as {line:?}"));
        }
    }

    fn count(&self, seen: &[u32], report: &mut LedgerReport) {
        for (line, times) in self.lines.iter().zip(seen) {
            if *times == 0 && line.ack.is_some() {
                report.missing += 1;
                let session = &self.sessions[line.session as usize];
                report.example(|| format!("missing from {session}: {line:?}"));
            }
            if *times > 1 {
                report.doubled += u64::from(times - 1);
                report.example(|| format!("stored {times} times: {line:?}"));
            }
        }
    }

    /// Looks at one session's rows in the order of their numbers.
    fn walk(&self, session: &str, rows: &mut [Row], report: &mut LedgerReport) {
        rows.sort_unstable_by_key(|row| row.seq);
        for pair in rows.windows(2) {
            if pair[1].epoch < pair[0].epoch {
                report.epoch_regressions += 1;
                report.example(|| format!("epoch falls at seq {} of {session}", pair[1].seq));
            }
        }
        let nothing = Vec::new();
        let others = self
            .session_ids
            .get(session)
            .and_then(|id| self.others.get(id))
            .unwrap_or(&nothing);
        let holes = holes(rows, others);
        if holes > 0 {
            report.gaps += holes;
            report
                .example(|| format!("{holes} numbers of {session} belong to no event, or to two"));
        }
        let doubled = answered_twice(rows);
        if doubled > 0 {
            report.doubled += doubled;
            report.example(|| format!("a position of {session} is answered twice"));
        }
    }
}

/// Positions that two different requests answered. One request stored twice is counted elsewhere.
fn answered_twice(rows: &[Row]) -> u64 {
    let mut answers: Vec<_> = rows.iter().map(|row| (row.position, row.line)).collect();
    answers.sort_unstable();
    answers.dedup();
    answers
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .count() as u64
}

/// Numbers from 1 to the last row's that neither a row nor a known other event has, plus numbers that
/// two rows share.
fn holes(rows: &[Row], others: &[RangeInclusive<u32>]) -> u64 {
    let Some(last) = rows.last().map(|row| row.seq) else {
        return 0;
    };
    let shared = rows
        .windows(2)
        .filter(|pair| pair[0].seq == pair[1].seq)
        .count() as u64;
    let mut rows = rows.iter().map(|row| row.seq).peekable();
    let mut holes = 0;
    for seq in 1..=last {
        let mut stored = false;
        while rows.next_if_eq(&seq).is_some() {
            stored = true;
        }
        if !stored && !others.iter().any(|range| range.contains(&seq)) {
            holes += 1;
        }
    }
    holes + shared
}

#[cfg(test)]
mod tests;
