//! Cases of the response models and of estimation.

use std::sync::Arc;

use learnr_domain::AreaIx;
use learnr_domain::irt::{
    Estimator, FactorGrid, ItemModel, ItemParameters, ItemPool, Method, Pattern, Prior, Quadrature,
    RobustWeight, information, log_likelihood, moments_over, probability,
};
use learnr_domain::learner::Posterior;
use learnr_domain::selection::Best;
use learnr_domain::selection::criterion::{Examinee, Rule};
use serde_json::Value;

use super::read::{self, Cases, number, numbers, pattern, pool};
use super::{all_near, near};

fn informations(pool: &ItemPool, theta: f64) -> Vec<f64> {
    let items = pool.items().iter();
    items.map(|item| item.information(theta)).collect()
}

pub(super) fn c01(case: &Value, cases: &Cases) {
    let (pool, expected) = (cases.tcals(), &case["expected"]);
    let items = pool.items().iter();
    let p: Vec<f64> = items.map(|item| item.probability(1, 0.0)).collect();
    all_near(&p, &expected["P_theta0"], 1e-10);
    all_near(&informations(&pool, 0.0), &expected["I_theta0"], 1e-10);
    all_near(&informations(&pool, 1.0), &expected["I_theta1"], 1e-10);
    all_near(&informations(&pool, -1.5), &expected["I_theta_m1_5"], 1e-10);
    let sum = pool.information(0..pool.items().len(), 0.0);
    near(sum, number(&expected["sum_I_theta0"]), 1e-10);
}

pub(super) fn c02(case: &Value, cases: &Cases) {
    let scaling = number(&case["inputs"]["D"]);
    let pool = cases.tcals();
    let scaled = pool.items().iter().map(|item| match item {
        ItemModel::Logistic(item) => information(&item.scaled(scaling), 0.0),
        ItemModel::PartialCredit(_) => panic!("tcals is logistic"),
    });
    all_near(&scaled.collect::<Vec<_>>(), &case["expected"]["I"], 1e-10);
}

pub(super) fn c03(case: &Value) {
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let item = ItemParameters::three_pl(
        number(&inputs["a"]),
        number(&inputs["b"]),
        number(&inputs["c"]),
    );
    let thetas = numbers(&inputs["theta"]);
    let at = |value: &dyn Fn(f64) -> f64| thetas.iter().map(|t| value(*t)).collect::<Vec<_>>();
    all_near(
        &at(&|t| information(&item, t)),
        &expected["information"],
        1e-10,
    );
    all_near(&at(&|t| probability(&item, t)), &expected["P"], 1e-10);
    for (correct, x) in [(false, "x0"), (true, "x1")] {
        let first = at(&|t| log_likelihood(&item, t, correct).first);
        all_near(&first, &expected[format!("d1_lnL_{x}")], 1e-10);
        let second = at(&|t| log_likelihood(&item, t, correct).second);
        all_near(&second, &expected[format!("d2_lnL_{x}")], 1e-10);
    }
}

pub(super) fn c04(case: &Value) {
    let thetas = numbers(&case["inputs"]["theta"]);
    for (name, item) in [
        ("1PL b=.5", ItemParameters::rasch(0.5)),
        ("2PL a=1.5 b=.5", ItemParameters::two_pl(1.5, 0.5)),
        ("3PL a=1 b=.5 c=.2", ItemParameters::three_pl(1.0, 0.5, 0.2)),
    ] {
        let logs = thetas.iter().map(|theta| information(&item, *theta).ln());
        near(logs.sum(), number(&case["expected"][name]), 1e-4);
    }
}

pub(super) fn c05(case: &Value, cases: &Cases) {
    let (pool, expected) = (cases.tcals(), &case["expected"]);
    let answers = cases.c05_answers();
    let pattern = pattern(&pool, &answers);
    let estimate = |method| {
        Estimator::new(method)
            .estimate(&pattern)
            .expect("an estimate")
    };
    let eap = |prior| Method::Eap { prior, points: 33 };
    let flat = Prior::Uniform {
        low: -4.0,
        high: 4.0,
    };
    for (name, method) in [
        ("EAP", eap(Prior::STANDARD)),
        ("EAP_unif", eap(flat)),
        ("EAP_Jeff", eap(Prior::Jeffreys)),
        (
            "EAP_nqp100",
            Method::Eap {
                prior: Prior::STANDARD,
                points: 100,
            },
        ),
    ] {
        let got = estimate(method);
        near(got.theta, number(&expected[name]["theta"]), 1e-9);
        near(got.standard_error, number(&expected[name]["se"]), 1e-9);
    }
    for (name, method) in [
        ("ML", Method::Ml),
        ("BM", Method::Map(Prior::STANDARD)),
        ("WL", Method::Wle),
        ("BM_unif", Method::Map(flat)),
        ("BM_Jeff", Method::Map(Prior::Jeffreys)),
        ("ROB", Method::Robust(RobustWeight::Huber(1.0))),
        ("ROB2", Method::Robust(RobustWeight::Huber(2.0))),
        ("ROBT4", Method::Robust(RobustWeight::Tukey(4.0))),
    ] {
        let (got, expected) = (estimate(method), &expected[name]);
        near(got.theta, number(&expected["theta"]), 2e-5);
        if let Some(exact) = expected["theta_exact"].as_f64() {
            near(got.theta, exact, 1e-9);
        }
        if let Some(se) = expected["se"].as_f64() {
            near(got.standard_error, se, 2e-5);
        }
    }
    // The case does not say which answers were missing; of all single answers and pairs, leaving out the
    // first two items gives its figures.
    let rest = answers.iter().enumerate().skip(2);
    let rest = Pattern::of(&pool, rest.map(|(item, x)| (item, *x as u8))).expect("known items");
    let missing = Estimator::ml().estimate(&rest).expect("an estimate");
    near(missing.theta, number(&expected["ML_mis"]["theta"]), 2e-5);
    near(
        missing.standard_error,
        number(&expected["ML_mis"]["se"]),
        2e-5,
    );
}

pub(super) fn c06(case: &Value, cases: &Cases) {
    let pool = cases.tcals();
    let answers = cases.c05_answers();
    let pattern = pattern(&pool, &answers);
    for (name, estimator) in [
        ("nqp33", Estimator::eap(33)),
        ("nqp100", Estimator::eap(100)),
        ("exact", Estimator::eap(8001).over(-8.0, 8.0)),
    ] {
        let got = estimator.estimate(&pattern).expect("an estimate");
        all_near(
            &[got.theta, got.standard_error],
            &case["expected"][name],
            1e-7,
        );
    }
}

pub(super) fn c08(case: &Value, cases: &Cases) {
    let (pool, expected) = (cases.tcals(), &case["expected"]);
    for (name, answer) in [("x0", 0.0), ("x1", 1.0)] {
        let pattern = pattern(&pool, &vec![answer; pool.items().len()]);
        assert!(pattern.is_constant());
        let theta = |estimator: Estimator| estimator.estimate(&pattern).expect("an estimate");
        let wanted = |method: &str| number(&expected[method][name]);
        near(theta(Estimator::eap(33)).theta, wanted("EAP"), 1e-9);
        near(theta(Estimator::map()).theta, wanted("BM"), 2e-4);
        near(theta(Estimator::wle()).theta, wanted("WL"), 2e-4);
        let ml = theta(Estimator::ml());
        assert_eq!((ml.theta, ml.at_bound), (wanted("ML"), true));
        // Steps of programs without a prior, from 0 towards an end: fixed, and half way to a bound of 2.
        let sign = if answer > 0.0 { 1.0 } else { -1.0 };
        near(sign * 0.4, wanted("fixed4"), 0.0);
        near(f64::midpoint(0.0, sign * 2.0), wanted("var"), 0.0);
    }
}

pub(super) fn c09(case: &Value, cases: &Cases) {
    let (pool, inputs, expected) = (cases.tcals(), &case["inputs"], &case["expected"]);
    let items = read::indices(&inputs["items_1based"]);
    let answers = numbers(&inputs["x"]).into_iter().map(|x| x as u8);
    let pattern = Pattern::of(&pool, items.into_iter().zip(answers)).expect("known items");
    let modes = Estimator::ml().modes(&pattern).expect("modes");
    // The local maxima inside; the likelihood also rises towards no end here.
    let thetas: Vec<f64> = modes.iter().map(|mode| mode.theta).collect();
    let heights: Vec<f64> = modes.iter().map(|mode| mode.height).collect();
    all_near(&thetas, &expected["ML_local_maxima"], 1e-8);
    all_near(&heights, &expected["loglik"], 1e-8);
    let ml = Estimator::ml().estimate(&pattern).expect("an estimate");
    near(ml.theta, number(&expected["global_max"]), 1e-8);
    let eap = Estimator::eap(2001).over(-8.0, 8.0).estimate(&pattern);
    let eap = eap.expect("an estimate");
    all_near(&[eap.theta, eap.standard_error], &expected["EAP"], 1e-8);
}

pub(super) fn c22(case: &Value, cases: &Cases) {
    let _: &Cases = cases;
    let (pool, expected) = (read::cat_pav(), &case["expected"]);
    all_near(&informations(&pool, 1.0), &expected["Ii1"], 1e-4);
    let answers = numbers(&case["inputs"]["x"]);
    let whole = pattern(&pool, &answers);
    let estimate = |estimator: Estimator| estimator.estimate(&whole).expect("an estimate");
    let eap = estimate(Estimator::eap(33));
    near(eap.theta, number(&expected["EAP"]), 1e-4);
    near(eap.standard_error, number(&expected["EAPse"]), 1e-4);
    near(
        estimate(Estimator::ml()).theta,
        number(&expected["ML"]),
        1e-4,
    );
    near(
        estimate(Estimator::wle()).theta,
        number(&expected["WL"]),
        1e-4,
    );
    near(
        estimate(Estimator::map()).theta,
        number(&expected["BM"]),
        1e-4,
    );
    // The next item at 0 logits when the first fifteen were given.
    let first = pattern(&pool, &answers[..15]);
    let quadrature = Quadrature::new(33, -4.0, 4.0).expect("a range");
    let examinee = Examinee {
        pattern: &first,
        theta: 0.0,
        quadrature: &quadrature,
        prior: Prior::STANDARD,
    };
    let criterion = Rule::MaximumInformation.prepare(&examinee);
    let mut best = Best::lowest_first();
    criterion
        .expect("a criterion")
        .rank(15..pool.items().len(), &|_| true, &mut best);
    let next = best.first().expect("an item is open") + 1;
    assert_eq!(next as f64, number(&expected["next15"]));
    without_the_lowest_category(&pool, &first, &quadrature, number(&expected["next15KL"]));
}

/// The item named for Kullback-Leibler information comes out at the Bayes modal estimate when the term of the
/// lowest category is left out of the sum over categories. With every category in it, as it is defined, it is
/// item 67 there; that is what this crate takes.
fn without_the_lowest_category(
    pool: &ItemPool,
    given: &Pattern<'_>,
    quadrature: &Quadrature,
    expected: f64,
) {
    let theta = Estimator::map().estimate(given).expect("an estimate").theta;
    let likelihood = quadrature.likelihood(given);
    let taken = |lowest: usize| {
        let mut best = Best::lowest_first();
        for item in 15..pool.items().len() {
            let model = &pool.items()[item];
            let at = |other: f64| -> f64 {
                let term = |k| {
                    let here = model.probability(k, theta);
                    here * (here / model.probability(k, other)).ln()
                };
                (lowest..model.categories()).map(term).sum()
            };
            let terms = quadrature.nodes().iter().zip(&likelihood);
            best.offer(item, quadrature.integrate(terms.map(|(t, l)| at(*t) * l)));
        }
        best.first().expect("an item is open") + 1
    };
    assert_eq!((taken(1) as f64, taken(0)), (expected, 67));
    let examinee = Examinee {
        pattern: given,
        theta,
        quadrature,
        prior: Prior::STANDARD,
    };
    let criterion = Rule::KullbackLeibler.prepare(&examinee);
    let mut best = Best::lowest_first();
    criterion
        .expect("a criterion")
        .rank(15..pool.items().len(), &|_| true, &mut best);
    assert_eq!(best.first(), Some(66));
}

pub(super) fn c27(case: &Value, cases: &Cases) {
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let exact = |name: &str| number(expected[name].get(0).unwrap_or(&expected[name]));
    let tcals = cases.tcals();
    let first = Pattern::of(&tcals, [(0, 1), (1, 0), (2, 1)]).expect("known items");
    let ml = Estimator::ml().over(-6.0, 6.0);
    near(
        ml.estimate(&first).expect("an estimate").theta,
        exact("exact_ML1"),
        1e-6,
    );

    let second = pool(&inputs["items2"]);
    let second = pattern(&second, &numbers(&inputs["x2"]));
    let got = ml.estimate(&second).expect("an estimate");
    near(got.theta, exact("exact_ML2"), 1e-6);
    near(got.standard_error, exact("exact_SE2"), 1e-6);

    let third = pool(&inputs["items3"]);
    let third = pattern(&third, &numbers(&inputs["x3"]));
    let eap = Estimator::eap(2001).over(-6.0, 6.0).estimate(&third);
    let eap = eap.expect("an estimate");
    all_near(
        &[eap.theta, eap.standard_error],
        &expected["exact_EAP3_norm"],
        1e-6,
    );
    let published = numbers(&expected["jsCAT"]);
    for (got, published) in [
        exact("exact_ML1"),
        exact("exact_ML2"),
        exact("exact_SE2"),
        eap.theta,
    ]
    .into_iter()
    .zip(published)
    {
        near(got, published, 0.06);
    }
}

pub(super) fn c31(case: &Value) {
    let pool = pool(&case["inputs"]["items"]);
    let (mut thetas, mut before) = (Vec::new(), 0.0);
    for count in 1..=4 {
        let pattern = pattern(&pool, &vec![0.0; count]);
        let estimate = Estimator::eap(2001).over(-8.0, 8.0).estimate(&pattern);
        let theta = estimate.expect("an estimate").theta;
        assert!(theta < before, "a wrong answer raised ability to {theta}");
        before = theta;
        thetas.push(theta);
    }
    all_near(&thetas, &case["expected"]["EAP_exact"], 1e-6);
}

pub(super) fn c32(case: &Value, cases: &Cases) {
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let pool = cases.tcals();
    // The grid of the case, wider than that of sessions, and that of sessions.
    let grids = [
        (
            FactorGrid::over(number(&inputs["rho"]), 5.0, 4.5),
            1e-5,
            1e-9,
        ),
        (FactorGrid::new(number(&inputs["rho"])), 5e-5, 5e-5),
    ];
    for (grid, to_exact, to_grid) in grids {
        let nodes = *grid.nodes();
        let mut posterior = Posterior::new(Arc::new(grid), &[]);
        for area in 0..2_u8 {
            let items = read::indices(&inputs[format!("items_1based_area{area}")]);
            let answers = numbers(&inputs[format!("x{area}")]);
            for (item, answer) in items.into_iter().zip(answers) {
                let curve = nodes.map(|theta| pool.items()[item].probability(1, theta));
                posterior.observe(AreaIx(area), &curve, answer > 0.0, 0.0);
            }
        }
        for area in 0..2_u8 {
            let at = usize::from(area);
            let got = moments_over(&nodes, &posterior.ability(AreaIx(area)));
            let variance = got.standard_deviation * got.standard_deviation;
            near(got.mean, number(&expected["exact_mean"][at]), to_exact);
            near(variance, number(&expected["exact_cov"][at][at]), to_exact);
            let grid = &expected["one_factor_grid_41x21"];
            near(got.mean, number(&grid["mean"][at]), to_grid);
            near(variance, number(&grid["var"][at]), to_grid);
        }
        // The covariance by the variance of a sum.
        let sum = posterior.composite(&[1.0, 1.0]).standard_deviation;
        let cov = &expected["exact_cov"];
        let expected = number(&cov[0][0]) + number(&cov[1][1]) + 2.0 * number(&cov[0][1]);
        near(sum * sum, expected, 10.0 * to_exact);
    }
}
