//! Standard errors of the estimates.
//!
//! From the cross-products of the respondents' scores (the slopes of their marginal log likelihoods), which
//! estimate the observed information, plus the curvature of the penalties. The whole matrix is inverted where
//! there are ten respondents for each parameter: of fewer, cross-products say too little of so many directions,
//! and errors come out too large. Then, and beyond 1,000 parameters, one block is inverted for each item, which
//! leaves out how the errors of two items hang together and makes them a little too small. Owns that. Must not
//! know how estimates were found.
//!
//! Source: Bock & Lieberman (1970), Psychometrika 35, for the cross-products in IRT; Louis (1982), JRSS B 44, for
//! scores from the expectation step.

use super::expectation::{Curve, Expectation, Rows};
use super::maximisation::direction;
use super::nodes::Nodes;
use super::plan::{B, LOG_A, LOGIT_C, Plan, Point};
use super::responses::Responses;

/// Most parameters whose errors are computed together: 8 MB, and a third of 10^9 products.
const TOGETHER_MAX: usize = 1_000;
/// Respondents for each parameter, from which the whole matrix is sound: inverting it then makes variances too
/// large by a tenth at most.
const RESPONDENTS_EACH_MIN: f64 = 10.0;

/// Standard errors of an item's parameters; `None` for what was not estimated, or of what the answers say nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StandardErrors {
    /// Of the discrimination.
    pub a: Option<f64>,
    /// Of the difficulty, in logits.
    pub b: Option<f64>,
    /// Of the lower asymptote.
    pub c: Option<f64>,
}

/// Which parameters belong together: where each lies in the matrix of its block, and which block that is.
struct Layout {
    /// Block and place of ln a, b and logit c of each item.
    places: Vec<[Option<(usize, usize)>; 3]>,
    sizes: Vec<usize>,
}

pub(super) fn standard_errors(
    expectation: &mut Expectation,
    responses: &Responses,
    plan: &Plan<'_>,
    nodes: &Nodes,
    points: &[Point],
) -> Vec<StandardErrors> {
    let respondents: f64 = responses.rows().map(|(_, weight)| weight).sum();
    let layout = Layout::new(plan, respondents);
    let scores = scores(plan, nodes, points);
    let sizes = layout.sizes.iter();
    let mut blocks: Vec<Vec<f64>> = sizes.map(|size| vec![0.0; size * size]).collect();
    add_penalties(&mut blocks, &layout, plan, points);
    // Score of one respondent: block, place and slope, in order of block.
    let mut slopes: Vec<(usize, usize, f64)> = Vec::new();
    expectation.each(responses, plan, nodes, points, |row| {
        slopes.clear();
        let mut common = 0.0;
        for code in row.codes {
            let places = &layout.places[(code / 2) as usize];
            for k in 0..3 {
                let Some((block, place)) = places[k] else {
                    continue;
                };
                let slope = product(scores[k].of(*code), row.posterior) / row.weight;
                if k == LOG_A && plan.is_common() {
                    common += slope;
                } else {
                    slopes.push((block, place, slope));
                }
            }
        }
        if plan.is_common() {
            slopes.insert(0, (0, 0, common));
        }
        add_products(&mut blocks, &layout, &slopes, row.weight);
    });
    let variances: Vec<Vec<Option<f64>>> = blocks
        .into_iter()
        .zip(&layout.sizes)
        .map(|(block, size)| inverse_diagonal(block, *size))
        .collect();
    let error = |(item, point): (usize, &Point)| {
        let of = |k: usize| {
            let (block, place) = layout.places[item][k]?;
            variances[block][place].map(f64::sqrt)
        };
        let at = plan.parameters(item, point);
        StandardErrors {
            a: of(LOG_A).map(|error| error * at.a),
            b: of(B),
            c: of(LOGIT_C).map(|error| error * at.c * (1.0 - at.c)),
        }
    };
    points.iter().enumerate().map(error).collect()
}

impl Layout {
    fn new(plan: &Plan<'_>, respondents: f64) -> Self {
        let common = usize::from(plan.is_common());
        let own = |k: usize, free: &[bool; 3]| free[k] && !(k == LOG_A && plan.is_common());
        let count = |free: &[bool; 3]| (0..3).filter(|k| own(*k, free)).count();
        let all = common + plan.free.iter().map(count).sum::<usize>();
        let together = all <= TOGETHER_MAX && respondents >= RESPONDENTS_EACH_MIN * all as f64;
        let mut sizes = vec![common];
        let mut places = Vec::with_capacity(plan.free.len());
        for free in &plan.free {
            let mut place = [None; 3];
            if !together {
                sizes.push(0);
            }
            for k in (0..3).filter(|k| free[*k]) {
                if own(k, free) {
                    let block = sizes.len() - 1;
                    place[k] = Some((block, sizes[block]));
                    sizes[block] += 1;
                } else {
                    place[k] = Some((0, 0));
                }
            }
            places.push(place);
        }
        Self { places, sizes }
    }
}

/// Slopes of the log probability of each answer by ln a, b and logit c, at each ability.
fn scores(plan: &Plan<'_>, nodes: &Nodes, points: &[Point]) -> [Rows; 3] {
    let mut scores = std::array::from_fn(|_| Rows::new(points.len(), nodes.width()));
    for (item, point) in points.iter().enumerate() {
        let at = plan.parameters(item, point);
        let code = 2 * item as u32;
        for node in 0..nodes.count {
            let theta = nodes.theta[node];
            let curve = Curve::at(&at, theta);
            for (rows, u) in scores.iter_mut().zip(direction(&at, &curve, theta)) {
                rows.of_mut(code)[node] = -u;
                rows.of_mut(code + 1)[node] = u * curve.q / curve.p;
            }
        }
    }
    scores
}

fn add_penalties(blocks: &mut [Vec<f64>], layout: &Layout, plan: &Plan<'_>, points: &[Point]) {
    if plan.is_common() {
        blocks[0][0] += plan.common_penalty(points).2;
    }
    for (item, point) in points.iter().enumerate() {
        let curvature = plan.penalty(item, point).2;
        for (place, curvature) in layout.places[item].iter().zip(curvature) {
            if let Some((block, at)) = place {
                blocks[*block][at * layout.sizes[*block] + at] += curvature;
            }
        }
    }
}

/// Adds the products of slopes within each block, to its lower half.
fn add_products(
    blocks: &mut [Vec<f64>],
    layout: &Layout,
    slopes: &[(usize, usize, f64)],
    weight: f64,
) {
    for of_block in slopes.chunk_by(|x, y| x.0 == y.0) {
        let block = of_block[0].0;
        let size = layout.sizes[block];
        for (k, (_, row, slope)) in of_block.iter().enumerate() {
            let cells = &mut blocks[block][row * size..][..size];
            for (_, column, other) in &of_block[..=k] {
                cells[*column] += weight * slope * other;
            }
        }
    }
}

/// Diagonal of the inverse of a symmetric matrix given by its lower half; `None` where it has none: a parameter
/// the answers say nothing of.
fn inverse_diagonal(mut lower: Vec<f64>, size: usize) -> Vec<Option<f64>> {
    let mut sound = vec![true; size];
    // Cholesky by rows. A row that comes out empty is left out, as if it were not there.
    for row in 0..size {
        let (above, own) = lower.split_at_mut(row * size);
        let own = &mut own[..size];
        for column in 0..row {
            let other = &above[column * size..][..size];
            let rest = own[column] - product(&own[..column], &other[..column]);
            own[column] = if sound[column] {
                rest / other[column]
            } else {
                0.0
            };
        }
        let whole = own[row];
        let rest = whole - product(&own[..row], &own[..row]);
        sound[row] = rest > 1e-10 * whole && whole.is_finite();
        own[row] = if sound[row] { rest.sqrt() } else { 1.0 };
        if !sound[row] {
            own[..row].fill(0.0);
        }
    }
    // Column by column of the inverse of the factor: its squares sum to the diagonal of the inverse.
    let mut diagonal = vec![0.0; size];
    let mut column = vec![0.0; size];
    for begin in 0..size {
        column[begin] = 1.0 / lower[begin * size + begin];
        for row in begin + 1..size {
            let own = &lower[row * size..][..size];
            column[row] = -product(&own[begin..row], &column[begin..row]) / own[row];
        }
        diagonal[begin] = column[begin..].iter().map(|x| x * x).sum();
    }
    let pairs = diagonal.into_iter().zip(sound);
    pairs
        .map(|(variance, sound)| sound.then_some(variance))
        .collect()
}

/// Sum of products, in lanes that the compiler may vectorise.
pub(super) fn product(x: &[f64], y: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest: f64 = xs
        .remainder()
        .iter()
        .zip(ys.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in xs.zip(ys) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f64>() + rest
}
