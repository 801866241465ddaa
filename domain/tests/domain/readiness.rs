//! Readiness: the distribution of an exam's score, and the probability of passing.

use std::sync::Arc;

use learnr_domain::bank::Bank;
use learnr_domain::irt::{probability, score_distribution};
use learnr_domain::learner::{Exam, Posterior, Verdict};
use learnr_domain::tick::Chance;
use learnr_domain::{AreaIx, ItemIx};
use proptest::prelude::*;

use crate::fixture::{Player, bank, built, certification, diagnostic, items, normal};

fn posterior(bank: &Bank, rho: f64) -> Posterior {
    Posterior::new(bank.factor_grid(rho), &[])
}

fn observe(posterior: &mut Posterior, bank: &Bank, answers: &[(u32, bool)]) {
    for (item, correct) in answers {
        let item = ItemIx(*item);
        let curve = bank.curve(item).expect("an active item");
        posterior.observe(bank.item(item).area, curve, *correct, 0.0);
    }
}

#[test]
fn without_a_common_factor_the_areas_are_convolved_as_they_are() {
    let mut spec = certification(&[0.5, 0.5]);
    spec.exam_length = 4;
    let bank = built(spec, items(4, 2, 1));
    let mut posterior = posterior(&bank, 0.0);
    observe(&mut posterior, &bank, &[(0, true), (1, false), (2, true)]);
    // Every item of both areas is on the form; add up all pairs of abilities.
    let (one, other) = (posterior.ability(AreaIx(0)), posterior.ability(AreaIx(1)));
    let mut expected = [0.0; 5];
    for (j, first) in one.iter().enumerate() {
        for (k, second) in other.iter().enumerate() {
            let chances: Vec<f64> = [(0, 0, j), (0, 1, j), (1, 0, k), (1, 1, k)]
                .iter()
                .map(|(area, slot, node)| bank.area(AreaIx(*area)).curves()[*slot][*node])
                .collect();
            for (sum, mass) in expected.iter_mut().zip(score_distribution(&chances)) {
                *sum += first * second * mass;
            }
        }
    }
    let got = Exam::new(&bank).score_distribution(&posterior);
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() < 1e-12, "{got} for {expected}");
    }
    // The pass mark of 0.7 needs three of four.
    let pass = Exam::new(&bank).readiness(&posterior).pass;
    assert!((pass - expected[3] - expected[4]).abs() < 1e-12);
}

#[test]
fn what_areas_share_widens_the_score_and_leaves_its_mean() {
    let bank = bank(240, &[0.4, 0.3, 0.2, 0.1], 3);
    let moments = |rho: f64| {
        let masses = Exam::new(&bank).score_distribution(&posterior(&bank, rho));
        let mean: f64 = masses
            .iter()
            .enumerate()
            .map(|(k, mass)| k as f64 * mass)
            .sum();
        let square: f64 = masses
            .iter()
            .enumerate()
            .map(|(k, mass)| (k * k) as f64 * mass)
            .sum();
        (mean, (square - mean * mean).sqrt())
    };
    let ((mean, alone), (same, together)) = (moments(0.0), moments(0.8));
    assert!((mean - same).abs() < 0.02, "{mean} and {same}");
    assert!(together > 1.3 * alone, "{alone} and {together}");
}

#[test]
fn a_verdict_waits_for_evidence() {
    let bank = bank(600, &[0.4, 0.35, 0.25], 5);
    let verdict = |ability: Option<f64>| {
        let mut player = Player::start(&bank, diagnostic(60), 4);
        if let Some(ability) = ability {
            player.simulate(&[ability; 3], &mut Chance::new(9));
        }
        let mut posterior = posterior(&bank, 0.5);
        for event in &player.events {
            if let learnr_domain::Fact::Answered(answered) = &event.fact {
                observe(
                    &mut posterior,
                    &bank,
                    &[(answered.item.0, answered.correct)],
                );
            }
        }
        Exam::new(&bank).readiness(&posterior).verdict
    };
    assert_eq!(verdict(None), Verdict::NotEnoughEvidence);
    assert_eq!(verdict(Some(2.5)), Verdict::LikelyToPass);
    assert_eq!(verdict(Some(-1.0)), Verdict::LikelyToFail);
}

/// Chance to pass of somebody whose abilities are known, over forms drawn from the bank.
fn true_chance(bank: &Bank, abilities: &[f64], chance: &mut Chance) -> f64 {
    const FORMS: usize = 8;
    let mut total = 0.0;
    for _ in 0..FORMS {
        let mut chances = Vec::new();
        for (area, theta) in bank.areas().iter().zip(abilities) {
            let mut items = area.items().to_vec();
            chance.shuffle(&mut items);
            items.truncate((area.weight * 60.0).round() as usize);
            chances.extend(
                items
                    .iter()
                    .map(|item| probability(&bank.item(*item).parameters, *theta)),
            );
        }
        total += score_distribution(&chances).iter().skip(42).sum::<f64>();
    }
    total / FORMS as f64
}

#[test]
fn the_chance_to_pass_is_calibrated_and_its_interval_covers() {
    const SIMULEES: u64 = 150;
    let bank = bank(300, &[0.4, 0.35, 0.25], 21);
    let exam = Exam::new(&bank);
    let (mut told, mut real, mut brier, mut base, mut hits) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for simulee in 0..SIMULEES {
        let mut chance = Chance::new(simulee + 5_000);
        let factor = normal(&mut chance);
        let abilities: [f64; 3] =
            std::array::from_fn(|_| 0.5_f64.sqrt() * (factor + normal(&mut chance)));
        let mut player = Player::start(&bank, diagnostic(30), simulee);
        player.simulate(&abilities, &mut chance);
        let mut posterior = posterior(&bank, 0.5);
        for event in &player.events {
            if let learnr_domain::Fact::Answered(answered) = &event.fact {
                observe(
                    &mut posterior,
                    &bank,
                    &[(answered.item.0, answered.correct)],
                );
            }
        }
        let readiness = exam.readiness(&posterior);
        let truth = true_chance(&bank, &abilities, &mut chance);
        told += readiness.pass;
        real += truth;
        brier += (readiness.pass - truth) * (readiness.pass - truth);
        base += (0.5 - truth) * (0.5 - truth);
        hits += f64::from(u8::from((readiness.low..=readiness.high).contains(&truth)));
    }
    let n = SIMULEES as f64;
    assert!(
        (told - real).abs() / n < 0.05,
        "told {} of {}",
        told / n,
        real / n
    );
    assert!(brier < 0.35 * base, "{} against {}", brier / n, base / n);
    assert!((0.74..=0.86).contains(&(hits / n)), "coverage {}", hits / n);
}

#[test]
fn the_longest_exam_over_the_most_areas_of_one_item_each_is_reckoned() {
    let mut spec = certification(&[1.0; 64]);
    spec.exam_length = 500;
    let bank = built(spec, items(64, 64, 1));
    let masses = Exam::new(&bank).score_distribution(&posterior(&bank, 0.5));
    assert_eq!(masses.len(), 501);
    assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-9);
}

fn a_bank() -> Arc<Bank> {
    bank(60, &[0.5, 0.3, 0.2], 7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn masses_sum_to_one_and_right_answers_never_lower_readiness(
        answers in prop::collection::vec((0_u32..60, any::<bool>()), 0..25), item in 0_u32..60, rho in 0.0..0.9_f64,
    ) {
        let bank = a_bank();
        let exam = Exam::new(&bank);
        let mut before = posterior(&bank, rho);
        observe(&mut before, &bank, &answers);
        let masses = exam.score_distribution(&before);
        prop_assert!((masses.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(masses.iter().all(|mass| *mass >= 0.0));
        let mut after = before.clone();
        observe(&mut after, &bank, &[(item, true)]);
        let (before, after) = (exam.readiness(&before), exam.readiness(&after));
        for readiness in [&before, &after] {
            prop_assert!((0.0..=1.0).contains(&readiness.pass) && readiness.low <= readiness.high);
        }
        prop_assert!(after.pass >= before.pass - 1e-12 && after.score >= before.score - 1e-12);
        prop_assert!(after.low >= before.low - 1e-12 && after.high >= before.high - 1e-12);
    }
}
