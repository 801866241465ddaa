//! The new version: the current one with calibrated parameters.
//!
//! Owns what of an estimate is stored. Must not know how it came about.

use learnr_domain::ItemParameters;
use learnr_domain::bank::{CertificationSpec, Difficulty, ItemSpec};

use super::estimate::{Estimated, Task};
use super::outcome::{Figure, rounded};
use crate::store::CertificationVersionRow;
use crate::store::record::{self, CalibrationRecord, EstimateRecord, ItemErrors};

/// The row of the current version with what was estimated; items that keep what they had are as they were.
pub(super) fn calibrated_version(
    certification: &CertificationSpec,
    mut items: Vec<ItemSpec>,
    task: &Task<'_>,
    estimated: &Estimated,
) -> CertificationVersionRow {
    let mut errors = Vec::new();
    for (item, figures) in items.iter_mut().zip(&estimated.items) {
        let (None, Some(figures)) = (task.keeps(figures.as_ref()), figures) else {
            continue;
        };
        let ItemParameters { a, b, c, .. } = figures.parameters;
        // c is fixed, and the author's: it stays what it is to the last digit.
        item.difficulty =
            Difficulty::Parameters(ItemParameters::three_pl(rounded(a), rounded(b), c));
        errors.push(ItemErrors {
            item: item.id.to_string(),
            answers: figures.count.answers as u32,
            a: figures.standard_errors.a.map(rounded),
            b: figures.standard_errors.b.map(rounded),
        });
    }
    let structure = estimated.structure;
    let record = CalibrationRecord {
        respondents: task.evidence.first.len() as u32,
        rho: structure.and_then(|found| found.rho).map(estimate),
        q: structure.and_then(|found| found.q).map(estimate),
        items: errors,
    };
    CertificationVersionRow {
        calibration: Some(record::calibration_to_bytes(&record)),
        ..record::certification_row(certification, &items)
    }
}

fn estimate(found: learnr_domain::calibration::Estimate) -> EstimateRecord {
    let Figure {
        value,
        standard_error,
    } = Figure::from(found);
    EstimateRecord {
        value,
        standard_error,
    }
}
