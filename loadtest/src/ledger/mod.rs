//! What each learner wrote down: every answer, when it was sent, and how it was acknowledged.
//!
//! Owns the lines and their export; `check` holds them against a store. It knows no socket and no
//! clock: times are handed in.

mod check;
mod hand_over;

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::RangeInclusive;

use serde::Serialize;

pub use check::{LedgerReport, StoredAnswer};

/// What separates option ids; none has it.
const OPTION_END: &str = " ";

/// A line's place in its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineId(usize);

/// An answer as it is first sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The session's id.
    pub session: String,
    /// Unique in the session.
    pub request_id: String,
    /// 1-based position.
    pub position: u16,
    /// Option ids submitted.
    pub options: Vec<String>,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
}

/// How an answer was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ack {
    /// The stored event's number.
    pub offset: u32,
    /// Whether it was right; `None` where the reply does not say.
    pub correct: Option<bool>,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
}

/// One answer.
#[derive(Debug)]
struct Line {
    session: u32,
    position: u16,
    request_id: Box<str>,
    /// Between [`OPTION_END`]s: one allocation an answer, of which a run has millions.
    options: Box<str>,
    sent_ms: i64,
    ack: Option<Ack>,
}

/// Every answer sent, in order.
#[derive(Debug, Default)]
pub struct Ledger {
    sessions: Vec<Box<str>>,
    session_ids: HashMap<Box<str>, u32>,
    lines: Vec<Line>,
    /// Offsets a session's learner knows to be events other than its answers.
    others: HashMap<u32, Vec<RangeInclusive<u32>>>,
    /// Acknowledgements that did not say the same as the one before.
    contradictions: u64,
}

/// A line as it is exported.
#[derive(Serialize)]
struct Exported<'a> {
    session: &'a str,
    request_id: &'a str,
    position: u16,
    options: Vec<&'a str>,
    sent_ms: i64,
    ack: Option<Ack>,
}

impl Ledger {
    /// Writes an answer down; called before its first byte leaves.
    pub fn sent(&mut self, sent: Sent) -> LineId {
        let session = self.session(&sent.session);
        self.lines.push(Line {
            session,
            position: sent.position,
            request_id: sent.request_id.into(),
            options: sent.options.join(OPTION_END).into(),
            sent_ms: sent.at_ms,
            ack: None,
        });
        LineId(self.lines.len() - 1)
    }

    /// Writes down that it was acknowledged. Another acknowledgement must say the same as the first; one
    /// that does not is a defect of its own, counted as mismatched.
    pub fn acked(&mut self, line: LineId, ack: Ack) {
        let Some(line) = self.lines.get_mut(line.0) else {
            return;
        };
        match line.ack {
            None => line.ack = Some(ack),
            Some(first) if (first.offset, first.correct) == (ack.offset, ack.correct) => {}
            Some(_) => self.contradictions += 1,
        }
    }

    /// Offsets of `session` that are known to be something other than one of its answers, or that
    /// were not seen one by one: a gap there is no defect.
    pub fn other(&mut self, session: &str, offsets: RangeInclusive<u32>) {
        if offsets.is_empty() {
            return;
        }
        let session = self.session(session);
        self.others.entry(session).or_default().push(offsets);
    }

    /// Answers sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Answers acknowledged.
    #[must_use]
    pub fn acked_count(&self) -> usize {
        self.lines.iter().filter(|line| line.ack.is_some()).count()
    }

    /// Takes over every line of `other`, as when the ledgers of several threads become one.
    pub fn absorb(&mut self, other: Self) {
        let Self {
            sessions,
            lines,
            others,
            contradictions,
            ..
        } = other;
        self.contradictions += contradictions;
        let moved: Vec<u32> = sessions.iter().map(|name| self.session(name)).collect();
        self.lines.extend(lines.into_iter().map(|line| Line {
            session: moved[line.session as usize],
            ..line
        }));
        for (session, ranges) in others {
            self.others
                .entry(moved[session as usize])
                .or_default()
                .extend(ranges);
        }
    }

    /// Writes every line as one JSON object a line.
    ///
    /// # Errors
    /// The writer's.
    pub fn export(&self, mut to: impl Write) -> io::Result<()> {
        for line in &self.lines {
            let exported = Exported {
                session: &self.sessions[line.session as usize],
                request_id: &line.request_id,
                position: line.position,
                options: line.options.split_terminator(OPTION_END).collect(),
                sent_ms: line.sent_ms,
                ack: line.ack,
            };
            serde_json::to_writer(&mut to, &exported)?;
            to.write_all(b"\n")?;
        }
        to.flush()
    }

    fn session(&mut self, name: &str) -> u32 {
        if let Some(id) = self.session_ids.get(name) {
            return *id;
        }
        let id =
            u32::try_from(self.sessions.len()).expect("fewer sessions than four thousand million");
        self.sessions.push(name.into());
        self.session_ids.insert(name.into(), id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(session: &str, request_id: &str) -> Sent {
        Sent {
            session: session.to_owned(),
            request_id: request_id.to_owned(),
            position: 1,
            options: vec!["a".to_owned()],
            at_ms: 5,
        }
    }

    #[test]
    fn a_line_is_exported_with_its_acknowledgement() {
        let mut ledger = Ledger::default();
        let line = ledger.sent(sent("s", "r"));
        let ack = Ack {
            offset: 2,
            correct: Some(true),
            at_ms: 6,
        };
        ledger.acked(line, ack);
        let mut out = Vec::new();
        ledger.export(&mut out).expect("a vector takes every byte");
        let text = String::from_utf8(out).expect("JSON is UTF-8");
        assert_eq!(
            text,
            "{\"session\":\"s\",\"request_id\":\"r\",\"position\":1,\"options\":[\"a\"],\"sent_ms\":5,\
             \"ack\":{\"offset\":2,\"correct\":true,\"at_ms\":6}}\n"
        );
    }

    #[test]
    fn a_second_acknowledgement_must_say_the_same() {
        let mut ledger = Ledger::default();
        let line = ledger.sent(sent("s", "r"));
        let ack = |offset| Ack {
            offset,
            correct: Some(true),
            at_ms: 6,
        };
        ledger.acked(line, ack(2));
        ledger.acked(line, ack(2));
        assert_eq!(ledger.contradictions, 0);
        ledger.acked(line, ack(3));
        assert_eq!(ledger.contradictions, 1);
    }

    #[test]
    fn ledgers_of_two_threads_become_one() {
        let (mut a, mut b) = (Ledger::default(), Ledger::default());
        a.sent(sent("s1", "r1"));
        b.sent(sent("s2", "r2"));
        b.sent(sent("s1", "r3"));
        a.absorb(b);
        assert_eq!(a.len(), 3);
        assert_eq!(a.sessions.len(), 2);
        assert_eq!(&*a.sessions[a.lines[1].session as usize], "s2");
        assert_eq!(&*a.sessions[a.lines[2].session as usize], "s1");
    }
}
