//! Simulated tests: banks and plans for them, and what every simulation must keep.

mod keeping;
mod refusing;

use std::sync::Arc;

use learnr_domain::AreaId;
use learnr_domain::bank::Bank;
use learnr_domain::irt::Estimator;
use learnr_domain::simulation::{
    Administration, AreaShare, Engine, GeneratedModel, Measures, Model, Plan, Population, Rules,
    Simulation, bank_of, generated,
};

/// Blueprint of the reference simulations over six areas.
pub(crate) const SIX: [f64; 6] = [0.25, 0.2, 0.2, 0.15, 0.1, 0.1];

pub(crate) fn shares(weights: &[f64]) -> Vec<AreaShare> {
    let share = |(k, weight): (usize, &f64)| AreaShare {
        id: AreaId::new(format!("area-{k}")).expect("a legal id"),
        weight: *weight,
    };
    weights.iter().enumerate().map(share).collect()
}

pub(crate) fn bank(model: GeneratedModel, items: usize, weights: &[f64]) -> Arc<Bank> {
    let areas = shares(weights);
    let items = generated(model, items, &areas, 1);
    Arc::new(bank_of(areas, items).expect("a sound bank"))
}

/// A test of one ability, estimated by EAP.
pub(crate) fn one_ability() -> Model {
    Model::OneAbility {
        estimator: Estimator::eap(61),
        start: 0.0,
    }
}

pub(crate) fn plan(engine: Engine, examinees: u32, length: u16) -> Plan {
    Plan {
        examinees,
        population: Population::STANDARD,
        engine,
        length,
        cut: 0.0,
        seed: 1,
    }
}

pub(crate) fn designed(rules: Rules, model: Model, examinees: u32, length: u16) -> Plan {
    plan(Engine::Designed { rules, model }, examinees, length)
}

pub(crate) fn run(bank: &Arc<Bank>, plan: Plan) -> Measures {
    let simulation = Simulation::new(Arc::clone(bank), plan).expect("a sound plan");
    let tests: Vec<Administration> = simulation.in_turn().collect();
    Measures::of(&tests, bank, simulation.plan().cut)
}
