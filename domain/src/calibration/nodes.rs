//! The abilities integrated over, and their masses.
//!
//! Owns both quadratures. Must not know items or answers.

use super::options::Quadrature;

/// Abilities added together in one go.
pub(super) const LANES: usize = 8;
/// Halvings of a bracket around a root: more than a double can tell apart.
const BISECTIONS: usize = 80;

/// Abilities padded to whole blocks of lanes by nodes that have no mass.
pub(super) struct Nodes {
    pub(super) theta: Vec<f64>,
    pub(super) log_mass: Vec<f64>,
    /// Nodes that have mass; they come first.
    pub(super) count: usize,
}

impl Nodes {
    /// The nodes of a quadrature that was found in range.
    pub(super) fn new(quadrature: Quadrature) -> Self {
        let (mut theta, mut log_mass) = match quadrature {
            Quadrature::Even { points, range } => even(points, range),
            Quadrature::GaussHermite { points } => gauss_hermite(points),
        };
        let count = theta.len();
        let total: f64 = log_mass.iter().map(|log| libm::exp(*log)).sum();
        for log in &mut log_mass {
            *log -= libm::log(total);
        }
        let width = count.div_ceil(LANES) * LANES;
        theta.resize(width, 0.0);
        log_mass.resize(width, f64::NEG_INFINITY);
        Self {
            theta,
            log_mass,
            count,
        }
    }

    /// Each ability and its mass.
    pub(super) fn masses(&self) -> impl Iterator<Item = (f64, f64)> {
        let pairs = self.theta.iter().zip(&self.log_mass).take(self.count);
        pairs.map(|(theta, log)| (*theta, libm::exp(*log)))
    }

    pub(super) fn width(&self) -> usize {
        self.theta.len()
    }
}

/// Abilities and log densities, not normalised.
fn even(points: usize, range: f64) -> (Vec<f64>, Vec<f64>) {
    let half = (points - 1) as f64 / 2.0;
    let place = |k: usize| {
        let theta = range * (k as f64 - half) / half;
        (theta, -0.5 * theta * theta)
    };
    (0..points).map(place).unzip()
}

/// Abilities and log weights. The roots of each Hermite polynomial lie between those of the one before, so that
/// bisection finds them all; weights are Christoffel numbers. Source: Abramowitz & Stegun (1964), 25.4.46.
fn gauss_hermite(points: usize) -> (Vec<f64>, Vec<f64>) {
    // All roots of a polynomial of this degree lie within.
    let end = (2.0 * points as f64 + 1.0).sqrt();
    let mut roots: Vec<f64> = Vec::new();
    for degree in 1..=points {
        let mut ends = vec![-end];
        ends.append(&mut roots);
        ends.push(end);
        roots = ends
            .windows(2)
            .map(|pair| root_between(degree, pair[0], pair[1]))
            .collect();
    }
    let weigh = |x: &f64| {
        let christoffel: f64 = hermite(*x).take(points).map(|h| h * h).sum();
        (std::f64::consts::SQRT_2 * x, -libm::log(christoffel))
    };
    roots.iter().map(weigh).unzip()
}

fn root_between(degree: usize, mut low: f64, mut high: f64) -> f64 {
    let value = |x: f64| hermite(x).nth(degree).unwrap_or(0.0);
    let rises = value(low) < value(high);
    for _ in 0..BISECTIONS {
        let middle = 0.5 * (low + high);
        if (value(middle) < 0.0) == rises {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// The Hermite polynomials at x, by degree, orthonormal under exp(-x^2) up to one constant.
fn hermite(x: f64) -> impl Iterator<Item = f64> {
    let (mut before, mut here, mut degree) = (0.0, 1.0, 0.0_f64);
    std::iter::from_fn(move || {
        let now = here;
        let next =
            x * (2.0 / (degree + 1.0)).sqrt() * here - (degree / (degree + 1.0)).sqrt() * before;
        (before, here) = (here, next);
        degree += 1.0;
        Some(now)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(nodes: &Nodes, power: i32) -> f64 {
        nodes
            .masses()
            .map(|(theta, mass)| mass * theta.powi(power))
            .sum()
    }

    #[test]
    fn both_quadratures_have_the_moments_of_a_standard_normal() {
        let even = Quadrature::Even {
            points: 61,
            range: 6.0,
        };
        for quadrature in [
            even,
            Quadrature::GaussHermite { points: 21 },
            Quadrature::GaussHermite { points: 61 },
        ] {
            let nodes = Nodes::new(quadrature);
            for (power, expected) in [(0, 1.0), (1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)] {
                let got = moment(&nodes, power);
                assert!(
                    (got - expected).abs() < 1e-5,
                    "{quadrature:?} {power}: {got}"
                );
            }
        }
        let nodes = Nodes::new(Quadrature::GaussHermite { points: 5 });
        // The root of H5 farthest out is 2.020182870456086.
        assert!((nodes.theta[4] - 2.020_182_870_456_086 * std::f64::consts::SQRT_2).abs() < 1e-12);
        assert!((moment(&nodes, 8) - 105.0).abs() < 1e-9);
    }
}
