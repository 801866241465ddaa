//! Every counted answer of an ended session, held against what the answers before it foretold.
//!
//! Owns that reading of a history, for statistics of items. Must not be asked while a session runs: it tells what was
//! right.
//!
//! An answer is foretold by the posterior over everything before it, earlier sessions included, and never by itself:
//! p = E[P(theta) | before]. Its residual has mean zero and variance p (1 - p) under the model, whatever rule chose the
//! question, so that residuals of adaptive tests add up. Source: Dawid (1984), the prequential approach.

use super::event::{Event, Fact, Started};
use crate::bank::Bank;
use crate::ids::{AreaIx, ItemIx, Position};
use crate::irt::{dot, moments};
use crate::learner::Posterior;
use crate::tick::Millis;

/// An answer that counts: of an exam the last one to each question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Place of the question.
    pub position: Position,
    /// Its item.
    pub item: ItemIx,
    /// The item's area.
    pub area: AreaIx,
    /// When it was answered.
    pub at: Millis,
    /// Whether that was right.
    pub correct: bool,
    /// Milliseconds taken.
    pub elapsed_ms: i64,
    /// Whether it is evidence about ability.
    pub evidence: bool,
    /// Chance of a right answer by everything before it; `None` where the bank has no curve for the item.
    pub expected: Option<f64>,
    /// Mean of the posterior of the area before it, in logits.
    pub ability: f64,
}

/// The answers of an ended session in the order they tell of ability; `None` while it has not ended.
///
/// `events` must be the whole history of a session over `bank`, as [`super::Session::replay`] takes it.
pub fn predictions(bank: &Bank, events: &[Event]) -> Option<Vec<Prediction>> {
    let ended = |event: &Event| matches!(event.fact, Fact::Completed(_));
    if !events.last().is_some_and(ended) {
        return None;
    }
    let Fact::Started(started) = &events.first()?.fact else {
        return None;
    };
    let mut answers = answers(started, events);
    let drift = match started.settings.kind.drifts() {
        true => started.q,
        false => 0.0,
    };
    let mut posterior = Posterior::new(bank.factor_grid(started.rho), &started.prior);
    for answer in &mut answers {
        let masses = posterior.ability(answer.area);
        answer.ability = moments(&masses).mean;
        let Some(curve) = bank.curve(answer.item) else {
            continue;
        };
        answer.expected = Some(dot(&masses, curve));
        if answer.evidence {
            posterior.observe(answer.area, curve, answer.correct, drift);
        }
    }
    Some(answers)
}

/// The answers that count, nothing foretold yet. An exam's stand in order of position, as they are judged.
fn answers(started: &Started, events: &[Event]) -> Vec<Prediction> {
    let mut counted = Vec::new();
    let mut recorded: Vec<Option<Prediction>> = vec![None; started.form.len()];
    let mut evidence = started.first.evidence;
    for event in events {
        match &event.fact {
            Fact::Answered(answered) => {
                counted.push(Prediction {
                    position: answered.position,
                    item: answered.item,
                    area: answered.area,
                    at: event.at,
                    correct: answered.correct,
                    elapsed_ms: answered.elapsed_ms,
                    evidence,
                    expected: None,
                    ability: 0.0,
                });
                evidence = answered.next.is_some_and(|next| next.evidence);
            }
            Fact::Recorded(answer) => {
                let place = usize::from(answer.position.0).wrapping_sub(1);
                let Some(seat) = recorded.get_mut(place) else {
                    continue;
                };
                *seat = (!answer.chosen.is_empty()).then_some(Prediction {
                    position: answer.position,
                    item: answer.item,
                    area: answer.area,
                    at: event.at,
                    correct: answer.correct,
                    elapsed_ms: answer.elapsed_ms,
                    evidence: started.form[place].evidence,
                    expected: None,
                    ability: 0.0,
                });
            }
            _ => {}
        }
    }
    counted.extend(recorded.into_iter().flatten());
    counted
}
