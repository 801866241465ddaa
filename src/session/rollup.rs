//! What an ended session adds to the roll-ups.
//!
//! Owns that reckoning: which answers count, what the model expected of each. Must not know how roll-ups are kept.

use std::collections::{BTreeMap, BTreeSet};

use learnr_domain::Bank;
use learnr_domain::session::{Fact, Prediction, predictions};

use super::ended::Ended;
use crate::store::{
    ActivityIncrement, ConceptIncrement, ItemIncrement, QUARTER_MS, SessionRollup, SessionRow,
    StoredAbility, Totals,
};

/// What an ended session adds; `None` where that is nothing. A session without an answer adds nothing: forms handed in
/// blank would fill the counts.
pub(super) fn rollup(row: &SessionRow, ended: &Ended) -> Option<SessionRollup> {
    let bank = ended.session.bank();
    let answers = predictions(bank, &ended.events)?;
    if answers.is_empty() {
        return None;
    }
    let mut totals = Totals::default();
    for answer in &answers {
        totals.count(answer.correct, answer.elapsed_ms);
    }
    let ended_at = row.ended_at.unwrap_or(ended.session.last_at().0);
    Some(SessionRollup {
        session: row.id,
        learner: row.learner,
        certification: row.certification.clone(),
        version: row.bank_version.clone(),
        ended_at,
        totals,
        activity: activity(ended, &answers, ended_at),
        concepts: concepts(bank, &answers),
        items: items(ended, &answers),
    })
}

fn activity(ended: &Ended, answers: &[Prediction], ended_at: i64) -> Vec<ActivityIncrement> {
    let bank = ended.session.bank();
    let mut quarters = Quarters::default();
    quarters.at(ended_at, "").sessions = 1;
    for answer in answers {
        let area = bank.area(answer.area).id.as_str();
        let totals = &mut quarters.at(answer.at.0, area).totals;
        totals.count(answer.correct, answer.elapsed_ms);
    }
    for event in &ended.events {
        if let Fact::Answered(answered) = &event.fact {
            let area = bank.area(answered.area).id.as_str();
            quarters.at(event.at.0, area).ability = Some(StoredAbility {
                theta: answered.theta,
                standard_error: answered.standard_error,
                at_ms: event.at.0,
            });
        }
    }
    if ended.session.places().is_some() {
        // An exam says something about ability once it is submitted, of every area it asked about.
        let asked: BTreeSet<_> = answers.iter().map(|answer| answer.area).collect();
        let known = ended.session.competency();
        for known in known.iter().filter(|known| asked.contains(&known.area)) {
            let area = bank.area(known.area).id.as_str();
            quarters.at(ended_at, area).ability = Some(StoredAbility {
                theta: known.theta,
                standard_error: known.standard_error,
                at_ms: ended_at,
            });
        }
    }
    quarters.0.into_values().collect()
}

/// Increments by quarter of an hour and area, in their order.
#[derive(Default)]
struct Quarters(BTreeMap<(i64, String), ActivityIncrement>);

impl Quarters {
    fn at(&mut self, at_ms: i64, area: &str) -> &mut ActivityIncrement {
        let quarter = at_ms.div_euclid(QUARTER_MS);
        let key = (quarter, area.to_owned());
        self.0.entry(key).or_insert_with(|| ActivityIncrement {
            quarter,
            area: area.to_owned(),
            sessions: 0,
            totals: Totals::default(),
            ability: None,
        })
    }
}

fn concepts(bank: &Bank, answers: &[Prediction]) -> Vec<ConceptIncrement> {
    let mut concepts: BTreeMap<&str, ConceptIncrement> = BTreeMap::new();
    for answer in answers {
        // Where nothing was expected, what came is as good as expected.
        let expected = answer
            .expected
            .unwrap_or(f64::from(u8::from(answer.correct)));
        for concept in bank.item_concepts(answer.item) {
            let concept = bank.concepts()[concept.at()].as_str();
            let one = concepts.entry(concept).or_insert_with(|| ConceptIncrement {
                concept: concept.to_owned(),
                totals: Totals::default(),
                expected: 0.0,
            });
            one.totals.count(answer.correct, answer.elapsed_ms);
            one.expected += expected;
        }
    }
    concepts.into_values().collect()
}

fn items(ended: &Ended, answers: &[Prediction]) -> Vec<ItemIncrement> {
    let bank = ended.session.bank();
    let mut items: BTreeMap<&str, ItemIncrement> = BTreeMap::new();
    for shown in ended.session.exposed() {
        let id = bank.item(shown).id.as_str();
        items.entry(id).or_insert_with(|| ItemIncrement {
            item: id.to_owned(),
            served: 1,
            totals: Totals::default(),
            fit: Default::default(),
        });
    }
    for answer in answers {
        // What was answered was shown.
        let Some(item) = items.get_mut(bank.item(answer.item).id.as_str()) else {
            continue;
        };
        item.totals.count(answer.correct, answer.elapsed_ms);
        if let Some(expected) = answer.expected.filter(|_| answer.evidence) {
            let chance = match answer.correct {
                true => expected,
                false => 1.0 - expected,
            };
            item.fit.add(answer.correct, chance, answer.ability, 1.0);
        }
    }
    items.into_values().collect()
}
