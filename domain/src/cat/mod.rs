//! A unidimensional adaptive test over a pool, as the programs of the field run it: start, ask, estimate, stop.
//!
//! Owns that loop, for simulation and for holding this engine against other programs. Must not know
//! sessions: a learner's session keeps a posterior of many areas and lives in [`crate::session`].

mod stop;
mod strata;

use std::fmt;

use crate::irt::{
    Estimate, EstimateFault, Estimator, ItemPool, Method, Pattern, PoolFault, Prior, Quadrature,
    RunningEap,
};
use crate::selection::criterion::{Examinee, Rule};
use crate::selection::{BEST_MAX, Best, ContentBalance};
use crate::tick::Chance;

pub use stop::{StopReason, StopRule};
pub use strata::strata;

/// How a test is given.
#[derive(Clone, Debug)]
pub struct AdaptiveTest {
    /// What the next item is chosen by. The seeds of rules with chance are drawn anew for each item.
    pub rule: Rule,
    /// How ability is estimated after each answer.
    pub estimator: Estimator,
    /// The ability items are first chosen for, in logits.
    pub start_theta: f64,
    /// Items given first, in this order, before any is chosen.
    pub first: Vec<usize>,
    /// At each position, among how many of the best items chance decides (randomesque, Kingsbury & Zara
    /// 1989): the last entry holds for all that follow; empty for the best alone. Each 1 to [`BEST_MAX`].
    pub among: Vec<usize>,
    /// Content groups and their shares, where the test is balanced.
    pub content: Option<ContentBalance>,
    /// The test stops at the first that is met; it always stops when no item is left.
    pub stop: Vec<StopRule>,
    /// Whether equal items are told apart by their number, as reference programs do, instead of by chance.
    pub lowest_first: bool,
}

/// A test as it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The items in order.
    pub items: Vec<usize>,
    /// The answers to them.
    pub answers: Vec<u8>,
    /// The estimate after each answer.
    pub estimates: Vec<Estimate>,
    /// Why it stopped.
    pub stopped: StopReason,
}

/// Why a test could not be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestFault {
    /// An item named, or an answer given, is not of the pool.
    Pool(PoolFault),
    /// Ability cannot be estimated.
    Estimate(EstimateFault),
    /// The groups of the content balance are not one for each item of the pool, or its shares are not
    /// positive, or a group has no share.
    Content,
    /// The ability to start from is not finite.
    Start,
    /// Chance is to decide among none, or among more than [`BEST_MAX`].
    Among,
}

impl fmt::Display for TestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pool(fault) => fault.fmt(f),
            Self::Estimate(fault) => fault.fmt(f),
            Self::Content => {
                f.write_str("content groups must be one for each item, each with a positive share")
            }
            Self::Start => f.write_str("the ability to start from must be finite"),
            Self::Among => write!(f, "chance must decide among 1 to {BEST_MAX} items"),
        }
    }
}

impl std::error::Error for TestFault {}

impl From<PoolFault> for TestFault {
    fn from(fault: PoolFault) -> Self {
        Self::Pool(fault)
    }
}

impl From<EstimateFault> for TestFault {
    fn from(fault: EstimateFault) -> Self {
        Self::Estimate(fault)
    }
}

/// Quadrature points of criteria where the estimator has none of its own.
const POINTS: usize = 61;

impl AdaptiveTest {
    /// The plain test: EAP over 61 points, this rule, from 0 logits, until `length` items.
    pub fn new(rule: Rule, length: usize) -> Self {
        Self {
            rule,
            estimator: Estimator::eap(POINTS),
            start_theta: 0.0,
            first: Vec::new(),
            among: Vec::new(),
            content: None,
            stop: vec![StopRule::Length(length)],
            lowest_first: false,
        }
    }

    /// Gives the test: `eligible` says which items may be asked at all, `respond` answers an item.
    ///
    /// # Errors
    /// [`TestFault`].
    pub fn administer(
        &self,
        pool: &ItemPool,
        eligible: impl Fn(usize) -> bool,
        chance: &mut Chance,
        mut respond: impl FnMut(usize) -> u8,
    ) -> Result<Trace, TestFault> {
        let mut sitting = Sitting::new(self, pool)?;
        loop {
            if let Some(stopped) = self.stopped(&sitting) {
                return Ok(sitting.end(stopped));
            }
            let Some(item) = self.next(&sitting, &eligible, chance)? else {
                return Ok(sitting.end(StopReason::NoItems));
            };
            sitting.take(self, item, respond(item))?;
        }
    }

    fn stopped(&self, sitting: &Sitting<'_>) -> Option<StopReason> {
        let Some(last) = sitting.estimates.last() else {
            // Before the first answer there is nothing but a length to stop at.
            let none = self.stop.contains(&StopRule::Length(0));
            return none.then_some(StopReason::Length);
        };
        let count = sitting.items.len();
        let met = self.stop.iter().find(|rule| rule.is_met(last, count))?;
        Some(met.reason())
    }

    fn next(
        &self,
        sitting: &Sitting<'_>,
        eligible: &impl Fn(usize) -> bool,
        chance: &mut Chance,
    ) -> Result<Option<usize>, TestFault> {
        if let Some(item) = self.first.get(sitting.items.len()) {
            return Ok(Some(*item));
        }
        let examinee = Examinee {
            pattern: &sitting.pattern,
            theta: sitting
                .estimates
                .last()
                .map_or(self.start_theta, |last| last.theta),
            quadrature: &sitting.quadrature,
            prior: sitting.prior,
        };
        let criterion = self.reseeded(chance).prepare(&examinee)?;
        let order = if self.lowest_first {
            Best::lowest_first()
        } else {
            Best::new(chance.bits())
        };
        let among = self.among.get(sitting.items.len()).or(self.among.last());
        let among = among.copied().unwrap_or(1);
        let open = |item: usize| !sitting.given[item] && eligible(item);
        let all = 0..sitting.given.len();
        let mut best = order.emptied();
        match &self.content {
            None => criterion.rank(all, &open, &mut best),
            Some(content) => {
                // A group that has run dry passes its turn to the next furthest behind.
                for group in content.order(&sitting.items, chance) {
                    let of_group = |item: usize| content.group(item) == group && open(item);
                    criterion.rank(all.clone(), &of_group, &mut best);
                    if best.first().is_some() {
                        break;
                    }
                }
            }
        }
        let count = best.entries().len().min(among);
        let drawn = if count > 1 { chance.below(count) } else { 0 };
        Ok(best.entries().get(drawn).map(|(_, item)| *item))
    }

    /// The rule with a seed of this moment, where it has one.
    fn reseeded(&self, chance: &mut Chance) -> Rule {
        let mut rule = self.rule;
        if let Rule::Progressive { seed, .. }
        | Rule::Proportional { seed, .. }
        | Rule::Random { seed } = &mut rule
        {
            *seed ^= chance.bits();
        }
        rule
    }
}

/// A test on its way.
struct Sitting<'a> {
    pattern: Pattern<'a>,
    given: Vec<bool>,
    items: Vec<usize>,
    estimates: Vec<Estimate>,
    quadrature: Quadrature,
    prior: Prior,
    running: Option<RunningEap>,
}

impl<'a> Sitting<'a> {
    fn new(test: &AdaptiveTest, pool: &'a ItemPool) -> Result<Self, TestFault> {
        if !test.start_theta.is_finite() {
            return Err(TestFault::Start);
        }
        if !test.among.iter().all(|n| (1..=BEST_MAX).contains(n)) {
            return Err(TestFault::Among);
        }
        test.estimator.check()?;
        let items = pool.items().len();
        if test
            .content
            .as_ref()
            .is_some_and(|content| !content.fits(items))
        {
            return Err(TestFault::Content);
        }
        let Estimator { method, low, high } = test.estimator;
        let (prior, points) = match method {
            Method::Eap { prior, points } => (prior, points),
            Method::Map(prior) => (prior, POINTS),
            _ => (Prior::STANDARD, POINTS),
        };
        let quadrature = Quadrature::new(points, low, high).ok_or(EstimateFault::Range)?;
        let running = matches!(method, Method::Eap { .. }) && !matches!(prior, Prior::Jeffreys);
        Ok(Self {
            pattern: Pattern::new(pool),
            given: vec![false; items],
            items: Vec::new(),
            estimates: Vec::new(),
            running: running.then(|| RunningEap::new(quadrature.clone(), &prior)),
            quadrature,
            prior,
        })
    }

    fn take(&mut self, test: &AdaptiveTest, item: usize, answer: u8) -> Result<(), TestFault> {
        self.pattern.answer(item, answer)?;
        self.given[item] = true;
        self.items.push(item);
        let estimate = match &mut self.running {
            Some(running) => {
                running.observe(&self.pattern.pool().items()[item], usize::from(answer));
                running.estimate()?
            }
            None => test.estimator.estimate(&self.pattern)?,
        };
        self.estimates.push(estimate);
        Ok(())
    }

    fn end(self, stopped: StopReason) -> Trace {
        Trace {
            answers: self.pattern.answers().iter().map(|(_, k)| *k).collect(),
            items: self.items,
            estimates: self.estimates,
            stopped,
        }
    }
}
