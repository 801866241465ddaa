//! The stored shapes: what the domain's values look like in rows.
//!
//! Owns the versioned payloads and their reading back. Knows the domain and the rows; no adapter, no wire.

mod bank;
mod calibration;
mod event;
mod exposure;
mod learner;
mod seen;
mod session;
mod strip;

pub use bank::{bank_from_row, certification_row, specs_from_row};
pub use calibration::{
    CalibrationRecord, EstimateRecord, ItemErrors, calibration_from_row, calibration_to_bytes,
};
pub use event::{EVENT_VERSION, event_for_statistics, event_from_row, event_to_row};
pub use exposure::{exposure_from_bytes, exposure_to_bytes};
pub use learner::{learner_from_bytes, learner_to_bytes};
pub use session::{
    kind_name, kind_of, settings_from_bytes, settings_to_bytes, summary_from_bytes,
    summary_to_bytes,
};
pub use strip::strip;

/// Why stored bytes are not what they should be.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The payload does not decode.
    #[error("{what}: {detail}")]
    Payload {
        /// What was read.
        what: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The payload's version is not one this release reads.
    #[error("{what}: version {found} is not known to this release")]
    Version {
        /// What was read.
        what: &'static str,
        /// The version found.
        found: u16,
    },
    /// The learner's account was deleted, and what the session began from with it: it is never replayed.
    #[error("the learner's account was deleted: the session is kept for statistics alone")]
    Stripped,
    /// The stored items do not make a bank.
    #[error("{} faults, the first: {}", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Bank(Vec<learnr_domain::BankFault>),
}

fn damaged(what: &'static str, detail: impl ToString) -> RecordError {
    RecordError::Payload {
        what,
        detail: detail.to_string(),
    }
}

fn pack<T: serde::Serialize>(value: &T) -> Vec<u8> {
    rmp_serde::to_vec(value).expect("stored shapes are plain values")
}

fn unpack<'a, T: serde::Deserialize<'a>>(
    what: &'static str,
    bytes: &'a [u8],
) -> Result<T, RecordError> {
    rmp_serde::from_slice(bytes).map_err(|error| damaged(what, error))
}

/// The byte stored for each variant: its place in the list. Append only, never reorder.
struct Codes<T: 'static>(&'static [T]);

impl<T: Copy + PartialEq> Codes<T> {
    fn code(&self, value: T) -> u8 {
        let place = self.0.iter().position(|known| *known == value);
        u8::try_from(place.expect("every variant has a code")).expect("few variants")
    }

    fn value(&self, code: u8) -> Result<T, RecordError> {
        self.0
            .get(usize::from(code))
            .copied()
            .ok_or_else(|| damaged("code", format!("{code} is not known")))
    }
}
