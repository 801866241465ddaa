//! The grid of abilities, and sums over it.
//!
//! Owns the nodes, and the arithmetic on masses at them. Sums run in a fixed order, in lanes that the
//! compiler may vectorise, so that every machine gets the same bits. Must not know what is summed.

/// Number of ability nodes.
pub const NODES: usize = 41;
/// Distance between two nodes, in logits.
pub const STEP: f64 = 0.2;
/// The outermost nodes lie at plus and minus this, in logits.
pub const THETA_MAX: f64 = 4.0;
/// The nodes, in logits, ascending.
pub const THETA: [f64; NODES] = nodes();

const fn nodes() -> [f64; NODES] {
    let mut nodes = [0.0; NODES];
    let mut j = 0;
    while j < NODES {
        // Divided, not multiplied by the step, so that each node is the double nearest its decimal.
        nodes[j] = (j as f64 - 20.0) / 5.0;
        j += 1;
    }
    nodes
}

/// Mean and standard deviation, in logits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub standard_deviation: f64,
}

/// Mean and standard deviation of ability under masses that sum to one.
pub fn moments(masses: &[f64; NODES]) -> Moments {
    moments_over(&THETA, masses)
}

/// The same, of masses at other abilities.
pub fn moments_over(nodes: &[f64; NODES], masses: &[f64; NODES]) -> Moments {
    let mean = dot(masses, nodes);
    let mut variance = 0.0;
    for (mass, theta) in masses.iter().zip(nodes) {
        variance += mass * (theta - mean) * (theta - mean);
    }
    Moments {
        mean,
        standard_deviation: variance.sqrt(),
    }
}

/// Mass at or below `theta`, each node's mass spread evenly over its cell of one step.
pub fn cumulative(masses: &[f64; NODES], theta: f64) -> f64 {
    let mut below = 0.0;
    for (mass, node) in masses.iter().zip(&THETA) {
        let share = (theta - (node - STEP / 2.0)) / STEP;
        below += mass * share.clamp(0.0, 1.0);
    }
    below
}

/// Ability with mass `share` at or below it, the inverse of [`cumulative`], kept on the grid.
pub fn quantile(masses: &[f64; NODES], share: f64) -> f64 {
    let mut below = 0.0;
    for (mass, node) in masses.iter().zip(&THETA) {
        if *mass > 0.0 && below + mass >= share {
            let within = ((share - below) / mass).clamp(0.0, 1.0);
            let theta = node - STEP / 2.0 + STEP * within;
            return theta.clamp(-THETA_MAX, THETA_MAX);
        }
        below += mass;
    }
    THETA_MAX
}

/// Lanes of a sum: two doubles wide on the smallest x86-64, and four sums in flight.
const LANES: usize = 8;
/// Nodes summed in lanes; the rest is added alone.
const WHOLE: usize = NODES - NODES % LANES;

/// Sum of products.
pub(crate) fn dot(x: &[f64; NODES], y: &[f64; NODES]) -> f64 {
    let mut lanes = [0.0; LANES];
    let pairs = x[..WHOLE]
        .chunks_exact(LANES)
        .zip(y[..WHOLE].chunks_exact(LANES));
    for (x, y) in pairs {
        for lane in 0..LANES {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    let mut rest = 0.0;
    for (x, y) in x[WHOLE..].iter().zip(&y[WHOLE..]) {
        rest += x * y;
    }
    across(&lanes) + rest
}

/// Sums of products of `row` with `u` and with `v`, in one pass over `row`.
pub(crate) fn dot_pair(row: &[f64; NODES], u: &[f64; NODES], v: &[f64; NODES]) -> (f64, f64) {
    let (mut with_u, mut with_v) = ([0.0; LANES], [0.0; LANES]);
    let rows = row[..WHOLE].chunks_exact(LANES);
    let others = u[..WHOLE]
        .chunks_exact(LANES)
        .zip(v[..WHOLE].chunks_exact(LANES));
    for (row, (u, v)) in rows.zip(others) {
        for lane in 0..LANES {
            with_u[lane] += row[lane] * u[lane];
            with_v[lane] += row[lane] * v[lane];
        }
    }
    let (mut rest_u, mut rest_v) = (0.0, 0.0);
    for j in WHOLE..NODES {
        rest_u += row[j] * u[j];
        rest_v += row[j] * v[j];
    }
    (across(&with_u) + rest_u, across(&with_v) + rest_v)
}

fn across(lanes: &[f64; LANES]) -> f64 {
    let half = [
        lanes[0] + lanes[4],
        lanes[1] + lanes[5],
        lanes[2] + lanes[6],
        lanes[3] + lanes[7],
    ];
    (half[0] + half[2]) + (half[1] + half[3])
}

/// Adds `factor` times `row` to `sum`.
pub(crate) fn add_scaled(sum: &mut [f64; NODES], row: &[f64; NODES], factor: f64) {
    for (sum, row) in sum.iter_mut().zip(row) {
        *sum += row * factor;
    }
}

/// Divides by the sum, so that the masses sum to one. A sum of zero leaves them as they are.
pub(crate) fn normalise(masses: &mut [f64]) {
    let total: f64 = masses.iter().sum();
    if total > 0.0 {
        for mass in masses {
            *mass /= total;
        }
    }
}

/// Divides by the largest value, so that it becomes one: keeps long products from underflow.
pub(crate) fn rescale(values: &mut [f64]) {
    let largest = values.iter().copied().fold(0.0, f64::max);
    if largest > 0.0 {
        for value in values {
            *value /= largest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nodes_are_even_and_symmetric() {
        assert_eq!((THETA[0], THETA[20], THETA[40]), (-4.0, 0.0, 4.0));
        assert_eq!((THETA[1], THETA[21]), (-3.8, 0.2));
    }

    #[test]
    fn lanes_sum_every_node_once() {
        let ones = [1.0; NODES];
        let counting: [f64; NODES] = std::array::from_fn(|j| j as f64);
        assert_eq!(dot(&ones, &counting), 820.0);
        assert_eq!(dot_pair(&ones, &counting, &ones), (820.0, 41.0));
    }

    #[test]
    fn quantile_inverts_cumulative() {
        let mut masses: [f64; NODES] = std::array::from_fn(|j| 1.0 + (j % 7) as f64);
        normalise(&mut masses);
        for share in [0.05, 0.1, 0.5, 0.9, 0.95] {
            let theta = quantile(&masses, share);
            assert!(
                (cumulative(&masses, theta) - share).abs() < 1e-12,
                "{share}"
            );
        }
        assert_eq!(quantile(&masses, 0.0), -4.0);
        assert_eq!(quantile(&masses, 1.0), 4.0);
    }
}
