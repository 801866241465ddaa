//! The maximisation step: parameters that make the expected answers most likely, penalties included.
//!
//! Fisher scoring by item on (ln a, b, logit c), halving steps that do not climb; a common ln a is moved with
//! all items at once through the Schur complement of its arrow-shaped information. Owns those steps. Must not
//! know respondents.
//!
//! Source: Bock & Aitkin (1981), Psychometrika 46; Baker & Kim (2004), ch. 6.

use super::expectation::{Curve, Rows};
use super::nodes::Nodes;
use super::plan::{B, LOG_A, LOGIT_C, Plan, Point, bound};

/// Scoring steps in one maximisation; more would only polish what the next expectation changes.
const STEPS: usize = 3;
/// Halvings of a step before it is given up.
const HALVINGS: usize = 12;
/// Farthest one step moves ln a, b and logit c.
const STEP_MAX: Point = [0.7, 1.5, 1.5];
/// A step shorter than this in every direction is the end of them.
const STEP_MIN: f64 = 1e-9;

/// Slope and expected information of one item's expected log likelihood, penalty included.
pub(super) struct Slope {
    pub(super) gradient: Point,
    pub(super) information: [Point; 3],
}

/// Moves all points uphill.
pub(super) fn maximise(plan: &Plan<'_>, nodes: &Nodes, expected: &Rows, points: &mut [Point]) {
    if plan.is_common() {
        climb_together(plan, nodes, expected, points);
        return;
    }
    for (item, point) in points.iter_mut().enumerate() {
        if plan.takes(item) {
            climb(plan, nodes, expected, item, point);
        }
    }
}

fn climb(plan: &Plan<'_>, nodes: &Nodes, expected: &Rows, item: usize, point: &mut Point) {
    let mut value = objective(plan, nodes, expected, item, point);
    for _ in 0..STEPS {
        let slope = slope(plan, nodes, expected, item, point);
        let step = solve(&slope.information, &slope.gradient, &plan.free[item]);
        if step.iter().all(|part| part.abs() < STEP_MIN) {
            return;
        }
        let mut share = share_of(&step);
        for _ in 0..HALVINGS {
            let tried = moved(point, &step, share, &plan.free[item]);
            let reached = objective(plan, nodes, expected, item, &tried);
            if reached >= value {
                (*point, value) = (tried, reached);
                break;
            }
            share /= 2.0;
        }
    }
}

fn climb_together(plan: &Plan<'_>, nodes: &Nodes, expected: &Rows, points: &mut [Point]) {
    let taken: Vec<usize> = (0..points.len()).filter(|item| plan.takes(*item)).collect();
    let total = |points: &[Point]| {
        let own = taken
            .iter()
            .map(|j| objective(plan, nodes, expected, *j, &points[*j]));
        own.sum::<f64>() + plan.common_penalty(points).0
    };
    let mut value = total(points);
    for _ in 0..STEPS {
        let steps = steps_together(plan, nodes, expected, points, &taken);
        let longest = steps.iter().flatten().fold(0.0, |x: f64, y| x.max(y.abs()));
        if longest < STEP_MIN {
            return;
        }
        let mut share = steps.iter().map(share_of).fold(1.0, f64::min);
        for _ in 0..HALVINGS {
            let mut tried = points.to_vec();
            for (item, step) in taken.iter().zip(&steps) {
                tried[*item] = moved(&points[*item], step, share, &plan.free[*item]);
            }
            let reached = total(&tried);
            if reached >= value {
                points.copy_from_slice(&tried);
                value = reached;
                break;
            }
            share /= 2.0;
        }
    }
}

/// One scoring step for all items with one ln a: eliminates b and c of each item, solves for ln a, and goes back.
fn steps_together(
    plan: &Plan<'_>,
    nodes: &Nodes,
    expected: &Rows,
    points: &[Point],
    taken: &[usize],
) -> Vec<Point> {
    let (_, mut gradient, mut information) = plan.common_penalty(points);
    let mut own = Vec::with_capacity(taken.len());
    for item in taken {
        let slope = slope(plan, nodes, expected, *item, &points[*item]);
        let mut free = plan.free[*item];
        free[LOG_A] = false;
        let coupling = slope.information[LOG_A];
        let step = solve(&slope.information, &slope.gradient, &free);
        let pull = solve(&slope.information, &coupling, &free);
        gradient += slope.gradient[LOG_A];
        information += coupling[LOG_A];
        for k in [B, LOGIT_C] {
            gradient -= coupling[k] * step[k];
            information -= coupling[k] * pull[k];
        }
        own.push((step, pull));
    }
    let common = if information > 0.0 {
        gradient / information
    } else {
        0.0
    };
    let back = own.into_iter().map(|(step, pull)| {
        [
            common,
            step[B] - pull[B] * common,
            step[LOGIT_C] - pull[LOGIT_C] * common,
        ]
    });
    back.collect()
}

/// Expected log likelihood of one item's answers, with its penalty.
fn objective(plan: &Plan<'_>, nodes: &Nodes, expected: &Rows, item: usize, point: &Point) -> f64 {
    let parameters = plan.parameters(item, point);
    let (wrong, right) = expected.pair(item);
    let mut value = plan.penalty(item, point).0;
    for k in 0..nodes.count {
        let curve = Curve::at(&parameters, nodes.theta[k]);
        value += right[k] * libm::log(curve.p) + wrong[k] * libm::log(curve.q);
    }
    value
}

/// Slope and information at a point.
///
/// With u = (L a (theta - b), -L a, c), dP = Q u: one vector for both, and nothing divides by Q.
fn slope(plan: &Plan<'_>, nodes: &Nodes, expected: &Rows, item: usize, point: &Point) -> Slope {
    let parameters = plan.parameters(item, point);
    let (wrong, right) = expected.pair(item);
    let (_, mut gradient, curvature) = plan.penalty(item, point);
    let mut information = [[0.0; 3]; 3];
    for k in 0..nodes.count {
        let curve = Curve::at(&parameters, nodes.theta[k]);
        let u = direction(&parameters, &curve, nodes.theta[k]);
        let answers = wrong[k] + right[k];
        let residual = (right[k] - answers * curve.p) / curve.p;
        let weight = answers * curve.q / curve.p;
        for row in 0..3 {
            gradient[row] += residual * u[row];
            for column in row..3 {
                information[row][column] += weight * u[row] * u[column];
            }
        }
    }
    let upper = information;
    for (row, cells) in information.iter_mut().enumerate() {
        cells[row] += curvature[row];
        for (column, cell) in cells.iter_mut().enumerate().take(row) {
            *cell = upper[column][row];
        }
    }
    Slope {
        gradient,
        information,
    }
}

/// dP / Q by ln a, b and logit c.
pub(super) fn direction(item: &crate::irt::ItemParameters, curve: &Curve, theta: f64) -> Point {
    [
        curve.l * item.a * (theta - item.b),
        -curve.l * item.a,
        item.c,
    ]
}

/// Solves for the parts that move; the others come out 0. A direction without information does not move.
pub(super) fn solve(matrix: &[Point; 3], right: &Point, free: &[bool; 3]) -> Point {
    // Cholesky of the matrix with the rows and columns of what is fixed replaced by those of the identity.
    let mut lower = [[0.0; 3]; 3];
    let mut x = [0.0; 3];
    for row in 0..3 {
        for column in 0..=row {
            let both = free[row] && free[column];
            let entry = if both {
                matrix[row][column]
            } else {
                f64::from(u8::from(row == column))
            };
            let done: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            lower[row][column] = match row == column {
                // What rounding took from a singular matrix must not turn into a long step.
                true => (entry - done).max(1e-10 * entry.max(1e-10)).sqrt(),
                false => (entry - done) / lower[column][column],
            };
        }
        let done: f64 = (0..row).map(|k| lower[row][k] * x[k]).sum();
        let target = if free[row] { right[row] } else { 0.0 };
        x[row] = (target - done) / lower[row][row];
    }
    for row in (0..3).rev() {
        let done: f64 = (row + 1..3).map(|k| lower[k][row] * x[k]).sum();
        x[row] = (x[row] - done) / lower[row][row];
    }
    x
}

/// The part of a step that keeps within the longest allowed.
fn share_of(step: &Point) -> f64 {
    step.iter()
        .zip(&STEP_MAX)
        .map(|(part, most)| {
            if part.abs() > *most {
                most / part.abs()
            } else {
                1.0
            }
        })
        .fold(1.0, f64::min)
}

fn moved(point: &Point, step: &Point, share: f64, free: &[bool; 3]) -> Point {
    let mut moved = *point;
    for k in (0..3).filter(|k| free[*k]) {
        moved[k] += share * step[k];
    }
    bound(&mut moved, free);
    moved
}
