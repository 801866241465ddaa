//! Learner states as bytes.

use learnr_domain::learner::{LearnerArea, SeenItem};
use learnr_domain::review::Memory;
use learnr_domain::{AreaId, ItemId, LearnerState, Millis};
use serde::{Deserialize, Serialize};

use super::event::likelihood_of;
use super::{RecordError, damaged, pack, unpack};

const WHAT: &str = "learner state";
/// Version of the states written: with the memory of every item.
const BODY_VERSION: u16 = 2;
/// States of before the review schedule.
const WITHOUT_MEMORIES: u16 = 1;

#[derive(Serialize, Deserialize)]
struct LearnerV2 {
    version: u16,
    areas: Vec<(String, u32, Vec<f64>)>,
    seen: Vec<SeenV2>,
    updated_at: i64,
}

#[derive(Serialize, Deserialize)]
struct SeenV2 {
    item: String,
    at: i64,
    correct: bool,
    times: u32,
    /// Credit, stability in days, difficulty; not in version 1.
    #[serde(default)]
    memory: Option<(bool, f32, f32)>,
}

/// A learner state as it is stored.
#[must_use]
pub fn learner_to_bytes(state: &LearnerState) -> Vec<u8> {
    pack(&LearnerV2 {
        version: BODY_VERSION,
        areas: state
            .areas
            .iter()
            .map(|known| {
                (
                    known.area.to_string(),
                    known.answers,
                    known.likelihood.to_vec(),
                )
            })
            .collect(),
        seen: state
            .seen
            .iter()
            .map(|seen| SeenV2 {
                item: seen.item.to_string(),
                at: seen.at.0,
                correct: seen.correct,
                times: seen.times,
                memory: Some((
                    seen.credit,
                    seen.memory.stability_days,
                    seen.memory.difficulty,
                )),
            })
            .collect(),
        updated_at: state.updated_at.0,
    })
}

/// The learner state that bytes hold.
///
/// # Errors
/// [`RecordError`] when they are damaged or from a release this one does not read.
pub fn learner_from_bytes(bytes: &[u8]) -> Result<LearnerState, RecordError> {
    let stored: LearnerV2 = unpack(WHAT, bytes)?;
    if ![WITHOUT_MEMORIES, BODY_VERSION].contains(&stored.version) {
        return Err(RecordError::Version {
            what: WHAT,
            found: stored.version,
        });
    }
    let areas = stored.areas.into_iter().map(|(area, answers, likelihood)| {
        Ok(LearnerArea {
            area: AreaId::new(area).map_err(|error| damaged(WHAT, error))?,
            likelihood: likelihood_of(likelihood)?,
            answers,
        })
    });
    let version = stored.version;
    let seen = stored.seen.into_iter().map(|seen| seen_of(seen, version));
    Ok(LearnerState {
        areas: areas.collect::<Result<_, RecordError>>()?,
        seen: seen.collect::<Result<_, RecordError>>()?,
        updated_at: Millis(stored.updated_at),
    })
}

fn seen_of(stored: SeenV2, version: u16) -> Result<SeenItem, RecordError> {
    let item = ItemId::new(stored.item).map_err(|error| damaged(WHAT, error))?;
    let at = Millis(stored.at);
    match stored.memory {
        Some((credit, stability_days, difficulty)) => Ok(SeenItem {
            item,
            at,
            correct: stored.correct,
            times: stored.times,
            credit,
            memory: Memory {
                stability_days,
                difficulty,
            },
        }),
        None if version == WITHOUT_MEMORIES => Ok(SeenItem::from_last_answer(
            item,
            at,
            stored.correct,
            stored.times,
        )),
        None => Err(damaged(WHAT, "an item has no memory")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state_with(seen: Vec<SeenItem>) -> LearnerState {
        LearnerState {
            areas: vec![LearnerArea {
                area: AreaId::new("one").expect("an id"),
                likelihood: Box::new([0.1; 41]),
                answers: 3,
            }],
            seen,
            updated_at: Millis(1_700_000_000_123),
        }
    }

    proptest! {
        #[test]
        fn a_learner_state_is_stored_without_loss(
            items in prop::collection::vec(
                ("[a-z]{1,9}", any::<i64>(), any::<[bool; 2]>(), any::<u32>(), 0.001_f32..36_500.0, 1_f32..10.0), 0..40,
            ),
        ) {
            let seen = items.into_iter().map(|(item, at, [correct, credit], times, stability_days, difficulty)| SeenItem {
                item: ItemId::new(item).expect("an id"),
                at: Millis(at),
                correct,
                times,
                credit,
                memory: Memory { stability_days, difficulty },
            });
            let state = state_with(seen.collect());
            prop_assert_eq!(learner_from_bytes(&learner_to_bytes(&state)).expect("its own bytes"), state);
        }
    }

    #[test]
    fn a_state_of_before_the_review_schedule_gets_memories_from_its_last_answers() {
        #[derive(Serialize)]
        struct LearnerV1 {
            version: u16,
            areas: Vec<(String, u32, Vec<f64>)>,
            seen: Vec<(String, i64, bool, u32)>,
            updated_at: i64,
        }
        let row = |version| {
            pack(&LearnerV1 {
                version,
                areas: vec![("one".to_owned(), 3, vec![0.1; 41])],
                seen: vec![("a".to_owned(), 5, true, 2), ("b".to_owned(), 6, false, 1)],
                updated_at: 1_700_000_000_123,
            })
        };
        let item = |id, at, correct, times| {
            let id = ItemId::new(id).expect("an id");
            SeenItem::from_last_answer(id, Millis(at), correct, times)
        };
        let expected = state_with(vec![item("a", 5, true, 2), item("b", 6, false, 1)]);
        assert_eq!(learner_from_bytes(&row(1)).expect("version 1"), expected);
        assert!(expected.seen.iter().all(|seen| seen.memory.is_valid()));
        assert!(matches!(
            learner_from_bytes(&row(2)),
            Err(RecordError::Payload { .. })
        ));
        assert!(matches!(
            learner_from_bytes(&row(3)),
            Err(RecordError::Version { .. })
        ));
    }
}
