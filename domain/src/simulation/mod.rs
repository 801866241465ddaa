//! Simulated examinees through adaptive tests, and what that says of a test's design.
//!
//! Owns populations, the tests given to them and the measures of what came of it. Everything is drawn from the
//! seed of the plan: the same plan over the same bank gives the same results, on every machine and with any
//! number of threads. Must not know files, tables or plots, and leaves estimation, criteria, exposure control
//! and sessions to the modules that own them: what is simulated is what people get.

mod administration;
mod areas;
mod bank;
mod classical;
mod deviates;
mod examinees;
mod measures;
mod plan;
mod sitting;

use std::sync::Arc;

use crate::bank::Bank;
use crate::cat::AdaptiveTest;
use crate::ids::ItemIx;
use crate::irt::{EstimateFault, Estimator, ItemPool, Pattern};
use crate::selection::exposure;
use areas::AreaTest;

pub use administration::{Administration, AreaEstimate, Step};
pub use bank::{AreaShare, CalibratedItem, GeneratedModel, bank_of, generated};
pub use examinees::{Examinee, Population};
pub use measures::{
    Accuracy, AreaAccuracy, Balance, BalancedArea, Band, Bin, Exposure, Lengths, Measures, Passing,
    STOP_REASONS, Spread, Z_90, Z_95,
};
pub use plan::{ANSWERS_MAX, EXAMINEES_MAX, Engine, Model, Plan, PlanFault, Rules};

/// A plan checked against its bank, ready to be carried out.
#[derive(Debug)]
pub struct Simulation {
    bank: Arc<Bank>,
    pool: ItemPool,
    weights: Vec<f64>,
    test: Test,
    plan: Plan,
}

/// The test of a plan, the same for every examinee.
#[derive(Debug)]
enum Test {
    Classical(Box<AdaptiveTest>),
    Areas { rules: Rules, rho: f64 },
    Session { rho: f64 },
}

impl Simulation {
    /// The plan over a bank.
    ///
    /// # Errors
    /// Everything wrong with the plan.
    pub fn new(bank: Arc<Bank>, plan: Plan) -> Result<Self, Vec<PlanFault>> {
        let mut faults = plan.faults(&bank);
        let items = bank.items().iter().map(|item| item.parameters);
        let pool = ItemPool::logistic(items).expect("a built bank has items, each in range");
        let test = match &plan.engine {
            Engine::Session { rho, .. } => Test::Session { rho: *rho },
            Engine::Designed { rules, model } => match model {
                Model::Areas { rho } => Test::Areas {
                    rules: rules.clone(),
                    rho: *rho,
                },
                Model::OneAbility { estimator, start } => {
                    faults.extend(tried(estimator, &pool));
                    let limits = (plan.length, plan.cut);
                    let test = classical::test(&bank, rules, *estimator, *start, limits);
                    Test::Classical(Box::new(test))
                }
            },
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            weights: bank.areas().iter().map(|area| area.weight).collect(),
            test,
            pool,
            bank,
            plan,
        })
    }

    /// The bank examined with.
    pub fn bank(&self) -> &Arc<Bank> {
        &self.bank
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether tests depend on those before them, as under exposure control: then only
    /// [`Simulation::in_turn`] gives the tests of the plan.
    pub fn is_sequential(&self) -> bool {
        self.exposure_max().is_some()
    }

    /// Largest exposure rate aimed for, where the plan has exposure control.
    pub fn exposure_max(&self) -> Option<f64> {
        let most = match &self.plan.engine {
            Engine::Designed { rules, .. } => rules.exposure,
            Engine::Session { exposure, .. } => *exposure,
        };
        most.filter(|most| *most < 1.0)
    }

    /// The test of one examinee, without exposure control; independent of every other, so that they may be
    /// given in any order and at the same time.
    pub fn administer(&self, number: u32) -> Administration {
        self.test(number, &[])
    }

    /// The tests of all examinees, one after the other, under exposure control where the plan has it.
    pub fn in_turn(&self) -> impl Iterator<Item = Administration> + '_ {
        let items = self.bank.items().len();
        let mut control = self
            .exposure_max()
            .map(|most| exposure::Exposure::new(items, most));
        (0..self.plan.examinees).map(move |number| match &mut control {
            None => self.administer(number),
            Some(control) => self.controlled(number, control),
        })
    }

    fn controlled(&self, number: u32, control: &mut exposure::Exposure) -> Administration {
        let lottery = self.plan.seed ^ (u64::from(number) << 32);
        let mut out = control.ineligible(lottery);
        // Where too few items are let in for a test by the blueprint, all are, for this examinee. A session knows
        // by itself when to let one in.
        let designed = !matches!(self.test, Test::Session { .. });
        if designed && !self.suffices(&out) {
            out.clear();
        }
        let test = self.test(number, &out);
        control.record(&out, test.steps.iter().map(|step| step.item.0 as usize));
        test
    }

    /// Whether the items of every area that are not in `out`, ascending, are enough for a test.
    fn suffices(&self, out: &[usize]) -> bool {
        let length = f64::from(self.plan.length);
        let open = |item: &&ItemIx| out.binary_search(&(item.0 as usize)).is_err();
        let mut counts = self.bank.areas().iter().map(|area| {
            let open = area.items().iter().filter(open).count();
            (open, (area.weight * length).ceil() as usize)
        });
        match &self.plan.engine {
            Engine::Designed { rules, .. } if !rules.balanced => {
                counts.map(|(open, _)| open).sum::<usize>() >= usize::from(self.plan.length)
            }
            _ => counts.all(|(open, wanted)| open >= wanted),
        }
    }

    /// The test of one examinee without the items in `out`, ascending.
    fn test(&self, number: u32, out: &[usize]) -> Administration {
        let plan = &self.plan;
        let examinee = Examinee::new(&plan.population, &self.weights, plan.seed, number);
        let eligible = |item: ItemIx| out.binary_search(&(item.0 as usize)).is_err();
        match &self.test {
            Test::Classical(test) => {
                classical::take(test, &self.bank, &self.pool, examinee, &eligible)
            }
            Test::Areas { rules, rho } => AreaTest {
                bank: &self.bank,
                pool: &self.pool,
                rules,
                weights: &self.weights,
                rho: *rho,
                length: plan.length,
                cut: plan.cut,
            }
            .take(examinee, &eligible),
            Test::Session { rho } => sitting::take(&self.bank, (plan.length, *rho), out, examinee),
        }
    }
}

/// What is wrong with an estimator, found by trying it on no answer.
fn tried(estimator: &Estimator, pool: &ItemPool) -> Option<PlanFault> {
    match estimator.estimate(&Pattern::new(pool)) {
        Ok(_) | Err(EstimateFault::NoAnswer) => None,
        Err(fault) => Some(PlanFault {
            field: "estimator",
            expected: "have a prior and a range".to_owned(),
            found: fault.to_string(),
        }),
    }
}
