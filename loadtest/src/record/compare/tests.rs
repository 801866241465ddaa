//! Runs compared: what passes, what does not, what is refused.

use super::*;
use crate::report::Report;
use crate::report::specimen;

fn entry(change: impl FnOnce(&mut Report)) -> Vec<Entry> {
    let mut report = specimen::report("human-1000", 1.0);
    report.faults.clear();
    change(&mut report);
    vec![Entry::of(&report)]
}

fn worse(report: &mut Report) {
    report
        .floor
        .as_mut()
        .expect("the specimen has a floor")
        .p50_ratio *= 1.3;
}

#[test]
fn a_run_equal_to_its_base_passes() {
    let comparison = compare(&entry(|_| ()), &entry(|_| ())).expect("one plan");
    assert!(comparison.passes());
    assert_eq!(comparison.changes.len(), 3, "{comparison}");
}

#[test]
fn a_ratio_30_percent_worse_is_a_regression_and_30_percent_better_is_said() {
    let comparison = compare(&entry(|_| ()), &entry(worse)).expect("one plan");
    assert!(!comparison.passes());
    assert!(
        comparison
            .to_string()
            .contains("REGRESSION  human-1000: p50 over echo and commit 2.25 -> 2.9")
    );
    let comparison = compare(&entry(worse), &entry(|_| ())).expect("one plan");
    assert!(comparison.passes() && comparison.to_string().contains("better "));
}

#[test]
fn a_ratio_that_one_run_lacks_is_refused() {
    let without = entry(|report| report.floor = None);
    let refusal = compare(&entry(|_| ()), &without).expect_err("the floor is missing");
    assert!(
        refusal.to_string().contains("missing in the current run"),
        "{refusal}"
    );
    assert!(compare(&without, &entry(|_| ())).is_err());
    assert!(compare(&entry(|_| ()), &[]).is_err());
}

#[test]
fn another_plan_is_refused_by_what_differs() {
    let more = entry(|report| report.plan.learners.sessions = 2_000);
    let refusal = compare(&entry(|_| ()), &more).expect_err("not the same learners");
    assert!(
        refusal.to_string().contains("their learners differ"),
        "{refusal}"
    );
}

#[test]
fn a_slower_machine_with_the_same_ratios_passes() {
    let mut slower = specimen::report("human-1000", 2.0);
    slower.faults.clear();
    slower.machine.processor = "Specimen 1000".to_owned();
    let comparison = compare(&entry(|_| ()), &[Entry::of(&slower)]).expect("one plan");
    assert!(comparison.passes(), "{comparison}");
}

#[test]
fn a_run_that_lost_an_answer_does_not_pass_however_fast() {
    let lost = entry(|report| report.ledger.as_mut().expect("it has one").missing = 1);
    assert!(!compare(&entry(|_| ()), &lost).expect("one plan").passes());
}
