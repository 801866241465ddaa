//! What a psychometrician may get wrong in a call: each has a name or a documented result.

use learnr_domain::cat::{AdaptiveTest, TestFault};
use learnr_domain::irt::{
    EstimateFault, Estimator, ItemParameters, ItemPool, Method, Pattern, Prior, Quadrature,
};
use learnr_domain::selection::criterion::{Examinee, Rule};
use learnr_domain::tick::Chance;

fn pool(items: usize) -> ItemPool {
    let item = |k: usize| ItemParameters::two_pl(1.0, k as f64 / items as f64);
    ItemPool::logistic((0..items).map(item)).expect("valid items")
}

#[test]
fn a_planned_length_beyond_the_pool_counts_as_the_pool() {
    let pool = pool(30);
    let pattern = Pattern::of(&pool, [(0, 1), (1, 0), (2, 1)]).expect("known items");
    let quadrature = Quadrature::new(33, -4.0, 4.0).expect("a range");
    let examinee = Examinee {
        pattern: &pattern,
        theta: 0.3,
        quadrature: &quadrature,
        prior: Prior::STANDARD,
    };
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
    let sound = Examinee {
        pattern: &pattern,
        theta: 0.0,
        quadrature: &quadrature,
        prior: Prior::STANDARD,
    };
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
