//! Turns checked input into a bank: normalised weights, resolved references, curves at the ability nodes.
//!
//! Owns that translation. Input must have passed `validate`.

use std::sync::Mutex;

use super::concept_index::ConceptIndex;
use super::spec::{CertificationSpec, Difficulty, ItemSpec, Label, Select};
use super::{Area, Bank, Certification, INACTIVE, Item};
use crate::ids::{AreaId, AreaIx, ItemId, ItemIx, OptionIx, OptionSet};
use crate::irt::{ItemParameters, NODES, Screen, THETA, probability};

/// Parameters an author's label stands for: b = -1, 0 or 1, a = 1, and c the chance of guessing right
/// among `options` options: 1/n, or 1/(2^n - 1) where any non-empty set may be named.
pub fn label_parameters(label: Label, select: Select, options: usize) -> ItemParameters {
    let answers = match select {
        Select::One => options as f64,
        Select::Many => (2_u64.saturating_pow(options as u32) - 1) as f64,
    };
    let b = match label {
        Label::Easy => -1.0,
        Label::Medium => 0.0,
        Label::Hard => 1.0,
    };
    ItemParameters::three_pl(1.0, b, 1.0 / answers)
}

pub(super) fn build(mut spec: CertificationSpec, items: Vec<ItemSpec>) -> Bank {
    let area_ids: Vec<AreaId> = spec.areas.iter().map(|area| area.id.clone()).collect();
    let enemies = resolve_enemies(&items);
    spec.concepts.sort_by(|x, y| x.id.cmp(&y.id));
    let items: Vec<Item> = items
        .into_iter()
        .zip(enemies)
        .map(|(item, enemies)| resolve(item, enemies, &area_ids))
        .collect();
    let total: f64 = spec.areas.iter().map(|area| area.weight).sum();
    let mut areas: Vec<Area> = spec
        .areas
        .into_iter()
        .map(|area| Area {
            id: area.id,
            title: area.title,
            weight: area.weight / total,
            items: Vec::new(),
            curves: Vec::new(),
            screen: Screen::default(),
            fresh: Vec::new(),
            curve: [0.0; NODES],
        })
        .collect();
    let places = place_items(&items, &mut areas);
    areas.iter_mut().for_each(|area| finish(area, &items));
    let concepts = ConceptIndex::new(&spec.concepts, &items);
    Bank {
        certification: Certification {
            id: spec.id,
            title: spec.title,
            description: spec.description,
            pass_mark: spec.pass_mark,
            exam_length: spec.exam_length,
            exam_minutes: spec.exam_minutes,
            concepts: spec.concepts,
        },
        areas,
        items,
        places,
        concepts,
        grids: Mutex::new(Vec::new()),
    }
}

/// Enemies by index, made to hold both ways. `items` are in order of id.
fn resolve_enemies(items: &[ItemSpec]) -> Vec<Vec<ItemIx>> {
    let find = |id: &ItemId| items.binary_search_by(|item| item.id.cmp(id)).ok();
    let mut enemies = vec![Vec::new(); items.len()];
    for (one, item) in items.iter().enumerate() {
        for other in item.enemies.iter().filter_map(find) {
            enemies[one].push(ItemIx(other as u32));
            enemies[other].push(ItemIx(one as u32));
        }
    }
    for list in &mut enemies {
        list.sort_unstable();
        list.dedup();
        list.shrink_to_fit();
    }
    enemies
}

fn resolve(item: ItemSpec, enemies: Vec<ItemIx>, areas: &[AreaId]) -> Item {
    let mut key = OptionSet::default();
    for (option, ix) in item.options.iter().zip(0..) {
        if option.correct {
            key.insert(OptionIx(ix));
        }
    }
    let parameters = match item.difficulty {
        Difficulty::Label(label) => label_parameters(label, item.select, item.options.len()),
        Difficulty::Parameters(parameters) => parameters,
    };
    let area = areas.iter().position(|id| *id == item.area);
    Item {
        id: item.id,
        area: AreaIx(area.expect("validated: every item's area is in the certification") as u8),
        stem: item.stem,
        stimulus: item.stimulus,
        options: item.options,
        select: item.select,
        key,
        concepts: item.concepts,
        parameters,
        calibrated: matches!(item.difficulty, Difficulty::Parameters(_)),
        source: item.source,
        enemies,
        fixed_order: item.fixed_order,
        active: item.active,
    }
}

fn place_items(items: &[Item], areas: &mut [Area]) -> Vec<(AreaIx, u32)> {
    let mut places = Vec::with_capacity(items.len());
    for (item, ix) in items.iter().zip(0..) {
        if !item.active {
            places.push((item.area, INACTIVE));
            continue;
        }
        let area = &mut areas[item.area.at()];
        places.push((item.area, area.items.len() as u32));
        area.items.push(ItemIx(ix));
        area.curves
            .push(THETA.map(|theta| probability(&item.parameters, theta)));
    }
    places
}

fn finish(area: &mut Area, items: &[Item]) {
    area.items.shrink_to_fit();
    area.curves.shrink_to_fit();
    area.screen = Screen::new(&area.curves);
    let is_fresh = |item: &ItemIx| !items[item.0 as usize].calibrated;
    if !area.items.iter().all(is_fresh) {
        let slots = (0..).zip(&area.items);
        area.fresh = slots
            .filter(|(_, item)| is_fresh(item))
            .map(|(slot, _)| slot)
            .collect();
    }
    for curve in &area.curves {
        for (sum, p) in area.curve.iter_mut().zip(curve) {
            *sum += p;
        }
    }
    for sum in &mut area.curve {
        *sum /= area.curves.len() as f64;
    }
}
