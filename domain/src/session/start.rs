//! How a session begins.
//!
//! Owns the first event, which pins everything else the fold begins from. Must not know how it is stored.

use super::ENGINE_VERSION;
use super::event::{Event, Fact, Served, Started};
use super::outcome::{Asking, option_order, serve, standings};
use super::refusal::Refusal;
use super::settings::{Kind, Start};
use crate::bank::Bank;
use crate::ids::Position;
use crate::learner::{AreaPrior, History, Posterior};
use crate::selection::{Brief, Choice, assemble};
use crate::tick::{Chance, Tick};

pub(super) fn first_event(bank: &Bank, mut start: Start, tick: Tick) -> Result<Event, Refusal> {
    start.check(bank)?;
    if start.settings.kind.measures() {
        start.ineligible.sort_unstable();
        start.ineligible.dedup();
    } else {
        start.ineligible.clear();
    }
    let (prior, seen) = match &start.learner {
        Some(learner) => learner.opening(bank, tick.now),
        None => (Vec::new(), Vec::new()),
    };
    let history = History::new(&seen);
    let (first, form) = match start.settings.kind {
        Kind::Exam => {
            let form = whole_form(bank, &start, &history, tick)?;
            (form[0], form)
        }
        _ => (
            first_question(bank, &start, &prior, &history, tick)?,
            Vec::new(),
        ),
    };
    Ok(Event {
        seq: 1,
        at: tick.now,
        request_id: None,
        fact: Fact::Started(Box::new(Started {
            engine_version: ENGINE_VERSION,
            bank_version: start.bank_version,
            settings: start.settings,
            rho: start.rho,
            q: start.q,
            prior,
            seen,
            ineligible: start.ineligible,
            seed: tick.seed,
            first,
            form,
        })),
    })
}

/// The question a session begins with that chooses as it goes.
fn first_question(
    bank: &Bank,
    start: &Start,
    prior: &[AreaPrior],
    history: &History,
    tick: Tick,
) -> Result<Served, Refusal> {
    let posterior = Posterior::new(bank.factor_grid(start.rho), prior);
    let asking = Asking {
        bank,
        settings: &start.settings,
        history,
        posterior: &posterior,
        standings: &standings(bank, &posterior),
        responses: &[],
        ineligible: &start.ineligible,
        reviews: 0,
    };
    serve(&asking, tick.now, tick.seed).ok_or(Refusal::NoItems {
        kind: start.settings.kind,
    })
}

/// Every question of an exam; never empty.
fn whole_form(
    bank: &Bank,
    start: &Start,
    history: &History,
    tick: Tick,
) -> Result<Vec<Served>, Refusal> {
    let brief = Brief {
        bank,
        history,
        ineligible: &start.ineligible,
        length: start.settings.length,
    };
    let mut chance = Chance::new(tick.seed);
    let choices = assemble(&brief, &mut chance).map_err(|shortage| Refusal::TooFewItems {
        area: shortage.area.map(|area| bank.area(area).id.clone()),
        needed: shortage.needed,
        found: shortage.found,
    })?;
    let served = |(choice, position): (Choice, u16)| Served {
        position: Position(position),
        item: choice.item,
        order: option_order(bank.item(choice.item), &mut chance),
        reason: choice.reason,
        at: tick.now,
        evidence: history.is_evidence(choice.item, tick.now),
    };
    Ok(choices.into_iter().zip(1..).map(served).collect())
}
