//! Cases of whole tests: their items, abilities and ends.

use learnr_domain::cat::{AdaptiveTest, StopReason, StopRule, Trace, strata};
use learnr_domain::irt::{Estimate, Estimator, ItemParameters, ItemPool};
use learnr_domain::selection::ContentBalance;
use learnr_domain::selection::criterion::Rule;
use learnr_domain::tick::Chance;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::read::{self, Cases, number, numbers};
use super::{all_near, near};

fn plain(estimator: Estimator, stop: StopRule) -> AdaptiveTest {
    AdaptiveTest {
        estimator,
        stop: vec![stop],
        lowest_first: true,
        ..AdaptiveTest::new(Rule::MaximumInformation, 0)
    }
}

fn give(test: &AdaptiveTest, pool: &ItemPool, answers: &[f64]) -> Trace {
    let respond = |item: usize| answers[item] as u8;
    test.administer(pool, |_| true, &mut Chance::new(1), respond)
        .expect("the test can be given")
}

pub(super) fn c14_c15_c17(case: &Value, cases: &Cases) {
    let (pool, expected) = (cases.tcals(), &case["expected"]);
    let (estimator, stop, tolerance) = match case["id"].as_str() {
        Some("C14") => (Estimator::eap(33), StopRule::Length(20), 1e-9),
        Some("C15") => (Estimator::map(), StopRule::Length(20), 2e-4),
        _ => (Estimator::eap(33), StopRule::StandardError(0.35), 1e-9),
    };
    let trace = give(&plain(estimator, stop), &pool, &cases.c05_answers());
    assert_eq!(trace.items, read::indices(&expected["items"]));
    let answers: Vec<f64> = trace.answers.iter().map(|x| f64::from(*x)).collect();
    assert_eq!(answers, numbers(&expected["x"]));
    let thetas: Vec<f64> = trace.estimates.iter().map(|e| e.theta).collect();
    let errors: Vec<f64> = trace.estimates.iter().map(|e| e.standard_error).collect();
    all_near(&thetas, &expected["theta"], tolerance);
    all_near(&errors, &expected["se"], tolerance);
    // The last estimate of these cases is by MAP where the case says so in its figure.
    let map = Estimator::map().estimate(
        &learnr_domain::irt::Pattern::of(
            &pool,
            trace
                .items
                .iter()
                .copied()
                .zip(trace.answers.iter().copied()),
        )
        .expect("known items"),
    );
    let last = [
        *trace.estimates.last().expect("an estimate"),
        map.expect("an estimate"),
    ];
    let (theta, error) = (number(&expected["thFinal"]), number(&expected["seFinal"]));
    let met =
        |e: &Estimate| (e.theta - theta).abs() < 2e-4 && (e.standard_error - error).abs() < 2e-4;
    let met = last.iter().find(|estimate| met(estimate));
    let met = met.expect("the final estimate is that of the case");
    if expected["ci"].is_array() {
        let interval = [
            met.theta - 1.959_963_985 * met.standard_error,
            met.theta + 1.959_963_985 * met.standard_error,
        ];
        all_near(&interval, &expected["ci"], 5e-4);
    }
}

pub(super) fn c19(case: &Value, cases: &Cases) {
    let (pool, (groups, names)) = (cases.tcals(), cases.groups());
    let shares = [0.1, 0.2, 0.2, 0.2, 0.3];
    let content = ContentBalance::new(groups, &shares).expect("a group for each item");
    for seed in 0..20 {
        let test = AdaptiveTest {
            first: read::indices(&case["inputs"]["start"]),
            content: Some(content.clone()),
            ..plain(Estimator::eap(33), StopRule::Length(20))
        };
        let answers = cases.c05_answers();
        let trace = test.administer(
            &pool,
            |_| true,
            &mut Chance::new(seed),
            |item| answers[item] as u8,
        );
        let trace = trace.expect("the test can be given");
        assert_eq!(trace.stopped, StopReason::Length);
        for (group, name) in names.iter().enumerate() {
            let of_group = trace
                .items
                .iter()
                .filter(|item| content.group(**item) == group);
            let expected = number(&case["expected"]["final_group_counts"][name]);
            assert_eq!(of_group.count() as f64, expected, "{name}, seed {seed}");
        }
    }
}

pub(super) fn c20(case: &Value) {
    let rules = [StopRule::Length(20), StopRule::StandardError(0.3)];
    let rows = case["inputs"]["cases"].as_array().expect("rows");
    let expected = case["expected"].as_array().expect("answers");
    for (row, expected) in rows.iter().zip(expected) {
        let row = numbers(row);
        let estimate = Estimate {
            theta: row[0],
            standard_error: row[1],
            at_bound: false,
        };
        let met = rules
            .iter()
            .any(|rule| rule.is_met(&estimate, row[2] as usize));
        assert_eq!(Some(met), expected.as_bool(), "{row:?}");
    }
}

pub(super) fn c21(case: &Value, cases: &Cases) {
    let count = number(&case["inputs"]["K"]) as usize;
    let got = strata(&cases.tcals(), count);
    let expected = case["expected"]
        .as_array()
        .expect("a stratum for each item");
    for (item, (got, expected)) in got.iter().zip(expected).enumerate() {
        let name = format!("Group{}", got + 1);
        assert_eq!(Some(name.as_str()), expected.as_str(), "item {}", item + 1);
    }
}

pub(super) fn c29(case: &Value, cases: &Cases) {
    let _: &Cases = cases;
    let expected = &case["expected"];
    let rows: Vec<Vec<f64>> = read::text("dataMedical.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let fields = line.split(',').take(100);
            fields.map(|x| x.parse().expect("0 or 1")).collect()
        })
        .collect();
    let parameters = read::text("dataMedical_ltm2pl.csv");
    let items = parameters.lines().skip(1).map(|line| {
        let mut fields = line.split(',').skip(1);
        let mut next = || fields.next().expect("a field").parse().expect("a number");
        ItemParameters::two_pl(next(), next())
    });
    let pool = ItemPool::logistic(items).expect("valid parameters");
    let test = plain(Estimator::eap(33), StopRule::Length(30));
    let (mut hash, mut theta_sum, mut sd_sum) = (Sha256::new(), 0.0, 0.0);
    for (k, answers) in rows.iter().enumerate() {
        let trace = give(&test, &pool, answers);
        for item in &trace.items {
            hash.update((*item as u16).to_le_bytes());
        }
        let last = trace.estimates.last().expect("an estimate");
        theta_sum += last.theta;
        sd_sum += last.standard_error;
        if k < 10 {
            near(last.theta, number(&expected["theta30_first10"][k]), 1e-9);
            near(
                last.standard_error,
                number(&expected["sd30_first10"][k]),
                1e-9,
            );
            let whole = Estimator::eap(33).estimate(&read::pattern(&pool, answers));
            let whole = whole.expect("an estimate");
            near(whole.theta, number(&expected["full_eap_first10"][k]), 1e-9);
            near(
                whole.standard_error,
                number(&expected["full_sd_first10"][k]),
                1e-9,
            );
        }
    }
    assert_eq!(rows.len(), 2_392);
    near(theta_sum, number(&expected["theta30_sum"]), 1e-6);
    near(sd_sum, number(&expected["sd30_sum"]), 1e-6);
    let digest: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(Some(digest.as_str()), expected["items_sha256"].as_str());
}
