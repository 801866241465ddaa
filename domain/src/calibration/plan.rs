//! The parameters as they are searched: ln a, b and logit c of each item, which of them move, and what the
//! penalties say of them.
//!
//! Owns the translation between that and item parameters, and the bounds of the search. Must not know answers.

use std::f64::consts::LN_10;

use super::failure::Failure;
use super::options::{Discrimination, Guessing, ItemStart, Options};
use super::responses::Responses;
use crate::irt::ItemParameters;

/// Place of ln a, b and logit c in a [`Point`].
pub(super) const LOG_A: usize = 0;
pub(super) const B: usize = 1;
pub(super) const LOGIT_C: usize = 2;

/// Bounds of the search: a from 0.01 to 10, b from -10 to 10, c from 0.0001 to 0.75.
const LOWEST: Point = [-2.0 * LN_10, -10.0, -9.210_240_366_975_85];
const HIGHEST: Point = [LN_10, 10.0, 1.098_612_288_668_109_8];
/// How near a bound counts as at it.
const AT_BOUND: f64 = 1e-6;
/// Where estimation of c begins at the least: at 0 nothing would move it.
const GUESSING_START_MIN: f64 = 0.05;

/// ln a, b, logit c.
pub(super) type Point = [f64; 3];

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Its parameters are estimates.
    Estimated,
    /// They are, and one lies at the bound of the search: the answers do not say where it ends.
    AtBound,
    /// Nobody answered it: it stays at its start.
    NotAnswered,
    /// All its answers are right, or all wrong, and no penalty on b says where it lies: it stays at its start,
    /// and its answers were left out.
    NeverVaried,
}

pub(super) struct Plan<'a> {
    pub(super) options: &'a Options,
    pub(super) starts: &'a [ItemStart],
    pub(super) status: Vec<Status>,
    pub(super) free: Vec<[bool; 3]>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        responses: &Responses,
        starts: &'a [ItemStart],
        options: &'a Options,
    ) -> Result<Self, Failure> {
        options.check()?;
        if starts.len() != responses.items() {
            return Err(Failure::Starts {
                starts: starts.len(),
                items: responses.items(),
            });
        }
        for (item, start) in starts.iter().enumerate() {
            let ItemParameters { a, b, d, .. } = start.parameters;
            let inside = (0.01..=10.0).contains(&a) && (-10.0..=10.0).contains(&b) && d == 1.0;
            if !(start.parameters.is_valid() && inside) {
                let parameters = start.parameters;
                return Err(Failure::Start { item, parameters });
            }
        }
        if responses.answers() == 0 {
            return Err(Failure::NoAnswers);
        }
        let penalised = options.penalties.difficulty.is_some();
        let status: Vec<Status> = responses
            .counts()
            .iter()
            .map(|count| match count.answers > 0.0 {
                false => Status::NotAnswered,
                true if penalised || count.varies() => Status::Estimated,
                true => Status::NeverVaried,
            })
            .collect();
        if !status.contains(&Status::Estimated) {
            return Err(Failure::NothingVaries);
        }
        let free = status.iter().zip(starts).map(|(status, start)| {
            let taken = *status == Status::Estimated;
            [
                taken && options.discrimination != Discrimination::Fixed,
                taken,
                taken && start.guessing == Guessing::Estimated,
            ]
        });
        Ok(Self {
            options,
            starts,
            free: free.collect(),
            status,
        })
    }

    /// Whether an item's answers say anything.
    pub(super) fn takes(&self, item: usize) -> bool {
        self.free[item][B]
    }

    pub(super) fn is_common(&self) -> bool {
        self.options.discrimination == Discrimination::Common
    }

    /// Where the search begins.
    pub(super) fn points(&self) -> Vec<Point> {
        let log_a = |start: &ItemStart| libm::log(start.parameters.a);
        let mean = self.starts.iter().map(log_a).sum::<f64>() / self.starts.len() as f64;
        let place = |(item, start): (usize, &ItemStart)| {
            let mut c = start.parameters.c;
            if self.free[item][LOGIT_C] {
                c = c.clamp(GUESSING_START_MIN, 0.7);
            }
            let own = if self.is_common() { mean } else { log_a(start) };
            [own, start.parameters.b, libm::log(c / (1.0 - c))]
        };
        self.starts.iter().enumerate().map(place).collect()
    }

    /// The parameters at a point of the search; what does not move is exactly its start.
    pub(super) fn parameters(&self, item: usize, point: &Point) -> ItemParameters {
        let start = self.starts[item].parameters;
        let pick = |moves: bool, at: f64, start: f64| if moves { at } else { start };
        let free = self.free[item];
        let c = 1.0 / (1.0 + libm::exp(-point[LOGIT_C]));
        ItemParameters::three_pl(
            pick(free[LOG_A], libm::exp(point[LOG_A]), start.a),
            pick(free[B], point[B], start.b),
            pick(free[LOGIT_C], c, start.c),
        )
    }

    /// Log penalty of one item, its slope and its curvature by each parameter. That on a common ln a counts
    /// once: see [`Plan::common_penalty`].
    pub(super) fn penalty(&self, item: usize, point: &Point) -> (f64, [f64; 3], [f64; 3]) {
        let (mut value, mut slope, mut curvature) = (0.0, [0.0; 3], [0.0; 3]);
        let free = self.free[item];
        if free[LOG_A] && !self.is_common() {
            (value, slope[LOG_A], curvature[LOG_A]) = self.discrimination_penalty(point[LOG_A]);
        }
        if let Some(sd) = self.options.penalties.difficulty.filter(|_| free[B]) {
            let off = point[B] - self.starts[item].parameters.b;
            value -= 0.5 * off * off / (sd * sd);
            slope[B] = -off / (sd * sd);
            curvature[B] = 1.0 / (sd * sd);
        }
        if let Some(beta) = self.options.penalties.guessing.filter(|_| free[LOGIT_C]) {
            let c = 1.0 / (1.0 + libm::exp(-point[LOGIT_C]));
            value += (beta.alpha - 1.0) * libm::log(c) + (beta.beta - 1.0) * libm::log(1.0 - c);
            slope[LOGIT_C] = (beta.alpha - 1.0) * (1.0 - c) - (beta.beta - 1.0) * c;
            curvature[LOGIT_C] = (beta.alpha + beta.beta - 2.0) * c * (1.0 - c);
        }
        (value, slope, curvature)
    }

    /// Log penalty of the common ln a, its slope and its curvature.
    pub(super) fn common_penalty(&self, points: &[Point]) -> (f64, f64, f64) {
        match (self.is_common(), points.first()) {
            (true, Some(first)) => self.discrimination_penalty(first[LOG_A]),
            _ => (0.0, 0.0, 0.0),
        }
    }

    /// Log penalty of all items together.
    pub(super) fn total_penalty(&self, points: &[Point]) -> f64 {
        let own = points.iter().enumerate();
        self.common_penalty(points).0 + own.map(|(j, point)| self.penalty(j, point).0).sum::<f64>()
    }

    fn discrimination_penalty(&self, log_a: f64) -> (f64, f64, f64) {
        let Some(prior) = self.options.penalties.log_discrimination else {
            return (0.0, 0.0, 0.0);
        };
        let (off, variance) = (
            log_a - prior.mean,
            prior.standard_deviation * prior.standard_deviation,
        );
        (-0.5 * off * off / variance, -off / variance, 1.0 / variance)
    }

    pub(super) fn status_at(&self, item: usize, point: &Point) -> Status {
        let free = self.free[item];
        let bound = |k: usize| {
            free[k] && (point[k] - LOWEST[k] < AT_BOUND || HIGHEST[k] - point[k] < AT_BOUND)
        };
        if (0..3).any(bound) {
            Status::AtBound
        } else {
            self.status[item]
        }
    }
}

/// Puts the moving parts of a point back within the bounds.
pub(super) fn bound(point: &mut Point, free: &[bool; 3]) {
    for k in (0..3).filter(|k| free[*k]) {
        point[k] = point[k].clamp(LOWEST[k], HIGHEST[k]);
    }
}
