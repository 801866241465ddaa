//! Exposure counts as bytes.

use learnr_domain::selection::exposure::Count;
use serde::{Deserialize, Serialize};

use super::{RecordError, damaged, pack, unpack};

const WHAT: &str = "exposure counts";
const BODY_VERSION: u16 = 1;

/// Single precision: what is kept of an examinee is a lottery's odds.
#[derive(Serialize, Deserialize)]
struct ExposureV1 {
    version: u16,
    eligible: Vec<f32>,
    served: Vec<f32>,
}

/// Counts by item, as they are stored.
#[must_use]
pub fn exposure_to_bytes(counts: &[Count]) -> Vec<u8> {
    pack(&ExposureV1 {
        version: BODY_VERSION,
        eligible: counts.iter().map(|count| count.eligible as f32).collect(),
        served: counts.iter().map(|count| count.served as f32).collect(),
    })
}

/// The counts that bytes hold.
///
/// # Errors
/// [`RecordError`] when they are damaged or from a release this one does not read.
pub fn exposure_from_bytes(bytes: &[u8]) -> Result<Vec<Count>, RecordError> {
    let stored: ExposureV1 = unpack(WHAT, bytes)?;
    if stored.version != BODY_VERSION {
        return Err(RecordError::Version {
            what: WHAT,
            found: stored.version,
        });
    }
    if stored.eligible.len() != stored.served.len() {
        return Err(damaged(WHAT, "the two lists differ in length"));
    }
    let both = stored.eligible.into_iter().zip(stored.served);
    Ok(both
        .map(|(eligible, served)| Count {
            eligible: f64::from(eligible),
            served: f64::from(served),
        })
        .collect())
}
