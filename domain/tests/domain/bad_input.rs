//! What a psychometrician may get wrong in a call: each has a name or a documented result.

use std::sync::Arc;

use learnr_domain::AreaIx;
use learnr_domain::cat::{AdaptiveTest, StopReason, TestFault};
use learnr_domain::irt::{
    EstimateFault, Estimator, FactorGrid, ItemModel, ItemParameters, ItemPool, Method, NODES,
    PartialCredit, Pattern, Prior, Quadrature, RHO_MAX, moments,
};
use learnr_domain::learner::Posterior;
use learnr_domain::selection::criterion::{Examinee, Predictive, Rule};
use learnr_domain::selection::{BEST_MAX, Best, ContentBalance};
use learnr_domain::tick::Chance;

fn pool(items: usize) -> ItemPool {
    let item = |k: usize| ItemParameters::two_pl(1.0, k as f64 / items as f64);
    ItemPool::logistic((0..items).map(item)).expect("valid items")
}

/// Somebody at an ability, with the usual prior.
fn examinee<'a>(pattern: &'a Pattern<'a>, quadrature: &'a Quadrature, theta: f64) -> Examinee<'a> {
    Examinee {
        pattern,
        theta,
        quadrature,
        prior: Prior::STANDARD,
    }
}

#[test]
fn a_planned_length_beyond_the_pool_counts_as_the_pool() {
    let pool = pool(30);
    let pattern = Pattern::of(&pool, [(0, 1), (1, 0), (2, 1)]).expect("known items");
    let quadrature = Quadrature::new(33, -4.0, 4.0).expect("a range");
    let examinee = examinee(&pattern, &quadrature, 0.3);
    let (seed, acceleration) = (5, 1.0);
    let progressive = |length| Rule::Progressive {
        seed,
        length,
        acceleration,
    };
    let proportional = |length| Rule::Proportional {
        seed,
        length,
        acceleration,
    };
    let worth = |rule: Rule| rule.prepare(&examinee).expect("a criterion").worth(9);
    assert_eq!(worth(progressive(usize::MAX)), worth(progressive(30)));
    assert_eq!(worth(proportional(usize::MAX)), worth(proportional(30)));
}

#[test]
fn an_examinee_of_no_ability_or_no_prior_has_no_criterion() {
    let pool = pool(3);
    let pattern = Pattern::of(&pool, [(0, 1)]).expect("a known item");
    let quadrature = Quadrature::new(33, -4.0, 4.0).expect("a range");
    let sound = examinee(&pattern, &quadrature, 0.0);
    let (mean, sd) = (0.0, f64::NAN);
    let prior = Prior::Normal { mean, sd };
    let rules = [
        Rule::MaximumInformation,
        Rule::PosteriorWeightedInformation,
        Rule::KullbackLeibler,
        Rule::Random { seed: 1 },
    ];
    let fault = |rule: Rule, examinee: &Examinee<'_>| rule.prepare(examinee).err();
    for rule in rules {
        for theta in [f64::NAN, f64::INFINITY] {
            let nowhere = Examinee { theta, ..sound };
            assert_eq!(fault(rule, &nowhere), Some(EstimateFault::Ability));
        }
        let unsure = Examinee { prior, ..sound };
        assert_eq!(fault(rule, &unsure), Some(EstimateFault::Prior));
        assert_eq!(fault(rule, &sound), None);
    }
}

#[test]
fn a_test_names_what_is_wrong_with_its_estimator_before_it_asks() {
    let (mean, points) = (0.0, 61);
    let of = |sd| Prior::Normal { mean, sd };
    for (estimator, fault) in [
        (
            Method::Eap {
                prior: of(-1.0),
                points,
            },
            EstimateFault::Prior,
        ),
        (Method::Map(of(f64::NAN)), EstimateFault::Prior),
        (
            Method::Map(Prior::Uniform {
                low: 7.0,
                high: 8.0,
            }),
            EstimateFault::Range,
        ),
    ] {
        let test = AdaptiveTest {
            estimator: Estimator::new(estimator),
            first: vec![0],
            ..AdaptiveTest::new(Rule::MaximumInformation, 2)
        };
        let mut asked = 0;
        let given = test.administer(
            &pool(3),
            |_| true,
            &mut Chance::new(1),
            |_| {
                asked += 1;
                1
            },
        );
        assert_eq!(given, Err(TestFault::Estimate(fault)));
        assert_eq!(asked, 0);
    }
}

#[test]
fn chance_decides_among_no_more_items_than_are_kept() {
    for (among, expected) in [
        (vec![5, BEST_MAX], None),
        (vec![5, BEST_MAX + 1], Some(TestFault::Among)),
        (vec![0], Some(TestFault::Among)),
    ] {
        let test = AdaptiveTest {
            among,
            ..AdaptiveTest::new(Rule::MaximumInformation, 3)
        };
        let given = test.administer(&pool(20), |_| true, &mut Chance::new(1), |_| 1);
        assert_eq!(given.err(), expected);
    }
}

#[test]
fn a_test_of_no_length_asks_nothing() {
    let test = AdaptiveTest::new(Rule::MaximumInformation, 0);
    let trace = test.administer(&pool(3), |_| true, &mut Chance::new(1), |_| 1);
    let trace = trace.expect("the test can be given");
    assert_eq!((trace.items.len(), trace.stopped), (0, StopReason::Length));
}

#[test]
fn an_item_unknown_to_a_content_balance_is_of_no_group() {
    let balance = ContentBalance::new(vec![0, 1, 1], &[1.0, 1.0]).expect("two groups");
    assert_eq!(balance.group(9), 2);
    let next = balance.next(&[0, 9], &mut Chance::new(1));
    assert_eq!(next, Some(1));
}

#[test]
fn a_correlation_out_of_range_counts_as_the_nearer_end() {
    let (nan, wide) = (f64::NAN, f64::INFINITY);
    for (grid, rho) in [
        (FactorGrid::new(nan), 0.0),
        (FactorGrid::new(-0.5), 0.0),
        (FactorGrid::new(1.0), RHO_MAX),
        (FactorGrid::over(wide, nan, -1.0), RHO_MAX),
        (FactorGrid::over(0.5, wide, 0.0), 0.5),
    ] {
        assert_eq!(grid.rho(), rho);
        let of_none = Posterior::new(Arc::new(grid), &[]).ability(AreaIx(0));
        let of_none = moments(&of_none);
        assert!(of_none.mean.abs() < 1e-12, "{of_none:?}");
        assert!((of_none.standard_deviation - 1.0).abs() < 2e-3);
    }
}

#[test]
fn answers_beyond_the_range_of_a_double_still_tell_items_apart() {
    // Easy items wrong and hard ones right: e^-900 at best, which no double holds.
    let odd = (0..200).map(|k| ItemParameters::two_pl(3.0, if k < 100 { -1.5 } else { 1.5 }));
    let open = [(1.5, 0.0), (0.7, 0.0)].map(|(a, b)| ItemParameters::two_pl(a, b));
    let pool = ItemPool::logistic(odd.chain(open)).expect("valid items");
    let answers = (0..200).map(|item| (item, u8::from(item >= 100)));
    let pattern = Pattern::of(&pool, answers).expect("known items");
    let quadrature = Quadrature::new(61, -4.0, 4.0).expect("a range");
    let examinee = examinee(&pattern, &quadrature, 0.0);
    for rule in [
        Rule::LikelihoodWeightedInformation,
        Rule::PosteriorWeightedInformation,
        Rule::PosteriorKullbackLeibler,
        Rule::PosteriorGlobalDiscrimination,
        Rule::ExpectedPosteriorVariance(Predictive::Posterior),
    ] {
        let criterion = rule.prepare(&examinee).expect("a criterion");
        let (sharp, blunt) = (criterion.worth(200), criterion.worth(201));
        assert!(sharp > blunt, "{rule:?}: {sharp} and {blunt}");
    }
}

#[test]
fn an_item_unknown_to_the_pool_is_never_chosen() {
    let pool = pool(4);
    let pattern = Pattern::of(&pool, [(0, 1)]).expect("a known item");
    let quadrature = Quadrature::new(33, -4.0, 4.0).expect("a range");
    let examinee = examinee(&pattern, &quadrature, 0.0);
    for rule in [
        Rule::MaximumInformation,
        Rule::KullbackLeibler,
        Rule::Urry,
        Rule::Random { seed: 1 },
    ] {
        let criterion = rule.prepare(&examinee).expect("a criterion");
        assert_eq!(criterion.worth(77), f64::NEG_INFINITY);
        for (asked, kept) in [(0..99, 4), (50..99, 0)] {
            let mut best = Best::lowest_first();
            criterion.rank(asked, &|_| true, &mut best);
            assert_eq!(best.entries().len(), kept);
        }
    }
}

#[test]
fn steps_beyond_the_most_an_item_may_have_count_for_nothing() {
    let of = |steps: usize| {
        ItemModel::from(PartialCredit {
            a: 1.0,
            steps: vec![0.1; steps].into(),
        })
    };
    let (most, more) = (of(15), of(40));
    assert!(most.is_valid() && !more.is_valid());
    assert_eq!(most.categories(), more.categories());
    assert_eq!(most.information(0.3), more.information(0.3));
}

#[test]
fn a_posterior_has_no_more_areas_than_there_are_numbers_for() {
    let mut posterior = Posterior::new(Arc::new(FactorGrid::new(0.5)), &[]);
    posterior.observe(AreaIx(0), &[0.5; NODES], true, f64::NAN);
    let mut areas = 0;
    posterior.each_ability(300, |_, masses| {
        assert!(moments(masses).standard_deviation > 0.9);
        areas += 1;
    });
    assert_eq!(areas, 256);
    let all = posterior.composite(&[1.0; 300]);
    assert_eq!(all, posterior.composite(&[1.0; 256]));
}

#[test]
fn a_drift_without_end_forgets_and_finishes() {
    let grid = Arc::new(FactorGrid::new(0.0));
    let curve: [f64; NODES] = std::array::from_fn(|j| (j as f64 + 0.5) / NODES as f64);
    let mean = |drift: f64| {
        let mut posterior = Posterior::new(grid.clone(), &[]);
        posterior.observe(AreaIx(0), &curve, true, drift);
        moments(&posterior.ability(AreaIx(0))).mean
    };
    assert!(mean(f64::INFINITY) < 0.01 && mean(0.0) > 0.2);
    for none in [f64::NAN, -1.0] {
        assert_eq!(mean(none), mean(0.0));
    }
}
