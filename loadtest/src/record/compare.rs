//! Whether a run got worse than another: by ratios, never by times, so that the two may come from different
//! machines. Owns the tolerances and the verdict; refuses to compare what was not the same plan.

use std::fmt;

use anyhow::{bail, ensure};
use serde::Serialize;

use super::{Entry, Ratios};
use crate::report::format::{figure, short};

/// Change of a ratio that is taken for noise. A judgement: nobody has measured yet how far quiet runs of one build differ.
pub const RATIO_TOLERANCE: f64 = 0.15;
/// The same for memory, which hardly varies.
pub const MEMORY_TOLERANCE: f64 = 0.10;

/// What a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Within the tolerance.
    Same,
    /// Beyond it, to the good.
    Better,
    /// Beyond it, to the bad.
    Regression,
}

/// One ratio of one scenario, before and now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Name of the scenario.
    pub scenario: String,
    /// Which ratio.
    pub ratio: &'static str,
    /// What it was.
    pub base: f64,
    /// What it is.
    pub current: f64,
    /// Change from the one to the other, as a share of the first.
    pub change: f64,
    /// Share up to which a change is noise.
    pub tolerance: f64,
    /// What that comes to.
    pub verdict: Verdict,
}

/// Everything that was compared.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Each ratio that both have.
    pub changes: Vec<Change>,
    /// Runs that are wrong however fast they were, in words.
    pub unsound: Vec<String>,
    /// What could not be compared since neither run has it, in words.
    pub not_compared: Vec<String>,
}

impl Comparison {
    /// Whether nothing got worse.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.unsound.is_empty()
            && self
                .changes
                .iter()
                .all(|change| change.verdict != Verdict::Regression)
    }
}

struct Kind {
    name: &'static str,
    of: fn(&Ratios) -> Option<f64>,
    more_is_better: bool,
    tolerance: f64,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "answers a second over the floor",
        of: |r| r.floor,
        more_is_better: true,
        tolerance: RATIO_TOLERANCE,
    },
    Kind {
        name: "p50 over echo and commit",
        of: |r| r.p50,
        more_is_better: false,
        tolerance: RATIO_TOLERANCE,
    },
    Kind {
        name: "processor time over the echo's",
        of: |r| r.processor,
        more_is_better: false,
        tolerance: RATIO_TOLERANCE,
    },
    Kind {
        name: "bytes a session",
        of: |r| r.bytes_per_session,
        more_is_better: false,
        tolerance: MEMORY_TOLERANCE,
    },
    Kind {
        name: "rows a commit",
        of: |r| r.batch_rows,
        more_is_better: true,
        tolerance: RATIO_TOLERANCE,
    },
];

/// Compares each scenario of `base` with the same of `current`. Scenarios that are only in `current` are new, and
/// said to be not compared.
///
/// # Errors
/// In words, when a scenario is missing, its plan is another, or one of the two lacks a ratio.
pub fn compare(base: &[Entry], current: &[Entry]) -> anyhow::Result<Comparison> {
    ensure!(!base.is_empty(), "the base holds no run to compare with");
    let mut comparison = Comparison::default();
    for before in base {
        let Some(now) = current
            .iter()
            .find(|entry| entry.scenario == before.scenario)
        else {
            bail!(
                "{} is in the base and was not run now: run it, or compare single reports",
                before.scenario
            );
        };
        comparison.add(before, now)?;
    }
    for now in current {
        if !base.iter().any(|entry| entry.scenario == now.scenario) {
            comparison
                .not_compared
                .push(format!("{}: new, the base has none", now.scenario));
        }
    }
    Ok(comparison)
}

impl Comparison {
    fn add(&mut self, base: &Entry, current: &Entry) -> anyhow::Result<()> {
        same_plan(base, current)?;
        self.unsound.extend(unsound(current));
        if base.ledger.is_some() && current.ledger.is_none() {
            self.unsound.push(format!(
                "{}: the ledger was not checked, the base's was",
                base.scenario
            ));
        }
        let mut compared = 0;
        for kind in &KINDS {
            match ((kind.of)(&base.ratios), (kind.of)(&current.ratios)) {
                (Some(before), Some(now)) => {
                    compared += 1;
                    self.changes.push(kind.change(&base.scenario, before, now)?);
                }
                (None, None) => self
                    .not_compared
                    .push(format!("{}: {}", base.scenario, kind.name)),
                (before, _) => bail!(
                    "{}: {} is missing in the {}: run it again as the other was (floor_seconds, server not running already)",
                    base.scenario,
                    kind.name,
                    if before.is_none() {
                        "base"
                    } else {
                        "current run"
                    }
                ),
            }
        }
        ensure!(
            compared > 0,
            "{}: neither run has a ratio: set floor_seconds in the scenario and run both again",
            base.scenario
        );
        Ok(())
    }
}

impl Kind {
    fn change(&self, scenario: &str, base: f64, current: f64) -> anyhow::Result<Change> {
        ensure!(
            base > 0.0 && base.is_finite() && current.is_finite(),
            "{scenario}: {} went from {base} to {current}, of which no change can be told: run it again",
            self.name
        );
        let change = current / base - 1.0;
        let gain = if self.more_is_better { change } else { -change };
        let verdict = if gain < -self.tolerance {
            Verdict::Regression
        } else if gain > self.tolerance {
            Verdict::Better
        } else {
            Verdict::Same
        };
        Ok(Change {
            scenario: scenario.to_owned(),
            ratio: self.name,
            base,
            current,
            change,
            tolerance: self.tolerance,
            verdict,
        })
    }
}

/// Refuses two runs that were not asked the same.
fn same_plan(base: &Entry, current: &Entry) -> anyhow::Result<()> {
    let (a, b) = (&base.plan, &current.plan);
    let differing = [
        ("learners", a.learners != b.learners),
        ("pace", a.pace != b.pace),
        ("event", a.event != b.event),
        ("seconds", a.seconds != b.seconds),
        ("environment", a.environment != b.environment),
    ];
    let differing: Vec<&str> = differing
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| *name)
        .collect();
    ensure!(
        differing.is_empty(),
        "{}: the runs were not asked the same, their {} differ: run the scenario as it was, or record it under another name",
        base.scenario,
        differing.join(", ")
    );
    Ok(())
}

/// What makes a run worthless, however fast it was.
fn unsound(entry: &Entry) -> Vec<String> {
    let mut told: Vec<String> = entry
        .faults
        .iter()
        .map(|fault| format!("{}: {fault}", entry.scenario))
        .collect();
    match &entry.ledger {
        Some(ledger) if !ledger.is_clean() => {
            told.push(format!(
                "{}: {} defects in the ledger",
                entry.scenario,
                ledger.defects()
            ));
        }
        _ => {}
    }
    let missed = entry.goals.iter().filter(|goal| goal.is_of_correctness());
    told.extend(missed.filter(|goal| !goal.met).map(|goal| {
        format!(
            "{}: {} is {}, at most {} asked",
            entry.scenario,
            goal.goal,
            goal.reached
                .map_or_else(|| "not known".to_owned(), |reached| reached.to_string()),
            goal.asked
        )
    }));
    told
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            let verdict = match change.verdict {
                Verdict::Same => "same",
                Verdict::Better => "better",
                Verdict::Regression => "REGRESSION",
            };
            writeln!(
                f,
                "{verdict:<10}  {}: {} {} -> {} ({:+.1} %, within {} % is noise)",
                change.scenario,
                change.ratio,
                figure(change.base),
                figure(change.current),
                change.change * 100.0,
                short(change.tolerance * 100.0)
            )?;
        }
        for wrong in &self.unsound {
            writeln!(f, "UNSOUND     {wrong}")?;
        }
        for absent in &self.not_compared {
            writeln!(f, "not there   {absent}")?;
        }
        writeln!(
            f,
            "{}",
            if self.passes() {
                "nothing got worse"
            } else {
                "it got worse"
            }
        )
    }
}

#[cfg(test)]
mod tests;
