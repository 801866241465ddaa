//! What may be done in an exam, and in no other kind of session.
//!
//! Owns the decisions on recorded answers, flags and moves, the limit on changes, and the result. Changes nothing,
//! like the rest of a decision.

use super::decide::{Answer, Desk, named};
use super::event::{Event, Fact, Recorded, Served};
use super::refusal::Refusal;
use super::sheet::Sheet;
use crate::bank::Bank;
use crate::ids::{OptionSet, Position, RequestId};

/// Answers replaced, flags and moves that one exam takes for each of its questions, on average; each leaves an event
/// behind. First answers are never refused for it.
pub const CHANGES_PER_QUESTION_MAX: u32 = 20;

/// Rounding of a pass mark times a length; a count of right answers is whole.
const ROUNDING: f64 = 1e-9;

/// What a submitted exam comes to: unanswered questions count as wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExamResult {
    /// Questions of the exam.
    pub questions: u16,
    /// Of them, answered right.
    pub correct: u16,
    /// Right answers that pass.
    pub needed: u16,
}

impl ExamResult {
    /// The result of `correct` right answers in an exam of `questions` with the pass mark of `bank`.
    pub fn new(bank: &Bank, questions: u16, correct: u16) -> Self {
        let needed = bank.certification().pass_mark * f64::from(questions) - ROUNDING;
        Self {
            questions,
            correct,
            needed: needed.ceil() as u16,
        }
    }

    /// Whether the exam is passed.
    pub fn passed(&self) -> bool {
        self.correct >= self.needed
    }
}

/// One question of an exam as the learner finds it in the overview. It says nothing about right or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its place in the exam.
    pub position: Position,
    /// The answer recorded last; empty while there is none.
    pub chosen: OptionSet,
    /// Whether the learner marked it to come back to.
    pub flagged: bool,
}

impl Desk<'_> {
    /// Records an answer to any position, first or not. It is judged when the exam is submitted.
    pub(super) fn record(
        &self,
        sheet: &Sheet,
        request: &RequestId,
        answer: &Answer<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let position = answer.position;
        let seat = sheet
            .seat(position)
            .ok_or(Refusal::NotServed { position })?;
        let item = self.bank.item(seat.item);
        let chosen = named(item, answer.options)?;
        answer.check_confidence()?;
        if !seat.chosen.is_empty() {
            self.check_changes(sheet)?;
        }
        let open = self.state.open.as_ref();
        let recorded = Recorded {
            position,
            item: seat.item,
            chosen,
            correct: chosen == item.key,
            elapsed_ms: sheet.open_ms(position, open, self.now),
            confidence: answer.confidence,
            area: item.area,
            // Whoever answers another question than the one open stays where they are.
            next: open
                .filter(|open| open.position == position)
                .and_then(|_| sheet.served(Position(position.0 + 1), self.now)),
        };
        Ok(vec![
            self.event(Some(request), Fact::Recorded(Box::new(recorded))),
        ])
    }

    pub(super) fn flag(
        &self,
        request: &RequestId,
        position: Position,
        flagged: bool,
    ) -> Result<Vec<Event>, Refusal> {
        let sheet = self.change(position)?;
        self.check_changes(sheet)?;
        let fact = Fact::Flagged { position, flagged };
        Ok(vec![self.event(Some(request), fact)])
    }

    pub(super) fn go_to(&self, position: Position) -> Result<Vec<Event>, Refusal> {
        let sheet = self.change(position)?;
        self.check_changes(sheet)?;
        let to = self.served_at(sheet, position)?;
        Ok(vec![self.event(None, Fact::Moved(Box::new(to)))])
    }

    /// The sheet, when this is an exam that still runs and has such a position.
    fn change(&self, position: Position) -> Result<&Sheet, Refusal> {
        let sheet = self.state.sheet.as_ref().ok_or(Refusal::ExamOnly)?;
        self.check_clock()?;
        self.served_at(sheet, position).map(|_| sheet)
    }

    fn served_at(&self, sheet: &Sheet, position: Position) -> Result<Served, Refusal> {
        sheet
            .served(position, self.now)
            .ok_or(Refusal::NotServed { position })
    }

    fn check_changes(&self, sheet: &Sheet) -> Result<(), Refusal> {
        let limit = CHANGES_PER_QUESTION_MAX * sheet.seats.len() as u32;
        match sheet.changes < limit {
            true => Ok(()),
            false => Err(Refusal::TooManyChanges { limit }),
        }
    }
}
