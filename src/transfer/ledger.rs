//! What a store holds, said so briefly that two can be compared: for each table how many rows and a digest over all
//! of them in the order of their key; and whether sessions are whole.
//!
//! Owns that summary and the comparison. Must not know where rows come from.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::store::postgres::Month;
use crate::store::whole::{Cell, Damaged, Rows, TABLES};

/// Faults named; all are counted.
const NAMED_MAX: usize = 5;

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableLedger {
    /// Its name.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over all of them in the order of their key, in the encoding of `store/whole/rows`.
    pub sha256: String,
}

/// A whole store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Its tables.
    pub tables: Vec<TableLedger>,
    /// Answers among its events.
    pub answers: u64,
    /// Sessions of months of which no session has events: those months are detached, and their tables elsewhere.
    pub archived: u64,
    /// Bytes of its rows, encoded.
    pub bytes: u64,
    /// What is wrong with its sessions, in words.
    pub faults: Vec<String>,
}

impl Ledger {
    /// What the two differ in, in words.
    #[must_use]
    pub fn differences(&self, other: &Ledger) -> Vec<String> {
        let tables = self.tables.iter().zip(&other.tables);
        tables
            .filter(|(one, other)| one != other)
            .map(|(one, other)| match one.rows == other.rows {
                true => format!("{}: {} rows in both, but not the same", one.table, one.rows),
                false => format!(
                    "{}: {} rows in the source, {} in what was made of it",
                    one.table, one.rows, other.rows
                ),
            })
            .collect()
    }

    /// Rows of a table.
    #[must_use]
    pub fn rows_of(&self, table: &str) -> u64 {
        let found = self.tables.iter().find(|tally| tally.table == table);
        found.map_or(0, |tally| tally.rows)
    }

    /// Rows of all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|tally| tally.rows).sum()
    }
}

/// A ledger being made: it is given all rows of a store, tables and rows in order.
pub struct Tally {
    tables: Vec<(u64, Sha256)>,
    bytes: u64,
    /// All sessions of each month, and those that have events: there are as many months as ids can be of.
    months: BTreeMap<Month, (Ids, Ids)>,
    /// The session and the number of the event before.
    before: Option<([u8; 16], i64)>,
    answers: u64,
    gaps: u64,
    faults: Vec<String>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            tables: TABLES.iter().map(|_| (0, Sha256::new())).collect(),
            bytes: 0,
            months: BTreeMap::new(),
            before: None,
            answers: 0,
            gaps: 0,
            faults: Vec::new(),
        }
    }
}

impl Tally {
    /// Takes the next rows.
    ///
    /// # Errors
    /// [`Damaged`] when they break off.
    pub fn take(&mut self, rows: &Rows) -> Result<(), Damaged> {
        let place = TABLES
            .iter()
            .position(|table| table.name == rows.table.name)
            .ok_or(Damaged)?;
        let (count, digest) = &mut self.tables[place];
        *count += rows.count;
        digest.update(&rows.bytes);
        self.bytes += rows.bytes.len() as u64;
        match rows.table.name {
            "sessions" => rows.each(|cells| {
                if let Cell::Id(id) = cells[0] {
                    self.month(id).0.add(id);
                }
                Ok(())
            }),
            "events" => self.events(rows),
            _ => Ok(()),
        }
    }

    /// How many rows were taken.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(rows, _)| rows).sum()
    }

    /// The ledger of everything taken.
    #[must_use]
    pub fn finish(mut self) -> Ledger {
        if self.gaps > self.faults.len() as u64 {
            let more = self.gaps - self.faults.len() as u64;
            self.faults.push(format!("{more} more gaps"));
        }
        let mut archived = 0;
        for (sessions, sat) in self.months.into_values() {
            if sat.count == 0 {
                archived += sessions.count;
            } else if sessions != sat {
                self.faults.push(format!(
                    "of a month, {} sessions, but events of {}, and not of the same ones: some have lost theirs",
                    sessions.count, sat.count
                ));
            }
        }
        let tables = TABLES.iter().zip(self.tables);
        Ledger {
            tables: tables
                .map(|(table, (rows, digest))| TableLedger {
                    table: table.name,
                    rows,
                    sha256: hex(&digest.finalize()),
                })
                .collect(),
            answers: self.answers,
            archived,
            bytes: self.bytes,
            faults: self.faults,
        }
    }

    fn month(&mut self, session: [u8; 16]) -> &mut (Ids, Ids) {
        let month = Month::of(uuid::Uuid::from_bytes(session));
        self.months.entry(month).or_default()
    }

    fn events(&mut self, rows: &Rows) -> Result<(), Damaged> {
        let kind = rows
            .table
            .columns
            .iter()
            .position(|column| column.name == "kind")
            .ok_or(Damaged)?;
        rows.each(|cells| {
            let (Cell::Id(session), Cell::Int(seq)) = (cells[0], cells[1]) else {
                return Err(Damaged);
            };
            if matches!(cells[kind], Cell::Text(b"answered" | b"recorded")) {
                self.answers += 1;
            }
            let last = match self.before {
                Some((before, last)) if before == session => last,
                _ => {
                    self.month(session).1.add(session);
                    0
                }
            };
            if seq != last + 1 {
                self.gaps += 1;
                if self.faults.len() < NAMED_MAX {
                    let session = uuid::Uuid::from_bytes(session);
                    self.faults.push(format!(
                        "session {session}: event {seq} follows event {last}"
                    ));
                }
            }
            self.before = Some((session, seq));
            Ok(())
        })
    }
}

/// A set of ids, of which only its size and a sum of hashes are kept: as good as the set for telling two apart, and
/// of one size however many there are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ids {
    count: u64,
    sum: u128,
}

impl Ids {
    fn add(&mut self, id: [u8; 16]) {
        let digest = Sha256::digest(id);
        let (half, _) = digest
            .split_first_chunk::<16>()
            .expect("a digest has 32 bytes");
        self.count += 1;
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(*half));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
