//! What holds of every simulation.

use std::sync::Arc;

use learnr_domain::ItemId;
use learnr_domain::bank::Bank;
use learnr_domain::cat::StopReason;
use learnr_domain::irt::{Estimator, ItemParameters};
use learnr_domain::selection::criterion::{Predictive, Rule};
use learnr_domain::simulation::{
    Administration, CalibratedItem, Engine, GeneratedModel, Measures, Model, Plan, Rules,
    Simulation, bank_of,
};

use super::{SIX, bank, designed, one_ability, plan, run, shares};

fn tests(bank: &Arc<Bank>, plan: Plan) -> Vec<Administration> {
    let simulation = Simulation::new(Arc::clone(bank), plan).expect("a sound plan");
    simulation.in_turn().collect()
}

fn items(test: &Administration) -> Vec<u32> {
    test.steps.iter().map(|step| step.item.0).collect()
}

const RULES: [Rule; 7] = [
    Rule::MaximumInformation,
    Rule::ExpectedPosteriorVariance(Predictive::Posterior),
    Rule::PosteriorWeightedInformation,
    Rule::PosteriorKullbackLeibler,
    Rule::Urry,
    Rule::Progressive {
        seed: 0,
        length: 0,
        acceleration: 1.0,
    },
    Rule::Random { seed: 0 },
];

#[test]
fn tests_given_in_any_order_are_the_same_tests() {
    let bank = bank(GeneratedModel::ThreePl, 60, &SIX);
    for model in [one_ability(), Model::Areas { rho: 0.5 }] {
        let rules = Rules {
            randomesque: 3,
            balanced: true,
            ..Rules::of(Rule::MaximumInformation)
        };
        let plan = designed(rules, model, 12, 10);
        let in_turn = tests(&bank, plan.clone());
        let simulation = Simulation::new(Arc::clone(&bank), plan).expect("a sound plan");
        assert!(!simulation.is_sequential());
        for (number, test) in (0..12).zip(&in_turn).rev() {
            let again = simulation.administer(number);
            assert_eq!(again.steps, test.steps);
            assert_eq!(again.areas, test.areas);
        }
    }
}

#[test]
fn two_designs_with_one_seed_examine_the_same_people() {
    let bank = bank(GeneratedModel::TwoPl, 20, &[1.0]);
    // Every item is asked, in whatever order: the answers must agree.
    let answers = |rule| {
        let tests = tests(&bank, designed(Rules::of(rule), one_ability(), 30, 20));
        let sorted = |test: &Administration| {
            let mut steps: Vec<(u32, bool)> = test
                .steps
                .iter()
                .map(|step| (step.item.0, step.correct))
                .collect();
            steps.sort_unstable();
            (test.examinee.abilities.clone(), steps)
        };
        tests.iter().map(sorted).collect::<Vec<_>>()
    };
    assert_eq!(
        answers(Rule::MaximumInformation),
        answers(Rule::Random { seed: 0 })
    );
}

#[test]
fn exposure_control_holds_its_rate_where_the_uncontrolled_test_does_not() {
    let bank = bank(GeneratedModel::ThreePl, 200, &[1.0]);
    let plain = Rules::of(Rule::MaximumInformation);
    let controlled = Rules {
        exposure: Some(0.25),
        ..plain.clone()
    };
    let free = run(&bank, designed(plain, one_ability(), 1_000, 15));
    let held = run(&bank, designed(controlled, one_ability(), 1_000, 15));
    assert_eq!(free.exposure.max, 1.0);
    assert!(held.exposure.max < 0.30, "{}", held.exposure.max);
    assert!(held.exposure.overlap < free.exposure.overlap);
    assert!(held.exposure.used_share > free.exposure.used_share);
}

#[test]
fn exposure_control_that_leaves_too_few_items_ends_no_test() {
    let bank = bank(GeneratedModel::ThreePl, 12, &[0.5, 0.5]);
    for model in [one_ability(), Model::Areas { rho: 0.5 }] {
        let rules = Rules {
            exposure: Some(0.05),
            balanced: true,
            ..Rules::of(Rule::MaximumInformation)
        };
        let measures = run(&bank, designed(rules, model, 100, 10));
        assert_eq!((measures.lengths.min, measures.lengths.max), (10, 10));
        assert_eq!(measures.balance.items_off_max, 0);
    }
}

#[test]
fn tests_stop_for_the_reason_they_are_told() {
    let bank = bank(GeneratedModel::TwoPl, 100, &[1.0]);
    for model in [one_ability(), Model::Areas { rho: 0.5 }] {
        let precise = Rules {
            stop_se: Some(0.4),
            ..Rules::of(Rule::MaximumInformation)
        };
        let classified = Rules {
            stop_classified: true,
            ..Rules::of(Rule::MaximumInformation)
        };
        for (rules, reason) in [
            (precise, StopReason::Precise),
            (classified, StopReason::Classified),
        ] {
            let tests = tests(&bank, designed(rules, model.clone(), 40, 40));
            let early: Vec<_> = tests.iter().filter(|test| test.steps.len() < 40).collect();
            assert!(early.len() > 20);
            assert!(early.iter().all(|test| test.stopped == reason));
        }
    }
}

#[test]
fn a_session_simulated_is_the_session_people_get() {
    let bank = bank(GeneratedModel::ThreePl, 300, &SIX);
    let mut plan = plan(
        Engine::Session {
            rho: 0.5,
            exposure: None,
        },
        60,
        25,
    );
    plan.population.rho = 0.5;
    let tests = tests(&bank, plan);
    let measures = Measures::of(&tests, &bank, 0.0);
    assert_eq!(measures.balance.items_off_max, 0);
    let overall = measures.overall().expect("tests were given");
    // A composite of standard deviation 0.77 is known to 0.3 by then; half as much again for chance.
    assert!(overall.rmse < 0.45, "{overall:?}");
    assert!(measures.by_area.is_some());
    // The first five questions are drawn among the best few.
    assert!(
        tests
            .iter()
            .any(|test| items(test)[0] != items(&tests[0])[0])
    );
}

#[test]
fn exposure_is_controlled_in_sessions_too() {
    let bank = bank(GeneratedModel::ThreePl, 200, &SIX);
    let session = |exposure| plan(Engine::Session { rho: 0.5, exposure }, 400, 12);
    let free = run(&bank, session(None));
    let held = run(&bank, session(Some(0.25)));
    assert!(free.exposure.max > 0.5, "{}", free.exposure.max);
    assert!(held.exposure.max < 0.33, "{}", held.exposure.max);
    assert_eq!(held.balance.items_off_max, 0);
}

#[test]
fn ten_thousand_equal_items_are_examined_with() {
    let areas = shares(&[1.0]);
    let item = |k: usize| CalibratedItem {
        id: ItemId::new(format!("item-{k:05}")).expect("a legal id"),
        area: areas[0].id.clone(),
        parameters: ItemParameters::three_pl(1.0, 0.0, 0.25),
    };
    let items = (0..10_000).map(item).collect();
    let bank = Arc::new(bank_of(areas.clone(), items).expect("a sound bank"));
    let measures = run(
        &bank,
        designed(Rules::of(Rule::MaximumInformation), one_ability(), 5, 10),
    );
    assert_eq!(measures.lengths.counts[10], 5);
    assert!(measures.exposure.max <= 0.4, "ties are drawn by lot");
}

#[test]
fn parameters_at_the_ends_of_their_ranges_leave_every_figure_a_number() {
    let areas = shares(&[1.0]);
    let mut items = Vec::new();
    for (a, c) in [(10.0, 0.0), (10.0, 0.99), (1e-3, 0.0), (0.02, 0.5)] {
        for b in [-10.0, 0.0, 10.0] {
            items.push(CalibratedItem {
                id: ItemId::new(format!("item-{}", items.len())).expect("a legal id"),
                area: areas[0].id.clone(),
                parameters: ItemParameters::three_pl(a, b, c),
            });
        }
    }
    let bank = Arc::new(bank_of(areas, items).expect("a sound bank"));
    for estimator in [
        Estimator::eap(61),
        Estimator::map(),
        Estimator::wle(),
        Estimator::ml(),
    ] {
        for rule in RULES {
            let model = Model::OneAbility {
                estimator,
                start: 0.0,
            };
            let mut plan = designed(Rules::of(rule), model, 10, 12);
            plan.population.sd = 4.0;
            figures_are_numbers(&run(&bank, plan));
        }
    }
    figures_are_numbers(&run(
        &bank,
        plan(
            Engine::Session {
                rho: 0.0,
                exposure: None,
            },
            10,
            12,
        ),
    ));
}

fn figures_are_numbers(measures: &Measures) {
    let bands = measures.by_ability.iter().map(|band| band.accuracy);
    for accuracy in measures.by_position.iter().copied().chain(bands) {
        let figures = [accuracy.bias, accuracy.rmse, accuracy.mean_se];
        assert!(figures.iter().all(|x| x.is_finite()), "{accuracy:?}");
        assert!(accuracy.correlation.is_none_or(f64::is_finite));
    }
    let passing = &measures.passing;
    assert!(passing.brier.is_finite() && passing.ece.is_finite());
}
