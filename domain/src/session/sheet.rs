//! The answer sheet of an exam: its form, what was recorded and flagged, and how long each question was open.
//!
//! Owns that part of the state and how it changes. Nothing on it is judged before the exam is submitted. Must not
//! know commands or decide anything.

use super::event::{Recorded, Served};
use crate::bank::Bank;
use crate::ids::{ItemIx, OptionOrder, OptionSet, Position};
use crate::learner::Response;
use crate::selection::Reason;
use crate::tick::Millis;

/// An exam's questions in order; position 1 is the first.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) seats: Vec<Seat>,
    /// Answers replaced, flags set or taken away, and moves: what the limit on changes counts.
    pub(super) changes: u32,
}

/// One question of an exam, in 32 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) item: ItemIx,
    /// Milliseconds it was open, up to the last time it was left; bounded by the clock of the exam.
    pub(super) open_ms: u32,
    /// When its answer was recorded last.
    pub(super) at: Millis,
    pub(super) order: OptionOrder,
    pub(super) reason: Reason,
    /// The answer recorded last; empty while there is none.
    pub(super) chosen: OptionSet,
    pub(super) evidence: bool,
    pub(super) flagged: bool,
    /// Whether the answer recorded last took longer than the exam gives for a question.
    pub(super) slow: bool,
}

impl Sheet {
    /// The sheet of a form, nothing answered.
    pub(super) fn new(form: &[Served]) -> Self {
        let seat = |served: &Served| Seat {
            item: served.item,
            open_ms: 0,
            at: served.at,
            order: served.order,
            reason: served.reason,
            chosen: OptionSet::default(),
            evidence: served.evidence,
            flagged: false,
            slow: false,
        };
        Self {
            seats: form.iter().map(seat).collect(),
            changes: 0,
        }
    }

    pub(super) fn seat(&self, position: Position) -> Option<&Seat> {
        self.seats.get(usize::from(position.0).checked_sub(1)?)
    }

    /// The question at a position as it is put before the learner at `at`.
    pub(super) fn served(&self, position: Position, at: Millis) -> Option<Served> {
        self.seat(position).map(|seat| Served {
            position,
            item: seat.item,
            order: seat.order,
            reason: seat.reason,
            at,
            evidence: seat.evidence,
        })
    }

    /// Milliseconds a question has been open at `now`, of which `open` is the one open.
    pub(super) fn open_ms(&self, position: Position, open: Option<&Served>, now: Millis) -> i64 {
        let before = self
            .seat(position)
            .map_or(0, |seat| i64::from(seat.open_ms));
        let running = open.filter(|open| open.position == position);
        before + running.map_or(0, |open| now.since(open.at))
    }

    pub(super) fn answered(&self) -> u16 {
        self.seats
            .iter()
            .filter(|seat| !seat.chosen.is_empty())
            .count() as u16
    }

    /// Answers recorded that are exactly their item's key.
    pub(super) fn correct(&self, bank: &Bank) -> u16 {
        let right = |seat: &&Seat| seat.chosen == bank.item(seat.item).key;
        self.seats.iter().filter(right).count() as u16
    }

    /// The answers recorded, judged: one for each question that has one, in order of position.
    pub(super) fn responses<'a>(&'a self, bank: &'a Bank) -> impl Iterator<Item = Response> + 'a {
        let answered = self.seats.iter().filter(|seat| !seat.chosen.is_empty());
        answered.map(|seat| {
            let item = bank.item(seat.item);
            Response {
                at: seat.at,
                item: seat.item,
                area: item.area,
                correct: seat.chosen == item.key,
                evidence: seat.evidence,
                slow: seat.slow,
            }
        })
    }

    /// The questions without an answer: missed, and no evidence. `at`: the end of the exam.
    pub(super) fn unanswered<'a>(
        &'a self,
        bank: &'a Bank,
        at: Millis,
    ) -> impl Iterator<Item = Response> + 'a {
        let unanswered = self.seats.iter().filter(|seat| seat.chosen.is_empty());
        unanswered.map(move |seat| Response {
            at,
            item: seat.item,
            area: bank.item(seat.item).area,
            correct: false,
            evidence: false,
            slow: false,
        })
    }

    /// `slow`: whether it took longer than the exam gives.
    pub(super) fn record(&mut self, at: Millis, recorded: &Recorded, slow: bool) {
        let Some(seat) = self.seat_mut(recorded.position) else {
            return;
        };
        let replaced = !seat.chosen.is_empty();
        seat.chosen = recorded.chosen;
        seat.at = at;
        seat.slow = slow;
        self.changes = self.changes.saturating_add(u32::from(replaced));
    }

    pub(super) fn flag(&mut self, position: Position, flagged: bool) {
        if let Some(seat) = self.seat_mut(position) {
            seat.flagged = flagged;
            self.changes = self.changes.saturating_add(1);
        }
    }

    pub(super) fn count_move(&mut self) {
        self.changes = self.changes.saturating_add(1);
    }

    /// Adds the time an open question has had when it is left at `at`.
    pub(super) fn leave(&mut self, open: Served, at: Millis) {
        let spent = u32::try_from(at.since(open.at)).unwrap_or(0);
        if let Some(seat) = self.seat_mut(open.position) {
            seat.open_ms = seat.open_ms.saturating_add(spent);
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.seats.capacity() * size_of::<Seat>()
    }

    fn seat_mut(&mut self, position: Position) -> Option<&mut Seat> {
        self.seats.get_mut(usize::from(position.0).checked_sub(1)?)
    }
}
