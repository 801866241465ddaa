//! Learner states as bytes.

use learnr_domain::learner::{LearnerArea, SeenItem};
use learnr_domain::{AreaId, ItemId, LearnerState, Millis};
use serde::{Deserialize, Serialize};

use super::event::likelihood_of;
use super::{RecordError, damaged, pack, unpack};

const WHAT: &str = "learner state";
const BODY_VERSION: u16 = 1;

#[derive(Serialize, Deserialize)]
struct LearnerV1 {
    version: u16,
    areas: Vec<(String, u32, Vec<f64>)>,
    seen: Vec<(String, i64, bool, u32)>,
    updated_at: i64,
}

/// A learner state as it is stored.
#[must_use]
pub fn learner_to_bytes(state: &LearnerState) -> Vec<u8> {
    pack(&LearnerV1 {
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
            .map(|seen| (seen.item.to_string(), seen.at.0, seen.correct, seen.times))
            .collect(),
        updated_at: state.updated_at.0,
    })
}

/// The learner state that bytes hold.
///
/// # Errors
/// [`RecordError`] when they are damaged or from a release this one does not read.
pub fn learner_from_bytes(bytes: &[u8]) -> Result<LearnerState, RecordError> {
    let stored: LearnerV1 = unpack(WHAT, bytes)?;
    if stored.version != BODY_VERSION {
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
    let seen = stored.seen.into_iter().map(|(item, at, correct, times)| {
        Ok(SeenItem {
            item: ItemId::new(item).map_err(|error| damaged(WHAT, error))?,
            at: Millis(at),
            correct,
            times,
        })
    });
    Ok(LearnerState {
        areas: areas.collect::<Result<_, RecordError>>()?,
        seen: seen.collect::<Result<_, RecordError>>()?,
        updated_at: Millis(stored.updated_at),
    })
}
