//! Calibration: what it recovers, what it refuses, and what it makes of odd answers.

mod odd;
mod people;
mod recovery;
mod simulate;
mod structure;

use std::ops::ControlFlow;

use learnr_domain::calibration::{
    Calibration, Discrimination, ItemStart, Options, Progress, Responses, calibrate,
};
use learnr_domain::irt::{ItemParameters, probability};

pub(crate) fn carry_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub(crate) fn unpenalised(
    responses: &Responses,
    starts: &[ItemStart],
    discrimination: Discrimination,
) -> Calibration {
    let options = Options::unpenalised(discrimination);
    calibrate(responses, starts, &options, &mut carry_on).expect("sound input")
}

/// Posterior mean and standard deviation by plain sums over the quadrature.
pub(crate) fn eap(answered: &[(ItemParameters, bool)]) -> (f64, f64) {
    let (points, range) = (61, 6.0);
    let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
    for k in 0..points {
        let theta = range * (2.0 * k as f64 / (points - 1) as f64 - 1.0);
        let mut mass = libm::exp(-0.5 * theta * theta);
        for (item, correct) in answered {
            let p = probability(item, theta);
            mass *= if *correct { p } else { 1.0 - p };
        }
        total += mass;
        first += mass * theta;
        second += mass * theta * theta;
    }
    let mean = first / total;
    (mean, (second / total - mean * mean).sqrt())
}
