//! The expectation step: what each respondent's ability may be, and how many right and wrong answers each item
//! is then expected to have had at each ability.
//!
//! Owns the sums over answers, where all the time goes: rows of logarithms, added in blocks of lanes that stay
//! in registers. Must not know how parameters move.

use super::nodes::{LANES, Nodes};
use super::plan::{Plan, Point};
use super::responses::Responses;
use crate::irt::ItemParameters;

/// The curve of an item at one ability.
#[derive(Clone, Copy)]
pub(super) struct Curve {
    /// The logistic L, without guessing.
    pub(super) l: f64,
    /// P = c + (1 - c) L.
    pub(super) p: f64,
    /// 1 - P, without loss of digits.
    pub(super) q: f64,
}

impl Curve {
    /// From one exponential, where `irt::probability` and its complement would take two.
    pub(super) fn at(item: &ItemParameters, theta: f64) -> Self {
        let x = item.a * (theta - item.b);
        let e = libm::exp(-x.abs());
        let (near, far) = (1.0 / (1.0 + e), e / (1.0 + e));
        let (l, m) = if x >= 0.0 { (near, far) } else { (far, near) };
        Self {
            l,
            p: item.c + (1.0 - item.c) * l,
            q: (1.0 - item.c) * m,
        }
    }
}

/// A value for each answer there can be, at each ability: two rows for an item, of a wrong answer and a right one.
pub(super) struct Rows {
    values: Vec<f64>,
    width: usize,
}

impl Rows {
    pub(super) fn new(items: usize, width: usize) -> Self {
        Self {
            values: vec![0.0; 2 * items * width],
            width,
        }
    }

    pub(super) fn of(&self, code: u32) -> &[f64] {
        &self.values[code as usize * self.width..][..self.width]
    }

    pub(super) fn of_mut(&mut self, code: u32) -> &mut [f64] {
        &mut self.values[code as usize * self.width..][..self.width]
    }

    /// Rows of the wrong and the right answer to an item.
    pub(super) fn pair(&self, item: usize) -> (&[f64], &[f64]) {
        let code = 2 * item as u32;
        (self.of(code), self.of(code + 1))
    }

    fn pair_mut(&mut self, item: usize) -> (&mut [f64], &mut [f64]) {
        self.values[2 * item * self.width..][..2 * self.width].split_at_mut(self.width)
    }
}

/// The sums of one expectation step.
pub(super) struct Expectation {
    logs: Rows,
    /// Answers expected at each ability, by weight.
    pub(super) expected: Rows,
    posterior: Vec<f64>,
}

impl Expectation {
    pub(super) fn new(items: usize, nodes: &Nodes) -> Self {
        Self {
            logs: Rows::new(items, nodes.width()),
            expected: Rows::new(items, nodes.width()),
            posterior: vec![0.0; nodes.width()],
        }
    }

    /// Fills the expected answers at these parameters; gives the marginal log likelihood.
    pub(super) fn run(
        &mut self,
        responses: &Responses,
        plan: &Plan<'_>,
        nodes: &Nodes,
        points: &[Point],
    ) -> f64 {
        self.prepare(plan, nodes, points);
        self.expected.values.fill(0.0);
        let expected = &mut self.expected;
        visit(&self.logs, responses, nodes, &mut self.posterior, |row| {
            for code in row.codes {
                for (sum, mass) in expected.of_mut(*code).iter_mut().zip(row.posterior) {
                    *sum += mass;
                }
            }
        })
    }

    /// Hands each respondent's posterior to `take`; gives the marginal log likelihood.
    pub(super) fn each(
        &mut self,
        responses: &Responses,
        plan: &Plan<'_>,
        nodes: &Nodes,
        points: &[Point],
        take: impl FnMut(Respondent<'_>),
    ) -> f64 {
        self.prepare(plan, nodes, points);
        visit(&self.logs, responses, nodes, &mut self.posterior, take)
    }

    fn prepare(&mut self, plan: &Plan<'_>, nodes: &Nodes, points: &[Point]) {
        for (item, point) in points.iter().enumerate() {
            if !plan.takes(item) {
                continue;
            }
            let parameters = plan.parameters(item, point);
            let (wrong, right) = self.logs.pair_mut(item);
            let cells = wrong.iter_mut().zip(right).zip(&nodes.theta);
            for ((wrong, right), theta) in cells.take(nodes.count) {
                let curve = Curve::at(&parameters, *theta);
                *wrong = libm::log(curve.q);
                *right = libm::log(curve.p);
            }
        }
    }
}

/// One respondent in a pass.
pub(super) struct Respondent<'a> {
    /// `2 * item + correct` of each answer.
    pub(super) codes: &'a [u32],
    pub(super) weight: f64,
    /// Posterior masses of ability, times the weight.
    pub(super) posterior: &'a [f64],
}

fn visit(
    logs: &Rows,
    responses: &Responses,
    nodes: &Nodes,
    posterior: &mut [f64],
    mut take: impl FnMut(Respondent<'_>),
) -> f64 {
    let mut total = 0.0;
    for (codes, weight) in responses.rows() {
        let highest = log_joint(logs, nodes, codes, posterior);
        let mut sum = 0.0;
        for mass in posterior.iter_mut() {
            *mass = libm::exp(*mass - highest);
            sum += *mass;
        }
        for mass in posterior.iter_mut() {
            *mass *= weight / sum;
        }
        total += weight * (highest + libm::log(sum));
        take(Respondent {
            codes,
            weight,
            posterior,
        });
    }
    total
}

/// Log of prior mass times likelihood at each node, and the highest of them.
fn log_joint(logs: &Rows, nodes: &Nodes, codes: &[u32], out: &mut [f64]) -> f64 {
    let mut highest = f64::NEG_INFINITY;
    for (block, out) in out.chunks_exact_mut(LANES).enumerate() {
        let begin = block * LANES;
        let mut sums = [0.0; LANES];
        sums.copy_from_slice(&nodes.log_mass[begin..begin + LANES]);
        for code in codes {
            let row = &logs.values[*code as usize * logs.width + begin..][..LANES];
            for (sum, log) in sums.iter_mut().zip(row) {
                *sum += log;
            }
        }
        out.copy_from_slice(&sums);
        highest = sums.into_iter().fold(highest, f64::max);
    }
    highest
}
