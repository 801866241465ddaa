//! Banks to simulate on: from parameters alone, or generated.
//!
//! Owns the translation of bare parameters into a [`Bank`], and the distributions generated parameters are
//! drawn from. Must not know examinees.

use super::deviates::{normal, uniform};
use crate::bank::{
    AreaSpec, Bank, BankFault, CertificationSpec, DIFFICULTY_MAX, DISCRIMINATION_MAX, Difficulty,
    ItemSpec, OptionSpec, Select,
};
use crate::ids::{AreaId, CertificationId, ItemId, OptionId};
use crate::irt::ItemParameters;
use crate::tick::Chance;

/// An item as far as a simulation needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibratedItem {
    /// Its id.
    pub id: ItemId,
    /// Its knowledge area.
    pub area: AreaId,
    /// Its parameters.
    pub parameters: ItemParameters,
}

/// A knowledge area and its blueprint weight, positive; weights are normalised to sum to one.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaShare {
    /// Its id.
    pub id: AreaId,
    /// Its weight.
    pub weight: f64,
}

/// A bank of items without texts, for simulation: each gets two options, the first of which is right.
///
/// # Errors
/// Every fault, as [`Bank::build`] finds them: parameters out of range or not numbers, ids that repeat, areas
/// without items, items of unknown areas.
pub fn bank_of(areas: Vec<AreaShare>, items: Vec<CalibratedItem>) -> Result<Bank, Vec<BankFault>> {
    let certification = CertificationSpec {
        id: CertificationId::new("simulated").expect("a plain word is an id"),
        title: "Simulated".into(),
        description: String::new(),
        areas: areas.into_iter().map(area_spec).collect(),
        concepts: Vec::new(),
        pass_mark: 0.7,
        exam_length: 60,
        exam_minutes: 90,
    };
    Bank::build(certification, items.into_iter().map(item_spec).collect())
}

fn area_spec(area: AreaShare) -> AreaSpec {
    AreaSpec {
        title: area.id.to_string(),
        id: area.id,
        weight: area.weight,
    }
}

fn item_spec(item: CalibratedItem) -> ItemSpec {
    let option = |id: &str, correct| OptionSpec {
        id: OptionId::new(id).expect("a plain word is an id"),
        text: id.to_owned(),
        correct,
        explanation: String::new(),
    };
    ItemSpec {
        stem: item.id.to_string(),
        id: item.id,
        area: item.area,
        stimulus: None,
        options: vec![option("right", true), option("wrong", false)],
        select: Select::One,
        concepts: Vec::new(),
        difficulty: Difficulty::Parameters(item.parameters),
        source: None,
        enemies: Vec::new(),
        fixed_order: true,
        active: true,
    }
}

/// Which model generated parameters belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratedModel {
    /// a = 1, c = 0.
    Rasch,
    /// c = 0.
    TwoPl,
    /// c uniform on 0.1 to 0.25.
    ThreePl,
}

/// Parameters drawn as reference case C33 draws them: ln a ~ N(0, 0.3^2), b ~ N(0, 1), c ~ U(0.1, 0.25).
///
/// Items are dealt to `areas` so that each prefix of the list keeps to the areas' weights; a and b are cut to
/// what a bank may hold, at 7 and 10 standard deviations. The same seed gives the same items.
pub fn generated(
    model: GeneratedModel,
    count: usize,
    areas: &[AreaShare],
    seed: u64,
) -> Vec<CalibratedItem> {
    let mut chance = Chance::new(seed);
    let total: f64 = areas.iter().map(|area| area.weight).sum();
    let mut dealt = vec![0.0; areas.len()];
    let mut items = Vec::with_capacity(count);
    for n in 0..count {
        let parameters = draw(model, &mut chance);
        let behind = |k: usize| areas[k].weight / total * (n + 1) as f64 - dealt[k];
        let Some(area) = (0..areas.len()).max_by(|x, y| behind(*x).total_cmp(&behind(*y))) else {
            break;
        };
        dealt[area] += 1.0;
        items.push(CalibratedItem {
            id: ItemId::new(format!("item-{n:06}")).expect("letters and digits are an id"),
            area: areas[area].id.clone(),
            parameters,
        });
    }
    items
}

fn draw(model: GeneratedModel, chance: &mut Chance) -> ItemParameters {
    let a = libm::exp(0.3 * normal(chance)).min(DISCRIMINATION_MAX);
    let b = normal(chance).clamp(-DIFFICULTY_MAX, DIFFICULTY_MAX);
    let c = uniform(chance, 0.1, 0.25);
    match model {
        GeneratedModel::Rasch => ItemParameters::rasch(b),
        GeneratedModel::TwoPl => ItemParameters::two_pl(a, b),
        GeneratedModel::ThreePl => ItemParameters::three_pl(a, b, c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(weights: &[f64]) -> Vec<AreaShare> {
        let share = |(k, weight): (usize, &f64)| AreaShare {
            id: AreaId::new(format!("area-{k}")).expect("a legal id"),
            weight: *weight,
        };
        weights.iter().enumerate().map(share).collect()
    }

    #[test]
    fn generated_items_have_their_distribution_and_their_areas() {
        let areas = areas(&[0.5, 0.3, 0.2]);
        let items = generated(GeneratedModel::ThreePl, 10_000, &areas, 1);
        let mean = |of: fn(&ItemParameters) -> f64| {
            items.iter().map(|item| of(&item.parameters)).sum::<f64>() / 10_000.0
        };
        assert!(mean(|p| libm::log(p.a)).abs() < 0.012);
        assert!((mean(|p| libm::log(p.a) * libm::log(p.a)) - 0.09).abs() < 0.006);
        assert!(mean(|p| p.b).abs() < 0.04);
        assert!((mean(|p| p.c) - 0.175).abs() < 0.002);
        for (area, expected) in areas.iter().zip([5_000, 3_000, 2_000]) {
            let count = items.iter().filter(|item| item.area == area.id).count();
            assert!(count.abs_diff(expected) <= 1, "{}: {count}", area.id);
        }
        assert_eq!(items, generated(GeneratedModel::ThreePl, 10_000, &areas, 1));
        assert!(generated(GeneratedModel::TwoPl, 5, &[], 1).is_empty());
    }

    #[test]
    fn a_bank_of_bare_parameters_names_its_faults() {
        let areas = areas(&[1.0, f64::NAN]);
        let mut items = generated(GeneratedModel::Rasch, 3, &areas[..1], 1);
        items[0].parameters.a = f64::NAN;
        items[1].parameters.c = 1.0;
        items[2].id = items[1].id.clone();
        let faults = bank_of(areas, items).expect_err("five things are wrong");
        assert_eq!(faults.len(), 5, "{faults:?}");
    }
}
