//! Whether an event may follow the state it is applied to.
//!
//! Owns the checks of a replay: a history made by this engine over this bank passes all of them, a damaged or
//! foreign one stops at the first contradiction. Must not change anything.

use super::ENGINE_VERSION;
use super::event::{Answered, Completed, Event, Recorded, Served, Started};
use super::fold::State;
use super::refusal::ReplayError;
use super::settings::{Kind, Start, check_settings};
use super::sheet::Sheet;
use crate::bank::Bank;
use crate::ids::{ItemIx, Position};
use crate::learner::is_likelihood;
use crate::review::{STABILITY_DAYS_MAX, STABILITY_DAYS_MIN};

pub(super) fn answered(
    state: &State,
    bank: &Bank,
    event: &Event,
    answered: &Answered,
) -> Result<(), ReplayError> {
    let Some(open) = state.open.filter(|_| state.paused_since.is_none()) else {
        return Err(contradiction(event, "no question was open"));
    };
    if state.sheet.is_some() {
        return Err(contradiction(
            event,
            "an exam tells no answer's worth before its end",
        ));
    }
    if open.position != answered.position || open.item != answered.item {
        return Err(contradiction(event, "another question was open"));
    }
    let item = bank.item(open.item);
    if item.area != answered.area || (item.key == answered.chosen) != answered.correct {
        return Err(contradiction(event, "the answer was judged by another key"));
    }
    if answered
        .scores
        .iter()
        .any(|score| score.area.at() >= bank.areas().len())
    {
        return Err(ReplayError::NotInBank { seq: event.seq });
    }
    let Some(next) = &answered.next else {
        return Ok(());
    };
    served(
        bank,
        event,
        next,
        Position(open.position.0.saturating_add(1)),
    )?;
    let taken = |item: ItemIx| item == open.item || state.responses.iter().any(|r| r.item == item);
    if taken(next.item) {
        return Err(contradiction(event, "the next question was served before"));
    }
    Ok(())
}

pub(super) fn recorded(
    state: &State,
    bank: &Bank,
    event: &Event,
    recorded: &Recorded,
) -> Result<(), ReplayError> {
    let sheet = sheet(state, event)?;
    let Some(seat) = sheet.seat(recorded.position) else {
        return Err(contradiction(event, "the exam has no such position"));
    };
    if seat.item != recorded.item {
        return Err(contradiction(event, "another question stands there"));
    }
    let item = bank.item(seat.item);
    let options = item.options.len();
    if recorded.chosen.is_empty() || recorded.chosen.iter().any(|option| option.at() >= options) {
        return Err(contradiction(event, "the options named are not the item's"));
    }
    if item.area != recorded.area || (item.key == recorded.chosen) != recorded.correct {
        return Err(contradiction(event, "the answer was judged by another key"));
    }
    match &recorded.next {
        Some(next) => on_sheet(sheet, event, next),
        None => Ok(()),
    }
}

pub(super) fn flagged(state: &State, event: &Event, position: Position) -> Result<(), ReplayError> {
    match sheet(state, event)?.seat(position) {
        Some(_) => Ok(()),
        None => Err(contradiction(event, "the exam has no such position")),
    }
}

pub(super) fn moved(state: &State, event: &Event, to: &Served) -> Result<(), ReplayError> {
    on_sheet(sheet(state, event)?, event, to)
}

/// An exam's end must count what its sheet says.
pub(super) fn completed(
    state: &State,
    bank: &Bank,
    event: &Event,
    completed: &Completed,
) -> Result<(), ReplayError> {
    let counts = (completed.answered, completed.correct);
    if state.sheet.is_some() && counts != (state.answered(), state.verdict(bank)) {
        return Err(contradiction(event, "the exam was counted wrong"));
    }
    Ok(())
}

fn sheet<'a>(state: &'a State, event: &Event) -> Result<&'a Sheet, ReplayError> {
    let sheet = state.sheet.as_ref();
    sheet.ok_or_else(|| contradiction(event, "the session is no exam"))
}

/// Whether a question opened is the one that stands at its position.
fn on_sheet(sheet: &Sheet, event: &Event, opened: &Served) -> Result<(), ReplayError> {
    match sheet.served(opened.position, event.at) {
        Some(served) if served == *opened => Ok(()),
        _ => Err(contradiction(
            event,
            "the question opened is not the exam's",
        )),
    }
}

pub(super) fn contradiction(event: &Event, what: &'static str) -> ReplayError {
    ReplayError::Contradiction {
        seq: event.seq,
        what,
    }
}

pub(super) fn started(bank: &Bank, event: &Event, started: &Started) -> Result<(), ReplayError> {
    if event.seq != 1 {
        return Err(ReplayError::Seq {
            expected: 1,
            found: event.seq,
        });
    }
    if started.engine_version != ENGINE_VERSION {
        return Err(ReplayError::EngineVersion {
            found: started.engine_version,
        });
    }
    if check_settings(&started.settings, bank).is_err() || !Start::in_range(started.rho, started.q)
    {
        return Err(contradiction(event, "a setting is out of range"));
    }
    let areas = started.prior.iter().map(|prior| prior.area.at());
    let items = started.seen.iter().map(|seen| seen.item.0 as usize);
    if areas.clone().any(|area| area >= bank.areas().len())
        || items.clone().any(|item| item >= bank.items().len())
    {
        return Err(ReplayError::NotInBank { seq: event.seq });
    }
    if !areas.is_sorted_by(|x, y| x < y) || !items.is_sorted_by(|x, y| x < y) {
        return Err(contradiction(
            event,
            "the prior or the history is out of order",
        ));
    }
    let ineligible = started.ineligible.iter().map(|item| item.0 as usize);
    if ineligible.clone().any(|item| item >= bank.items().len()) {
        return Err(ReplayError::NotInBank { seq: event.seq });
    }
    if !ineligible.is_sorted_by(|x, y| x < y) {
        return Err(contradiction(
            event,
            "the ineligible items are out of order",
        ));
    }
    let in_range = |days: f32| (STABILITY_DAYS_MIN..=STABILITY_DAYS_MAX).contains(&days);
    if !started
        .seen
        .iter()
        .all(|seen| seen.stability_days.is_none_or(in_range))
    {
        return Err(contradiction(event, "a memory is damaged"));
    }
    if !started
        .prior
        .iter()
        .all(|prior| is_likelihood(&prior.likelihood))
    {
        return Err(contradiction(event, "a prior likelihood is damaged"));
    }
    served(bank, event, &started.first, Position(1))?;
    form(bank, event, started)
}

/// The form of an exam: as long as it says, each item once, and the first question in front.
fn form(bank: &Bank, event: &Event, started: &Started) -> Result<(), ReplayError> {
    let expected = match started.settings.kind {
        Kind::Exam => usize::from(started.settings.length),
        _ => 0,
    };
    if started.form.len() != expected {
        return Err(contradiction(event, "the form is not of the exam's length"));
    }
    if started
        .form
        .first()
        .is_some_and(|first| *first != started.first)
    {
        return Err(contradiction(
            event,
            "the form begins with another question",
        ));
    }
    for (question, position) in started.form.iter().zip(1..) {
        served(bank, event, question, Position(position))?;
    }
    let mut items: Vec<ItemIx> = started.form.iter().map(|question| question.item).collect();
    items.sort_unstable();
    match items.is_sorted_by(|x, y| x < y) {
        true => Ok(()),
        false => Err(contradiction(event, "a question stands on the form twice")),
    }
}

fn served(
    bank: &Bank,
    event: &Event,
    served: &Served,
    position: Position,
) -> Result<(), ReplayError> {
    if served.position != position {
        return Err(contradiction(event, "a position was left out"));
    }
    let item = bank.get(served.item).filter(|item| item.active);
    let Some(item) = item else {
        return Err(ReplayError::NotInBank { seq: event.seq });
    };
    if item.options.len() != served.order.len() {
        return Err(contradiction(
            event,
            "the options served are not the item's",
        ));
    }
    Ok(())
}
