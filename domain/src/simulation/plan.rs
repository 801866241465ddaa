//! What is to be simulated, and which plans are none.
//!
//! Owns the rules a simulated test can follow and their ranges. Must not know how they are carried out.

use std::fmt;

use super::examinees::Population;
use crate::bank::Bank;
use crate::irt::{Estimator, RHO_MAX, THETA_MAX};
use crate::selection::BEST_MAX;
use crate::selection::criterion::Rule;
use crate::session::{LENGTH_MAX, LENGTH_MIN};

/// Most examinees of one simulation.
pub const EXAMINEES_MAX: u32 = 100_000;
/// Most answers of one simulation, examinees times length: 32 bytes are kept of each, 640 MB.
pub const ANSWERS_MAX: u64 = 20_000_000;
/// What the correlation an engine works with is called.
const BELIEVED: &str = "correlation believed in";
/// Widest population, in logits.
const SD_MAX: f64 = 4.0;

/// A simulation: who is examined, and by which test.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Number of examinees, 1 to [`EXAMINEES_MAX`].
    pub examinees: u32,
    /// Whom they are drawn from.
    pub population: Population,
    /// What examines them.
    pub engine: Engine,
    /// Most questions of a test, 1 to 200 and at most the bank's; a session has 5 at least.
    pub length: u16,
    /// Overall ability that passes, in logits.
    pub cut: f64,
    /// Seed of everything drawn; the same plan over the same bank gives the same results.
    pub seed: u64,
}

/// What examines.
#[derive(Clone, Debug, PartialEq)]
pub enum Engine {
    /// A test by rules of one's own.
    Designed {
        /// How it chooses and stops.
        rules: Rules,
        /// What it believes of an examinee.
        model: Model,
    },
    /// The product's own diagnostic session.
    Session {
        /// Correlation of area abilities the model believes in, 0 to [`RHO_MAX`].
        rho: f64,
        /// Largest exposure rate aimed for, as in [`Rules::exposure`].
        exposure: Option<f64>,
    },
}

/// What a designed test believes of an examinee.
#[derive(Clone, Debug, PartialEq)]
pub enum Model {
    /// One ability, the same in every area.
    OneAbility {
        /// How it is estimated.
        estimator: Estimator,
        /// The ability the first question is chosen for, in logits.
        start: f64,
    },
    /// The learner model of sessions: an ability in each area, with one common factor.
    Areas {
        /// Correlation of area abilities the model believes in, 0 to [`RHO_MAX`].
        rho: f64,
    },
}

/// How a test chooses its questions, and when it stops before its length.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// What a question is chosen by. A seed or length in it is replaced by that of the moment and the plan.
    pub criterion: Rule,
    /// Among how many of the best chance decides, 1 to [`BEST_MAX`].
    pub randomesque: usize,
    /// Largest exposure rate aimed for, above 0 and at most 1, which is no control; `None` without.
    pub exposure: Option<f64>,
    /// Whether areas are served by blueprint share.
    pub balanced: bool,
    /// Stop once the standard error is at most this, in logits.
    pub stop_se: Option<f64>,
    /// Stop once the 90 % interval lies clear of the cut.
    pub stop_classified: bool,
}

impl Rules {
    /// This criterion alone: always the best item, every test of full length.
    pub fn of(criterion: Rule) -> Self {
        Self {
            criterion,
            randomesque: 1,
            exposure: None,
            balanced: false,
            stop_se: None,
            stop_classified: false,
        }
    }
}

/// One thing wrong with a plan. Displays as `length must be 1 to 200, got 0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFault {
    /// What it is, as people call it.
    pub field: &'static str,
    /// What was expected, after the word "must".
    pub expected: String,
    /// The value found.
    pub found: String,
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} must {}, got {}",
            self.field, self.expected, self.found
        )
    }
}

impl std::error::Error for PlanFault {}

#[derive(Default)]
struct Faults(Vec<PlanFault>);

impl Faults {
    fn unless(
        &mut self,
        holds: bool,
        field: &'static str,
        expected: impl Into<String>,
        found: impl fmt::Display,
    ) {
        if !holds {
            self.0.push(PlanFault {
                field,
                expected: expected.into(),
                found: found.to_string(),
            });
        }
    }

    fn exposure(&mut self, rate: Option<f64>) {
        let rate = rate.unwrap_or(1.0);
        let holds = rate > 0.0 && rate <= 1.0;
        self.unless(holds, "exposure rate", "be above 0 and at most 1", rate);
    }

    /// Not a number lies in no range.
    fn range(&mut self, field: &'static str, value: f64, low: f64, high: f64) {
        let holds = (low..=high).contains(&value);
        self.unless(holds, field, format!("be {low} to {high}"), value);
    }
}

impl Plan {
    /// Everything wrong with the plan for a bank; empty when it can be carried out.
    pub fn faults(&self, bank: &Bank) -> Vec<PlanFault> {
        let mut faults = Faults::default();
        let people = (1..=EXAMINEES_MAX).contains(&self.examinees);
        let expected = format!("be 1 to {EXAMINEES_MAX}");
        faults.unless(people, "number of examinees", expected, self.examinees);
        self.length_faults(bank, &mut faults);
        let answers = u64::from(self.examinees) * u64::from(self.length);
        let expected = format!("be at most {ANSWERS_MAX}");
        faults.unless(
            answers <= ANSWERS_MAX,
            "examinees times length",
            expected,
            answers,
        );
        let population = &self.population;
        faults.range("mean of ability", population.mean, -THETA_MAX, THETA_MAX);
        faults.range("standard deviation of ability", population.sd, 0.0, SD_MAX);
        faults.range("correlation of areas", population.rho, 0.0, 1.0);
        faults.range("cut", self.cut, -THETA_MAX, THETA_MAX);
        match &self.engine {
            Engine::Designed { rules, model } => {
                rules.faults(&mut faults);
                model.faults(rules, &mut faults);
            }
            Engine::Session { rho, exposure } => {
                faults.range(BELIEVED, *rho, 0.0, RHO_MAX);
                faults.exposure(*exposure);
            }
        }
        faults.0
    }

    fn length_faults(&self, bank: &Bank, faults: &mut Faults) {
        let least = match self.engine {
            Engine::Session { .. } => LENGTH_MIN,
            Engine::Designed { .. } => 1,
        };
        let holds = (least..=LENGTH_MAX).contains(&self.length);
        let expected = format!("be {least} to {LENGTH_MAX}");
        faults.unless(holds, "length", expected, self.length);
        let active: usize = bank.areas().iter().map(|area| area.items().len()).sum();
        let holds = usize::from(self.length) <= active;
        let expected = format!("be at most the {active} active items of the bank");
        faults.unless(holds, "length", expected, self.length);
    }
}

impl Rules {
    fn faults(&self, faults: &mut Faults) {
        let holds = (1..=BEST_MAX).contains(&self.randomesque);
        let expected = format!("be 1 to {BEST_MAX}");
        faults.unless(holds, "randomesque", expected, self.randomesque);
        faults.exposure(self.exposure);
        if let Some(se) = self.stop_se {
            let holds = se > 0.0 && se.is_finite();
            faults.unless(holds, "standard error to stop at", "be > 0", se);
        }
    }
}

impl Model {
    fn faults(&self, rules: &Rules, faults: &mut Faults) {
        match self {
            // The estimator is checked where there is a pool to try it on.
            Self::OneAbility { start, .. } => faults.range("start", *start, -THETA_MAX, THETA_MAX),
            Self::Areas { rho } => {
                faults.range(BELIEVED, *rho, 0.0, RHO_MAX);
                let expected = "need the ability of an area and nothing else of its answers";
                let holds = needs_ability_only(&rules.criterion);
                faults.unless(holds, "criterion of a test of areas", expected, "another");
            }
        }
    }
}

/// Whether a criterion looks at the ability estimate alone, or there is a form of it for posteriors on the grid.
/// The others weight by the likelihood of one ability, which several areas do not have.
fn needs_ability_only(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::MaximumInformation
            | Rule::Urry
            | Rule::NearestOptimum
            | Rule::ExpectedPosteriorVariance(_)
            | Rule::Progressive { .. }
            | Rule::Proportional { .. }
            | Rule::Random { .. }
    )
}

/// The rule for a test of `planned` questions, where it depends on that.
pub(super) fn of_length(mut rule: Rule, planned: usize) -> Rule {
    if let Rule::Progressive { length, .. } | Rule::Proportional { length, .. } = &mut rule {
        *length = planned;
    }
    rule
}

/// The rule with the seed of a moment, where it leaves something to chance.
pub(super) fn seeded(mut rule: Rule, fresh: u64) -> Rule {
    if let Rule::Progressive { seed, .. }
    | Rule::Proportional { seed, .. }
    | Rule::Random { seed } = &mut rule
    {
        *seed = fresh;
    }
    rule
}
