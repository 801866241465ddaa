//! What a psychometrician may get wrong in a call: each has a name or a documented result.

use learnr_domain::irt::{ItemParameters, ItemPool, Pattern, Prior, Quadrature};
use learnr_domain::selection::criterion::{Examinee, Rule};

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
