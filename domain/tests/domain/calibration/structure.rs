//! Correlation of areas and drift in practice, from simulated learners.

use learnr_domain::AreaIx;
use learnr_domain::calibration::{Sequence, Sitting, StructureItem, estimate_structure};
use learnr_domain::irt::{ItemParameters, RHO_MAX, probability};
use learnr_domain::tick::Chance;

use super::simulate::normal;

const ITEMS: usize = 30;

fn items() -> Vec<StructureItem> {
    (0..ITEMS)
        .map(|j| StructureItem {
            area: AreaIx((j % 2) as u8),
            parameters: ItemParameters::two_pl(1.6, (j / 2) as f64 / 5.0 - 1.4),
        })
        .collect()
}

/// One session each over all items in two areas. Ability walks by `q` after each answer, drawn back so that it
/// stays N(0, 1) over learners, which is what the learner model believes at every moment.
fn learners(count: usize, rho: f64, q: f64, practice: bool, seed: u64) -> Vec<Sequence> {
    let (items, mut chance) = (items(), Chance::new(seed));
    let learner = |_| {
        let common = normal(&mut chance);
        let mut theta = [0.0; 2];
        for theta in &mut theta {
            *theta = rho.sqrt() * common + (1.0 - rho).sqrt() * normal(&mut chance);
        }
        let mut order: Vec<usize> = (0..ITEMS).collect();
        chance.shuffle(&mut order);
        let answer = |item: usize| {
            let area = items[item].area.at();
            let correct = chance.unit() < probability(&items[item].parameters, theta[area]);
            theta[area] = (1.0 - q).sqrt() * theta[area] + q.sqrt() * normal(&mut chance);
            (item, correct)
        };
        vec![Sitting {
            drift_before: 0.0,
            practice,
            answers: order.into_iter().map(answer).collect(),
        }]
    };
    (0..count).map(learner).collect()
}

#[test]
fn rho_comes_back_from_testing_within_its_error() {
    let sequences = learners(160, 0.6, 0.0, false, 21);
    let mut passes = 0;
    let mut heard = |done, of| {
        assert!(done <= of);
        passes = done;
        true
    };
    let got =
        estimate_structure(&items(), &sequences, (0.5, 0.05), &mut heard).expect("not stopped");
    let rho = got.rho.expect("two areas each");
    let error = rho.standard_error.expect("inside the range");
    assert!((0.03..0.2).contains(&error), "{error}");
    assert!((rho.value - 0.6).abs() < 2.5 * error, "{rho:?}");
    assert_eq!((got.q, got.answers), (None, 160 * ITEMS));
    assert!(passes >= 11 && got.log_score < 0.0);
}

#[test]
fn drift_in_practice_comes_back_and_no_drift_comes_out_small() {
    for (truth, range) in [(0.0, 0.0..0.02), (0.12, 0.05..0.25)] {
        let sequences = learners(110, 0.5, truth, true, 5);
        let got = estimate_structure(&items(), &sequences, (0.5, 0.05), &mut |_, _| true);
        let q = got.expect("not stopped").q.expect("practice");
        assert!(range.contains(&q.value), "{q:?} for {truth}");
    }
}

#[test]
fn too_little_evidence_and_odd_input_leave_nothing_estimated() {
    let (items, few) = (items(), learners(20, 0.5, 0.0, true, 1));
    let go_on = &mut |_: usize, _: usize| true;
    for (sequences, start) in [(&few[..], (0.5, 0.05)), (&[], (f64::NAN, f64::INFINITY))] {
        let got = estimate_structure(&items, sequences, start, go_on).expect("not stopped");
        assert_eq!((got.rho, got.q), (None, None));
        assert!(got.log_score.is_finite());
    }
    let mut odd = learners(110, 0.5, 0.0, true, 2);
    for (k, sequence) in odd.iter_mut().enumerate() {
        sequence[0].answers.truncate(8);
        sequence[0].answers.push((9_999, true));
        sequence[0].drift_before = if k % 2 == 0 { f64::NAN } else { f64::INFINITY };
    }
    let mut broken = items.clone();
    broken[0].parameters.a = f64::NAN;
    let got = estimate_structure(&broken, &odd, (7.0, -3.0), go_on).expect("not stopped");
    for found in [got.rho, got.q].into_iter().flatten() {
        assert!((0.0..=RHO_MAX).contains(&found.value), "{found:?}");
        assert!(found.standard_error.is_none_or(f64::is_finite));
    }
    assert_eq!(
        estimate_structure(&items, &odd, (0.5, 0.05), &mut |_, _| false),
        None
    );
}
