//! The product's own session, taken by an examinee.
//!
//! Owns the answers sent and what is read off the session after each. Everything else (which question, when to
//! stop, what is believed) is the session's: what is simulated is what people get.

use std::sync::Arc;

use super::administration::{Administration, Step};
use super::areas::estimates;
use super::examinees::Examinee;
use crate::bank::{Bank, Item};
use crate::cat::StopReason;
use crate::ids::{ItemIx, OptionIx, OptionSet, Position, RequestId};
use crate::session::{Command, Decision, EndReason, Kind, Session, Settings, Start, Status};
use crate::tick::{Chance, Millis, Tick};

/// When every simulated session begins; any moment does, since nobody has a history.
const BEGINNING: Millis = Millis(0);
/// Milliseconds between two answers.
const PACE_MS: i64 = 10_000;

/// Takes a diagnostic session of `length` questions over `bank`, the engine believing in a correlation of
/// `rho`; both must be in range. `out` are the items that exposure control keeps out, ascending.
pub(super) fn take(
    bank: &Arc<Bank>,
    (length, rho): (u16, f64),
    out: &[usize],
    examinee: Examinee,
) -> Administration {
    let mut seeds = examinee.choices();
    let mut now = BEGINNING;
    let settings = Settings::new(Kind::Diagnostic, length);
    let start = Start {
        rho,
        ineligible: out.iter().map(|item| ItemIx(*item as u32)).collect(),
        ..Start::new(settings, None, Arc::from("simulated"))
    };
    let first = Session::start(Arc::clone(bank), start, tick(now, &mut seeds))
        .expect("the plan is in range, and a built bank has items");
    let mut session = Session::replay(Arc::clone(bank), [&first]).expect("its own first event");
    let mut steps = Vec::with_capacity(usize::from(length));
    while let Some(served) = session.open_question().copied() {
        now = now.plus(PACE_MS);
        let item = bank.item(served.item);
        let correct = examinee.answers(served.item, item.area, &item.parameters);
        let command = answer(served.position, item, correct);
        let decision = session
            .handle(&command, tick(now, &mut seeds))
            .expect("an answer to the open question, in time");
        if let Decision::Events(events) = decision {
            for event in &events {
                session.apply(event).expect("its own event");
            }
        }
        let composite = session.composite();
        steps.push(Step {
            item: served.item,
            correct,
            theta: composite.mean,
            standard_error: composite.standard_deviation,
        });
    }
    let stopped = match session.status() {
        Status::Ended(EndReason::Precise) => StopReason::Precise,
        Status::Ended(EndReason::NoItems) => StopReason::NoItems,
        _ => StopReason::Length,
    };
    Administration {
        areas: estimates(session.posterior(), bank.areas().len()),
        examinee,
        steps,
        stopped,
    }
}

fn tick(now: Millis, seeds: &mut Chance) -> Tick {
    Tick {
        now,
        seed: seeds.bits(),
    }
}

fn answer(position: Position, item: &Item, correct: bool) -> Command {
    // One option outside the key is a wrong answer to every item, and every item has one.
    let wrong = || {
        let options = (0_u8..).map(OptionIx).take(item.options.len());
        let mut chosen = OptionSet::default();
        options
            .filter(|option| !item.key.contains(*option))
            .take(1)
            .for_each(|option| chosen.insert(option));
        chosen
    };
    let chosen = if correct { item.key } else { wrong() };
    Command::Answer {
        request_id: RequestId::new(format!("answer-{position}")).expect("a word and a number"),
        position,
        options: chosen
            .iter()
            .map(|option| item.options[option.at()].id.clone())
            .collect(),
        confidence: None,
    }
}
