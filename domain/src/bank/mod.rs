//! The item bank: a certification and its items, checked, with the tables every session shares.
//!
//! Owns what may be served and the curves of it. Must not know learners or sessions, nor how a bank is
//! stored. A built bank never changes; new parameters are a new bank.

mod blueprint;
mod concept_index;
mod concepts;
mod curves;
mod fault;
mod spec;
mod tables;
mod validate;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ids::{
    AreaId, AreaIx, CertificationId, ConceptId, ConceptIx, ItemId, ItemIx, OptionId, OptionIx,
    OptionSet,
};
use crate::irt::{FactorGrid, ItemParameters, NODES, Screen};

use concept_index::ConceptIndex;

pub use blueprint::blueprint_counts;
pub use fault::{BankFault, Subject};
pub use spec::{
    AreaSpec, CERTIFICATION_CONCEPTS_MAX, CONCEPTS_MAX, CertificationSpec, ConceptSpec,
    DESCRIPTION_BYTES_MAX, DIFFICULTY_MAX, DISCRIMINATION_MAX, Difficulty, ENEMIES_MAX,
    EXAM_LENGTH_MAX, EXAM_MINUTES_MAX, EXPLANATION_BYTES_MAX, ITEMS_MAX, ItemSpec, Label,
    OPTION_BYTES_MAX, OptionSpec, PREREQUISITES_MAX, SOURCE_BYTES_MAX, STEM_BYTES_MAX,
    STIMULUS_BYTES_MAX, Select, TITLE_BYTES_MAX,
};
pub use tables::label_parameters;

/// Most grids of different rho a bank keeps; beyond it the oldest goes, and is made again when asked for.
const GRIDS_MAX: usize = 4;

/// A certification, as people see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Certification {
    /// Its id.
    pub id: CertificationId,
    /// What people see.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// Share of right answers that passes, between 0 and 1.
    pub pass_mark: f64,
    /// Items in its exam.
    pub exam_length: u16,
    /// Minutes its exam takes.
    pub exam_minutes: u16,
    /// The concepts its items touch, in order of id; none where items name theirs freely.
    pub concepts: Vec<ConceptSpec>,
}

impl Certification {
    /// Whether an answer that took `elapsed_ms` was slow: longer than its exam gives a learner whose time limits are
    /// multiplied by `multiplier` for a question on average.
    pub fn is_slow(&self, elapsed_ms: i64, multiplier: f64) -> bool {
        let allowed_ms = (f64::from(self.exam_minutes) * 60_000.0 * multiplier) as i64;
        elapsed_ms.saturating_mul(i64::from(self.exam_length)) > allowed_ms
    }
}

/// A knowledge area of a built bank.
#[derive(Clone, Debug)]
pub struct Area {
    /// Its id.
    pub id: AreaId,
    /// What people see.
    pub title: String,
    /// Blueprint share; the shares of a bank sum to one.
    pub weight: f64,
    items: Vec<ItemIx>,
    curves: Vec<[f64; NODES]>,
    screen: Screen,
    fresh: Vec<u32>,
    curve: [f64; NODES],
}

impl Area {
    /// The active items of the area, in order of index; an item's place here is its slot.
    pub fn items(&self) -> &[ItemIx] {
        &self.items
    }

    /// Probability of a right answer at each ability node, one row for each slot.
    pub fn curves(&self) -> &[[f64; NODES]] {
        &self.curves
    }

    /// The same curves in single precision.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// The slots of items without calibrated parameters, where the area also has some with; see
    /// [`crate::selection::TRIAL_SHARE`].
    pub fn fresh(&self) -> &[u32] {
        &self.fresh
    }

    /// The test characteristic curve: the mean of [`Area::curves`].
    pub fn curve(&self) -> &[f64; NODES] {
        &self.curve
    }
}

/// An item of a built bank.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Its area.
    pub area: AreaIx,
    /// The question.
    pub stem: String,
    /// A case that several questions may share.
    pub stimulus: Option<String>,
    /// 2 to 8 options, in the author's order.
    pub options: Vec<OptionSpec>,
    /// How many options an answer may name.
    pub select: Select,
    /// The options that make an answer right.
    pub key: OptionSet,
    /// What it touches.
    pub concepts: Vec<ConceptId>,
    /// Its parameters, from calibration or from its label.
    pub parameters: ItemParameters,
    /// Whether they are from calibration.
    pub calibrated: bool,
    /// Where it comes from.
    pub source: Option<String>,
    /// Items that must not share a session with it, in order of index.
    pub enemies: Vec<ItemIx>,
    /// Whether its options keep the author's order.
    pub fixed_order: bool,
    /// Whether it may be served.
    pub active: bool,
}

impl Item {
    /// The index of an option by its id.
    pub fn option(&self, id: &OptionId) -> Option<OptionIx> {
        let place = self.options.iter().position(|option| &option.id == id)?;
        u8::try_from(place).ok().map(OptionIx)
    }
}

/// Where an active item is found in the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) area: AreaIx,
    pub(crate) slot: usize,
}

/// Everything that may be asked, immutable and shared.
pub struct Bank {
    certification: Certification,
    areas: Vec<Area>,
    items: Vec<Item>,
    /// Slot of each item in its area, or `INACTIVE`, beside the area: read for whole histories at once.
    places: Vec<(AreaIx, u32)>,
    concepts: ConceptIndex,
    /// Grids are a function of rho alone; kept so that sessions share them.
    grids: Mutex<Vec<Arc<FactorGrid>>>,
}

const INACTIVE: u32 = u32::MAX;

impl fmt::Debug for Bank {
    /// Names the bank and says nothing of its content: keys must not reach a log by way of a session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank")
            .field("certification", &self.certification.id)
            .field("items", &self.items.len())
            .finish_non_exhaustive()
    }
}

impl Bank {
    /// Checks a certification and its items, and builds the tables sessions share.
    ///
    /// Item indices follow the order of ids, whatever the order of `items`, so that the same content gives
    /// the same bank.
    ///
    /// # Errors
    /// Every fault found. Above [`ITEMS_MAX`] items that alone is reported.
    pub fn build(
        certification: CertificationSpec,
        mut items: Vec<ItemSpec>,
    ) -> Result<Self, Vec<BankFault>> {
        items.sort_by(|x, y| x.id.cmp(&y.id));
        let faults = validate::faults(&certification, &items);
        if faults.is_empty() {
            Ok(tables::build(certification, items))
        } else {
            Err(faults)
        }
    }

    /// The certification.
    pub fn certification(&self) -> &Certification {
        &self.certification
    }

    /// The areas, in the order of the certification.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// One area. Panics when the index is not of this bank, like a slice.
    pub fn area(&self, area: AreaIx) -> &Area {
        &self.areas[area.at()]
    }

    /// The area with an id.
    pub fn find_area(&self, id: &AreaId) -> Option<AreaIx> {
        let place = self.areas.iter().position(|area| &area.id == id)?;
        u8::try_from(place).ok().map(AreaIx)
    }

    /// All items, active or not, in order of index.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// One item. Panics when the index is not of this bank, like a slice; see [`Bank::get`].
    pub fn item(&self, item: ItemIx) -> &Item {
        &self.items[item.0 as usize]
    }

    /// One item, if the index is of this bank.
    pub fn get(&self, item: ItemIx) -> Option<&Item> {
        self.items.get(item.0 as usize)
    }

    /// The item with an id, active or not.
    pub fn find(&self, id: &ItemId) -> Option<ItemIx> {
        let place = self.items.binary_search_by(|item| item.id.cmp(id)).ok()?;
        u32::try_from(place).ok().map(ItemIx)
    }

    /// Every concept of the certification or of an item, in order; an index is a place here.
    pub fn concepts(&self) -> &[ConceptId] {
        self.concepts.ids()
    }

    /// The concept with an id.
    pub fn find_concept(&self, id: &ConceptId) -> Option<ConceptIx> {
        self.concepts.find(id)
    }

    /// The active items that touch a concept, in order of index; none for an index that is not of this bank.
    pub fn concept_items(&self, concept: ConceptIx) -> &[ItemIx] {
        self.concepts.items(concept)
    }

    /// The concepts an item touches, in order of index.
    pub fn item_concepts(&self, item: ItemIx) -> &[ConceptIx] {
        self.concepts.of_item(item)
    }

    /// The concepts to understand before a concept, in order of index.
    pub fn prerequisites(&self, concept: ConceptIx) -> &[ConceptIx] {
        self.concepts.prerequisites(concept)
    }

    /// Whether any concept needs another first.
    pub(crate) fn has_prerequisites(&self) -> bool {
        self.concepts.has_prerequisites()
    }

    /// Probability of a right answer at each ability node; `None` when the item is not active or not here.
    pub fn curve(&self, item: ItemIx) -> Option<&[f64; NODES]> {
        let place = self.place(item)?;
        self.areas[place.area.at()].curves.get(place.slot)
    }

    /// The grid of the one-factor prior for a correlation, shared by the bank's sessions.
    pub fn factor_grid(&self, rho: f64) -> Arc<FactorGrid> {
        let mut grids = self.grids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(grid) = grids
            .iter()
            .find(|grid| grid.rho().to_bits() == rho.to_bits())
        {
            return Arc::clone(grid);
        }
        if grids.len() == GRIDS_MAX {
            grids.remove(0);
        }
        let grid = Arc::new(FactorGrid::new(rho));
        grids.push(Arc::clone(&grid));
        grid
    }

    pub(crate) fn place(&self, item: ItemIx) -> Option<Place> {
        match self.places.get(item.0 as usize) {
            Some(&(area, slot)) if slot != INACTIVE => Some(Place {
                area,
                slot: slot as usize,
            }),
            _ => None,
        }
    }
}
