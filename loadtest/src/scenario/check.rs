//! Reading a scenario and refusing what cannot be meant, in words that say what to change.

use anyhow::{Context, ensure};

use super::{Event, Pace, Scenario, StoreKind};

/// Answers a second that the contract lets one session give.
pub(super) const ANSWERS_PER_S_MAX: f64 = 5.0;

/// Questions that the server lets a session have.
const LENGTH_MIN: u16 = 5;
const LENGTH_MAX: u16 = 200;
/// Most threads of a process of learners.
const THREADS_MAX: usize = 8;

impl Scenario {
    /// Reads a TOML file's text; `name` is what it is called when it does not say.
    ///
    /// # Errors
    /// In words: what is wrong, and what to change.
    pub fn read(name: &str, text: &str) -> anyhow::Result<Self> {
        let mut scenario: Self =
            toml::from_str(text).with_context(|| format!("scenario {name}"))?;
        if scenario.name.is_empty() {
            name.clone_into(&mut scenario.name);
        }
        scenario
            .check()
            .with_context(|| format!("scenario {name}"))?;
        Ok(scenario)
    }

    /// Refuses what cannot be meant.
    ///
    /// # Errors
    /// In words for whoever wrote it.
    pub fn check(&self) -> anyhow::Result<()> {
        let named = self
            .name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.');
        ensure!(
            named && !self.name.is_empty(),
            "name must be lower case letters, digits and hyphens, got {:?}",
            self.name
        );
        let learners = &self.learners;
        ensure!(learners.sessions > 0, "there must be at least 1 session");
        ensure!(self.seconds > 0, "a run must measure at least 1 second");
        ensure!(
            (0.0..self.seconds as f64).contains(&self.goal.warm_up_s),
            "goal.warm_up_s must be 0 to less than the {} seconds measured, got {}",
            self.seconds,
            self.goal.warm_up_s
        );
        ensure!(
            learners.ramp_per_s > 0.0,
            "ramp_per_s must be above 0, got {}",
            learners.ramp_per_s
        );
        ensure!(
            (LENGTH_MIN..=LENGTH_MAX).contains(&learners.length),
            "length must be {LENGTH_MIN} to {LENGTH_MAX} questions, got {}",
            learners.length
        );
        ensure!(
            (1..=THREADS_MAX).contains(&learners.threads),
            "threads must be 1 to {THREADS_MAX}, got {}",
            learners.threads
        );
        ensure!(
            learners.ability_sd >= 0.0 && learners.ability_mean.is_finite(),
            "abilities need a mean and a standard deviation of at least 0"
        );
        let odd = learners.odd();
        ensure!(
            odd < learners.sessions,
            "stalled, slow and dead are {odd} of {} sessions: leave some that answer",
            learners.sessions
        );
        self.check_pace()?;
        self.check_event()?;
        self.check_environment()
    }

    fn check_pace(&self) -> anyhow::Result<()> {
        let positive = match self.pace {
            Pace::Think { median_s, sigma } => median_s > 0.0 && sigma >= 0.0,
            Pace::Rate { per_s } => per_s > 0.0,
            Pace::Bell { every_s, within_ms } => every_s * 1_000.0 > within_ms as f64,
            Pace::Knee {
                from_per_s,
                factor,
                step_s,
                steps,
            } => from_per_s > 0.0 && factor > 1.0 && step_s > 0 && steps > 0,
            Pace::Closed { .. } | Pace::Idle => true,
        };
        ensure!(positive, "pace is out of range: {:?}", self.pace);
        let per_s = match self.pace {
            Pace::Rate { per_s } => per_s,
            Pace::Closed { gap_ms } => 1_000.0 / gap_ms.max(1) as f64,
            Pace::Bell { every_s, .. } => 1.0 / every_s,
            Pace::Knee {
                from_per_s,
                factor,
                steps,
                ..
            } => {
                let last = i32::try_from(steps - 1).unwrap_or(i32::MAX);
                from_per_s * factor.powi(last) / self.learners.sessions as f64
            }
            Pace::Think { .. } | Pace::Idle => 0.0,
        };
        ensure!(
            !self.environment.limits || per_s <= ANSWERS_PER_S_MAX * 1.001,
            "{per_s:.1} answers/s is above the {ANSWERS_PER_S_MAX} a session may give: \
             lower it, or switch the limits off"
        );
        Ok(())
    }

    fn check_event(&self) -> anyhow::Result<()> {
        let (at_s, further_s) = match self.event {
            None => return Ok(()),
            Some(Event::Storm { at_s, within_s }) => (at_s, within_s),
            Some(Event::SlowCommits { at_s, .. }) => (at_s, 0.0),
        };
        ensure!(
            at_s >= 0.0 && further_s >= 0.0 && at_s + further_s < self.measured_s() as f64,
            "an event at {at_s} s is not over within the {} s measured",
            self.measured_s()
        );
        Ok(())
    }

    fn check_environment(&self) -> anyhow::Result<()> {
        let environment = &self.environment;
        let postgres = environment.store == StoreKind::Postgres;
        ensure!(
            environment.instances > 0,
            "there must be at least 1 instance"
        );
        ensure!(
            postgres || environment.instances == 1,
            "{} instances share a database: set environment.store to \"postgres\"",
            environment.instances
        );
        let slow = matches!(self.event, Some(Event::SlowCommits { .. }));
        ensure!(
            postgres || !(slow || environment.database_delay_ms > 0),
            "a database is slowed over its connection: set environment.store to \"postgres\""
        );
        Ok(())
    }
}
