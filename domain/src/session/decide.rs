//! What a command comes to: events, or a refusal.
//!
//! Owns the rules of a running session and the order in which they are checked. Changes nothing: the events
//! it returns do, once they are stored and applied.

use super::command::Command;
use super::event::{Answered, Completed, EndReason, Event, Fact, Served};
use super::fold::{Ahead, State, correct_among};
use super::outcome::{Asking, Reading, end, serve};
use super::refusal::Refusal;
use super::{CREDIT_MS_MAX, Decision, PAUSES_MAX, request};
use crate::bank::{Bank, Item, Select};
use crate::ids::{OptionId, OptionSet, Position, RequestId};
use crate::learner::Response;
use crate::tick::{Millis, Tick};

pub(super) fn decide(
    bank: &Bank,
    state: &State,
    command: &Command,
    tick: Tick,
) -> Result<Decision, Refusal> {
    if let Some(seq) = request::repeated(&state.requests, command)? {
        return Ok(Decision::Repeat { seq });
    }
    if state.ended.is_some() {
        return Err(Refusal::Ended);
    }
    let desk = Desk {
        bank,
        state,
        // Another machine's clock may lag; a history never runs backwards.
        now: tick.now.max(state.last_at),
        seed: tick.seed,
    };
    let events = match command {
        Command::Answer {
            request_id,
            position,
            options,
            confidence,
        } => desk.answer(
            request_id,
            &Answer {
                position: *position,
                options,
                confidence: *confidence,
            },
        )?,
        Command::Flag {
            request_id,
            position,
        } => desk.flag(request_id, *position, true)?,
        Command::Unflag {
            request_id,
            position,
        } => desk.flag(request_id, *position, false)?,
        Command::GoTo { position } => desk.go_to(*position)?,
        Command::Pause { request_id } => desk.pause(request_id)?,
        Command::Resume { request_id } => desk.resume(request_id)?,
        Command::Finish { request_id } => desk.finish(request_id),
        Command::CreditTime { by_ms } => desk.credit(*by_ms)?,
        Command::DeadlinePassed => desk.deadline()?,
    };
    Ok(Decision::Events(events))
}

/// What one decision looks at.
pub(super) struct Desk<'a> {
    pub(super) bank: &'a Bank,
    pub(super) state: &'a State,
    pub(super) now: Millis,
    seed: u64,
}

/// An answer as submitted.
pub(super) struct Answer<'a> {
    pub(super) position: Position,
    pub(super) options: &'a [OptionId],
    pub(super) confidence: Option<u8>,
}

impl Answer<'_> {
    pub(super) fn check_confidence(&self) -> Result<(), Refusal> {
        match self.confidence.filter(|confidence| *confidence > 100) {
            Some(confidence) => Err(Refusal::InvalidSetting(format!(
                "confidence must be at most 100 %, got {confidence}"
            ))),
            None => Ok(()),
        }
    }
}

impl Desk<'_> {
    fn answer(&self, request: &RequestId, answer: &Answer<'_>) -> Result<Vec<Event>, Refusal> {
        self.check_clock()?;
        if let Some(sheet) = &self.state.sheet {
            return self.record(sheet, request, answer);
        }
        let open = self.check_position(answer.position)?;
        let item = self.bank.item(open.item);
        let chosen = named(item, answer.options)?;
        answer.check_confidence()?;
        let correct = chosen == item.key;
        let elapsed_ms = self.elapsed_ms(&open);
        let ahead = self.state.ahead(
            self.bank,
            Response {
                at: self.now,
                item: open.item,
                area: item.area,
                correct,
                evidence: open.evidence,
                slow: self
                    .bank
                    .certification()
                    .is_slow(elapsed_ms, self.state.settings.time_multiplier),
            },
        );
        let reading = Reading::of(self.bank, &ahead.posterior, &self.state.shown, item.area);
        let (next, end) = self.next(&ahead, &reading);
        let answered = Answered {
            position: open.position,
            item: open.item,
            chosen,
            correct,
            elapsed_ms,
            confidence: answer.confidence,
            area: item.area,
            theta: reading.ability.mean,
            standard_error: reading.ability.standard_deviation,
            scores: reading.moved,
            next,
        };
        let mut events = vec![self.event(Some(request), Fact::Answered(Box::new(answered)))];
        if let Some(reason) = end {
            let completed = Fact::Completed(Completed {
                reason,
                answered: ahead.responses.len() as u16,
                correct: correct_among(&ahead.responses),
                elapsed_ms: self.state.elapsed_ms(self.now),
            });
            let mut completed = self.event(None, completed);
            completed.seq += 1;
            events.push(completed);
        }
        Ok(events)
    }

    /// Milliseconds the open question has been worked on.
    fn elapsed_ms(&self, open: &Served) -> i64 {
        self.now.since(open.at) - self.state.paused_open_ms
    }

    /// The question after an answer, or why there is none.
    fn next(&self, ahead: &Ahead, reading: &Reading) -> (Option<Served>, Option<EndReason>) {
        if let Some(reason) = end(self.bank, &self.state.settings, ahead) {
            return (None, Some(reason));
        }
        let asking = Asking {
            bank: self.bank,
            settings: &self.state.settings,
            history: &self.state.history,
            posterior: &ahead.posterior,
            standings: &reading.standings,
            responses: &ahead.responses,
            ineligible: &self.state.ineligible,
            reviews: self.state.reviews,
        };
        match serve(&asking, self.now, self.seed) {
            Some(next) => (Some(next), None),
            None => (None, Some(EndReason::NoItems)),
        }
    }

    fn pause(&self, request: &RequestId) -> Result<Vec<Event>, Refusal> {
        if self.state.sheet.is_some() {
            return Err(Refusal::NoPause);
        }
        self.check_clock()?;
        if self.state.pauses >= PAUSES_MAX {
            return Err(Refusal::TooManyPauses { limit: PAUSES_MAX });
        }
        Ok(vec![self.event(Some(request), Fact::Paused)])
    }

    fn resume(&self, request: &RequestId) -> Result<Vec<Event>, Refusal> {
        if self.state.paused_since.is_none() {
            return Err(Refusal::NotPaused);
        }
        Ok(vec![self.event(Some(request), Fact::Resumed)])
    }

    fn finish(&self, request: &RequestId) -> Vec<Event> {
        let reason = match self.late_by_ms() {
            Some(_) => EndReason::Time,
            None => EndReason::Finished,
        };
        vec![self.event(Some(request), self.completed(reason))]
    }

    fn credit(&self, by_ms: i64) -> Result<Vec<Event>, Refusal> {
        if !(1..=CREDIT_MS_MAX).contains(&by_ms) {
            return Err(Refusal::InvalidSetting(format!(
                "time credited must be 1 to {CREDIT_MS_MAX} ms, got {by_ms}"
            )));
        }
        Ok(vec![self.event(None, Fact::TimeCredited { by_ms })])
    }

    fn deadline(&self) -> Result<Vec<Event>, Refusal> {
        match self.late_by_ms() {
            Some(_) => Ok(vec![self.event(None, self.completed(EndReason::Time))]),
            None => Err(Refusal::NotDue),
        }
    }

    /// Refuses while the clock stands, and once it has run out.
    pub(super) fn check_clock(&self) -> Result<(), Refusal> {
        if self.state.paused_since.is_some() {
            return Err(Refusal::Paused);
        }
        match self.late_by_ms() {
            Some(by_ms) => Err(Refusal::TooLate { by_ms }),
            None => Ok(()),
        }
    }

    fn check_position(&self, position: Position) -> Result<Served, Refusal> {
        match self.state.open {
            Some(open) if open.position == position => Ok(open),
            _ if (1..=self.state.answered()).contains(&position.0) => {
                Err(Refusal::AlreadyAnswered { position })
            }
            _ => Err(Refusal::NotServed { position }),
        }
    }

    /// Milliseconds since the time was up; a standing clock never runs out.
    fn late_by_ms(&self) -> Option<i64> {
        if self.state.paused_since.is_some() {
            return None;
        }
        let late = self.now.since(self.state.deadline()?);
        (late >= 0).then_some(late)
    }

    fn completed(&self, reason: EndReason) -> Fact {
        Fact::Completed(Completed {
            reason,
            answered: self.state.answered(),
            correct: self.state.verdict(self.bank),
            elapsed_ms: self.state.elapsed_ms(self.now),
        })
    }

    pub(super) fn event(&self, request: Option<&RequestId>, fact: Fact) -> Event {
        Event {
            seq: self.state.seq + 1,
            at: self.now,
            request_id: request.cloned(),
            fact,
        }
    }
}

/// The options an answer names, as a set.
pub(super) fn named(item: &Item, options: &[OptionId]) -> Result<OptionSet, Refusal> {
    if options.is_empty() {
        return Err(Refusal::NoOption);
    }
    if options.len() > item.options.len() {
        return Err(Refusal::TooManyOptions);
    }
    let mut chosen = OptionSet::default();
    for id in options {
        chosen.insert(item.option(id).ok_or(Refusal::UnknownOption)?);
    }
    let repeated = chosen.len() < options.len();
    if repeated || (item.select == Select::One && options.len() > 1) {
        return Err(Refusal::TooManyOptions);
    }
    Ok(chosen)
}
