//! A ledger on its way from the process that kept it to the coordinator: a line an answer, fields between tabs.
//! Owns that format, which lives as long as a run and is nobody else's.

use std::io::{self, BufRead, Write};

use super::{Ack, Ledger, Line};

/// Longest line that is read, bytes: a session's ids and an answer's options have bounds far below.
const LINE_BYTES_MAX: usize = 64 * 1024;

impl Ledger {
    /// Writes everything, sessions first.
    ///
    /// # Errors
    /// The writer's.
    pub fn hand_over(&self, mut to: impl Write) -> io::Result<()> {
        for session in &self.sessions {
            writeln!(to, "S\t{session}")?;
        }
        for line in &self.lines {
            let Line {
                session,
                position,
                request_id,
                options,
                sent_ms,
                ack,
            } = line;
            write!(
                to,
                "L\t{session}\t{position}\t{request_id}\t{options}\t{sent_ms}"
            )?;
            if let Some(ack) = ack {
                let correct = match ack.correct {
                    None => "-",
                    Some(false) => "0",
                    Some(true) => "1",
                };
                write!(to, "\t{}\t{correct}\t{}", ack.offset, ack.at_ms)?;
            }
            writeln!(to)?;
        }
        for (session, ranges) in &self.others {
            for range in ranges {
                writeln!(to, "O\t{session}\t{}\t{}", range.start(), range.end())?;
            }
        }
        writeln!(to, "X\t{}", self.contradictions)?;
        to.flush()
    }

    /// Reads what was handed over, to its last line.
    ///
    /// # Errors
    /// The reader's, or a line that makes no sense, or an end without the last line.
    pub fn taken_over(mut from: impl BufRead) -> io::Result<Self> {
        let mut ledger = Self::default();
        let mut text = String::new();
        loop {
            text.clear();
            if from.read_line(&mut text)? == 0 {
                return Err(io::Error::other("the ledger ends before its last line"));
            }
            let line = text.trim_end_matches('\n');
            if line.len() > LINE_BYTES_MAX {
                return Err(io::Error::other("a line of a ledger is too long"));
            }
            match ledger.take_line(line) {
                Some(false) => {}
                Some(true) => return Ok(ledger),
                None => {
                    return Err(io::Error::other(format!(
                        "not a line of a ledger: {line:?}"
                    )));
                }
            }
        }
    }

    /// Takes one line; whether it was the last. `None` when it makes no sense.
    fn take_line(&mut self, line: &str) -> Option<bool> {
        let (kind, rest) = line.split_once('\t')?;
        let mut fields = rest.split('\t');
        match kind {
            "S" => {
                self.session(rest);
            }
            "L" => {
                let line = Line {
                    session: self.known(fields.next()?)?,
                    position: fields.next()?.parse().ok()?,
                    request_id: fields.next()?.into(),
                    options: fields.next()?.into(),
                    sent_ms: fields.next()?.parse().ok()?,
                    ack: match fields.next() {
                        None => None,
                        Some(offset) => Some(ack(offset, fields.next()?, fields.next()?)?),
                    },
                };
                self.lines.push(line);
            }
            "O" => {
                let session = self.known(fields.next()?)?;
                let first = fields.next()?.parse().ok()?;
                let last = fields.next()?.parse().ok()?;
                self.others.entry(session).or_default().push(first..=last);
            }
            "X" => {
                self.contradictions = rest.parse().ok()?;
                return Some(true);
            }
            _ => return None,
        }
        Some(false)
    }

    fn known(&self, session: &str) -> Option<u32> {
        let session: u32 = session.parse().ok()?;
        ((session as usize) < self.sessions.len()).then_some(session)
    }
}

fn ack(offset: &str, correct: &str, at_ms: &str) -> Option<Ack> {
    Some(Ack {
        offset: offset.parse().ok()?,
        correct: match correct {
            "-" => None,
            "0" => Some(false),
            "1" => Some(true),
            _ => return None,
        },
        at_ms: at_ms.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Sent;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for n in 0..3_u16 {
            let id = ledger.sent(Sent {
                session: format!("s{}", n % 2),
                request_id: format!("r-{n}"),
                position: n + 1,
                options: vec!["a".to_owned(), "b".to_owned()],
                at_ms: 5,
            });
            if n > 0 {
                ledger.acked(
                    id,
                    Ack {
                        offset: u32::from(n),
                        correct: (n == 1).then_some(true),
                        at_ms: 9,
                    },
                );
            }
        }
        ledger.other("s1", 1..=4);
        ledger.contradictions = 2;
        ledger
    }

    #[test]
    fn what_is_taken_over_is_what_was_handed_over() {
        let ledger = ledger();
        let mut bytes = Vec::new();
        ledger.hand_over(&mut bytes).expect("a vector takes it");
        let taken = Ledger::taken_over(bytes.as_slice()).expect("it reads back");
        let export = |ledger: &Ledger| {
            let mut text = Vec::new();
            ledger.export(&mut text).expect("a vector takes it");
            text
        };
        assert_eq!(export(&taken), export(&ledger));
        assert_eq!(taken.others, ledger.others);
        assert_eq!(taken.contradictions, 2);
        assert_eq!(taken.session_ids, ledger.session_ids);
    }

    #[test]
    fn a_ledger_cut_short_is_not_taken_for_a_whole_one() {
        let mut bytes = Vec::new();
        ledger().hand_over(&mut bytes).expect("a vector takes it");
        for cut in [bytes.len() - 4, bytes.len() / 2, 0] {
            assert!(Ledger::taken_over(&bytes[..cut]).is_err(), "{cut}");
        }
        assert!(Ledger::taken_over("L\t7\t1\tr\ta\t5\nX\t0\n".as_bytes()).is_err());
    }
}
