//! People made up: their true abilities, and the answers they would give.
//!
//! Owns the population and the chances each examinee draws from. Must not know what they are asked.

use super::deviates::normal;
use crate::ids::{AreaIx, ItemIx};
use crate::irt::{ItemParameters, probability};
use crate::tick::{Chance, mix};

/// Whom a simulation examines: abilities `mean` + `sd` times a standard normal in every area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Population {
    /// Mean of ability, in logits.
    pub mean: f64,
    /// Standard deviation of ability, in logits; 0 puts everyone at the mean.
    pub sd: f64,
    /// Correlation between the abilities of two areas, 0 to 1: theta_k = sqrt(rho) g + sqrt(1 - rho) e_k.
    /// With 1 everyone has one ability.
    pub rho: f64,
}

impl Population {
    /// Standard normal, one ability: the examinees of reference case C33.
    pub const STANDARD: Self = Self {
        mean: 0.0,
        sd: 1.0,
        rho: 1.0,
    };
}

/// One examinee.
///
/// What an examinee is and would answer depends on the seed and its number alone, not on the rules of the
/// test: two designs simulated with one seed examine the same people, who answer each item the same way.
#[derive(Clone, Debug)]
pub struct Examinee {
    /// True ability in each area, in logits.
    pub abilities: Vec<f64>,
    /// True overall ability: the areas by blueprint weight.
    pub composite: f64,
    answers: u64,
    choices: u64,
}

impl Examinee {
    /// Examinee `number` of a population, over areas with these blueprint shares.
    pub(super) fn new(population: &Population, weights: &[f64], seed: u64, number: u32) -> Self {
        let mut chance = Chance::new(mix(seed) ^ u64::from(number));
        let (answers, choices) = (chance.bits(), chance.bits());
        let common = population.rho.sqrt() * normal(&mut chance);
        let specific = (1.0 - population.rho).max(0.0).sqrt();
        let mut composite = 0.0;
        let mut abilities = Vec::with_capacity(weights.len());
        for weight in weights {
            let z = common + specific * normal(&mut chance);
            let ability = population.mean + population.sd * z;
            composite += weight * ability;
            abilities.push(ability);
        }
        Self {
            abilities,
            composite,
            answers,
            choices,
        }
    }

    /// One of this ability in every area, who answers as the seed says.
    #[cfg(test)]
    pub(super) fn of_ability(composite: f64) -> Self {
        Self {
            abilities: vec![composite],
            composite,
            answers: 0,
            choices: 0,
        }
    }

    /// Whether the examinee answers an item right.
    pub(super) fn answers(&self, item: ItemIx, area: AreaIx, parameters: &ItemParameters) -> bool {
        let lot = Chance::new(self.answers ^ mix(u64::from(item.0))).unit();
        lot < probability(parameters, self.abilities[area.at()])
    }

    /// The generator from which the test's own choices for this examinee are drawn.
    pub(super) fn choices(&self) -> Chance {
        Chance::new(self.choices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(population: Population, count: u32) -> Vec<Examinee> {
        let draw = |number| Examinee::new(&population, &[0.5, 0.5], 3, number);
        (0..count).map(draw).collect()
    }

    #[test]
    fn abilities_of_two_areas_correlate_by_rho() {
        for rho in [0.0, 0.5, 0.9, 1.0] {
            let population = Population {
                mean: 0.4,
                sd: 1.3,
                rho,
            };
            let people = people(population, 20_000);
            let z = |examinee: &Examinee, k: usize| (examinee.abilities[k] - 0.4) / 1.3;
            let mean = |of: &dyn Fn(&Examinee) -> f64| people.iter().map(of).sum::<f64>() / 2e4;
            assert!(mean(&|one| z(one, 0)).abs() < 0.03);
            assert!((mean(&|one| z(one, 1) * z(one, 1)) - 1.0).abs() < 0.04);
            let correlation = mean(&|one| z(one, 0) * z(one, 1));
            assert!((correlation - rho).abs() < 0.04, "{rho}: {correlation}");
        }
    }

    #[test]
    fn answers_are_right_as_often_as_the_model_says_and_stay_the_same() {
        let people = people(Population::STANDARD, 20_000);
        let item = ItemParameters::three_pl(1.2, 0.3, 0.2);
        let right = |one: &&Examinee| one.answers(ItemIx(7), AreaIx(1), &item);
        let got = people.iter().filter(right).count() as f64 / 2e4;
        let expected = people
            .iter()
            .map(|one| probability(&item, one.abilities[1]))
            .sum::<f64>()
            / 2e4;
        assert!((got - expected).abs() < 0.014, "{got} for {expected}");
        assert!(people.iter().take(50).all(|one| right(&one) == right(&one)));
    }
}
