//! What a published calibration says beside the parameters: how sure it is of them, and of rho and q.

use learnr_domain::irt::RHO_MAX;
use learnr_domain::session::Q_MAX;
use serde::{Deserialize, Serialize};

use super::{RecordError, damaged, pack, unpack};
use crate::store::CertificationVersionRow;

const WHAT: &str = "calibration";
/// Version of the bytes written.
const VERSION: u16 = 1;

/// A number that was estimated, with its standard error where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EstimateRecord {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
}

/// How sure a calibration is of one item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemErrors {
    /// The item.
    pub item: String,
    /// Answers its parameters come from.
    pub answers: u32,
    /// Standard error of its discrimination.
    pub a: Option<f64>,
    /// Standard error of its difficulty, in logits.
    pub b: Option<f64>,
}

/// What a calibration says of the version it made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CalibrationRecord {
    /// Learners whose answers it used.
    pub respondents: u32,
    /// Correlation of area abilities, for sessions to begin from; `None` where it was not estimated.
    pub rho: Option<EstimateRecord>,
    /// Variance of drift after a practice answer, in squared logits; `None` where it was not estimated.
    pub q: Option<EstimateRecord>,
    /// The items it calibrated.
    pub items: Vec<ItemErrors>,
}

type EstimateV1 = Option<(f64, Option<f64>)>;

/// As it is stored. A shape of its own version, so that it can grow.
#[derive(Serialize, Deserialize)]
struct CalibrationV1 {
    version: u16,
    respondents: u32,
    rho: EstimateV1,
    q: EstimateV1,
    items: Vec<(String, u32, Option<f64>, Option<f64>)>,
}

/// What a calibration says, for the row of the version it made.
#[must_use]
pub fn calibration_to_bytes(record: &CalibrationRecord) -> Vec<u8> {
    let estimate = |from: &EstimateRecord| (from.value, from.standard_error);
    let item = |item: &ItemErrors| (item.item.clone(), item.answers, item.a, item.b);
    pack(&CalibrationV1 {
        version: VERSION,
        respondents: record.respondents,
        rho: record.rho.as_ref().map(estimate),
        q: record.q.as_ref().map(estimate),
        items: record.items.iter().map(item).collect(),
    })
}

/// What the calibration of a stored version says; `None` when its parameters come from none.
///
/// # Errors
/// [`RecordError`] when it is damaged, or says what no session could begin from.
pub fn calibration_from_row(
    row: &CertificationVersionRow,
) -> Result<Option<CalibrationRecord>, RecordError> {
    let Some(bytes) = &row.calibration else {
        return Ok(None);
    };
    let stored: CalibrationV1 = unpack(WHAT, bytes)?;
    if stored.version != VERSION {
        return Err(RecordError::Version {
            what: WHAT,
            found: stored.version,
        });
    }
    let item = |(item, answers, a, b)| ItemErrors {
        item,
        answers,
        a,
        b,
    };
    Ok(Some(CalibrationRecord {
        respondents: stored.respondents,
        rho: estimate("rho", stored.rho, RHO_MAX)?,
        q: estimate("q", stored.q, Q_MAX)?,
        items: stored.items.into_iter().map(item).collect(),
    }))
}

/// Sessions begin from these: what is out of range would stop every one of them.
fn estimate(
    name: &str,
    stored: EstimateV1,
    most: f64,
) -> Result<Option<EstimateRecord>, RecordError> {
    let Some((value, standard_error)) = stored else {
        return Ok(None);
    };
    if !(0.0..=most).contains(&value) {
        return Err(damaged(WHAT, format!("{name} is {value}")));
    }
    Ok(Some(EstimateRecord {
        value,
        standard_error,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::OrganizationId;

    fn row(rho: f64) -> CertificationVersionRow {
        let record = CalibrationRecord {
            rho: Some(EstimateRecord {
                value: rho,
                standard_error: None,
            }),
            ..CalibrationRecord::default()
        };
        CertificationVersionRow {
            id: "cert".to_owned(),
            version: "v1".to_owned(),
            organization: OrganizationId::DEFAULT,
            title: String::new(),
            description: String::new(),
            body: Vec::new(),
            items: Vec::new(),
            calibration: Some(calibration_to_bytes(&record)),
        }
    }

    #[test]
    fn what_no_session_could_begin_from_is_damage() {
        for rho in [f64::NAN, -0.1, 0.95] {
            assert!(calibration_from_row(&row(rho)).is_err(), "{rho}");
        }
        let mut sound = row(0.7);
        let read = calibration_from_row(&sound).expect("in range");
        let rho = read.expect("calibrated").rho.expect("estimated");
        assert_eq!((rho.value, rho.standard_error), (0.7, None));
        sound.calibration = Some(vec![0xc1]);
        assert!(calibration_from_row(&sound).is_err());
        sound.calibration = None;
        assert_eq!(calibration_from_row(&sound).expect("nothing to read"), None);
    }
}
