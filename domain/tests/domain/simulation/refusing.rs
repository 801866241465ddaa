//! Plans that are none, and tests of nobody.

use std::sync::Arc;

use learnr_domain::irt::Estimator;
use learnr_domain::selection::criterion::Rule;
use learnr_domain::simulation::{
    EXAMINEES_MAX, Engine, GeneratedModel, Measures, Model, Plan, Rules, Simulation,
};

use super::{bank, designed, one_ability, plan};

fn sound() -> Plan {
    designed(Rules::of(Rule::MaximumInformation), one_ability(), 10, 10)
}

fn with_rules(change: impl FnOnce(&mut Rules)) -> Plan {
    let mut rules = Rules::of(Rule::MaximumInformation);
    change(&mut rules);
    designed(rules, one_ability(), 10, 10)
}

fn with_model(model: Model, rule: Rule) -> Plan {
    designed(Rules::of(rule), model, 10, 10)
}

/// Holds that each plan is refused for its field.
fn refused<const N: usize>(plans: [(Plan, &str); N]) {
    let bank = bank(GeneratedModel::ThreePl, 20, &[1.0]);
    for (plan, field) in plans {
        let faults = Simulation::new(Arc::clone(&bank), plan).expect_err(field);
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
        assert!(fields.contains(&field), "{field}: {faults:?}");
    }
}

#[test]
fn people_and_lengths_out_of_range_are_named() {
    let changed = |change: fn(&mut Plan)| {
        let mut plan = sound();
        change(&mut plan);
        plan
    };
    let (people, length) = ("number of examinees", "length");
    refused([
        (changed(|plan| plan.examinees = 0), people),
        (changed(|plan| plan.examinees = EXAMINEES_MAX + 1), people),
        (changed(|plan| plan.length = 0), length),
        (changed(|plan| plan.length = 21), length),
        (changed(|plan| plan.length = 201), length),
        (
            changed(|plan| plan.population.mean = f64::NAN),
            "mean of ability",
        ),
        (
            changed(|plan| plan.population.sd = -1.0),
            "standard deviation of ability",
        ),
        (
            changed(|plan| plan.population.rho = 1.1),
            "correlation of areas",
        ),
        (changed(|plan| plan.cut = f64::INFINITY), "cut"),
    ]);
}

#[test]
fn rules_out_of_range_are_named() {
    let rate = "exposure rate";
    refused([
        (with_rules(|rules| rules.randomesque = 0), "randomesque"),
        (with_rules(|rules| rules.randomesque = 9), "randomesque"),
        (with_rules(|rules| rules.exposure = Some(0.0)), rate),
        (with_rules(|rules| rules.exposure = Some(f64::NAN)), rate),
        (
            with_rules(|rules| rules.stop_se = Some(-0.3)),
            "standard error to stop at",
        ),
    ]);
}

#[test]
fn engines_out_of_range_are_named() {
    let eap = |points, low| Model::OneAbility {
        estimator: Estimator::eap(points).over(low, 4.0),
        start: 0.0,
    };
    let areas = |rho| Model::Areas { rho };
    let session = |rho, exposure| Engine::Session { rho, exposure };
    let believed = "correlation believed in";
    let weighted = Rule::PosteriorWeightedInformation;
    refused([
        (with_model(eap(1, -4.0), Rule::Urry), "estimator"),
        (with_model(eap(61, f64::NAN), Rule::Urry), "estimator"),
        (with_model(areas(0.95), Rule::Urry), believed),
        (with_model(areas(f64::NAN), Rule::Urry), believed),
        (
            with_model(areas(0.5), weighted),
            "criterion of a test of areas",
        ),
        (plan(session(-0.1, None), 10, 10), believed),
        (plan(session(0.5, Some(2.0)), 10, 10), "exposure rate"),
        (plan(session(0.5, None), 10, 4), "length"),
    ]);
}

#[test]
fn every_fault_of_a_plan_is_said_at_once() {
    let bank = bank(GeneratedModel::ThreePl, 20, &[1.0]);
    let mut plan = sound();
    (plan.examinees, plan.length) = (0, 0);
    let faults = Simulation::new(bank, plan).expect_err("two faults");
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "number of examinees must be 1 to 100000, got 0",
            "length must be 1 to 200, got 0"
        ]
    );
}

#[test]
fn the_tests_of_nobody_measure_nothing() {
    let bank = bank(GeneratedModel::ThreePl, 20, &[1.0]);
    let measures = Measures::of(&[], &bank, 0.0);
    assert_eq!(measures.overall(), None);
    assert_eq!(measures.exposure.overlap, None);
    assert_eq!((measures.exposure.max, measures.exposure.unused), (0.0, 20));
    assert_eq!((measures.passing.brier, measures.passing.ece), (0.0, 0.0));
    assert_eq!(measures.lengths.mean, 0.0);
}
