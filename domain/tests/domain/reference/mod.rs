//! The reference cases of ../shared/psychometrics: what other programs and publications compute, held against
//! the public interface of this crate.
//!
//! Owns the run over all of them and its count. A case that no test knows is a failure, so that none is lost.

mod ability;
mod calibration;
mod criteria;
mod read;
mod review;
mod simulated;
mod traces;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use read::Cases;

/// What became of a case.
enum Outcome {
    Met,
    /// Why it could not be run.
    NotRun(&'static str),
}

fn run(case: &Value, cases: &Cases) -> Outcome {
    match case["id"].as_str().expect("a case has an id") {
        "C01" => ability::c01(case, cases),
        "C02" => ability::c02(case, cases),
        "C03" => ability::c03(case),
        "C04" => ability::c04(case),
        "C05" => ability::c05(case, cases),
        "C06" => ability::c06(case, cases),
        "C08" => ability::c08(case, cases),
        "C09" => ability::c09(case, cases),
        "C10" => criteria::c10(case, cases),
        "C11" => criteria::c11(case, cases),
        "C12" => criteria::c12(case, cases),
        "C13" => criteria::c13(case, cases),
        "C14" | "C15" | "C17" => traces::c14_c15_c17(case, cases),
        "C19" => traces::c19(case, cases),
        "C20" => traces::c20(case),
        "C21" => traces::c21(case, cases),
        "C22" => ability::c22(case, cases),
        "C27" => ability::c27(case, cases),
        "C29" => traces::c29(case, cases),
        "C30" => review::c30(case),
        "C31" => ability::c31(case),
        "C32" => ability::c32(case, cases),
        "C23" => calibration::c23(case),
        "C24" => calibration::c24(case, cases.case("C23")),
        "C25" => calibration::c25(case),
        "C26" if !calibration::c26(case) => {
            return Outcome::NotRun(
                "WIRS.csv and Abortion.csv, data sets of the R package ltm, are not there",
            );
        }
        "C26" => {}
        "C33" => simulated::c33(case),
        "C34" => simulated::c34(case),
        id => panic!("no test knows case {id}"),
    }
    Outcome::Met
}

#[test]
fn every_reference_case_is_met() {
    let Some(cases) = read::cases() else {
        report("NOT RUN: reference cases: ../shared/psychometrics is not there");
        return;
    };
    let (mut met, mut failed) = (0, Vec::new());
    for case in cases.all() {
        let id = case["id"].as_str().expect("a case has an id");
        match catch_unwind(AssertUnwindSafe(|| run(case, &cases))) {
            Ok(Outcome::Met) => met += 1,
            Ok(Outcome::NotRun(why)) => report(&format!("NOT RUN: reference case {id}: {why}")),
            Err(_) => failed.push(id),
        }
    }
    report(&format!(
        "reference cases: {met} of {} met",
        cases.all().len()
    ));
    assert!(failed.is_empty(), "cases not met: {failed:?}");
}

/// Shown by a plain run of this test, and gathered by `make test`.
fn report(line: &str) {
    println!("{line}");
    if let Some(path) = std::env::var_os("LEARNR_NOT_RUN") {
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path);
        let written = file.and_then(|mut file| writeln!(file, "{line}"));
        written.expect("the list of what was not run can be written");
    }
}

/// Holds a figure to its expectation.
#[track_caller]
fn near(got: f64, expected: f64, tolerance: f64) {
    assert!(
        (got - expected).abs() <= tolerance,
        "got {got}, expected {expected} within {tolerance}"
    );
}

/// Holds a list of figures to its expectation.
#[track_caller]
fn all_near(got: &[f64], expected: &Value, tolerance: f64) {
    let expected = read::numbers(expected);
    assert_eq!(got.len(), expected.len());
    for (k, (got, expected)) in got.iter().zip(&expected).enumerate() {
        assert!(
            (got - expected).abs() <= tolerance,
            "entry {k}: got {got}, expected {expected} within {tolerance}"
        );
    }
}
