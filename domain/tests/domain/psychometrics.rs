//! Properties of estimation and of criteria, and what bad or extreme input comes to.

use learnr_domain::cat::{AdaptiveTest, StopReason, StopRule, TestFault};
use learnr_domain::irt::{
    EstimateFault, Estimator, ItemModel, ItemParameters, ItemPool, Method, NODES, PartialCredit,
    Pattern, PoolFault, Prior, Quadrature, RobustWeight, Screen, THETA, probability,
};
use learnr_domain::selection::criterion::{Criterion, Examinee, Outlook, Predictive, Rule};
use learnr_domain::selection::{Best, ContentBalance};
use learnr_domain::tick::Chance;
use proptest::prelude::*;

fn parameters() -> impl Strategy<Value = ItemParameters> {
    (0.1..4.0_f64, -4.0..4.0_f64, 0.0..0.4_f64, 0.0..0.3_f64)
        .prop_map(|(a, b, c, slip)| ItemParameters::four_pl(a, b, c, 1.0 - slip))
}

fn credit() -> impl Strategy<Value = ItemModel> {
    (0.1..4.0_f64, prop::collection::vec(-4.0..4.0_f64, 1..6)).prop_map(|(a, steps)| {
        ItemModel::from(PartialCredit {
            a,
            steps: steps.into(),
        })
    })
}

/// A pool and an answer to each of its items.
fn answered(most: usize) -> impl Strategy<Value = (ItemPool, Vec<u8>)> {
    prop::collection::vec((parameters(), 0..2_u8), 1..most).prop_map(|rows| {
        let (items, answers): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        (ItemPool::logistic(items).expect("valid"), answers)
    })
}

fn every_rule() -> Vec<Rule> {
    let observed = |observed| Rule::ExpectedInformation {
        observed,
        estimator: Estimator::map(),
    };
    vec![
        Rule::MaximumInformation,
        Rule::Urry,
        Rule::NearestOptimum,
        Rule::LikelihoodWeightedInformation,
        Rule::PosteriorWeightedInformation,
        Rule::KullbackLeibler,
        Rule::PosteriorKullbackLeibler,
        Rule::GlobalDiscrimination,
        Rule::PosteriorGlobalDiscrimination,
        Rule::ExpectedPosteriorVariance(Predictive::Posterior),
        Rule::ExpectedPosteriorVariance(Predictive::PointEstimate),
        observed(true),
        observed(false),
        Rule::Progressive {
            seed: 1,
            length: 20,
            acceleration: 1.0,
        },
        Rule::Proportional {
            seed: 1,
            length: 20,
            acceleration: 1.0,
        },
        Rule::Random { seed: 1 },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn information_is_never_negative_and_probabilities_sum_to_one(
        item in prop_oneof![parameters().prop_map(ItemModel::from), credit()],
        theta in -50.0..50.0_f64,
    ) {
        prop_assert!(item.information(theta) >= 0.0);
        let total: f64 = (0..item.categories()).map(|k| item.probability(k, theta)).sum();
        prop_assert!((total - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_wrong_answer_never_raises_ability_and_a_right_one_never_lowers_it(
        (pool, answers) in answered(40),
        next in parameters(),
    ) {
        let mut items = pool.items().to_vec();
        items.push(next.into());
        let pool = ItemPool::new(items).expect("valid");
        let given = answers.iter().copied().enumerate();
        let before = Pattern::of(&pool, given).expect("known items");
        let theta = |pattern: &Pattern<'_>| {
            Estimator::eap(61).estimate(pattern).expect("an estimate").theta
        };
        for (answer, sign) in [(0, 1.0), (1, -1.0)] {
            let mut after = before.clone();
            after.answer(answers.len(), answer).expect("a known item");
            prop_assert!(sign * (theta(&after) - theta(&before)) <= 1e-12);
        }
    }

    #[test]
    fn the_order_of_answers_changes_nothing((pool, answers) in answered(40), seed in any::<u64>()) {
        let mut order: Vec<usize> = (0..answers.len()).collect();
        Chance::new(seed).shuffle(&mut order);
        let straight = Pattern::of(&pool, answers.iter().copied().enumerate()).expect("known");
        let shuffled = Pattern::of(&pool, order.iter().map(|k| (*k, answers[*k]))).expect("known");
        for estimator in [Estimator::eap(61), Estimator::map(), Estimator::ml()] {
            let one = estimator.estimate(&straight).expect("an estimate");
            let other = estimator.estimate(&shuffled).expect("an estimate");
            prop_assert!((one.theta - other.theta).abs() < 1e-8, "{estimator:?}");
        }
    }

    #[test]
    fn the_highest_of_all_modes_is_the_estimate((pool, answers) in answered(12)) {
        let pattern = Pattern::of(&pool, answers.iter().copied().enumerate()).expect("known");
        for estimator in [Estimator::ml(), Estimator::map(), Estimator::wle()] {
            let modes = estimator.modes(&pattern).expect("modes");
            let estimate = estimator.estimate(&pattern).expect("an estimate");
            let highest = modes.iter().map(|mode| mode.height).fold(f64::NEG_INFINITY, f64::max);
            let its = modes.iter().find(|mode| mode.theta == estimate.theta);
            prop_assert_eq!(its.expect("one of the modes").height, highest);
        }
    }

    #[test]
    fn screening_first_takes_the_item_that_double_precision_takes(
        items in prop::collection::vec(parameters(), 1..120),
        copies in 1..4_usize,
        mean in -2.0..2.0_f64,
        sharpness in 0.3..20.0_f64,
        salt in any::<u64>(),
    ) {
        // Copies make ties, which both ways must settle alike.
        let items: Vec<ItemParameters> = items.iter().copied().cycle().take(items.len() * copies).collect();
        let curves: Vec<[f64; NODES]> = items.iter().map(|i| THETA.map(|t| probability(i, t))).collect();
        let mut masses = THETA.map(|t| (-0.5 * sharpness * (t - mean) * (t - mean)).exp());
        let total: f64 = masses.iter().sum();
        masses.iter_mut().for_each(|mass| *mass /= total);
        let screen = Screen::new(&curves);
        let outlook = Outlook::new(masses, &curves, &screen);
        let pool = ItemPool::logistic(items.iter().copied()).expect("valid");
        let pattern = Pattern::new(&pool);
        let quadrature = Quadrature::new(61, -4.0, 4.0).expect("a range");
        let examinee = Examinee { pattern: &pattern, theta: mean, quadrature: &quadrature, prior: Prior::STANDARD };
        let information = Rule::MaximumInformation.prepare(&examinee).expect("a criterion");
        let criteria: [&dyn Criterion; 2] = [&outlook, &*information];
        for criterion in criteria {
            let (mut fast, mut exact) = (Best::new(salt), Best::new(salt));
            let open = |item: usize| item % 7 != 3;
            criterion.rank(0..items.len(), &open, &mut fast);
            for item in (0..items.len()).filter(|item| open(*item)) {
                exact.offer(item, criterion.worth(item));
            }
            prop_assert_eq!(fast.entries().first(), exact.entries().first());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn every_rule_gives_numbers_and_finishes((pool, answers) in answered(20), theta in -4.0..4.0_f64) {
        let half = answers.iter().copied().enumerate().take(answers.len() / 2);
        let pattern = Pattern::of(&pool, half).expect("known items");
        let quadrature = Quadrature::new(33, -4.0, 4.0).expect("a range");
        let examinee = Examinee { pattern: &pattern, theta, quadrature: &quadrature, prior: Prior::STANDARD };
        for rule in every_rule() {
            let criterion = rule.prepare(&examinee).expect("a criterion");
            for item in 0..answers.len() {
                prop_assert!(criterion.worth(item).is_finite(), "{:?}", rule);
            }
        }
    }
}

fn rasch(count: usize) -> ItemPool {
    ItemPool::logistic((0..count).map(|_| ItemParameters::rasch(0.0))).expect("valid")
}

fn methods() -> [Estimator; 6] {
    [
        Estimator::ml(),
        Estimator::map(),
        Estimator::wle(),
        Estimator::eap(61),
        Estimator::new(Method::Map(Prior::Jeffreys)),
        Estimator::new(Method::Robust(RobustWeight::Tukey(4.0))),
    ]
}

#[test]
fn parameters_out_of_range_are_named_by_item() {
    let good = ItemParameters::rasch(0.0);
    let nan = f64::NAN;
    for bad in [
        ItemParameters::two_pl(0.0, 0.0),
        ItemParameters::two_pl(-1.0, 0.0),
        ItemParameters::two_pl(nan, 0.0),
        ItemParameters::two_pl(f64::INFINITY, 0.0),
        ItemParameters::rasch(nan),
        ItemParameters::rasch(f64::INFINITY),
        ItemParameters::three_pl(1.0, 0.0, -0.1),
        ItemParameters::three_pl(1.0, 0.0, 1.0),
        ItemParameters::three_pl(1.0, 0.0, nan),
        ItemParameters::four_pl(1.0, 0.0, 0.5, 0.5),
        ItemParameters::four_pl(1.0, 0.0, 0.2, 1.1),
        ItemParameters::four_pl(1.0, 0.0, 0.2, nan),
    ] {
        let fault = ItemPool::logistic([good, bad]).expect_err("out of range");
        assert_eq!(fault, PoolFault::Parameters { item: 1 }, "{bad:?}");
    }
    for steps in [vec![], vec![nan], vec![0.0; 16]] {
        let item = PartialCredit {
            a: 1.0,
            steps: steps.into(),
        };
        let fault = ItemPool::new(vec![item.into()]).expect_err("out of range");
        assert_eq!(fault, PoolFault::Parameters { item: 0 });
    }
    assert_eq!(ItemPool::new(Vec::new()), Err(PoolFault::Empty));
}

#[test]
fn answers_that_make_no_sense_are_refused() {
    let pool = rasch(2);
    let mut pattern = Pattern::new(&pool);
    pattern.answer(0, 1).expect("a known item");
    let unknown = PoolFault::UnknownItem { item: 9, items: 2 };
    assert_eq!(pattern.answer(9, 1), Err(unknown));
    let category = PoolFault::UnknownCategory {
        item: 1,
        category: 2,
        categories: 2,
    };
    assert_eq!(pattern.answer(1, 2), Err(category));
    assert_eq!(pattern.answer(0, 0), Err(PoolFault::Repeated { item: 0 }));
    assert_eq!(pattern.answers(), &[(0, 1)], "a refusal changes nothing");
}

#[test]
fn estimators_name_what_they_cannot_do() {
    let pool = rasch(2);
    let none = Pattern::new(&pool);
    for estimator in [Estimator::ml(), Estimator::wle()] {
        assert_eq!(estimator.estimate(&none), Err(EstimateFault::NoAnswer));
    }
    for estimator in [Estimator::map(), Estimator::eap(61)] {
        let estimate = estimator.estimate(&none).expect("the prior");
        assert!(estimate.theta.abs() < 1e-9 && (estimate.standard_error - 1.0).abs() < 1e-2);
    }
    let one = Pattern::of(&pool, [(0, 1)]).expect("a known item");
    for (estimator, fault) in [
        (Estimator::ml().over(1.0, 1.0), EstimateFault::Range),
        (Estimator::ml().over(f64::NAN, 1.0), EstimateFault::Range),
        (Estimator::eap(1), EstimateFault::Range),
        (Estimator::eap(1_000_000), EstimateFault::Range),
        (
            Estimator::new(Method::Map(Prior::Normal { mean: 0.0, sd: 0.0 })),
            EstimateFault::Prior,
        ),
        (
            Estimator::new(Method::Map(Prior::Uniform {
                low: 5.0,
                high: 6.0,
            })),
            EstimateFault::Range,
        ),
        (
            Estimator::new(Method::Robust(RobustWeight::Huber(f64::NAN))),
            EstimateFault::Weight,
        ),
    ] {
        assert_eq!(estimator.estimate(&one), Err(fault), "{estimator:?}");
    }
    // A pattern no ability in range allows: certain failure at a step of infinite steepness.
    let steep = ItemPool::logistic([
        ItemParameters::two_pl(1e6, 3.0),
        ItemParameters::two_pl(1e6, -3.0),
    ]);
    let steep = steep.expect("valid");
    let impossible = Pattern::of(&steep, [(0, 1), (1, 0)]).expect("known items");
    let fault = Estimator::eap(61).estimate(&impossible);
    assert_eq!(fault, Err(EstimateFault::Impossible));
}

#[test]
fn two_hundred_answers_all_right_or_all_wrong_have_an_estimate() {
    let pool = rasch(200);
    for answer in [0, 1] {
        let pattern = Pattern::of(&pool, (0..200).map(|item| (item, answer))).expect("known");
        assert!(pattern.is_constant());
        let sign = if answer == 1 { 1.0 } else { -1.0 };
        for estimator in methods() {
            let estimate = estimator.estimate(&pattern).expect("an estimate");
            let theta = sign * estimate.theta;
            assert!((2.0..=4.0).contains(&theta), "{estimator:?}: {estimate:?}");
            assert!(estimate.standard_error > 0.0, "{estimator:?}: {estimate:?}");
        }
        let ml = Estimator::ml().estimate(&pattern).expect("an estimate");
        assert!(ml.at_bound, "no maximum of the likelihood is finite");
    }
}

#[test]
fn items_that_single_precision_cannot_tell_apart_are_told_apart() {
    // The sharpest of many is the last: each is steeper than the one before by one part in 10^9.
    let items = (0..2_000).map(|k| ItemParameters::two_pl(1.5 + 1e-9 * f64::from(k), 0.0));
    let pool = ItemPool::logistic(items).expect("valid");
    let test = AdaptiveTest::new(Rule::MaximumInformation, 1);
    for seed in 0..5 {
        let trace = test.administer(&pool, |_| true, &mut Chance::new(seed), |_| 1);
        assert_eq!(trace.expect("the test can be given").items, vec![1_999]);
    }
}

#[test]
fn ten_thousand_equal_items_are_told_apart_by_lot() {
    let pool = rasch(10_000);
    let test = AdaptiveTest::new(Rule::MaximumInformation, 30);
    let trace = |seed| {
        let given = test.administer(
            &pool,
            |_| true,
            &mut Chance::new(seed),
            |item| (item % 2) as u8,
        );
        given.expect("the test can be given")
    };
    let (one, other) = (trace(1), trace(2));
    assert_eq!(one.items.len(), 30);
    assert_ne!(one.items, other.items);
    assert_eq!(one, trace(1), "the same seed gives the same test");
}

#[test]
fn a_bank_smaller_than_the_test_ends_it() {
    let pool = rasch(7);
    for rule in every_rule() {
        let test = AdaptiveTest::new(rule, 30);
        let trace = test.administer(&pool, |item| item != 3, &mut Chance::new(1), |_| 1);
        let trace = trace.expect("the test can be given");
        assert_eq!((trace.items.len(), trace.stopped), (6, StopReason::NoItems));
    }
}

#[test]
fn tests_that_cannot_be_given_say_why() {
    let pool = rasch(3);
    let give = |test: &AdaptiveTest, answer| {
        let trace = test.administer(&pool, |_| true, &mut Chance::new(1), |_| answer);
        trace.expect_err("the test cannot be given")
    };
    let plain = AdaptiveTest::new(Rule::MaximumInformation, 3);
    assert!(matches!(give(&plain, 7), TestFault::Pool(_)));
    let start_theta = f64::NAN;
    let start = AdaptiveTest {
        start_theta,
        ..plain.clone()
    };
    assert_eq!(give(&start, 1), TestFault::Start);
    let content = ContentBalance::new(vec![0, 0], &[1.0]);
    let content = AdaptiveTest {
        content,
        ..plain.clone()
    };
    assert_eq!(give(&content, 1), TestFault::Content);
    let first = AdaptiveTest {
        first: vec![3],
        ..plain
    };
    let unknown = PoolFault::UnknownItem { item: 3, items: 3 };
    assert_eq!(give(&first, 1), TestFault::Pool(unknown));
    for (groups, shares) in [
        (vec![0], &[][..]),
        (vec![1], &[1.0]),
        (vec![0], &[f64::NAN]),
        (vec![0], &[0.0]),
    ] {
        assert_eq!(ContentBalance::new(groups, shares), None);
    }
}

#[test]
fn a_test_stops_once_pass_or_fail_is_clear() {
    let pool = rasch(100);
    let mut test = AdaptiveTest::new(Rule::MaximumInformation, 100);
    test.stop
        .push(StopRule::Classification { cut: 0.0, z: 1.645 });
    let trace = test.administer(&pool, |_| true, &mut Chance::new(1), |_| 1);
    let trace = trace.expect("the test can be given");
    assert_eq!(trace.stopped, StopReason::Classified);
    let last = trace.estimates.last().expect("an estimate");
    assert!(last.theta > 1.645 * last.standard_error);
    let before = trace.estimates[trace.items.len() - 2];
    assert!(before.theta <= 1.645 * before.standard_error);
}
