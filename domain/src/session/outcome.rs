//! What follows from the answers so far: standing in every area, whether the session ends, what comes next.
//!
//! Owns the reading of a posterior for one decision, the stopping rules and the hand-over of a session to the
//! learner's state. Must not know commands.

use super::event::{EndReason, Served};
use super::fold::{Ahead, percent};
use super::settings::{Kind, Settings};
use super::{PRECISE_ANSWERS_MIN, PRECISE_STANDARD_DEVIATION, Session};
use crate::bank::{Bank, Item};
use crate::ids::{AreaIx, ItemIx, OptionOrder, Position};
use crate::irt::{Moments, moments};
use crate::learner::{AreaScore, History, LearnerState, Posterior, Response, Sitting};
use crate::selection::{self, Aim, Choice, Policy, Scope, Situation, Standing};
use crate::tick::{Chance, Millis};

/// A posterior as one decision needs it.
pub(super) struct Reading {
    pub(super) standings: Vec<Standing>,
    /// Ability in the area asked about.
    pub(super) ability: Moments,
    /// Areas whose percent differs from what was shown last.
    pub(super) moved: Vec<AreaScore>,
}

impl Reading {
    pub(super) fn of(bank: &Bank, posterior: &Posterior, shown: &[u8], asked: AreaIx) -> Self {
        let areas = bank.areas().len();
        let mut reading = Self {
            standings: Vec::with_capacity(areas),
            ability: Moments {
                mean: 0.0,
                standard_deviation: 0.0,
            },
            moved: Vec::new(),
        };
        posterior.each_ability(areas, |area, masses| {
            let standing = Standing::new(bank, area, masses);
            if percent(standing.score) != shown[area.at()] {
                let curve = bank.area(area).curve();
                reading.moved.push(AreaScore::new(area, masses, curve));
            }
            if area == asked {
                reading.ability = moments(masses);
            }
            reading.standings.push(standing);
        });
        reading
    }
}

/// Standing in every area.
pub(super) fn standings(bank: &Bank, posterior: &Posterior) -> Vec<Standing> {
    let mut standings = Vec::with_capacity(bank.areas().len());
    posterior.each_ability(bank.areas().len(), |area, masses| {
        standings.push(Standing::new(bank, area, masses));
    });
    standings
}

/// Why a session ends with the answers it has, if it does.
pub(super) fn end(bank: &Bank, settings: &Settings, ahead: &Ahead) -> Option<EndReason> {
    let answered = ahead.responses.len();
    if answered >= usize::from(settings.length) {
        return Some(EndReason::Length);
    }
    if settings.kind == Kind::Diagnostic && answered >= PRECISE_ANSWERS_MIN {
        let weights: Vec<f64> = bank.areas().iter().map(|area| area.weight).collect();
        let composite = ahead.posterior.composite(&weights);
        if composite.standard_deviation <= PRECISE_STANDARD_DEVIATION {
            return Some(EndReason::Precise);
        }
    }
    None
}

/// What the choice of a question begins from.
pub(super) struct Asking<'a> {
    pub(super) bank: &'a Bank,
    pub(super) settings: &'a Settings,
    pub(super) history: &'a History,
    pub(super) posterior: &'a Posterior,
    pub(super) standings: &'a [Standing],
    pub(super) responses: &'a [Response],
    pub(super) ineligible: &'a [ItemIx],
    /// Questions of this session that were served because their review was due.
    pub(super) reviews: u16,
}

/// Chooses the next question and the order of its options.
pub(super) fn serve(asking: &Asking<'_>, now: Millis, seed: u64) -> Option<Served> {
    let mut chance = Chance::new(seed);
    let policy = match asking.settings.kind {
        Kind::Diagnostic => Policy::Diagnostic,
        Kind::Practice | Kind::Focused => Policy::Practice(Aim {
            success: asking.settings.target_success,
            reviews: asking.reviews < asking.settings.length / 2,
        }),
        Kind::Review => Policy::Review,
        // An exam's questions were all chosen when it began.
        Kind::Exam => return None,
    };
    let situation = Situation {
        bank: asking.bank,
        history: asking.history,
        posterior: asking.posterior,
        standings: asking.standings,
        responses: asking.responses,
        ineligible: asking.ineligible,
        length: asking.settings.length,
        scope: Scope {
            areas: &asking.settings.areas,
            concepts: &asking.settings.concepts,
        },
        now,
    };
    let Choice { item: ix, reason } = selection::choose(&situation, policy, &mut chance)?;
    let item = asking.bank.item(ix);
    Some(Served {
        position: Position(asking.responses.len() as u16 + 1),
        item: ix,
        order: option_order(item, &mut chance),
        reason,
        at: now,
        evidence: asking.history.is_evidence(ix, now),
    })
}

/// The order an item's options are served in.
pub(super) fn option_order(item: &Item, chance: &mut Chance) -> OptionOrder {
    let mut order = OptionOrder::authored(item.options.len());
    if !item.fixed_order {
        chance.shuffle(order.as_mut_slice());
    }
    order
}

impl LearnerState {
    /// What is known of the learner after a session that ended or was let go.
    ///
    /// `previous` is the fold over the sessions that ended before it, in order. The answers are applied to
    /// that, so sessions that overlapped in time both count; without overlap the result is exactly what the
    /// session itself believes. Folding the same session twice counts it twice: the caller keeps a watermark. An exam
    /// counts once it is submitted, with the last answer recorded for each question; before that it says nothing.
    /// Its questions without an answer are no evidence, neither of ability nor of a concept, but they are seen, and
    /// missed: the review tells their key.
    pub fn after(previous: Option<&Self>, session: &Session) -> Self {
        let (state, bank) = (&session.state, &session.bank);
        let unanswered: Vec<Response> = match (&state.sheet, state.ended) {
            (Some(sheet), Some(_)) => sheet.unanswered(bank, state.last_at).collect(),
            _ => Vec::new(),
        };
        let sitting = Sitting {
            bank,
            responses: &state.responses,
            unanswered: &unanswered,
            started_at: state.started_at,
            ended_at: state.last_at,
            drift: state.drift(),
        };
        Self::fold(previous, &sitting)
    }
}
