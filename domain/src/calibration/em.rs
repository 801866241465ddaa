//! The EM algorithm, accelerated, and what comes of it.
//!
//! Owns the cycles and their end. Must not know how answers are summed or parameters climb.
//!
//! Source: Bock & Aitkin (1981) for EM; Mislevy (1986) for the penalties; Varadhan & Roland (2008), scheme S3 of
//! SQUAREM, for the acceleration. Checked against mirt and ltm: cases C23 and C25.

use std::ops::ControlFlow;

use super::errors::{StandardErrors, standard_errors};
use super::expectation::Expectation;
use super::failure::Failure;
use super::fit::{ItemFit, item_fit};
use super::maximisation::maximise;
use super::nodes::Nodes;
use super::options::{ItemStart, Options};
use super::plan::{Plan, Point, Status, bound};
use super::responses::{Count, Responses};
use crate::irt::ItemParameters;

/// How far a calibration is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Passes over the answers so far.
    pub cycles: u32,
    /// The most that may be made.
    pub cycles_max: u32,
    /// Penalised log likelihood at the last pass.
    pub objective: f64,
    /// How far the last EM step moved the parameter it moved most.
    pub change: f64,
}

/// What came of one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibratedItem {
    /// Its parameters.
    pub parameters: ItemParameters,
    /// Their standard errors; none for what was not estimated.
    pub standard_errors: StandardErrors,
    /// What became of it.
    pub status: Status,
    /// Its answers, by weight.
    pub count: Count,
    /// How its answers fit.
    pub fit: ItemFit,
}

/// What came of a calibration.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// One for each item, in their order.
    pub items: Vec<CalibratedItem>,
    /// Marginal log likelihood of the answers, without penalties.
    pub log_likelihood: f64,
    /// The same with penalties: what was maximised.
    pub objective: f64,
    /// Passes over the answers.
    pub cycles: u32,
    /// Whether an EM step came to move no parameter by more than the tolerance.
    pub converged: bool,
    /// How far it moved the parameter it moved most.
    pub change: f64,
    /// Ability of each respondent in the order added, those without an answer left out: posterior mean (EAP), in logits.
    pub eap: Vec<f64>,
    /// Its posterior standard deviation, in logits.
    pub eap_standard_deviation: Vec<f64>,
}

/// Estimates item parameters from answers by penalised marginal maximum likelihood.
///
/// Ability is N(0, 1); what a respondent was not asked is missing at random, as under adaptive choice from
/// earlier answers (Mislevy & Wu 1996). `starts` has one entry for each item. `progress` hears of every pass
/// and may stop the work. O(cycles x answers x points).
///
/// # Errors
/// [`Failure`]. Not having converged within the cycles allowed is no failure but says so in the result.
pub fn calibrate(
    responses: &Responses,
    starts: &[ItemStart],
    options: &Options,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Calibration, Failure> {
    let plan = Plan::new(responses, starts, options)?;
    let nodes = Nodes::new(options.quadrature);
    let mut search = Search {
        expectation: Expectation::new(starts.len(), &nodes),
        plan,
        nodes,
        responses,
        progress,
        cycles: 0,
        change: f64::INFINITY,
    };
    let mut points = search.plan.points();
    let converged = search.cycle(&mut points)?;
    Ok(search.result(points, converged))
}

struct Search<'a> {
    plan: Plan<'a>,
    nodes: Nodes,
    expectation: Expectation,
    responses: &'a Responses,
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    cycles: u32,
    change: f64,
}

impl Search<'_> {
    /// Runs cycles until they move nothing any more; whether they came to that.
    fn cycle(&mut self, points: &mut Vec<Point>) -> Result<bool, Failure> {
        // The longest extrapolation, in EM steps; widened while extrapolations succeed.
        let mut reach = 4.0_f64;
        while self.cycles < self.plan.options.cycles_max {
            let (first, _) = self.step(points)?;
            if self.done() {
                *points = first;
                return Ok(true);
            }
            let (second, at_first) = self.step(&first)?;
            if self.done() {
                *points = second;
                return Ok(true);
            }
            let length = self.extrapolation(points, &first, &second);
            if length <= 1.0 {
                *points = second;
                continue;
            }
            let length = length.min(reach);
            let far = self.extrapolated(points, &first, &second, length);
            let (stabilised, at_far) = self.step(&far)?;
            if at_far >= at_first {
                *points = stabilised;
                if length == reach {
                    reach *= 4.0;
                }
            } else {
                *points = second;
                reach = (reach / 4.0).max(4.0);
            }
        }
        Ok(false)
    }

    /// One EM step: the points it leads to, and the objective where it began.
    fn step(&mut self, points: &[Point]) -> Result<(Vec<Point>, f64), Failure> {
        let likelihood = self
            .expectation
            .run(self.responses, &self.plan, &self.nodes, points);
        let objective = likelihood + self.plan.total_penalty(points);
        self.cycles += 1;
        if !objective.is_finite() {
            return Err(Failure::Degenerate {
                cycles: self.cycles,
            });
        }
        let mut next = points.to_vec();
        maximise(
            &self.plan,
            &self.nodes,
            &self.expectation.expected,
            &mut next,
        );
        self.change = self
            .moves(points, &next)
            .fold(0.0, |most, step| step.abs().max(most));
        let progress = Progress {
            cycles: self.cycles,
            cycles_max: self.plan.options.cycles_max,
            objective,
            change: self.change,
        };
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok((next, objective)),
            ControlFlow::Break(()) => Err(Failure::Stopped {
                cycles: self.cycles,
            }),
        }
    }

    fn done(&self) -> bool {
        self.change <= self.plan.options.tolerance
    }

    /// Differences of all parameters that move.
    fn moves<'p>(&'p self, from: &'p [Point], to: &'p [Point]) -> impl Iterator<Item = f64> + 'p {
        let free = self.plan.free.iter();
        free.zip(from.iter().zip(to))
            .flat_map(|(free, (from, to))| {
                (0..3).map(move |k| if free[k] { to[k] - from[k] } else { 0.0 })
            })
    }

    /// How many EM steps to go at once: |r| / |v| of SQUAREM, where r is a step and v how it changes.
    fn extrapolation(&self, start: &[Point], first: &[Point], second: &[Point]) -> f64 {
        let (mut steps, mut changes) = (0.0, 0.0);
        for (r, s) in self.moves(start, first).zip(self.moves(first, second)) {
            steps += r * r;
            changes += (s - r) * (s - r);
        }
        if changes > 0.0 {
            (steps / changes).sqrt()
        } else {
            1.0
        }
    }

    fn extrapolated(
        &self,
        start: &[Point],
        first: &[Point],
        second: &[Point],
        length: f64,
    ) -> Vec<Point> {
        let mut far = start.to_vec();
        for (item, point) in far.iter_mut().enumerate() {
            let free = &self.plan.free[item];
            for k in (0..3).filter(|k| free[*k]) {
                let r = first[item][k] - point[k];
                let v = second[item][k] - first[item][k] - r;
                point[k] += 2.0 * length * r + length * length * v;
            }
            bound(point, free);
        }
        far
    }

    fn result(mut self, points: Vec<Point>, converged: bool) -> Calibration {
        let parameters: Vec<ItemParameters> = points
            .iter()
            .enumerate()
            .map(|(item, point)| self.plan.parameters(item, point))
            .collect();
        let (mut eap, mut deviation) = (Vec::new(), Vec::new());
        let theta = &self.nodes.theta;
        let log_likelihood =
            self.expectation
                .each(self.responses, &self.plan, &self.nodes, &points, |row| {
                    let masses = || row.posterior.iter().zip(theta);
                    let mean = masses().map(|(mass, t)| mass * t).sum::<f64>() / row.weight;
                    let spread: f64 = masses()
                        .map(|(mass, t)| mass * (t - mean) * (t - mean))
                        .sum();
                    eap.push(mean);
                    deviation.push((spread / row.weight).sqrt());
                });
        let errors = standard_errors(
            &mut self.expectation,
            self.responses,
            &self.plan,
            &self.nodes,
            &points,
        );
        let fits = item_fit(
            &mut self.expectation,
            self.responses,
            &self.plan,
            &self.nodes,
            &points,
        );
        let parts = parameters
            .iter()
            .zip(errors)
            .zip(fits)
            .zip(self.responses.counts());
        let items =
            parts.enumerate().map(
                |(item, (((parameters, errors), fit), count))| CalibratedItem {
                    parameters: *parameters,
                    standard_errors: errors,
                    status: self.plan.status_at(item, &points[item]),
                    count,
                    fit,
                },
            );
        Calibration {
            items: items.collect(),
            log_likelihood,
            objective: log_likelihood + self.plan.total_penalty(&points),
            cycles: self.cycles,
            converged,
            change: self.change,
            eap,
            eap_standard_deviation: deviation,
        }
    }
}
