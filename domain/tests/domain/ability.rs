//! The one-factor posterior, against brute force and against what must hold of any posterior.

use std::sync::Arc;

use learnr_domain::AreaIx;
use learnr_domain::irt::{
    FactorGrid, ItemParameters, NODES, THETA, information, moments, probability,
};
use learnr_domain::learner::Posterior;
use proptest::prelude::*;

const TESTING: f64 = 0.0;

fn curve(item: &ItemParameters) -> [f64; NODES] {
    THETA.map(|theta| probability(item, theta))
}

#[derive(Clone, Debug)]
struct Answer {
    area: AreaIx,
    item: ItemParameters,
    correct: bool,
}

fn posterior(rho: f64, answers: &[Answer], drift: f64) -> Posterior {
    let mut posterior = Posterior::new(Arc::new(FactorGrid::new(rho)), &[]);
    for answer in answers {
        posterior.observe(answer.area, &curve(&answer.item), answer.correct, drift);
    }
    posterior
}

fn answers(areas: u8, max: usize) -> impl Strategy<Value = Vec<Answer>> {
    let one = (0..areas, 0.3..2.5, -3.0..3.0, 0.0..0.4, any::<bool>());
    let one = one.prop_map(|(area, a, b, c, correct)| Answer {
        area: AreaIx(area),
        item: ItemParameters::three_pl(a, b, c),
        correct,
    });
    prop::collection::vec(one, 0..max)
}

/// Right and wrong answers in two areas, the third untouched.
fn five_answers() -> [Answer; 5] {
    let answer = |area, a, b, c, correct| Answer {
        area: AreaIx(area),
        item: ItemParameters::three_pl(a, b, c),
        correct,
    };
    [
        answer(0, 1.2, 0.3, 0.2, true),
        answer(0, 1.8, 1.0, 0.25, true),
        answer(1, 0.9, -0.5, 0.25, false),
        answer(1, 1.5, 0.0, 0.0, true),
        answer(0, 1.0, -1.0, 0.2, false),
    ]
}

/// Density of (theta_1, theta_2, theta_3), normal with unit variances and equal correlations, times the
/// likelihood; integrated over a cube on a grid of its own, no common factor in sight.
#[test]
fn three_areas_agree_with_integration_over_all_three_abilities() {
    let rho = 0.5;
    let answers = five_answers();
    let nodes: Vec<f64> = (-48..=48).map(|k| f64::from(k) / 8.0).collect();
    let likelihood = |area: u8, theta: f64| -> f64 {
        let of_area = answers.iter().filter(|answer| answer.area == AreaIx(area));
        of_area
            .map(|answer| {
                let p = probability(&answer.item, theta);
                if answer.correct { p } else { 1.0 - p }
            })
            .product()
    };
    let (first, second): (Vec<f64>, Vec<f64>) = nodes
        .iter()
        .map(|t| (likelihood(0, *t), likelihood(1, *t)))
        .unzip();
    // Inverse of the 3 x 3 matrix with ones on the diagonal and rho elsewhere.
    let off = -rho / ((1.0 - rho) * (1.0 + 2.0 * rho));
    let on = (1.0 + rho) / ((1.0 - rho) * (1.0 + 2.0 * rho));
    let (mut total, mut sums, mut squares, mut composite) = (0.0, [0.0; 3], [0.0; 3], [0.0; 2]);
    let weights = [0.5, 0.3, 0.2];
    for (x, lx) in nodes.iter().zip(&first) {
        for (y, ly) in nodes.iter().zip(&second) {
            for z in &nodes {
                let form = on * (x * x + y * y + z * z) + 2.0 * off * (x * y + y * z + x * z);
                let mass = libm::exp(-0.5 * form) * lx * ly;
                total += mass;
                for (k, theta) in [x, y, z].into_iter().enumerate() {
                    sums[k] += mass * theta;
                    squares[k] += mass * theta * theta;
                }
                let c = weights[0] * x + weights[1] * y + weights[2] * z;
                composite[0] += mass * c;
                composite[1] += mass * c * c;
            }
        }
    }
    let posterior = posterior(rho, &answers, TESTING);
    let close = |got: f64, expected: f64, what: &str| {
        assert!(
            (got - expected).abs() < 2e-3,
            "{what}: {got} for {expected}"
        );
    };
    for k in 0..3 {
        let got = moments(&posterior.ability(AreaIx(k as u8)));
        let mean = sums[k] / total;
        close(got.mean, mean, "mean");
        close(
            got.standard_deviation,
            (squares[k] / total - mean * mean).sqrt(),
            "deviation",
        );
    }
    let got = posterior.composite(&weights);
    let mean = composite[0] / total;
    close(got.mean, mean, "composite mean");
    close(
        got.standard_deviation,
        (composite[1] / total - mean * mean).sqrt(),
        "composite deviation",
    );
}

#[test]
fn two_hundred_equal_answers_leave_numbers() {
    let items = [
        (1.0, 0.0, 0.25),
        (10.0, 10.0, 0.0),
        (10.0, -10.0, 0.0),
        (3.0, 3.9, 0.0),
    ];
    for (a, b, c) in items {
        for correct in [true, false] {
            for drift in [TESTING, 0.05] {
                let answer = Answer {
                    area: AreaIx(1),
                    item: ItemParameters::three_pl(a, b, c),
                    correct,
                };
                let mut all = vec![answer.clone(); 200];
                // And a turn of luck after them, which the likelihood has all but ruled out.
                all.push(Answer {
                    correct: !correct,
                    ..answer
                });
                for count in [1, 200, 201] {
                    let posterior = posterior(0.9, &all[..count], drift);
                    for area in [AreaIx(0), AreaIx(1)] {
                        let masses = posterior.ability(area);
                        let sum: f64 = masses.iter().sum();
                        assert!(
                            (sum - 1.0).abs() < 1e-12,
                            "a {a} b {b} after {count}: {sum}"
                        );
                    }
                    let composite = posterior.composite(&[0.5, 0.5]);
                    assert!(composite.mean.is_finite() && composite.standard_deviation.is_finite());
                }
            }
        }
    }
}

#[test]
fn an_answer_in_one_area_moves_the_others_less() {
    let item = ItemParameters::three_pl(1.5, 0.0, 0.2);
    let answer = Answer {
        area: AreaIx(2),
        item,
        correct: true,
    };
    let posterior = posterior(0.5, &vec![answer; 5], TESTING);
    let own = moments(&posterior.ability(AreaIx(2))).mean;
    let other = moments(&posterior.ability(AreaIx(0))).mean;
    assert!(own > other && other > 0.1, "{own} and {other}");
    assert_eq!(
        (posterior.answers(AreaIx(2)), posterior.answers(AreaIx(0))),
        (5, 0)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn posterior_mass_is_one(answers in answers(6, 40), rho in 0.0..0.9, drift in 0.0..0.3) {
        let posterior = posterior(rho, &answers, drift);
        prop_assert!((posterior.factor().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        posterior.each_ability(6, |area, masses| {
            assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(masses.iter().all(|mass| *mass >= 0.0));
            assert_eq!(*masses, posterior.ability(area));
        });
    }

    #[test]
    fn in_testing_the_order_of_answers_does_not_matter(answers in answers(4, 20), seed in any::<u64>()) {
        let mut other = answers.clone();
        learnr_domain::tick::Chance::new(seed).shuffle(&mut other);
        let (one, other) = (posterior(0.5, &answers, TESTING), posterior(0.5, &other, TESTING));
        for area in (0..4).map(AreaIx) {
            for (x, y) in one.ability(area).iter().zip(&other.ability(area)) {
                prop_assert!((x - y).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn in_testing_no_area_rises_after_a_wrong_answer_nor_falls_after_a_right_one(
        answers in answers(4, 25), rho in 0.0..0.9,
    ) {
        let mut posterior = posterior(rho, &[], TESTING);
        let means = |posterior: &Posterior| {
            (0..4).map(|k| moments(&posterior.ability(AreaIx(k))).mean).collect::<Vec<_>>()
        };
        let mut before = means(&posterior);
        for answer in &answers {
            posterior.observe(answer.area, &curve(&answer.item), answer.correct, TESTING);
            let after = means(&posterior);
            for (before, after) in before.iter().zip(&after) {
                let rise = if answer.correct { after - before } else { before - after };
                prop_assert!(rise >= -1e-12, "{before} to {after} after {answer:?}");
            }
            before = after;
        }
    }

    #[test]
    fn information_is_never_negative_and_probability_never_falls(
        a in 0.01..10.0, b in -10.0..10.0, c in 0.0..0.99, theta in -20.0..20.0, step in 0.0..5.0,
    ) {
        let item = ItemParameters::three_pl(a, b, c);
        prop_assert!(information(&item, theta) >= 0.0);
        prop_assert!(probability(&item, theta + step) >= probability(&item, theta));
    }
}
