//! Curves in single precision, for a first look at many candidates.
//!
//! Owns that copy and its sums, whose order is fixed, so that every machine screens alike. The few best are
//! ranked again in double precision by whoever asks. Must not know what the sums mean.

use super::quadrature::NODES;

/// Items side by side: their sums fill eight registers of four.
const BLOCK: usize = 16;
/// Nodes with a smaller share of the largest mass are left out: together they are under 1e-6.
const NEGLIGIBLE: f64 = 1e-8;

/// Probabilities of a right answer in single precision, in blocks of items with one row for each node.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    blocks: Vec<[[f32; BLOCK]; NODES]>,
    items: usize,
}

impl Screen {
    /// The copy of these curves.
    pub fn new(curves: &[[f64; NODES]]) -> Self {
        let mut blocks = vec![[[0.0; BLOCK]; NODES]; curves.len().div_ceil(BLOCK)];
        for (item, curve) in curves.iter().enumerate() {
            for (row, p) in blocks[item / BLOCK].iter_mut().zip(curve) {
                row[item % BLOCK] = *p as f32;
            }
        }
        Self {
            blocks,
            items: curves.len(),
        }
    }

    /// For every item in order, roughly, s^2 / (p (1 - p)) with p and s its sums with `masses` and `centred`;
    /// 0 where p is 0 or 1. `into` is overwritten.
    pub(crate) fn explained(
        &self,
        masses: &[f64; NODES],
        centred: &[f64; NODES],
        into: &mut Vec<f32>,
    ) {
        let largest = masses.iter().copied().fold(0.0, f64::max);
        let matters = |mass: &f64| *mass > NEGLIGIBLE * largest;
        let first = masses.iter().position(matters).unwrap_or(0);
        let past = masses.iter().rposition(matters).map_or(0, |last| last + 1);
        let weights: Vec<(f32, f32)> = (first..past)
            .map(|j| (masses[j] as f32, centred[j] as f32))
            .collect();
        into.clear();
        into.reserve(self.blocks.len() * BLOCK);
        for block in &self.blocks {
            into.extend_from_slice(&one_block(&block[first.min(past)..past], &weights));
        }
        into.truncate(self.items);
    }
}

fn one_block(rows: &[[f32; BLOCK]], weights: &[(f32, f32)]) -> [f32; BLOCK] {
    let (mut p, mut s) = ([0.0_f32; BLOCK], [0.0_f32; BLOCK]);
    for (row, (mass, centred)) in rows.iter().zip(weights) {
        for k in 0..BLOCK {
            p[k] += row[k] * mass;
            s[k] += row[k] * centred;
        }
    }
    std::array::from_fn(|k| {
        let spread = p[k] * (1.0 - p[k]);
        if spread > 0.0 {
            s[k] * s[k] / spread
        } else {
            0.0
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_has_its_own_sum_whatever_its_block() {
        let curve = |k: usize| [0.3 + 0.01 * k as f64; NODES].map(|p: f64| p.min(0.9));
        let curves: Vec<[f64; NODES]> = (0..37).map(curve).collect();
        let screen = Screen::new(&curves);
        let (mut masses, mut centred) = ([0.0; NODES], [0.0; NODES]);
        (masses[20], masses[21], centred[20], centred[21]) = (0.5, 0.5, 0.2, 0.1);
        let mut got = vec![7.0];
        screen.explained(&masses, &centred, &mut got);
        assert_eq!(got.len(), 37);
        for (got, curve) in got.iter().zip(&curves) {
            let (p, s) = (curve[20], 0.3 * curve[20]);
            assert!((f64::from(*got) - s * s / (p * (1.0 - p))).abs() < 1e-6);
        }
        screen.explained(&[0.0; NODES], &centred, &mut got);
        assert_eq!(got, vec![0.0; 37]);
    }
}
