//! Readiness: whether the learner would pass the exam if they sat it now.
//!
//! Owns the distribution of the exam's score, and what may be said of passing. Must not know sessions; the form it
//! reckons with stands for all that the blueprint allows, not for one that anybody will be given.

use super::competency::INTERVAL;
use super::posterior::Posterior;
use crate::bank::{Area, Bank, blueprint_counts};
use crate::ids::AreaIx;
use crate::irt::{FACTOR_NODES, NODES, score_distribution};
use crate::tick::Chance;

/// Draws from the posterior behind the interval: its ends then lie within two percent of rank.
pub const DRAWS: usize = 400;
/// The draws are the same for everyone and every time, so that more right answers never lower an end by chance.
const SEED: u64 = 0x0072_6561_6479;
/// A share and its mark may differ by their last digit without the one being under the other.
const ROUNDING: f64 = 1e-9;

/// What may be said of passing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The interval spans one half.
    NotEnoughEvidence,
    /// The whole interval lies at one half or over it.
    LikelyToPass,
    /// The whole interval lies at one half or under it.
    LikelyToFail,
}

/// Whether the learner would pass now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Readiness {
    /// Probability of passing: over what is known of the abilities, and over the luck of an exam.
    pub pass: f64,
    /// Lower end of the [`INTERVAL`] of the true probability of passing: the one that somebody who knew the abilities
    /// exactly would name. What is uncertain about it is the abilities alone.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// Expected share of the exam answered right.
    pub score: f64,
    /// What may be said.
    pub verdict: Verdict,
}

/// The exam of a certification, as a table: for each area and each node of its ability, the distribution of the
/// number of right answers to the area's questions.
///
/// Each area has its blueprint share of the questions, and of an area's items the form has every so many in order of
/// difficulty, so that it is as hard and as varied as the area; where the exam asks more of an area than it has,
/// items stand for several.
#[derive(Clone, Debug)]
pub struct Exam {
    length: usize,
    /// Right answers that pass.
    cut: usize,
    /// For each area and node, the masses of 0 to all of the area's questions.
    tables: Vec<Vec<Vec<f64>>>,
}

impl Exam {
    /// The exam of a bank. O(nodes n^2) for n questions.
    pub fn new(bank: &Bank) -> Self {
        let certification = bank.certification();
        let length = usize::from(certification.exam_length);
        let weights: Vec<f64> = bank.areas().iter().map(|area| area.weight).collect();
        let counts = blueprint_counts(&weights, certification.exam_length);
        let tables = bank
            .areas()
            .iter()
            .zip(counts)
            .map(|(area, count)| area_table(bank, area, usize::from(count)));
        Self {
            length,
            cut: (certification.pass_mark * length as f64 - ROUNDING).ceil() as usize,
            tables: tables.collect(),
        }
    }

    /// Probability of each number of right answers, 0 to all; they sum to one.
    ///
    /// Given the common factor the areas are independent: at each of its nodes an area's distribution is mixed over
    /// the posterior of its ability given the factor, the areas are convolved, and the sums are mixed over the
    /// posterior of the factor. O(factor nodes (areas nodes n_area + n^2)).
    ///
    /// Source: Lord & Wingersky (1984) for given abilities; the mixing is exact for the model of this crate.
    pub fn score_distribution(&self, posterior: &Posterior) -> Vec<f64> {
        let mut all = vec![0.0; self.length + 1];
        for (node, weight) in posterior.factor().iter().enumerate() {
            let mut sum = vec![1.0];
            for (area, table) in (0..).map(AreaIx).zip(&self.tables) {
                let abilities = posterior.ability_given_factor(node, area);
                sum = convolve(&sum, &mix(table, &abilities));
            }
            add_scaled(&mut all, &sum, *weight);
        }
        all
    }

    /// Whether the learner would pass. Beside [`Exam::score_distribution`], O([`DRAWS`] n^2).
    pub fn readiness(&self, posterior: &Posterior) -> Readiness {
        let masses = self.score_distribution(posterior);
        let pass = self.passing(&masses);
        let expected: f64 = masses
            .iter()
            .enumerate()
            .map(|(right, mass)| right as f64 * mass)
            .sum();
        let mut chances = self.draw_chances(posterior);
        chances.sort_by(f64::total_cmp);
        let tail = ((1.0 - INTERVAL) / 2.0 * DRAWS as f64) as usize;
        let (low, high) = (chances[tail], chances[DRAWS - 1 - tail]);
        Readiness {
            pass,
            low,
            high,
            score: (expected / self.length as f64).clamp(0.0, 1.0),
            verdict: match (low >= 0.5, high <= 0.5) {
                (true, _) => Verdict::LikelyToPass,
                (false, true) => Verdict::LikelyToFail,
                (false, false) => Verdict::NotEnoughEvidence,
            },
        }
    }

    /// The probability of passing at abilities drawn from the posterior, the factor first.
    fn draw_chances(&self, posterior: &Posterior) -> Vec<f64> {
        let factor = posterior.factor();
        let conditional: Vec<Vec<[f64; NODES]>> = (0..FACTOR_NODES)
            .map(|node| {
                let areas = (0..self.tables.len() as u8).map(AreaIx);
                areas
                    .map(|area| posterior.ability_given_factor(node, area))
                    .collect()
            })
            .collect();
        let mut chance = Chance::new(SEED);
        let draw = |draw: usize| {
            // One draw of the factor in each of as many equal parts of its distribution.
            let node = node_at(&factor, (draw as f64 + chance.unit()) / DRAWS as f64);
            let mut sum = vec![1.0];
            for (table, abilities) in self.tables.iter().zip(&conditional[node]) {
                sum = convolve(&sum, &table[node_at(abilities, chance.unit())]);
            }
            self.passing(&sum)
        };
        (0..DRAWS).map(draw).collect()
    }

    fn passing(&self, masses: &[f64]) -> f64 {
        masses.iter().skip(self.cut).sum::<f64>().clamp(0.0, 1.0)
    }
}

/// For each node of ability, the distribution of right answers to `count` questions of an area.
fn area_table(bank: &Bank, area: &Area, count: usize) -> Vec<Vec<f64>> {
    let mut slots: Vec<usize> = (0..area.items().len()).collect();
    let difficulty = |slot: usize| bank.item(area.items()[slot]).parameters.b;
    slots.sort_by(|x, y| difficulty(*x).total_cmp(&difficulty(*y)).then(x.cmp(y)));
    let chosen = (0..count).map(|k| slots[(2 * k + 1) * slots.len() / (2 * count)]);
    let curves: Vec<&[f64; NODES]> = chosen.map(|slot| &area.curves()[slot]).collect();
    let at = |node: usize| {
        let chances: Vec<f64> = curves.iter().map(|curve| curve[node]).collect();
        score_distribution(&chances)
    };
    (0..NODES).map(at).collect()
}

fn mix(table: &[Vec<f64>], abilities: &[f64; NODES]) -> Vec<f64> {
    let mut mixed = vec![0.0; table[0].len()];
    for (masses, weight) in table.iter().zip(abilities) {
        add_scaled(&mut mixed, masses, *weight);
    }
    mixed
}

fn convolve(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; one.len() + other.len() - 1];
    // Few passes over the longer, which the compiler vectorises.
    let (long, short) = if one.len() < other.len() {
        (other, one)
    } else {
        (one, other)
    };
    for (start, mass) in short.iter().enumerate() {
        add_scaled(&mut sum[start..], long, *mass);
    }
    sum
}

fn add_scaled(sum: &mut [f64], masses: &[f64], weight: f64) {
    for (sum, mass) in sum.iter_mut().zip(masses) {
        *sum += weight * mass;
    }
}

/// The node whose part of the distribution holds `share`.
fn node_at(masses: &[f64], share: f64) -> usize {
    let mut below = 0.0;
    for (node, mass) in masses.iter().enumerate() {
        below += mass;
        if share < below {
            return node;
        }
    }
    masses.iter().rposition(|mass| *mass > 0.0).unwrap_or(0)
}
