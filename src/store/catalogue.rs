//! Owns the stored shape of a certification and its items. Must not know what an item says: bodies
//! are encoded by whoever imports them.

use std::collections::HashSet;

use super::ids::OrganizationId;

/// Items one certification version may have; more are rejected.
pub const ITEMS_MAX: usize = 100_000;

/// One immutable version of a certification's item bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationVersionRow {
    /// The certification.
    pub id: String,
    /// Hash of the content, given by the caller: equal content has an equal version.
    pub version: String,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What learners see.
    pub title: String,
    /// One or two sentences under the title.
    pub description: String,
    /// Areas, weights, pass mark and so on, encoded by the caller.
    pub body: Vec<u8>,
    /// The items, by `ix`.
    pub items: Vec<ItemRow>,
    /// What the calibration that made its parameters says of them, encoded by the caller. Not part of the
    /// content: a version saved again without one keeps what it has, and with one takes that.
    pub calibration: Option<Vec<u8>>,
}

impl CertificationVersionRow {
    /// Why it can never be stored, whatever is in the database.
    pub(super) fn refusal(&self) -> Option<String> {
        (self.items.len() > ITEMS_MAX).then(|| {
            format!(
                "certification {}: {} items, {ITEMS_MAX} are allowed",
                self.id,
                self.items.len()
            )
        })
    }

    /// Items that may be served, and the knowledge areas they are spread over.
    pub(super) fn active_counts(&self) -> (usize, usize) {
        let active = self.items.iter().filter(|item| item.active);
        let areas: HashSet<&str> = active.clone().map(|item| item.area.as_str()).collect();
        (active.count(), areas.len())
    }
}

/// One item of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Place in the bank, unique in the version.
    pub ix: u32,
    /// The author's id, unique in the version.
    pub item_id: String,
    /// Knowledge area it belongs to.
    pub area: String,
    /// Whether it may be served.
    pub active: bool,
    /// The item itself, encoded by the caller.
    pub body: Vec<u8>,
}

/// What came of saving a version. Afterwards it is the certification's current one either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It was stored.
    New,
    /// That version was stored before.
    Unchanged,
}

/// A certification to choose from, in its current version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificationListing {
    /// The certification.
    pub id: String,
    /// What learners see.
    pub title: String,
    /// One or two sentences under the title.
    pub description: String,
    /// The current version.
    pub version: String,
    /// How many of its items may be served.
    pub items: u32,
    /// Over how many knowledge areas those are spread.
    pub areas: u32,
}

/// How often the items of a version were eligible and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExposureRow {
    /// The certification.
    pub certification: String,
    /// The version.
    pub version: String,
    /// Examinees counted.
    pub examinees: i64,
    /// The counts, encoded and versioned by the caller.
    pub body: Vec<u8>,
}
