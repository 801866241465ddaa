//! Answers as a table, for spreadsheets: one a row.
//!
//! Owns its columns. It is not read back: what a session is beside its answers is not in it.

use std::io::{self, Write};

use crate::store::{EventRow, Sitter, WholeSession};

const COLUMNS: [&str; 15] = [
    "session",
    "learner",
    "version",
    "kind",
    "seq",
    "position",
    "item",
    "area",
    "choice",
    "correct",
    "elapsed_ms",
    "theta",
    "standard_error",
    "answered_at_ms",
    "status",
];

/// A table being written.
pub(super) struct Table<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> Table<W> {
    pub(super) fn new(out: W) -> io::Result<Table<W>> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS)?;
        Ok(Table { out })
    }

    pub(super) fn session(&mut self, session: &WholeSession) -> io::Result<()> {
        let row = &session.row;
        let (id, learner) = (row.id.to_string(), learner(&session.sitter));
        for event in session.events.iter().filter(|event| is_answer(event)) {
            let correct = event.correct.map(|correct| if correct { "1" } else { "0" });
            self.out.write_record([
                id.as_str(),
                learner.as_str(),
                row.bank_version.as_str(),
                row.kind.as_str(),
                event.seq.to_string().as_str(),
                number(event.position).as_str(),
                event.item.as_deref().unwrap_or_default(),
                event.area.as_deref().unwrap_or_default(),
                event.choice.as_deref().unwrap_or_default(),
                correct.unwrap_or_default(),
                number(event.elapsed_ms).as_str(),
                number(event.theta).as_str(),
                number(event.standard_error).as_str(),
                event.at_ms.to_string().as_str(),
                row.status.as_str(),
            ])?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether an event is an answer; in an exam, where one may be changed, each that was recorded is.
pub(super) fn is_answer(event: &EventRow) -> bool {
    matches!(event.kind.as_str(), "answered" | "recorded")
}

fn learner(sitter: &Sitter) -> String {
    match sitter {
        Sitter::Learner(name) => name.clone(),
        Sitter::Deleted(tombstone) => tombstone.to_string(),
    }
}

fn number(value: Option<impl ToString>) -> String {
    value.map(|number| number.to_string()).unwrap_or_default()
}
