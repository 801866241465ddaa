//! How abilities of areas hang together (rho) and how far practice moves them (q), from sequences of answers.
//!
//! Both are chosen so that the learner model, run forward over each sequence, predicts every next answer best:
//! the sum of log predictive probabilities, which in testing is the marginal likelihood and in practice its
//! prequential form (Dawid 1984). A grid, then parabolas at its top. Owns that search. Must not know sessions.

use std::sync::Arc;

use crate::ids::AreaIx;
use crate::irt::{FactorGrid, ItemParameters, NODES, RHO_MAX, THETA, dot, probability};
use crate::learner::{AreaPrior, Posterior, smooth};

/// Most answers that are run over; sequences beyond them are left out. The error of rho and q shrinks little
/// past them, while time grows: 22 passes over 10,000 answers take 0.4 s in the benchmark `calibration`.
pub const STRUCTURE_ANSWERS_MAX: usize = 100_000;
/// Sequences with evidence below which nothing is estimated.
pub const STRUCTURE_SEQUENCES_MIN: usize = 100;
/// Answers in practice, in one area of one sequence, from which drift shows.
const PRACTICE_ANSWERS_MIN: usize = 5;

const RHOS: [f64; 10] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, RHO_MAX];
const QS: [f64; 8] = [0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5];
/// Least chance that a prediction counts with, so that one surprise is not everything.
const CHANCE_MIN: f64 = 1e-9;

/// An item as sequences name it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StructureItem {
    /// Its area.
    pub area: AreaIx,
    /// Its parameters.
    pub parameters: ItemParameters,
}

/// Answers of one session.
#[derive(Clone, Debug, PartialEq)]
pub struct Sitting {
    /// Variance, in squared logits, by which ability may have moved since the session before; 0 for the first.
    pub drift_before: f64,
    /// Whether people learn in it, so that q applies.
    pub practice: bool,
    /// Place in the list of items, and whether the answer was right.
    pub answers: Vec<(usize, bool)>,
}

/// Sessions of one learner, in order.
pub type Sequence = Vec<Sitting>;

/// One number that was estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Where predictions are best.
    pub value: f64,
    /// From the curvature there; `None` at the end of the range.
    pub standard_error: Option<f64>,
}

/// What was estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Structure {
    /// Correlation of abilities, 0 to [`RHO_MAX`]; `None` unless enough sequences touch two areas.
    pub rho: Option<Estimate>,
    /// Variance of drift after an answer in practice, 0 to 0.5 squared logits; `None` without enough practice.
    pub q: Option<Estimate>,
    /// Answers run over.
    pub answers: usize,
    /// Sum of log predictive probabilities at the end.
    pub log_score: f64,
}

/// Estimates rho and q, beginning from `rho` and `q` (taken into their ranges; no number counts as 0).
///
/// Answers to items that are not in the list, or for which the model does not hold, are left out. `progress`
/// hears of every pass as (done, of at most), and stops the work by `false`: `None` then.
pub fn estimate_structure(
    items: &[StructureItem],
    sequences: &[Sequence],
    (rho, q): (f64, f64),
    progress: &mut dyn FnMut(usize, usize) -> bool,
) -> Option<Structure> {
    let mut passes = Passes::new(items, sequences, progress);
    let [touching_two, practising] = passes.evidence();
    let mut rho = if rho.is_finite() {
        rho.clamp(0.0, RHO_MAX)
    } else {
        0.0
    };
    let mut q = if q.is_finite() {
        q.clamp(0.0, QS[QS.len() - 1])
    } else {
        0.0
    };
    let (mut rho_found, mut q_found) = (None, None);
    if touching_two >= STRUCTURE_SEQUENCES_MIN {
        let best = passes.best(&RHOS, |passes, rho| passes.run(rho, q))?;
        (rho, rho_found) = (best.value, Some(best));
    }
    if practising >= STRUCTURE_SEQUENCES_MIN {
        let best = passes.best(&QS, |passes, q| passes.run(rho, q))?;
        (q, q_found) = (best.value, Some(best));
        if rho_found.is_some() {
            // The first rho was found beside another q.
            let best = passes.best(&around(rho, &RHOS), |passes, rho| passes.run(rho, q))?;
            (rho, rho_found) = (best.value, Some(best));
        }
    }
    Some(Structure {
        rho: rho_found,
        q: q_found,
        answers: passes.answers,
        log_score: passes.run(rho, q)?,
    })
}

/// Both neighbours of a value on a grid, and the value.
fn around(value: f64, grid: &[f64]) -> Vec<f64> {
    let step = 0.05;
    let (low, high) = (grid[0], grid[grid.len() - 1]);
    let mut near: Vec<f64> = [-2.0, -1.0, 0.0, 1.0, 2.0]
        .iter()
        .map(|k| (value + k * step).clamp(low, high))
        .collect();
    near.dedup();
    near
}

struct Passes<'a> {
    areas: Vec<AreaIx>,
    curves: Vec<Option<[f64; NODES]>>,
    sequences: &'a [Sequence],
    answers: usize,
    progress: &'a mut dyn FnMut(usize, usize) -> bool,
    done: usize,
}

/// Passes there are at most: both grids with their refinements, the second look at rho, and the last.
const PASSES_MAX: usize = RHOS.len() + QS.len() + 5 + 3 * 3 + 1;

impl<'a> Passes<'a> {
    fn new(
        items: &[StructureItem],
        sequences: &'a [Sequence],
        progress: &'a mut dyn FnMut(usize, usize) -> bool,
    ) -> Self {
        let length = |sequence: &Sequence| -> usize {
            sequence.iter().map(|sitting| sitting.answers.len()).sum()
        };
        let (mut answers, mut taken) = (0, 0);
        for sequence in sequences {
            let with = answers + length(sequence);
            if with > STRUCTURE_ANSWERS_MAX {
                break;
            }
            (answers, taken) = (with, taken + 1);
        }
        let curve = |item: &StructureItem| {
            let at = item.parameters;
            at.is_valid()
                .then(|| THETA.map(|theta| probability(&at, theta)))
        };
        Self {
            areas: items.iter().map(|item| item.area).collect(),
            curves: items.iter().map(curve).collect(),
            sequences: &sequences[..taken],
            answers,
            progress,
            done: 0,
        }
    }

    /// Sequences that touch two areas, and those with enough practice in one.
    fn evidence(&self) -> [usize; 2] {
        let mut found = [0; 2];
        for sequence in self.sequences {
            let mut by_area = [(0, 0); 256];
            for sitting in sequence {
                for (item, _) in &sitting.answers {
                    if let Some(area) = self.areas.get(*item) {
                        let (all, practice) = &mut by_area[area.at()];
                        *all += 1;
                        *practice += usize::from(sitting.practice);
                    }
                }
            }
            let touched = by_area.iter().filter(|(all, _)| *all > 0).count();
            found[0] += usize::from(touched >= 2);
            let practised = by_area
                .iter()
                .any(|(_, practice)| *practice >= PRACTICE_ANSWERS_MIN);
            found[1] += usize::from(practised);
        }
        found
    }

    /// The best value by the grid, then by a parabola through the three values around it, twice.
    fn best(
        &mut self,
        grid: &[f64],
        run: impl Fn(&mut Self, f64) -> Option<f64>,
    ) -> Option<Estimate> {
        let mut known = Vec::with_capacity(grid.len() + 3);
        for value in grid {
            known.push((*value, run(self, *value)?));
        }
        for _ in 0..3 {
            let (Some(vertex), _) = summit(&known) else {
                break;
            };
            if known.iter().any(|(value, _)| (value - vertex).abs() < 1e-4) {
                break;
            }
            known.push((vertex, run(self, vertex)?));
            known.sort_by(|x, y| x.0.total_cmp(&y.0));
        }
        let top = top(&known);
        let (_, curvature) = summit(&known);
        Some(Estimate {
            value: known[top].0,
            standard_error: curvature.map(|curvature| 1.0 / (-curvature).sqrt()),
        })
    }

    /// One pass: the log score of predictions under rho and q. `None` when the caller stops.
    fn run(&mut self, rho: f64, q: f64) -> Option<f64> {
        let grid = Arc::new(FactorGrid::new(rho));
        let score = self
            .sequences
            .iter()
            .map(|sequence| self.score(&grid, sequence, q))
            .sum();
        self.done += 1;
        (self.progress)(self.done, PASSES_MAX).then_some(score)
    }

    fn score(&self, grid: &Arc<FactorGrid>, sequence: &Sequence, q: f64) -> f64 {
        let mut posterior = Posterior::new(Arc::clone(grid), &[]);
        let mut score = 0.0;
        for sitting in sequence {
            if sitting.drift_before > 0.0 {
                posterior = drifted(grid, &posterior, sitting.drift_before.min(1.0));
            }
            let drift = if sitting.practice { q } else { 0.0 };
            for (item, correct) in &sitting.answers {
                let Some(Some(curve)) = self.curves.get(*item) else {
                    continue;
                };
                let area = self.areas[*item];
                let p = dot(&posterior.ability(area), curve);
                let chance = if *correct { p } else { 1.0 - p };
                score += libm::log(chance.max(CHANCE_MIN));
                posterior.observe(area, curve, *correct, drift);
            }
        }
        score
    }
}

/// The posterior after time without an answer, as sessions begin from it.
fn drifted(grid: &Arc<FactorGrid>, posterior: &Posterior, variance: f64) -> Posterior {
    let priors: Vec<AreaPrior> = posterior
        .beliefs()
        .iter()
        .map(|belief| {
            let mut likelihood = Box::new(belief.likelihood);
            smooth(&mut likelihood, variance);
            AreaPrior {
                area: belief.area,
                likelihood,
                answers: belief.answers,
            }
        })
        .collect();
    Posterior::new(Arc::clone(grid), &priors)
}

fn top(known: &[(f64, f64)]) -> usize {
    (1..known.len()).fold(0, |top, k| if known[k].1 > known[top].1 { k } else { top })
}

/// Where the parabola through the highest point and its neighbours has its vertex, and its second derivative;
/// neither at an end of the range.
fn summit(known: &[(f64, f64)]) -> (Option<f64>, Option<f64>) {
    let top = top(known);
    if top == 0 || top + 1 >= known.len() {
        return (None, None);
    }
    let [(x0, y0), (x1, y1), (x2, y2)] = [known[top - 1], known[top], known[top + 1]];
    let (left, right) = ((y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1));
    let curvature = 2.0 * (right - left) / (x2 - x0);
    if curvature >= 0.0 {
        return (None, None);
    }
    let slope = left + 0.5 * curvature * (x1 - x0);
    (
        Some((x1 - slope / curvature).clamp(x0, x2)),
        Some(curvature),
    )
}
