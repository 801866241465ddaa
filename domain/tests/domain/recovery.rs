//! Simulated learners whose abilities are known.

use learnr_domain::tick::Chance;

use crate::fixture::{Player, bank, diagnostic, normal};

/// Simulees; enough to tell 0.80 from 0.90 coverage, and a few seconds unoptimised.
const SIMULEES: u64 = 150;
/// Half the width of a 90 % interval, in standard deviations.
const NINETY: f64 = 1.6449;

#[test]
fn abilities_are_recovered_and_intervals_cover() {
    let weights = [0.4, 0.35, 0.25];
    let bank = bank(300, &weights, 21);
    let (mut area_squares, mut composite_squares) = (0.0, 0.0);
    let (mut area_hits, mut composite_hits) = (0.0, 0.0);
    for simulee in 0..SIMULEES {
        let mut chance = Chance::new(simulee + 1_000);
        let factor = normal(&mut chance);
        let root_half = 0.5_f64.sqrt();
        let abilities: Vec<f64> = weights
            .iter()
            .map(|_| root_half * factor + root_half * normal(&mut chance))
            .collect();
        let mut player = Player::start(&bank, diagnostic(30), simulee);
        player.simulate(&abilities, &mut chance);
        for (area, truth) in player.session.competency().iter().zip(&abilities) {
            let off = area.theta - truth;
            area_squares += off * off;
            area_hits += f64::from(u8::from(off.abs() <= NINETY * area.standard_error));
        }
        let truth: f64 = weights.iter().zip(&abilities).map(|(w, t)| w * t).sum();
        let composite = player.session.composite();
        let off = composite.mean - truth;
        composite_squares += off * off;
        composite_hits += f64::from(u8::from(off.abs() <= NINETY * composite.standard_deviation));
    }
    let n = SIMULEES as f64;
    let rmse = (area_squares / (3.0 * n)).sqrt();
    let composite_rmse = (composite_squares / n).sqrt();
    assert!(rmse < 0.52, "area RMSE {rmse}");
    assert!(composite_rmse < 0.38, "composite RMSE {composite_rmse}");
    let coverage = [area_hits / (3.0 * n), composite_hits / n];
    assert!(
        coverage.iter().all(|share| (0.85..=0.95).contains(share)),
        "{coverage:?}"
    );
}
