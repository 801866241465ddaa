//! What files hold, whatever their format: questions with their places, made into one certification.
//!
//! Owns duplicates, what a file without a certification of its own becomes, and the check by the domain.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use learnr_domain::bank::{AreaSpec, CertificationSpec, ItemSpec, Subject};
use learnr_domain::{AreaId, Bank, BankFault, CertificationId, ItemId};

use super::names::{digest, title};
use super::report::{Notes, Place};
use crate::store::record;

/// Share of right answers that passes, where nothing says otherwise.
const PASS_MARK: f64 = 0.65;
/// Questions and minutes of an exam, where nothing says otherwise.
const EXAM: (u16, u16) = (30, 45);

/// A question read, and where it stands.
#[derive(Debug)]
pub(super) struct Drafted {
    pub(super) spec: ItemSpec,
    pub(super) place: Place,
}

impl Drafted {
    pub(super) fn new(spec: ItemSpec, place: Place) -> Self {
        Self { spec, place }
    }
}

/// An area as a file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) id: AreaId,
    pub(super) title: String,
}

/// What a certification is called, where its files do not say.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Its id.
    pub id: CertificationId,
    /// What people see; that of the stored one, or one made from the id, when `None`.
    pub title: Option<String>,
    /// The certification of that id as it is stored: what a table does not say stays as it is.
    pub stored: Option<CertificationSpec>,
}

/// The certification that tables of questions become. Of the areas that their rows name, those that questions are left
/// in.
pub(super) fn certification(wish: &Wish, areas: Vec<Area>, items: &[Drafted]) -> CertificationSpec {
    let mut spec = wish.stored.clone().unwrap_or_else(|| CertificationSpec {
        id: wish.id.clone(),
        title: title(wish.id.as_str()),
        description: String::new(),
        areas: Vec::new(),
        concepts: Vec::new(),
        pass_mark: PASS_MARK,
        exam_length: EXAM
            .0
            .min(u16::try_from(items.len()).unwrap_or(u16::MAX))
            .max(1),
        exam_minutes: EXAM.1,
    });
    if let Some(title) = &wish.title {
        spec.title.clone_from(title);
    }
    // An area that nothing gives a weight weighs as much as the others do on average.
    let known = spec.areas.len().max(1) as f64;
    let total: f64 = spec.areas.iter().map(|area| area.weight).sum();
    let weight = if spec.areas.is_empty() {
        1.0
    } else {
        total / known
    };
    let used: HashSet<&AreaId> = items.iter().map(|item| &item.spec.area).collect();
    for area in areas.into_iter().filter(|area| used.contains(&area.id)) {
        if !spec.areas.iter().any(|known| known.id == area.id) {
            spec.areas.push(AreaSpec {
                id: area.id,
                title: area.title,
                weight,
            });
        }
    }
    spec
}

/// Leaves out every question that was met before; how many. Enemies of one left out become enemies of the first.
pub(super) fn leave_duplicates_out(items: &mut Vec<Drafted>, notes: &mut Notes) -> usize {
    let mut met: HashMap<[u8; 32], usize> = HashMap::with_capacity(items.len());
    let mut kept: Vec<Drafted> = Vec::with_capacity(items.len());
    let mut instead: HashMap<ItemId, ItemId> = HashMap::new();
    let mut left_out = 0;
    for item in items.drain(..) {
        match met.entry(content_of(&item.spec)) {
            Entry::Vacant(vacant) => {
                vacant.insert(kept.len());
                kept.push(item);
            }
            Entry::Occupied(first) => {
                let first = &kept[*first.get()];
                let value = format!("the question of {} again", first.place);
                if key(&first.spec) == key(&item.spec) {
                    notes.warn(
                        item.place,
                        "each question once",
                        format!("{value}: left out"),
                    );
                    if first.spec.id != item.spec.id {
                        instead.insert(item.spec.id, first.spec.id.clone());
                    }
                    left_out += 1;
                } else {
                    let value = format!("{value}, with another key");
                    notes.fault_plain(item.place, "one key for one question", value);
                }
            }
        }
    }
    for ItemSpec { id, enemies, .. } in kept.iter_mut().map(|item| &mut item.spec) {
        enemies.retain_mut(|enemy| match instead.get(enemy) {
            // Its own duplicate: it is no enemy of itself.
            Some(first) if first == id => false,
            Some(first) => {
                enemy.clone_from(first);
                true
            }
            None => true,
        });
    }
    *items = kept;
    left_out
}

fn content_of(item: &ItemSpec) -> [u8; 32] {
    let texts = item.options.iter().map(|option| option.text.as_str());
    digest(
        [
            item.stem.as_str(),
            item.stimulus.as_deref().unwrap_or_default(),
        ]
        .into_iter()
        .chain(texts),
    )
}

fn key(item: &ItemSpec) -> Vec<bool> {
    item.options.iter().map(|option| option.correct).collect()
}

/// The row to store, when the domain finds nothing wrong; its faults are noted where they stand. Questions that
/// could not be read are missing here: what follows only from that is not said.
pub(super) fn check(
    certification: CertificationSpec,
    items: Vec<Drafted>,
    notes: &mut Notes,
) -> Option<crate::store::CertificationVersionRow> {
    let partial = !notes.faults.is_empty();
    let mut places: HashMap<Arc<str>, Place> = HashMap::with_capacity(items.len());
    let mut specs = Vec::with_capacity(items.len());
    for item in items {
        places.insert(item.spec.id.as_str().into(), item.place);
        specs.push(item.spec);
    }
    let row = record::certification_row(&certification, &specs);
    let Err(faults) = Bank::build(certification, specs) else {
        return notes.faults.is_empty().then_some(row);
    };
    for fault in faults {
        let follows = matches!(fault.field, "number of active items" | "enemy");
        if !(partial && follows) {
            note(fault, &places, notes);
        }
    }
    None
}

fn note(fault: BankFault, places: &HashMap<Arc<str>, Place>, notes: &mut Notes) {
    let (place, column) = match &fault.subject {
        Subject::Item(id) => {
            let nowhere = || Place {
                item: Some(id.as_str().into()),
                ..Place::default()
            };
            let place = places.get(id.as_str()).cloned();
            (place.unwrap_or_else(nowhere), fault.field.to_owned())
        }
        other => (Place::default(), format!("{other}, {}", fault.field)),
    };
    notes.fault_plain(place.column(column), expected(&fault.expected), fault.found);
}

/// What follows "must" in the domain's words, as it follows "expected": "be at most 8" as "at most 8".
fn expected(after_must: &str) -> String {
    match after_must.split_once(' ') {
        Some(("be" | "lie", rest)) => rest.to_owned(),
        Some(("not", rest)) => format!("not to {rest}"),
        _ => format!("to {after_must}"),
    }
}
