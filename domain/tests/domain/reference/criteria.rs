//! Cases of the criteria by which the next item is chosen.

use learnr_domain::irt::{Estimator, ItemPool, Method, Pattern, Prior, Quadrature};
use learnr_domain::selection::criterion::{Examinee, Predictive, Rule};
use learnr_domain::selection::{Best, ContentBalance};
use serde_json::Value;

use super::read::{self, Cases, number, numbers};
use super::{all_near, near};

const MEPV: Rule = Rule::ExpectedPosteriorVariance(Predictive::PointEstimate);

fn grid() -> Quadrature {
    Quadrature::new(33, -4.0, 4.0).expect("a range")
}

fn expected_information(observed: bool, method: Method) -> Rule {
    Rule::ExpectedInformation {
        observed,
        estimator: Estimator::new(method),
    }
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

pub(super) fn c10(case: &Value, cases: &Cases) {
    let (pool, inputs, expected) = (cases.tcals(), &case["inputs"], &case["expected"]);
    let pattern = given(&pool, inputs);
    let item = number(&inputs["item"]) as usize - 1;
    let ml = Estimator::ml()
        .estimate(&pattern)
        .expect("an estimate")
        .theta;
    let wl = Estimator::wle()
        .estimate(&pattern)
        .expect("an estimate")
        .theta;
    near(ml, number(&expected["thML"]), 2e-5);
    near(wl, number(&expected["thWL"]), 2e-5);
    // Values at an estimate are held at the estimate the other program found, which stops 1e-5 from the root.
    let (ml, wl) = (number(&expected["thML"]), number(&expected["thWL"]));
    let wide = Prior::Normal { mean: 0.0, sd: 2.0 };
    let flat = Prior::Uniform {
        low: -2.0,
        high: 2.0,
    };
    let standard = Prior::STANDARD;
    let bm = Method::Map(Prior::STANDARD);
    for (name, rule, theta, prior, factor, tolerance) in [
        ("KL_ML", Rule::KullbackLeibler, ml, standard, 1.0, 1e-9),
        ("KL_WL", Rule::KullbackLeibler, wl, standard, 1.0, 1e-9),
        (
            "KLP_WL",
            Rule::PosteriorKullbackLeibler,
            wl,
            standard,
            1.0,
            1e-9,
        ),
        ("KL_th0", Rule::KullbackLeibler, 0.0, standard, 1.0, 1e-9),
        (
            "KLP_th0",
            Rule::PosteriorKullbackLeibler,
            0.0,
            standard,
            1.0,
            1e-9,
        ),
        (
            "MLWI",
            Rule::LikelihoodWeightedInformation,
            0.0,
            standard,
            1.0,
            1e-9,
        ),
        (
            "MPWI",
            Rule::PosteriorWeightedInformation,
            0.0,
            standard,
            1.0,
            1e-9,
        ),
        // The uniform prior of the case runs from -2 to 2.
        (
            "MPWI_unif",
            Rule::PosteriorWeightedInformation,
            0.0,
            flat,
            1.0,
            1e-9,
        ),
        ("EPV", MEPV, 0.0, standard, -1.0, 1e-9),
        ("EPV_sd2", MEPV, 0.0, wide, -1.0, 1e-9),
        (
            "EPV_posterior_predictive",
            Rule::ExpectedPosteriorVariance(Predictive::Posterior),
            0.0,
            standard,
            -1.0,
            1e-9,
        ),
        ("GDI", Rule::GlobalDiscrimination, 0.0, standard, 1.0, 1e-9),
        (
            "GDIP",
            Rule::PosteriorGlobalDiscrimination,
            0.0,
            standard,
            1.0,
            1e-9,
        ),
        // Their abilities after the answer are found to 1e-5 only.
        (
            "MEI",
            expected_information(true, bm),
            0.0,
            standard,
            1.0,
            2e-5,
        ),
        (
            "MEI_Fisher",
            expected_information(false, bm),
            0.0,
            standard,
            1.0,
            2e-5,
        ),
        (
            "MEI_WL",
            expected_information(true, Method::Wle),
            0.0,
            standard,
            1.0,
            2e-5,
        ),
    ] {
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
        ("KL0", Rule::KullbackLeibler, 1.0),
        ("KLP0", Rule::PosteriorKullbackLeibler, 1.0),
        ("MLWI", Rule::LikelihoodWeightedInformation, 1.0),
        ("MPWI", Rule::PosteriorWeightedInformation, 1.0),
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

pub(super) fn c12(case: &Value, cases: &Cases) {
    let pool = cases.tcals();
    let nothing = Pattern::new(&pool);
    let wrong = Pattern::of(&pool, [(62, 0)]).expect("a known item");
    let theta = number(&case["inputs"]["theta_after_item63_wrong_WL"]);
    let wl = Estimator::wle().estimate(&wrong).expect("an estimate");
    near(wl.theta, theta, 2e-5);
    let bm = Method::Map(Prior::STANDARD);
    let (mfi, urry) = (Rule::MaximumInformation, Rule::Urry);
    for (name, rule, pattern, theta, out, sign, tolerance) in [
        ("MFI theta=0", mfi, &nothing, 0.0, &[][..], 1.0, 1e-9),
        ("MFI out=63", mfi, &nothing, 0.0, &[63], 1.0, 1e-9),
        ("MFI out=63,10", mfi, &nothing, 0.0, &[63, 10], 1.0, 1e-9),
        ("bOpt theta=0", urry, &nothing, 0.0, &[], -1.0, 1e-9),
        (
            "thOpt theta=0",
            Rule::NearestOptimum,
            &nothing,
            0.0,
            &[],
            -1.0,
            1e-9,
        ),
        (
            "thOpt out=76",
            Rule::NearestOptimum,
            &nothing,
            0.0,
            &[76],
            -1.0,
            1e-9,
        ),
        ("MEPV x=0 out=63", MEPV, &wrong, theta, &[63], -1.0, 1e-9),
        ("KL", Rule::KullbackLeibler, &wrong, theta, &[63], 1.0, 1e-9),
        (
            "KLP",
            Rule::PosteriorKullbackLeibler,
            &wrong,
            theta,
            &[63],
            1.0,
            1e-9,
        ),
        (
            "GDI",
            Rule::GlobalDiscrimination,
            &wrong,
            theta,
            &[63],
            1.0,
            1e-9,
        ),
        (
            "GDIP",
            Rule::PosteriorGlobalDiscrimination,
            &wrong,
            theta,
            &[63],
            1.0,
            1e-9,
        ),
        (
            "MEI Fisher",
            expected_information(false, bm),
            &wrong,
            theta,
            &[63],
            1.0,
            2e-4,
        ),
        (
            "MEI observed",
            expected_information(true, bm),
            &wrong,
            theta,
            &[63],
            1.0,
            2e-4,
        ),
    ] {
        let expected = find(case, name);
        let (item, worth) = taken(rule, pattern, theta, out);
        assert_eq!(item as f64, number(&expected["computed"]), "{name}");
        let wanted = number(&expected["criterion_value"]);
        let got = sign * worth;
        assert!(
            (got - wanted).abs() <= tolerance,
            "{name}: got {got}, expected {wanted}"
        );
    }
    for (rule, out, item) in [(urry, &[24][..], 61), (Rule::Urry, &[], 24)] {
        assert_eq!(taken(rule, &nothing, 0.0, out).0, item);
    }
    let weighted = [
        (Rule::LikelihoodWeightedInformation, &wrong, &[63][..], 19),
        (Rule::PosteriorWeightedInformation, &wrong, &[63], 44),
    ];
    for (rule, pattern, out, item) in weighted {
        assert_eq!(taken(rule, pattern, theta, out).0, item, "{rule:?}");
    }
    let two = Pattern::of(&pool, [(62, 0), (18, 1)]).expect("known items");
    for (rule, item) in [
        (Rule::LikelihoodWeightedInformation, 44),
        (Rule::PosteriorWeightedInformation, 10),
    ] {
        assert_eq!(taken(rule, &two, theta, &[63, 19]).0, item, "{rule:?}");
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
