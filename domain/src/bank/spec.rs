//! What an author writes: a certification and its items, before anything has been checked.
//!
//! Owns the shape of that input and its size limits. Must not know how it is stored or served.

use crate::ids::{AreaId, CertificationId, ConceptId, ItemId, OptionId};
use crate::irt::ItemParameters;

/// Longest stem, in bytes.
pub const STEM_BYTES_MAX: usize = 8 * 1024;
/// Longest option text, in bytes.
pub const OPTION_BYTES_MAX: usize = 2 * 1024;
/// Longest explanation of an option, in bytes.
pub const EXPLANATION_BYTES_MAX: usize = 8 * 1024;
/// Longest stimulus, in bytes.
pub const STIMULUS_BYTES_MAX: usize = 32 * 1024;
/// Longest title of a certification or area, in bytes.
pub const TITLE_BYTES_MAX: usize = 256;
/// Longest description of a certification, in bytes.
pub const DESCRIPTION_BYTES_MAX: usize = 8 * 1024;
/// Longest source reference of an item, in bytes.
pub const SOURCE_BYTES_MAX: usize = 1024;
/// Most items in a bank: at 41 nodes each their tables take 33 MB.
pub const ITEMS_MAX: usize = 100_000;
/// Most concepts of a certification.
pub const CERTIFICATION_CONCEPTS_MAX: usize = 10_000;
/// Most prerequisites of one concept.
pub const PREREQUISITES_MAX: usize = 32;
/// Most concepts of one item.
pub const CONCEPTS_MAX: usize = 32;
/// Most enemies one item may name.
pub const ENEMIES_MAX: usize = 64;
/// Longest exam, in items.
pub const EXAM_LENGTH_MAX: u16 = 500;
/// Longest exam, in minutes: one day.
pub const EXAM_MINUTES_MAX: u16 = 1_440;
/// Steepest discrimination; beyond it the grid of abilities is too coarse for the item.
pub const DISCRIMINATION_MAX: f64 = 10.0;
/// Farthest difficulty from 0, in logits.
pub const DIFFICULTY_MAX: f64 = 10.0;

/// A certification: what is examined, and in which proportions.
#[derive(Clone, Debug, PartialEq)]
pub struct CertificationSpec {
    /// Its id.
    pub id: CertificationId,
    /// What people see.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// 1 to 64 knowledge areas, in the order people see.
    pub areas: Vec<AreaSpec>,
    /// The concepts items may touch, in any order; none where items name theirs freely.
    pub concepts: Vec<ConceptSpec>,
    /// Share of right answers that passes, between 0 and 1, both excluded.
    pub pass_mark: f64,
    /// Items in its exam.
    pub exam_length: u16,
    /// Minutes its exam takes.
    pub exam_minutes: u16,
}

/// A knowledge area of a certification.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaSpec {
    /// Its id.
    pub id: AreaId,
    /// What people see.
    pub title: String,
    /// Blueprint weight, positive; weights are normalised to sum to one.
    pub weight: f64,
}

/// Something to understand, smaller than an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConceptSpec {
    /// Its id, unique in the certification.
    pub id: ConceptId,
    /// What people see.
    pub title: String,
    /// Concepts to understand first; they lead back to none of those that need them.
    pub prerequisites: Vec<ConceptId>,
}

/// How many options an answer may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Select {
    /// Exactly one.
    One,
    /// One or more; right only when exactly the keyed ones are named.
    Many,
}

/// The author's estimate of an item's difficulty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// b = -1.
    Easy,
    /// b = 0.
    Medium,
    /// b = 1.
    Hard,
}

/// How hard an item is: a label until it has been calibrated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Difficulty {
    /// An author's label; a = 1, c = the chance of guessing right.
    Label(Label),
    /// Calibrated parameters.
    Parameters(ItemParameters),
}

/// One option of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its id, unique in the item.
    pub id: OptionId,
    /// What people see.
    pub text: String,
    /// Whether it belongs to the key.
    pub correct: bool,
    /// Why it is right or wrong; may be empty.
    pub explanation: String,
}

/// An item (people see: question).
#[derive(Clone, Debug, PartialEq)]
pub struct ItemSpec {
    /// Its id, unique in the certification.
    pub id: ItemId,
    /// The area it belongs to.
    pub area: AreaId,
    /// The question.
    pub stem: String,
    /// A case that several questions may share.
    pub stimulus: Option<String>,
    /// 2 to 8 options, in the author's order.
    pub options: Vec<OptionSpec>,
    /// How many options an answer may name.
    pub select: Select,
    /// What it touches.
    pub concepts: Vec<ConceptId>,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// Where it comes from.
    pub source: Option<String>,
    /// Items that must not be served in the same session; holds both ways, whoever names whom.
    pub enemies: Vec<ItemId>,
    /// Whether its options must keep the author's order, because they speak of each other.
    pub fixed_order: bool,
    /// Whether it may be served.
    pub active: bool,
}
