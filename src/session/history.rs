//! The latest events of a session, with what is needed to tell them again: for resumes and repeats.
//!
//! Owns a bounded ring. What is older is read from the store.

use std::collections::VecDeque;

use learnr_domain::session::{Event, Fact, Status};
use learnr_domain::{OptionSet, ReplayError, Session};
use learnr_protocol as wire;

use super::view;

/// Events kept in memory. A client further behind than this is sent the whole state instead.
pub(super) const HISTORY_EVENTS_MAX: usize = 16;

/// An event and the state right after it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) event: Event,
    pub(super) status: wire::SessionStatus,
    pub(super) progress: wire::Progress,
    pub(super) deadline_ms: Option<i64>,
    /// The answer recorded for the question that is open now, in an exam.
    pub(super) chosen: OptionSet,
    pub(super) summary: Option<Box<wire::Summary>>,
}

impl Entry {
    /// The entry of an event that `session` has just applied.
    pub(super) fn after(session: &Session, event: Event) -> Self {
        let summary = matches!(event.fact, Fact::Completed(_))
            .then(|| view::summary(session.bank(), &session.summary()))
            .flatten()
            .map(Box::new);
        Self {
            event,
            status: view::live_status(session.status()),
            progress: view::progress(session),
            deadline_ms: view::deadline(session),
            chosen: session
                .open_question()
                .map_or_else(OptionSet::default, |open| session.recorded(open.position)),
            summary,
        }
    }
}

/// The ring.
#[derive(Debug, Default)]
pub(super) struct History {
    entries: VecDeque<Entry>,
}

impl History {
    /// Adds the newest event; the oldest beyond the bound goes.
    pub(super) fn push(&mut self, entry: Entry) {
        if self.entries.len() == HISTORY_EVENTS_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// The entries after `offset`, when the ring reaches back that far.
    pub(super) fn after(&self, offset: u32) -> Option<impl Iterator<Item = &Entry>> {
        let first = self.entries.front()?.event.seq;
        let last = self.entries.back()?.event.seq;
        if offset > last || offset + 1 < first {
            return None;
        }
        let skip = usize::try_from(offset + 1 - first).ok()?;
        Some(self.entries.iter().skip(skip))
    }

    /// When the newest event happened.
    pub(super) fn last_at(&self) -> Option<learnr_domain::Millis> {
        self.entries.back().map(|entry| entry.event.at)
    }

    /// The entry of one event, when the ring has it.
    pub(super) fn get(&self, seq: u32) -> Option<&Entry> {
        self.after(seq.checked_sub(1)?)?.next()
    }
}

/// Folds stored events into a live session; every entry is handed to `keep`.
pub(super) fn replay(
    bank: std::sync::Arc<learnr_domain::Bank>,
    events: Vec<Event>,
    mut keep: impl FnMut(Entry),
) -> Result<Session, ReplayError> {
    let mut events = events.into_iter();
    let first = events.next().ok_or(ReplayError::Empty)?;
    let mut session = Session::replay(bank, [&first])?;
    keep(Entry::after(&session, first));
    for event in events {
        session.apply(&event)?;
        keep(Entry::after(&session, event));
    }
    Ok(session)
}

/// Whether a session has ended.
pub(super) fn has_ended(session: &Session) -> bool {
    matches!(session.status(), Status::Ended(_))
}
