//! What a calibration found that a new version of a certification still stands on.
//!
//! Owns what is carried over from the current version when another is imported: the correlation of areas and the drift of
//! practice, which are of the learners and not of any file, and the errors of parameters that are the same in both. Must
//! not know how they were estimated.

use std::collections::HashMap;

use learnr_domain::bank::{Difficulty, ItemSpec};

use crate::store::record::{self, CalibrationRecord};
use crate::store::{CertificationVersionRow, Store};

/// The calibration to store beside an imported version; `None` where the current one has none, or where the version is
/// stored already with its own, as when an older file is brought back.
///
/// # Errors
/// Why the store cannot be read.
pub(super) async fn carried(
    store: &dyn Store,
    new: &CertificationVersionRow,
) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(current) = store.certification(&new.id, None).await? else {
        return Ok(None);
    };
    let stored = store.certification(&new.id, Some(&new.version)).await?;
    if stored.is_some_and(|stored| stored.calibration.is_some()) || current.version == new.version {
        return Ok(None);
    }
    let Some(calibration) = record::calibration_from_row(&current)? else {
        return Ok(None);
    };
    let (_, before) = record::specs_from_row(&current)?;
    let (_, after) = record::specs_from_row(new)?;
    let known: HashMap<&str, &Difficulty> = by_id(&before);
    let same: HashMap<&str, &Difficulty> = by_id(&after)
        .into_iter()
        .filter(|(id, difficulty)| known.get(id) == Some(difficulty))
        .collect();
    let items = calibration.items.into_iter();
    Ok(Some(record::calibration_to_bytes(&CalibrationRecord {
        items: items
            .filter(|errors| same.contains_key(errors.item.as_str()))
            .collect(),
        ..calibration
    })))
}

fn by_id(items: &[ItemSpec]) -> HashMap<&str, &Difficulty> {
    let pairs = items
        .iter()
        .map(|item| (item.id.as_str(), &item.difficulty));
    pairs.collect()
}
