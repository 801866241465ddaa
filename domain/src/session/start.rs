//! How a session begins.
//!
//! Owns the first event, which pins everything else the fold begins from. Must not know how it is stored.

use super::ENGINE_VERSION;
use super::event::{Event, Fact, Started};
use super::outcome::{Asking, serve, standings};
use super::refusal::Refusal;
use super::settings::Start;
use crate::bank::Bank;
use crate::learner::{History, Posterior};
use crate::tick::Tick;

pub(super) fn first_event(bank: &Bank, start: Start, tick: Tick) -> Result<Event, Refusal> {
    start.check(bank)?;
    let mut ineligible = start.ineligible;
    if start.settings.kind.measures() {
        ineligible.sort_unstable();
        ineligible.dedup();
    } else {
        ineligible.clear();
    }
    let (prior, seen) = match &start.learner {
        Some(learner) => learner.opening(bank, tick.now),
        None => (Vec::new(), Vec::new()),
    };
    let posterior = Posterior::new(bank.factor_grid(start.rho), &prior);
    let asking = Asking {
        bank,
        settings: &start.settings,
        history: &History::new(&seen),
        posterior: &posterior,
        standings: &standings(bank, &posterior),
        responses: &[],
        ineligible: &ineligible,
        reviews: 0,
    };
    let first = serve(&asking, tick.now, tick.seed).ok_or(Refusal::NoItems {
        kind: start.settings.kind,
    })?;
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
            ineligible,
            seed: tick.seed,
            first,
        })),
    })
}
