//! The scenarios of the record, built in so that the program has them wherever it is. Owns the list and how a
//! scenario is found; the files are in `loadtest/scenarios/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::{Goal, Pace, Scenario};

/// Name and text of each, in the order that they are listed in.
const ENTRIES: [(&str, &str); 30] = [
    ("load-1000", include_str!("../../scenarios/load-1000.toml")),
    ("human-10", include_str!("../../scenarios/human-10.toml")),
    ("human-100", include_str!("../../scenarios/human-100.toml")),
    (
        "human-1000",
        include_str!("../../scenarios/human-1000.toml"),
    ),
    (
        "human-1000-sqlite",
        include_str!("../../scenarios/human-1000-sqlite.toml"),
    ),
    (
        "human-10000",
        include_str!("../../scenarios/human-10000.toml"),
    ),
    (
        "human-10000-sqlite",
        include_str!("../../scenarios/human-10000-sqlite.toml"),
    ),
    (
        "second-10000",
        include_str!("../../scenarios/second-10000.toml"),
    ),
    (
        "second-10000-sqlite",
        include_str!("../../scenarios/second-10000-sqlite.toml"),
    ),
    ("bell-1000", include_str!("../../scenarios/bell-1000.toml")),
    (
        "bell-1000-sqlite",
        include_str!("../../scenarios/bell-1000-sqlite.toml"),
    ),
    (
        "storm-10000",
        include_str!("../../scenarios/storm-10000.toml"),
    ),
    (
        "storm-10000-sqlite",
        include_str!("../../scenarios/storm-10000-sqlite.toml"),
    ),
    ("knee", include_str!("../../scenarios/knee.toml")),
    (
        "knee-sqlite",
        include_str!("../../scenarios/knee-sqlite.toml"),
    ),
    (
        "stalled-1000",
        include_str!("../../scenarios/stalled-1000.toml"),
    ),
    ("odd-2000", include_str!("../../scenarios/odd-2000.toml")),
    ("soak", include_str!("../../scenarios/soak.toml")),
    (
        "soak-sqlite",
        include_str!("../../scenarios/soak-sqlite.toml"),
    ),
    (
        "fleet-30000",
        include_str!("../../scenarios/fleet-30000.toml"),
    ),
    ("saturated", include_str!("../../scenarios/saturated.toml")),
    (
        "saturated-sqlite",
        include_str!("../../scenarios/saturated-sqlite.toml"),
    ),
    (
        "saturated-limits",
        include_str!("../../scenarios/saturated-limits.toml"),
    ),
    (
        "saturated-limits-sqlite",
        include_str!("../../scenarios/saturated-limits-sqlite.toml"),
    ),
    (
        "postgres-slowed",
        include_str!("../../scenarios/postgres-slowed.toml"),
    ),
    (
        "tier-small",
        include_str!("../../scenarios/tier-small.toml"),
    ),
    (
        "tier-medium",
        include_str!("../../scenarios/tier-medium.toml"),
    ),
    (
        "tier-large",
        include_str!("../../scenarios/tier-large.toml"),
    ),
    (
        "idle-10000",
        include_str!("../../scenarios/idle-10000.toml"),
    ),
    (
        "idle-10000-sqlite",
        include_str!("../../scenarios/idle-10000-sqlite.toml"),
    ),
];
/// Seconds of a run beside starting learners and measuring: the server's start, answers under way, the proof.
const BESIDE_S: f64 = 8.0;
/// Seconds that the slope of memory takes beside.
const SLOPE_S: f64 = 10.0;
/// Fewest sessions and seconds that a scenario is shrunk to.
const SESSIONS_LEAST: usize = 5;
const SECONDS_LEAST: u64 = 2;

/// Every built-in scenario.
///
/// # Errors
/// When one does not read: a fault of this build.
pub fn all() -> anyhow::Result<Vec<Scenario>> {
    ENTRIES
        .iter()
        .map(|(name, text)| Scenario::read(name, text))
        .collect()
}

/// A scenario by the path of its file, or by its name.
///
/// # Errors
/// When there is no such file and no such name, or it does not read.
pub fn find(name: &str) -> anyhow::Result<Scenario> {
    if let Some((known, text)) = ENTRIES.iter().find(|(known, _)| *known == name) {
        return Scenario::read(known, text);
    }
    let path = Path::new(name);
    if !path.is_file() {
        bail!("there is no scenario {name:?}, and no such file: `play` without a name lists them");
    }
    let text = fs::read_to_string(path).with_context(|| format!("read {name}"))?;
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    Scenario::read(stem.unwrap_or_default(), &text)
}

impl Scenario {
    /// About how long a run takes, seconds.
    #[must_use]
    pub fn takes_s(&self) -> f64 {
        let learners = &self.learners;
        let slope = self.goal.bytes_per_session.map_or(0.0, |_| SLOPE_S);
        let once = learners.sessions as f64 / learners.ramp_per_s
            + self.measured_s() as f64
            + (3 * self.floor_seconds) as f64
            + BESIDE_S
            + slope;
        once + self.undisturbed().map_or(0.0, |calm| calm.takes_s())
    }

    /// The same with so many times the sessions and the seconds, for a try; its goals are not held then.
    ///
    /// # Errors
    /// When the factor is not above 0, or what comes of it cannot be run.
    pub fn scaled(&self, factor: f64) -> anyhow::Result<Self> {
        if !(factor > 0.0 && factor <= 1.0) {
            bail!("a scale must be above 0 and at most 1, got {factor}");
        }
        let count = |count: usize| (count as f64 * factor).round() as usize;
        let mut scenario = self.clone();
        scenario.name = format!("{}-x{factor}", self.name);
        let learners = &mut scenario.learners;
        learners.sessions = count(learners.sessions).max(SESSIONS_LEAST);
        for odd in [
            &mut learners.stalled,
            &mut learners.slow,
            &mut learners.dead,
        ] {
            *odd = count(*odd);
        }
        scenario.seconds = (count(self.seconds as usize) as u64).max(SECONDS_LEAST);
        scenario.floor_seconds = count(self.floor_seconds as usize) as u64;
        scenario.goal = Goal {
            errors: self.goal.errors,
            bytes_per_session: self.goal.bytes_per_session,
            others_ratio: self.goal.others_ratio,
            ..Goal::default()
        };
        match &mut scenario.pace {
            Pace::Knee {
                from_per_s, step_s, ..
            } => {
                *from_per_s *= factor;
                *step_s = (count(*step_s as usize) as u64).max(1);
            }
            Pace::Bell { every_s, within_ms } => {
                *every_s = (*every_s * factor).max(0.5);
                *within_ms = (*within_ms).min((*every_s * 500.0) as u64);
            }
            _ => {}
        }
        scenario.event = self.event.map(|event| event.scaled(factor));
        scenario.check()?;
        Ok(scenario)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_reads_and_can_be_tried_at_a_tenth() {
        let scenarios = all().expect("what is built in reads");
        for scenario in &scenarios {
            let tried = scenario.scaled(0.1);
            let tried = tried.unwrap_or_else(|error| panic!("{}: {error:#}", scenario.name));
            assert!(tried.takes_s() < scenario.takes_s(), "{}", scenario.name);
            assert!(find(&scenario.name).is_ok());
        }
        assert!(scenarios.len() > 20);
        assert!(scenarios[0].scaled(0.0).is_err());
    }

    #[test]
    fn what_a_name_or_a_key_means_is_not_guessed() {
        let error = find("human-11").expect_err("there is none");
        assert!(error.to_string().contains("lists them"), "{error}");
        let text = "title = 's'\nseconds = 1\nlearners.sesions = 1\npace.kind = 'idle'\n";
        assert!(Scenario::read("s", text).is_err());
    }

    #[test]
    fn a_warm_up_leaves_something_to_measure() {
        let warms = |s: &str| {
            let text = format!(
                "title = 's'\nseconds = 60\nlearners.sessions = 1\npace.kind = 'idle'\ngoal.warm_up_s = {s}\n"
            );
            Scenario::read("s", &text)
        };
        assert!(warms("59.0").is_ok());
        for bad in ["60.0", "-1.0", "nan"] {
            let error = format!("{:#}", warms(bad).expect_err(bad));
            assert!(error.contains("warm_up_s"), "{error}");
        }
    }

    #[test]
    fn a_minute_is_enough_for_make_load() {
        let load = find("load-1000").expect("it is built in");
        assert!(load.takes_s() <= 60.0, "{}", load.takes_s());
    }
}
