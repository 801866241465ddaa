//! An adaptive test of areas by rules of one's own, under the learner model of sessions.
//!
//! Owns that loop: choose, ask, observe, stop. Must not know how candidates are scored, or who answers.

use super::administration::{Administration, AreaEstimate, Step};
use super::examinees::Examinee;
use super::measures::Z_90;
use super::plan::{Rules, of_length, seeded};
use crate::bank::Bank;
use crate::cat::{StopReason, StopRule};
use crate::ids::{AreaIx, ItemIx};
use crate::irt::{
    Estimate, ItemPool, NODES, Pattern, Prior, Quadrature, THETA_MAX, moments, quantile,
};
use crate::learner::Posterior;
use crate::selection::criterion::{self, Criterion as _, Outlook, Rule};
use crate::selection::{AreaSet, Best, next_area};
use crate::tick::Chance;

/// A test of areas.
pub(super) struct AreaTest<'a> {
    pub(super) bank: &'a Bank,
    pub(super) pool: &'a ItemPool,
    pub(super) rules: &'a Rules,
    pub(super) weights: &'a [f64],
    /// Correlation of area abilities believed in.
    pub(super) rho: f64,
    pub(super) length: u16,
    pub(super) cut: f64,
}

/// One test under way.
struct Progress<'a> {
    posterior: Posterior,
    pattern: Pattern<'a>,
    /// Where criteria integrate: at the nodes of sessions.
    quadrature: Quadrature,
    /// Items that may not be asked any more: asked, enemies of those, and what was never admitted.
    closed: Vec<bool>,
    served: Vec<u16>,
}

impl<'a> AreaTest<'a> {
    /// Gives the test to an examinee. `eligible` says which items exposure control admits.
    pub(super) fn take(
        &self,
        examinee: Examinee,
        eligible: &dyn Fn(ItemIx) -> bool,
    ) -> Administration {
        let mut chance = examinee.choices();
        let mut progress = self.begin(eligible);
        let mut steps = Vec::with_capacity(usize::from(self.length));
        let stopped = loop {
            let Some(item) = self.choose(&progress, &mut chance) else {
                break StopReason::NoItems;
            };
            let asked = self.bank.item(item);
            let correct = examinee.answers(item, asked.area, &asked.parameters);
            progress.take(self.bank, item, correct);
            let composite = progress.posterior.composite(self.weights);
            let step = Step {
                item,
                correct,
                theta: composite.mean,
                standard_error: composite.standard_deviation,
            };
            steps.push(step);
            if let Some(stopped) = self.stops(&step, steps.len()) {
                break stopped;
            }
        };
        Administration {
            areas: estimates(&progress.posterior, self.weights.len()),
            examinee,
            steps,
            stopped,
        }
    }

    fn begin(&self, eligible: &dyn Fn(ItemIx) -> bool) -> Progress<'a> {
        let items = (0..).map(ItemIx).zip(self.bank.items());
        let quadrature = Quadrature::new(NODES, -THETA_MAX, THETA_MAX);
        Progress {
            quadrature: quadrature.expect("two points or more, over a range"),
            posterior: Posterior::new(self.bank.factor_grid(self.rho), &[]),
            pattern: Pattern::new(self.pool),
            closed: items
                .map(|(ix, item)| !(item.active && eligible(ix)))
                .collect(),
            served: vec![0; self.weights.len()],
        }
    }

    fn stops(&self, step: &Step, answers: usize) -> Option<StopReason> {
        let estimate = Estimate {
            theta: step.theta,
            standard_error: step.standard_error,
            at_bound: false,
        };
        let met = |rule: StopRule| rule.is_met(&estimate, answers);
        if met(StopRule::Length(self.length.into())) {
            return Some(StopReason::Length);
        }
        if self
            .rules
            .stop_se
            .is_some_and(|se| met(StopRule::StandardError(se)))
        {
            return Some(StopReason::Precise);
        }
        let clear = StopRule::Classification {
            cut: self.cut,
            z: Z_90,
        };
        (self.rules.stop_classified && met(clear)).then_some(StopReason::Classified)
    }

    /// The next item: of the area the blueprint wants, or of all areas, one of the best few.
    fn choose(&self, progress: &Progress<'_>, chance: &mut Chance) -> Option<ItemIx> {
        if !self.rules.balanced {
            let all: Vec<AreaIx> = (0..self.weights.len() as u8).map(AreaIx).collect();
            return self.one_of(&all, progress, chance);
        }
        let mut exhausted = AreaSet::default();
        while let Some(area) = next_area(self.weights, &progress.served, exhausted, chance) {
            if let Some(item) = self.one_of(&[area], progress, chance) {
                return Some(item);
            }
            exhausted.insert(area);
        }
        None
    }

    fn one_of(
        &self,
        areas: &[AreaIx],
        progress: &Progress<'_>,
        chance: &mut Chance,
    ) -> Option<ItemIx> {
        let mut best = Best::new(chance.bits());
        let rule = of_length(self.rules.criterion, self.length.into());
        let rule = seeded(rule, chance.bits());
        for area in areas {
            self.rank(rule, *area, progress, &mut best);
        }
        let count = best.entries().len().min(self.rules.randomesque);
        let (_, item) = best.entries().get(chance.below(count))?;
        Some(ItemIx(*item as u32))
    }

    /// Ranks the open items of an area into `best`, by index.
    fn rank(&self, rule: Rule, ix: AreaIx, progress: &Progress<'_>, best: &mut Best) {
        let masses = progress.posterior.ability(ix);
        let area = self.bank.area(ix);
        if matches!(rule, Rule::ExpectedPosteriorVariance(_)) {
            let outlook = Outlook::new(masses, area.curves(), area.screen());
            for (slot, item) in area.items().iter().enumerate() {
                if !progress.closed[item.0 as usize] {
                    best.offer(item.0 as usize, outlook.worth(slot));
                }
            }
            return;
        }
        let examinee = criterion::Examinee {
            pattern: &progress.pattern,
            theta: moments(&masses).mean,
            quadrature: &progress.quadrature,
            prior: Prior::STANDARD,
        };
        let criterion = rule
            .prepare(&examinee)
            .expect("criteria of an ability alone estimate nothing");
        let items = self.bank.items();
        let open = |item: usize| !progress.closed[item] && items[item].area == ix;
        criterion.rank(0..items.len(), &open, best);
    }
}

impl Progress<'_> {
    fn take(&mut self, bank: &Bank, item: ItemIx, correct: bool) {
        let asked = bank.item(item);
        self.closed[item.0 as usize] = true;
        for enemy in &asked.enemies {
            self.closed[enemy.0 as usize] = true;
        }
        self.served[asked.area.at()] += 1;
        self.pattern
            .answer(item.0 as usize, u8::from(correct))
            .expect("an open item of the pool");
        let curve = bank.curve(item).expect("an open item is active");
        self.posterior.observe(asked.area, curve, correct, 0.0);
    }
}

/// What a posterior says of every area.
pub(super) fn estimates(posterior: &Posterior, areas: usize) -> Vec<AreaEstimate> {
    let mut all = Vec::with_capacity(areas);
    posterior.each_ability(areas, |_: AreaIx, masses| {
        let ability = moments(masses);
        all.push(AreaEstimate {
            theta: ability.mean,
            standard_error: ability.standard_deviation,
            low: quantile(masses, 0.05),
            high: quantile(masses, 0.95),
        });
    });
    all
}
