//! A report as JSON.
//!
//! Owns its shape; `version` counts changes that readers would trip over. Must not know formulas.

use learnr_domain::cat::StopReason;
use learnr_domain::irt::THETA;
use learnr_domain::simulation::{
    Accuracy, Balance, Engine, Exposure, Lengths, Model, Passing, STOP_REASONS,
};
use serde_json::{Value, json};

use super::report::{Report, criterion_name, engine_name, estimator_name};

/// Version of the shape.
const VERSION: u32 = 1;

/// The report, in the same bytes for the same results.
pub(super) fn json(report: &Report<'_>) -> serde_json::Result<String> {
    let measures = report.measures;
    let bands = measures.by_ability.iter().map(|band| {
        json!({
            "middle": band.middle,
            "examinees": band.examinees,
            "accuracy": accuracy(&band.accuracy),
        })
    });
    let areas = measures.by_area.as_ref().map(|areas| {
        let each = report.bank().areas().iter().zip(&areas.areas);
        json!({
            "pooled": accuracy(&areas.pooled),
            "areas": each
                .map(|(area, one)| json!({"id": area.id.as_str(), "accuracy": accuracy(one)}))
                .collect::<Vec<_>>(),
        })
    });
    let value = json!({
        "version": VERSION,
        "bank": bank(report),
        "plan": plan(report),
        "accuracy": measures.overall().map(accuracy),
        "by_position": measures.by_position.iter().map(accuracy).collect::<Vec<_>>(),
        "by_ability": bands.collect::<Vec<_>>(),
        "by_area": areas,
        "exposure": exposure(&measures.exposure, report),
        "length": lengths(&measures.lengths),
        "blueprint": balance(&measures.balance, report),
        "passing": passing(&measures.passing),
    });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

fn accuracy(accuracy: &Accuracy) -> Value {
    json!({
        "position": accuracy.position,
        "bias": accuracy.bias,
        "rmse": accuracy.rmse,
        "correlation": accuracy.correlation,
        "mean_se": accuracy.mean_se,
        "coverage_90": accuracy.coverage_90,
        "coverage_95": accuracy.coverage_95,
    })
}

fn bank(report: &Report<'_>) -> Value {
    let bank = report.bank();
    let areas = bank.areas().iter().map(
        |area| json!({"id": area.id.as_str(), "items": area.items().len(), "share": area.weight}),
    );
    let information = THETA.iter().zip(bank.information());
    json!({
        "source": report.bank,
        "items": report.measures.exposure.items,
        "areas": areas.collect::<Vec<_>>(),
        "information": information
            .map(|(theta, information)| json!({"theta": theta, "information": information}))
            .collect::<Vec<_>>(),
    })
}

fn plan(report: &Report<'_>) -> Value {
    let plan = report.plan();
    let mut value = json!({
        "examinees": plan.examinees,
        "mean": plan.population.mean,
        "sd": plan.population.sd,
        "rho": plan.population.rho,
        "engine": engine_name(&plan.engine),
        "length": plan.length,
        "exposure": report.simulation.exposure_max(),
        "cut": plan.cut,
        "seed": plan.seed,
    });
    match &plan.engine {
        Engine::Session { rho, .. } => value["assumed_rho"] = json!(rho),
        Engine::Designed { rules, model } => {
            value["criterion"] = json!(criterion_name(&rules.criterion));
            value["randomesque"] = json!(rules.randomesque);
            value["balanced"] = json!(rules.balanced);
            value["stop_se"] = json!(rules.stop_se);
            value["stop_classified"] = json!(rules.stop_classified);
            match model {
                Model::OneAbility { estimator, start } => {
                    value["estimator"] = json!(estimator_name(estimator));
                    value["start"] = json!(start);
                }
                Model::Areas { rho } => value["assumed_rho"] = json!(rho),
            }
        }
    }
    value
}

fn exposure(exposure: &Exposure, report: &Report<'_>) -> Value {
    let items = report.bank().items().iter().zip(&exposure.rates);
    let active = items.filter(|(item, _)| item.active);
    json!({
        "max": exposure.max,
        "used_share": exposure.used_share,
        "unused": exposure.unused,
        "overlap": exposure.overlap,
        "chi_square": exposure.chi_square,
        "items": active
            .map(|(item, rate)| json!({"id": item.id.as_str(), "rate": rate}))
            .collect::<Vec<_>>(),
    })
}

fn lengths(lengths: &Lengths) -> Value {
    let counts = lengths.counts.iter().enumerate();
    let reasons = STOP_REASONS.iter().zip(lengths.stopped);
    json!({
        "mean": lengths.mean,
        "sd": lengths.sd,
        "min": lengths.min,
        "max": lengths.max,
        "tests": counts
            .filter(|(_, tests)| **tests > 0)
            .map(|(length, tests)| json!({"length": length, "tests": tests}))
            .collect::<Vec<_>>(),
        "stopped": reasons
            .map(|(reason, tests)| (reason_name(*reason).to_owned(), json!(tests)))
            .collect::<serde_json::Map<_, _>>(),
    })
}

/// Why a test stopped, in a word.
pub(super) fn reason_name(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Length => "length",
        StopReason::Precise => "precise",
        StopReason::Classified => "classified",
        StopReason::NoItems => "no_items",
    }
}

fn balance(balance: &Balance, report: &Report<'_>) -> Value {
    let areas = report.bank().areas().iter().zip(&balance.areas);
    json!({
        "items_off_max": balance.items_off_max,
        "tests_off": balance.tests_off,
        "areas": areas
            .map(|(area, balanced)| {
                json!({
                    "id": area.id.as_str(),
                    "share": balanced.share,
                    "served": balanced.served,
                    "items_off_max": balanced.items_off_max,
                })
            })
            .collect::<Vec<_>>(),
    })
}

fn passing(passing: &Passing) -> Value {
    let bins = passing.bins.iter().map(|bin| {
        json!({
            "examinees": bin.examinees,
            "probability": bin.probability,
            "pass_rate": bin.pass_rate,
        })
    });
    json!({
        "cut": passing.cut,
        "pass_rate": passing.pass_rate,
        "brier": passing.brier,
        "ece": passing.ece,
        "decided_right": passing.decided_right,
        "false_pass": passing.false_pass,
        "false_fail": passing.false_fail,
        "bins": bins.collect::<Vec<_>>(),
    })
}
