//! Every stored answer of a certification, by learner.
//!
//! Owns the reading of sessions and which questions of older versions are still the same. Must not judge what is
//! evidence.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use learnr_domain::bank::{Difficulty, ItemSpec, label_parameters};
use learnr_domain::session::{Answered, Event, Fact, Recorded, Served};
use learnr_domain::{ItemParameters, OptionIx, OptionSet};

use crate::progress::Bar;
use crate::store::record::{self, RecordError};
use crate::store::{
    EventRow, GUEST_ISSUER, LearnerId, SessionId, Store, StoreError, VouchedSession,
};

/// Sessions read at a time.
const SESSIONS_AT_A_TIME: u32 = 500;

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answer {
    /// Place of the item in the current version.
    pub(super) item: u32,
    pub(super) correct: bool,
    /// When, in Unix milliseconds.
    pub(super) at_ms: i64,
    pub(super) elapsed_ms: i64,
    /// Place on the screen of the option named; `None` when several were.
    pub(super) place: Option<u8>,
    /// Whether the session took it as a first sight.
    pub(super) evidence: bool,
}

/// The answers of one session.
#[derive(Debug)]
pub(super) struct Sat {
    pub(super) started_at: i64,
    /// Whether ability may drift in it.
    pub(super) practice: bool,
    pub(super) answers: Vec<Answer>,
}

/// One learner, or what a deleted account left behind.
#[derive(Debug, Default)]
pub(super) struct Learner {
    /// Whether nobody but us vouches for them.
    pub(super) guest: bool,
    /// In order of id of the session, which is that of their beginning.
    pub(super) sat: Vec<Sat>,
}

/// All there is.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// In order of their first session, so that equal stores give equal results.
    pub(super) learners: Vec<Learner>,
    pub(super) sessions: usize,
    /// Answers to questions that the current version no longer has, or words otherwise.
    pub(super) answers_to_other_questions: usize,
    /// Sessions whose events are damaged or from another release.
    pub(super) unreadable_sessions: usize,
    /// What the author's label of each item stands for, where any version still says.
    pub(super) labels: Vec<Option<ItemParameters>>,
}

/// Why answers cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum GatherError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("version {version} cannot be read: {source}")]
    Version {
        version: String,
        #[source]
        source: RecordError,
    },
}

/// Reads everything about `items`, the current version of `certification` in order.
pub(super) async fn gather(
    store: &dyn Store,
    certification: &str,
    items: &[ItemSpec],
    bar: &mut Bar,
) -> Result<Gathered, GatherError> {
    let mut reading = Reading::new(items);
    let mut after: Option<SessionId> = None;
    loop {
        let sessions = store
            .sessions_of(certification, after, SESSIONS_AT_A_TIME)
            .await?;
        let Some(last) = sessions.last() else { break };
        after = Some(last.row.id);
        for session in sessions {
            reading.version(store, certification, &session).await?;
            let events = store.load_events(session.row.id).await?;
            reading.session(&session, &events);
        }
        let sessions = reading.found.sessions;
        bar.draw(&format!("reading answers: {sessions} sessions"), 0, 0);
    }
    Ok(reading.found)
}

struct Reading<'a> {
    items: &'a [ItemSpec],
    places: HashMap<&'a str, u32>,
    /// For each version met, which items of the current one ask the same in it.
    same: HashMap<String, Arc<[bool]>>,
    learners: HashMap<LearnerId, usize>,
    found: Gathered,
}

impl<'a> Reading<'a> {
    fn new(items: &'a [ItemSpec]) -> Self {
        let places = items.iter().zip(0..);
        let label = |item: &ItemSpec| label_of(item);
        Self {
            items,
            places: places.map(|(item, ix)| (item.id.as_str(), ix)).collect(),
            same: HashMap::new(),
            learners: HashMap::new(),
            found: Gathered {
                labels: items.iter().map(label).collect(),
                ..Gathered::default()
            },
        }
    }

    /// Reads the version of a session unless it was met before.
    async fn version(
        &mut self,
        store: &dyn Store,
        certification: &str,
        session: &VouchedSession,
    ) -> Result<(), GatherError> {
        let version = &session.row.bank_version;
        if self.same.contains_key(version) {
            return Ok(());
        }
        let mut same = vec![false; self.items.len()];
        if let Some(row) = store.certification(certification, Some(version)).await? {
            let (_, items) =
                record::specs_from_row(&row).map_err(|source| GatherError::Version {
                    version: version.clone(),
                    source,
                })?;
            for item in &items {
                let Some(place) = self.places.get(item.id.as_str()).map(|ix| *ix as usize) else {
                    continue;
                };
                same[place] = asks_the_same(item, &self.items[place]);
                let label = &mut self.found.labels[place];
                if label.is_none() && same[place] {
                    *label = label_of(item);
                }
            }
        }
        self.same.insert(version.clone(), same.into());
        Ok(())
    }

    fn session(&mut self, session: &VouchedSession, events: &[EventRow]) {
        self.found.sessions += 1;
        let Ok(sat) = self.sat(session, events) else {
            self.found.unreadable_sessions += 1;
            return;
        };
        let learners = &mut self.found.learners;
        let place = *self.learners.entry(session.row.learner).or_insert_with(|| {
            learners.push(Learner {
                // A guest who registers keeps the issuer they came with, and who registers afresh has none.
                guest: !session.has_account
                    && session.issuers.iter().all(|issuer| issuer == GUEST_ISSUER),
                sat: Vec::new(),
            });
            learners.len() - 1
        });
        learners[place].sat.push(sat);
    }

    fn sat(&mut self, session: &VouchedSession, events: &[EventRow]) -> Result<Sat, RecordError> {
        let same = self.same.get(&session.row.bank_version).cloned();
        let mut given = Given::default();
        let mut practice = false;
        for row in events {
            let Event { at, fact, .. } = record::event_for_statistics(row)?;
            let place = || {
                let found = row.item.as_deref().and_then(|id| self.places.get(id));
                found
                    .copied()
                    .filter(|ix| same.as_ref().is_some_and(|same| same[*ix as usize]))
            };
            match fact {
                Fact::Started(started) => {
                    practice = started.settings.kind.drifts();
                    (given.open, given.form) = (Some(started.first), started.form);
                }
                Fact::Answered(answered) => given.answered(place(), at.0, &answered),
                Fact::Recorded(recorded) => given.recorded(place(), at.0, &recorded),
                Fact::Completed(_) => given.submitted = true,
                _ => {}
            }
        }
        let answers = given.all();
        let all = answers.len();
        let known: Vec<Answer> = answers.into_iter().flatten().collect();
        self.found.answers_to_other_questions += all - known.len();
        Ok(Sat {
            started_at: session.row.started_at,
            practice,
            answers: known,
        })
    }
}

/// What a session's events give, `None` for answers to questions that are no longer asked.
#[derive(Default)]
struct Given {
    open: Option<Served>,
    answers: Vec<Option<Answer>>,
    /// The questions of an exam, and the last answer to each: it counts once the exam is submitted. What was not
    /// answered by then was perhaps not reached, and says nothing.
    form: Vec<Served>,
    recorded: BTreeMap<u16, Option<Answer>>,
    submitted: bool,
}

impl Given {
    fn answered(&mut self, item: Option<u32>, at_ms: i64, answered: &Answered) {
        let served = self
            .open
            .filter(|served| served.position == answered.position);
        self.answers
            .push(item.zip(served).map(|(item, served)| Answer {
                item,
                correct: answered.correct,
                at_ms,
                elapsed_ms: answered.elapsed_ms,
                place: place_on_screen(answered.chosen, &served),
                evidence: served.evidence,
            }));
        self.open = answered.next;
    }

    fn recorded(&mut self, item: Option<u32>, at_ms: i64, recorded: &Recorded) {
        let served = self
            .form
            .iter()
            .find(|served| served.position == recorded.position);
        let answer = item.zip(served).map(|(item, served)| Answer {
            item,
            correct: recorded.correct,
            at_ms,
            elapsed_ms: recorded.elapsed_ms,
            place: place_on_screen(recorded.chosen, served),
            evidence: served.evidence,
        });
        self.recorded.insert(recorded.position.0, answer);
    }

    fn all(mut self) -> Vec<Option<Answer>> {
        if self.submitted {
            self.answers.extend(self.recorded.into_values());
        }
        self.answers
    }
}

fn place_on_screen(chosen: OptionSet, served: &Served) -> Option<u8> {
    let mut chosen = chosen.iter();
    match (chosen.next(), chosen.next()) {
        (Some(one), None) => place_of(one, served),
        _ => None,
    }
}

fn place_of(option: OptionIx, served: &Served) -> Option<u8> {
    let place = served.order.iter().position(|shown| shown == option)?;
    u8::try_from(place).ok()
}

/// Whether both words, options and key are the same, so that an answer to one says something of the other.
fn asks_the_same(one: &ItemSpec, other: &ItemSpec) -> bool {
    let options = |item: &ItemSpec| {
        let mut options: Vec<(String, String, bool)> = item
            .options
            .iter()
            .map(|option| (option.id.to_string(), option.text.clone(), option.correct))
            .collect();
        options.sort();
        options
    };
    one.area == other.area
        && one.stem == other.stem
        && one.stimulus == other.stimulus
        && one.select == other.select
        && options(one) == options(other)
}

fn label_of(item: &ItemSpec) -> Option<ItemParameters> {
    match item.difficulty {
        Difficulty::Label(label) => Some(label_parameters(label, item.select, item.options.len())),
        Difficulty::Parameters(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use learnr_domain::session::Reason;
    use learnr_domain::{AreaIx, ItemIx, Millis, OptionOrder, Position};

    #[test]
    fn of_an_exam_the_last_answer_to_each_question_counts_once_it_is_submitted() {
        let served = |position| Served {
            position: Position(position),
            item: ItemIx(u32::from(position)),
            order: OptionOrder::from_indices(&[2, 0, 1]).expect("a permutation"),
            reason: Reason::New,
            at: Millis(0),
            evidence: position == 1,
        };
        let recorded = |position, option: u8, correct| Recorded {
            position: Position(position),
            item: ItemIx(u32::from(position)),
            chosen: OptionSet(1_u8 << option),
            correct,
            elapsed_ms: 5_000,
            confidence: None,
            area: AreaIx(0),
            next: None,
        };
        for submitted in [false, true] {
            let mut given = Given {
                form: (1..=3).map(served).collect(),
                submitted,
                ..Given::default()
            };
            given.recorded(Some(2), 10, &recorded(2, 0, true));
            given.recorded(Some(1), 20, &recorded(1, 1, false));
            given.recorded(Some(1), 30, &recorded(1, 2, true));
            let all = given.all();
            if !submitted {
                assert_eq!(all, []);
                continue;
            }
            let told: Vec<_> = all
                .iter()
                .flatten()
                .map(|answer| {
                    (
                        answer.item,
                        answer.correct,
                        answer.at_ms,
                        answer.place,
                        answer.evidence,
                    )
                })
                .collect();
            assert_eq!(
                told,
                [(1, true, 30, Some(0), true), (2, true, 10, Some(1), false)]
            );
        }
    }
}
