//! Curves in single precision, for a first look at many candidates.
//!
//! Owns that copy and its sums, whose order is fixed, so that every machine screens alike. The few best are
//! ranked again in double precision by whoever asks. Must not know what the sums mean.

use super::quadrature::NODES;

/// Nodes of a row, padded with zeros to whole lanes.
pub const SCREEN_NODES: usize = NODES.next_multiple_of(LANES);
/// Sums side by side: two registers of four.
const LANES: usize = 8;

/// One row of single-precision probabilities for each item.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    rows: Vec<[f32; SCREEN_NODES]>,
}

/// Two rows of weights in single precision.
pub(crate) struct ScreenWeights {
    masses: [f32; SCREEN_NODES],
    centred: [f32; SCREEN_NODES],
}

impl Screen {
    /// The copy of these curves.
    pub fn new(curves: &[[f64; NODES]]) -> Self {
        Self {
            rows: curves.iter().map(narrow).collect(),
        }
    }

    pub(crate) fn prepare(&self, masses: &[f64; NODES], centred: &[f64; NODES]) -> ScreenWeights {
        ScreenWeights {
            masses: narrow(masses),
            centred: narrow(centred),
        }
    }

    /// Squared sum with `centred` over p (1 - p), p the sum with `masses`, roughly.
    pub(crate) fn explained(&self, rough: &ScreenWeights, item: usize) -> f32 {
        let row = &self.rows[item];
        let (mut p, mut s) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        for at in (0..SCREEN_NODES).step_by(LANES) {
            for lane in 0..LANES {
                p[lane] += row[at + lane] * rough.masses[at + lane];
                s[lane] += row[at + lane] * rough.centred[at + lane];
            }
        }
        let (p, s) = (across(p), across(s));
        let spread = p * (1.0 - p);
        if spread > 0.0 { s * s / spread } else { 0.0 }
    }
}

fn narrow(row: &[f64; NODES]) -> [f32; SCREEN_NODES] {
    std::array::from_fn(|j| row.get(j).map_or(0.0, |value| *value as f32))
}

fn across(lanes: [f32; LANES]) -> f32 {
    let half = [
        lanes[0] + lanes[4],
        lanes[1] + lanes[5],
        lanes[2] + lanes[6],
        lanes[3] + lanes[7],
    ];
    (half[0] + half[2]) + (half[1] + half[3])
}
