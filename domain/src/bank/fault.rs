//! What is wrong with an author's input, one value for each thing wrong.
//!
//! Owns the wording. Must not know the rules.

use std::fmt;

use crate::ids::{AreaId, ConceptId, ItemId};

/// What a fault was found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The certification itself.
    Certification,
    /// One of its areas.
    Area(AreaId),
    /// One of its concepts.
    Concept(ConceptId),
    /// One of its items.
    Item(ItemId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certification => f.write_str("certification"),
            Self::Area(id) => write!(f, "area {id}"),
            Self::Concept(id) => write!(f, "concept {id}"),
            Self::Item(id) => write!(f, "item {id}"),
        }
    }
}

/// One thing wrong with a bank: where, what was expected, what was found.
///
/// Displays as `item 42: discrimination must be > 0 and at most 10, got -0.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankFault {
    /// What it was found in.
    pub subject: Subject,
    /// The field concerned, as people call it.
    pub field: &'static str,
    /// What was expected, after the word "must".
    pub expected: String,
    /// The value found.
    pub found: String,
}

impl fmt::Display for BankFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} must {}, got {}",
            self.subject, self.field, self.expected, self.found
        )
    }
}

impl std::error::Error for BankFault {}
