//! Cases of the criteria by which the next item is chosen.

use learnr_domain::irt::{Estimator, ItemPool, Method, Pattern, Prior, Quadrature};
use learnr_domain::selection::criterion::{Examinee, Predictive, Rule};
use learnr_domain::selection::{Best, ContentBalance};
use serde_json::Value;

use super::read::{self, Cases, number, numbers};
use super::{all_near, near};

const MFI: Rule = Rule::MaximumInformation;
const KL: Rule = Rule::KullbackLeibler;
const KLP: Rule = Rule::PosteriorKullbackLeibler;
const GDI: Rule = Rule::GlobalDiscrimination;
const GDIP: Rule = Rule::PosteriorGlobalDiscrimination;
const MLWI: Rule = Rule::LikelihoodWeightedInformation;
const MPWI: Rule = Rule::PosteriorWeightedInformation;
const MEPV: Rule = Rule::ExpectedPosteriorVariance(Predictive::PointEstimate);
const BM: Method = Method::Map(Prior::STANDARD);

/// Expected information.
const fn looking_ahead(observed: bool, method: Method) -> Rule {
    Rule::ExpectedInformation {
        observed,
        estimator: Estimator::new(method),
    }
}

fn grid() -> Quadrature {
    Quadrature::new(33, -4.0, 4.0).expect("a range")
}

/// Every item's worth under a rule.
fn worths(rule: Rule, pattern: &Pattern<'_>, theta: f64, prior: Prior) -> Vec<f64> {
    let quadrature = grid();
    let examinee = Examinee {
        pattern,
        theta,
        quadrature: &quadrature,
        prior,
    };
    let criterion = rule.prepare(&examinee).expect("a criterion");
    (0..pattern.pool().items().len())
        .map(|item| criterion.worth(item))
        .collect()
}

fn given<'a>(pool: &'a ItemPool, inputs: &Value) -> Pattern<'a> {
    let items = read::indices(&inputs["given_1based"]);
    let answers = numbers(&inputs["x"]).into_iter().map(|x| x as u8);
    Pattern::of(pool, items.into_iter().zip(answers)).expect("known items")
}

/// A figure of case C10: its name, the rule, the ability, the prior, what the worth is multiplied by, and within what it
/// is to agree.
type Figure = (&'static str, Rule, f64, Prior, f64, f64);

fn c10_figures(ml: f64, wl: f64) -> Vec<Figure> {
    let of = Prior::STANDARD;
    let wide = Prior::Normal { mean: 0.0, sd: 2.0 };
    let (low, high) = (-2.0, 2.0);
    let flat = Prior::Uniform { low, high };
    let (map, wle) = (Method::Map(of), Method::Wle);
    let bayes = Rule::ExpectedPosteriorVariance(Predictive::Posterior);
    vec![
        ("KL_ML", KL, ml, of, 1.0, 1e-9),
        ("KL_WL", KL, wl, of, 1.0, 1e-9),
        ("KLP_WL", KLP, wl, of, 1.0, 1e-9),
        ("KL_th0", KL, 0.0, of, 1.0, 1e-9),
        ("KLP_th0", KLP, 0.0, of, 1.0, 1e-9),
        ("MLWI", MLWI, 0.0, of, 1.0, 1e-9),
        ("MPWI", MPWI, 0.0, of, 1.0, 1e-9),
        ("MPWI_unif", MPWI, 0.0, flat, 1.0, 1e-9),
        ("EPV", MEPV, 0.0, of, -1.0, 1e-9),
        ("EPV_sd2", MEPV, 0.0, wide, -1.0, 1e-9),
        ("EPV_posterior_predictive", bayes, 0.0, of, -1.0, 1e-9),
        ("GDI", GDI, 0.0, of, 1.0, 1e-9),
        ("GDIP", GDIP, 0.0, of, 1.0, 1e-9),
        // Their abilities after the answer are found to 1e-5 only.
        ("MEI", looking_ahead(true, map), 0.0, of, 1.0, 2e-5),
        ("MEI_Fisher", looking_ahead(false, map), 0.0, of, 1.0, 2e-5),
        ("MEI_WL", looking_ahead(true, wle), 0.0, of, 1.0, 2e-5),
    ]
}

pub(super) fn c10(case: &Value, cases: &Cases) {
    let (pool, inputs, expected) = (cases.tcals(), &case["inputs"], &case["expected"]);
    let pattern = given(&pool, inputs);
    let item = number(&inputs["item"]) as usize - 1;
    // Values at an estimate are held at the estimate the other program found, which stops 1e-5 from the root.
    let (ml, wl) = (number(&expected["thML"]), number(&expected["thWL"]));
    for (estimator, theta) in [(Estimator::ml(), ml), (Estimator::wle(), wl)] {
        let got = estimator.estimate(&pattern).expect("an estimate");
        near(got.theta, theta, 2e-5);
    }
    for (name, rule, theta, prior, factor, tolerance) in c10_figures(ml, wl) {
        let got = factor * worths(rule, &pattern, theta, prior)[item];
        let wanted = number(&expected[name]);
        assert!(
            (got - wanted).abs() <= tolerance,
            "{name}: got {got}, expected {wanted}"
        );
    }
}

pub(super) fn c11(case: &Value, cases: &Cases) {
    let (pool, expected) = (cases.tcals(), &case["expected"]);
    let pattern = given(&pool, &case["inputs"]);
    for (name, rule, sign) in [
        ("EPV", MEPV, -1.0),
        ("KL0", KL, 1.0),
        ("KLP0", KLP, 1.0),
        ("MLWI", MLWI, 1.0),
        ("MPWI", MPWI, 1.0),
    ] {
        let worths = worths(rule, &pattern, 0.0, Prior::STANDARD);
        let got: Vec<f64> = worths.iter().map(|worth| sign * worth).collect();
        all_near(&got, &expected[name], 1e-9);
    }
}

/// The item a rule takes and its worth.
fn taken(rule: Rule, pattern: &Pattern<'_>, theta: f64, out: &[usize]) -> (usize, f64) {
    let quadrature = grid();
    let examinee = Examinee {
        pattern,
        theta,
        quadrature: &quadrature,
        prior: Prior::STANDARD,
    };
    let criterion = rule.prepare(&examinee).expect("a criterion");
    let mut best = Best::lowest_first();
    let open = |item: usize| !out.contains(&(item + 1));
    criterion.rank(0..pattern.pool().items().len(), &open, &mut best);
    let (worth, item) = best.entries()[0];
    (item + 1, worth)
}

/// A selection of case C12: its name, the rule, the items out, what the worth is multiplied by, and within what it is
/// to agree.
type Selection = (&'static str, Rule, &'static [usize], f64, f64);

/// Those with no answer yet, at 0 logits.
const C12_AT_THE_START: [Selection; 6] = [
    ("MFI theta=0", MFI, &[], 1.0, 1e-9),
    ("MFI out=63", MFI, &[63], 1.0, 1e-9),
    ("MFI out=63,10", MFI, &[63, 10], 1.0, 1e-9),
    ("bOpt theta=0", Rule::Urry, &[], -1.0, 1e-9),
    ("thOpt theta=0", Rule::NearestOptimum, &[], -1.0, 1e-9),
    ("thOpt out=76", Rule::NearestOptimum, &[76], -1.0, 1e-9),
];

/// Those after item 63 was answered wrong.
const C12_AFTER_ONE: [Selection; 7] = [
    ("MEPV x=0 out=63", MEPV, &[63], -1.0, 1e-9),
    ("KL", KL, &[63], 1.0, 1e-9),
    ("KLP", KLP, &[63], 1.0, 1e-9),
    ("GDI", GDI, &[63], 1.0, 1e-9),
    ("GDIP", GDIP, &[63], 1.0, 1e-9),
    ("MEI Fisher", looking_ahead(false, BM), &[63], 1.0, 2e-4),
    ("MEI observed", looking_ahead(true, BM), &[63], 1.0, 2e-4),
];

pub(super) fn c12(case: &Value, cases: &Cases) {
    let pool = cases.tcals();
    let nothing = Pattern::new(&pool);
    let wrong = Pattern::of(&pool, [(62, 0)]).expect("a known item");
    let theta = number(&case["inputs"]["theta_after_item63_wrong_WL"]);
    let wl = Estimator::wle().estimate(&wrong).expect("an estimate");
    near(wl.theta, theta, 2e-5);
    let start = C12_AT_THE_START.map(|selection| (selection, &nothing, 0.0));
    let after = C12_AFTER_ONE.map(|selection| (selection, &wrong, theta));
    for ((name, rule, out, sign, tolerance), pattern, theta) in start.into_iter().chain(after) {
        let expected = find(case, name);
        let (item, worth) = taken(rule, pattern, theta, out);
        assert_eq!(item as f64, number(&expected["computed"]), "{name}");
        let (got, wanted) = (sign * worth, number(&expected["criterion_value"]));
        assert!(
            (got - wanted).abs() <= tolerance,
            "{name}: got {got}, expected {wanted}"
        );
    }
    let two = Pattern::of(&pool, [(62, 0), (18, 1)]).expect("known items");
    for (rule, pattern, theta, out, item) in [
        (Rule::Urry, &nothing, 0.0, &[24][..], 61),
        (MLWI, &wrong, theta, &[63], 19),
        (MPWI, &wrong, theta, &[63], 44),
        (MLWI, &two, theta, &[63, 19], 44),
        (MPWI, &two, theta, &[63, 19], 10),
    ] {
        assert_eq!(taken(rule, pattern, theta, out).0, item, "{rule:?}");
    }
    content(case, cases, &pool);
}

fn find<'a>(case: &'a Value, name: &str) -> &'a Value {
    let list = case["expected"].as_array().expect("a list");
    let found = list.iter().find(|entry| entry["case"] == name);
    found.expect("the selection is there")
}

/// One item of each group but one served: the next is of that one.
fn content(case: &Value, cases: &Cases, pool: &ItemPool) {
    let expected = find(case, "content balance out=12,33,46,63");
    let (groups, _) = cases.groups();
    let shares = numbers(&case["inputs"]["cb_props"]);
    let balance = ContentBalance::new(groups, &shares).expect("a group for each item");
    let served = [11, 32, 45, 62];
    let group = balance.next(&served, &mut learnr_domain::tick::Chance::new(1));
    let out: Vec<usize> = (0..pool.items().len())
        .filter(|item| Some(balance.group(*item)) != group || served.contains(item))
        .map(|item| item + 1)
        .collect();
    let (item, worth) = taken(Rule::MaximumInformation, &Pattern::new(pool), 0.0, &out);
    assert_eq!(item as f64, number(&expected["computed"]));
    near(worth, number(&expected["criterion_value"]), 1e-9);
}

pub(super) fn c13(case: &Value, cases: &Cases) {
    let pool = cases.tcals();
    let nothing = Pattern::new(&pool);
    let thetas = numbers(&case["inputs"]["theta"]);
    for (rule, name) in [(Rule::MaximumInformation, "MFI"), (Rule::Urry, "bOpt")] {
        let items = thetas
            .iter()
            .map(|theta| taken(rule, &nothing, *theta, &[]).0 as f64);
        assert_eq!(
            items.collect::<Vec<_>>(),
            numbers(&case["expected"][name]),
            "{name}"
        );
    }
}
