//! From lines to sessions: what is sound is given on, what is not is noted with its line.
//!
//! Owns the checks that need no store. Must not store.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::Path;

use super::line::{Counts, FORMAT, Header, SessionLine, Trailer, VERSION};
use super::lines::{LINE_BYTES_MAX, Line, Lines};
use crate::import::report::{Notes, Place};
use crate::store::{SessionStatus, WholeSession, record};

/// A session and the line it is on.
pub(super) struct Numbered {
    pub(super) line: u64,
    pub(super) session: WholeSession,
}

/// A file being read. The header has been.
pub(super) struct Reading {
    lines: Lines<File>,
    /// Bytes of the whole file.
    pub(super) size: u64,
    pub(super) certification: String,
    /// Items of each version met; `None` for one that the store has not.
    pub(super) versions: HashMap<String, Option<HashSet<String>>>,
    pub(super) read: Counts,
    ended: bool,
}

/// What a line comes to.
pub(super) enum Next {
    /// A session of a version not met yet: see to `versions`, then give it to [`Reading::check`].
    Session(Box<Numbered>),
    /// A line that was noted as faulty.
    Faulty,
    /// The file has ended.
    End,
}

impl Reading {
    /// Reads the header; `None` when it was noted as faulty.
    pub(super) fn begin(path: &Path, notes: &mut Notes) -> io::Result<Option<Reading>> {
        let (mut lines, size) = Lines::of_file(path)?;
        let expected = format!(r#"a header: {{"format":"{FORMAT}","version":{VERSION},...}}"#);
        let found = match lines.next()? {
            Some(Line::Whole(_, line)) => match serde_json::from_slice::<Header>(&line) {
                Ok(header) if header.format != FORMAT => Err(header.format),
                Ok(header) if header.version != VERSION => {
                    let newer = "; a newer release wrote it, or an older one";
                    Err(format!("version {}{newer}", header.version))
                }
                Ok(header) => Ok(header),
                Err(error) => Err(error.to_string()),
            },
            Some(Line::TooLong(_)) => Err(format!("more than {LINE_BYTES_MAX} bytes")),
            None => Err("an empty file".to_owned()),
        };
        let header = match found {
            Ok(header) => header,
            Err(found) => {
                notes.fault_plain(at(1), expected, found);
                return Ok(None);
            }
        };
        Ok(Some(Reading {
            lines,
            size,
            certification: header.certification,
            versions: HashMap::new(),
            read: Counts::default(),
            ended: false,
        }))
    }

    /// How many bytes were read.
    pub(super) fn bytes(&self) -> u64 {
        self.lines.bytes
    }

    /// Reads the next line.
    pub(super) fn next(&mut self, notes: &mut Notes) -> io::Result<Next> {
        let (number, line) = match self.lines.next()? {
            None => {
                if !self.ended {
                    let expected = "a last line with counts";
                    notes.fault_plain(
                        Place::default(),
                        expected,
                        "the end: the file was cut short",
                    );
                }
                return Ok(Next::End);
            }
            Some(Line::TooLong(number)) => {
                let expected = format!("a line of at most {LINE_BYTES_MAX} bytes");
                notes.fault_plain(at(number), expected, "a longer one");
                return Ok(Next::Faulty);
            }
            Some(Line::Whole(number, line)) => (number, line),
        };
        if self.ended {
            notes.fault_plain(at(number), "nothing behind the last line", "another");
            return Ok(Next::Faulty);
        }
        if line.starts_with(br#"{"end""#) {
            self.end(number, &line, notes);
            return Ok(Next::Faulty);
        }
        let parsed: SessionLine = match serde_json::from_slice(&line) {
            Ok(parsed) => parsed,
            Err(error) => {
                notes.fault_plain(at(number), "a session", error);
                return Ok(Next::Faulty);
            }
        };
        let id = parsed.id();
        self.read.sessions += 1;
        match parsed.into_session(&self.certification) {
            Ok(session) => {
                self.read.events += session.events.len() as u64;
                let line = number;
                Ok(Next::Session(Box::new(Numbered { line, session })))
            }
            Err((field, expected, found)) => {
                let place = at(number).column(format!("{field} of session {id}"));
                notes.fault(place, expected, &found);
                Ok(Next::Faulty)
            }
        }
    }

    /// Whether a session is sound; noted when it is not. Its version has been looked for.
    pub(super) fn check(&self, numbered: &Numbered, now_ms: i64, notes: &mut Notes) -> bool {
        let session = &numbered.session;
        let why = match self.versions.get(&session.row.bank_version) {
            Some(Some(items)) => session
                .refusal(now_ms)
                .or_else(|| unreadable(session, items)),
            _ => Some(format!(
                "version {} of {}, which this store has not: import that certification first",
                session.row.bank_version, self.certification
            )),
        };
        if let Some(why) = &why {
            refused(numbered, why, notes);
        }
        why.is_none()
    }

    fn end(&mut self, number: u64, line: &[u8], notes: &mut Notes) {
        self.ended = true;
        match serde_json::from_slice::<Trailer>(line) {
            Ok(trailer) if trailer.end == self.read => {}
            Ok(trailer) => {
                let counted = |counts: Counts| {
                    format!("{} sessions with {} events", counts.sessions, counts.events)
                };
                let (expected, found) = (counted(trailer.end), counted(self.read));
                notes.fault_plain(at(number), format!("{expected} before this line"), found);
            }
            Err(error) => notes.fault_plain(at(number), "counts", error),
        }
    }
}

/// Notes a session that is not taken.
pub(super) fn refused(numbered: &Numbered, why: &str, notes: &mut Notes) {
    let expected = format!(
        "session {} to be whole and its learner's",
        numbered.session.row.id
    );
    notes.fault_plain(at(numbered.line), expected, why);
}

/// Why an event cannot be read. Those of a session that was stopped by a fault perhaps never could be.
fn unreadable(session: &WholeSession, items: &HashSet<String>) -> Option<String> {
    if session.row.status == SessionStatus::Faulted {
        return None;
    }
    if session
        .events
        .first()
        .is_none_or(|event| event.kind != "started")
    {
        return Some("a first event that is no start".to_owned());
    }
    session.events.iter().find_map(|event| {
        let seq = event.seq;
        if let Err(error) = record::event_from_row(event) {
            return Some(format!("event {seq}: {error}"));
        }
        let item = event.item.as_ref().filter(|item| !items.contains(*item))?;
        Some(format!(
            "event {seq}: item {item:?}, which its version has not"
        ))
    })
}

fn at(line: u64) -> Place {
    Place {
        line: Some(line),
        ..Place::default()
    }
}
